"""Bring the pages of plans into the application."""

from flask import Flask

from hub.plans.views.blueprint import blueprint


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
