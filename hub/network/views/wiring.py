"""Bring the pages of the network into the application."""

from flask import Flask

from hub.network import jobs
from hub.network.views import (
    analysis,
    compare,
    computing,
    coverage,
    data,
    existing,
    exporting,
    invitations,
    links,
    page,
    paths,
    picture,
    reports,
    saved,
    silent,
    ties,
    words,
)
from hub.network.views.blueprint import blueprint

# Importing them adds their routes and jobs.
PARTS = (
    jobs, page, reports, data, picture, words, coverage, existing, invitations, links, compare, computing,
    ties, analysis, paths, saved, exporting, silent,
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
