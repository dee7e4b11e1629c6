"""Bring the pages and jobs of reports into the application."""

from flask import Flask

from hub.reports.jobs import building, exporting
from hub.reports.views import activity, composing, parts, reading
from hub.reports.views.blueprint import blueprint

# Importing them adds their routes and jobs.
PARTS = (reading, composing, parts, activity, building, exporting)


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
