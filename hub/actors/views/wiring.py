"""Bring the pages of actors into the application."""

from flask import Flask

from hub.accounts.signals import my_account
from hub.actors import jobs
from hub.actors.views import (
    cards,
    directory,
    drop_ins,
    editing,
    imports,
    mandates,
    merging,
    places,
    printing,
    project_editing,
    projects,
    record,
    references,
    register,
    relations,
    sharing,
    words,
)
from hub.actors.views.blueprint import blueprint
from hub.actors.views.ownership import own, reviewing, rounds, stale

# Importing them adds their routes and jobs.
PARTS = (
    cards,
    directory,
    drop_ins,
    editing,
    imports,
    jobs,
    mandates,
    merging,
    own,
    places,
    printing,
    project_editing,
    projects,
    record,
    references,
    register,
    relations,
    reviewing,
    rounds,
    sharing,
    stale,
    words,
)


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(blueprint)
    my_account.connect(mandates.my_organisations)
