"""Bring the pages of the network into the application."""

from flask import Flask

from hub.network.views import (
    compare,
    computing,
    coverage,
    data,
    existing,
    invitations,
    links,
    page,
    picture,
    ties,
    words,
)
from hub.network.views.blueprint import blueprint

ROUTES = (page, data, picture, words, coverage, existing, invitations, links, compare, computing, ties)


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
