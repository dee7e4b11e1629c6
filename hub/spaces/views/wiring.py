"""Bring the pages of spaces into the application, and let them speak on the actors' cards."""

from flask import Flask

from hub.actors.signals import card_links as actor_links
from hub.spaces.jobs import papers as paper_jobs
from hub.spaces.views import spaces
from hub.spaces.views.blueprint import blueprint

# Importing them adds their routes and jobs.
PARTS = (spaces, paper_jobs)


def init_app(app: Flask) -> None:
    """Add the pages, and speak on the actors' cards."""
    app.register_blueprint(blueprint)
    actor_links.connect(spaces.card_links)
