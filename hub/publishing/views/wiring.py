"""Bring the pages and jobs into the application, and answer where recommendations stand."""

from flask import Flask

from hub.publishing import jobs, signals  # noqa: F401 - jobs are known once imported
from hub.publishing.views import (  # noqa: F401 - so are the pages
    building,
    chapters,
    elections,
    items,
    memoranda,
    reading,
    signing,
)
from hub.publishing.views.blueprint import blueprint


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
    signals.connect()
