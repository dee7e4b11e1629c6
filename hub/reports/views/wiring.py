"""Bring the pages and jobs of reports into the application."""

from flask import Flask

from hub.reports.views.blueprint import blueprint


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
