"""Bring the pages of spaces into the application, and let them speak on the actors' cards."""

from flask import Flask

from hub.actors.signals import card_links as actor_links
from hub.spaces.jobs import papers as paper_jobs
from hub.spaces.jobs import running as running_jobs
from hub.spaces.views import spaces
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.decisions import register as decision_register
from hub.spaces.views.decisions import showing as decision_showing
from hub.spaces.views.decisions import speaking as decision_speaking
from hub.spaces.views.decisions import writing as decision_writing
from hub.spaces.views.running import gestures as running_gestures
from hub.spaces.views.running import page as running_page

# Importing them adds their routes and jobs.
PARTS = (
    spaces,
    paper_jobs,
    decision_register,
    decision_showing,
    decision_writing,
    decision_speaking,
    running_page,
    running_gestures,
    running_jobs,
)


def init_app(app: Flask) -> None:
    """Add the pages, and speak on the actors' cards."""
    app.register_blueprint(blueprint)
    actor_links.connect(spaces.card_links)
