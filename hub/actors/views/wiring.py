"""Bring the pages of actors into the application."""

from flask import Flask

from hub.actors.views.blueprint import blueprint


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
