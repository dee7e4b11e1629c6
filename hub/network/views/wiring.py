"""Bring the pages of the network into the application."""

from flask import Flask

from hub.network.views import data, page, picture, words
from hub.network.views.blueprint import blueprint

ROUTES = (page, data, picture, words)


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
