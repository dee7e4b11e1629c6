"""Bring the pages of spaces into the application, and let them speak on the actors' cards."""

from flask import Flask

from hub.actors.signals import card_links as actor_links
from hub.spaces.jobs import convening as convening_jobs
from hub.spaces.jobs import members as member_jobs
from hub.spaces.jobs import minutes as minutes_jobs
from hub.spaces.jobs import papers as paper_jobs
from hub.spaces.jobs import polls as poll_jobs
from hub.spaces.jobs import reminders as reminder_jobs
from hub.spaces.jobs import running as running_jobs
from hub.spaces.views import (
    agenda,
    asked,
    convening,
    feeds,
    followers,
    joining,
    meetings,
    personal,
    polls,
    seats,
    showing,
    spaces,
)
from hub.spaces.views.actions import lists as action_lists
from hub.spaces.views.actions import mine as my_actions
from hub.spaces.views.actions import pages as action_pages
from hub.spaces.views.blueprint import blueprint
from hub.spaces.views.decisions import register as decision_register
from hub.spaces.views.decisions import showing as decision_showing
from hub.spaces.views.decisions import speaking as decision_speaking
from hub.spaces.views.decisions import writing as decision_writing
from hub.spaces.views.minutes import pages as minutes_pages
from hub.spaces.views.minutes import papers as minutes_papers
from hub.spaces.views.minutes import remarks as minutes_remarks
from hub.spaces.views.minutes import writing as minutes_writing
from hub.spaces.views.running import gestures as running_gestures
from hub.spaces.views.running import page as running_page

# Importing them adds their routes and jobs.
PARTS = (
    spaces,
    showing,
    seats,
    joining,
    followers,
    feeds,
    personal,
    member_jobs,
    meetings,
    agenda,
    convening,
    asked,
    polls,
    convening_jobs,
    poll_jobs,
    paper_jobs,
    minutes_pages,
    minutes_papers,
    minutes_writing,
    minutes_remarks,
    minutes_jobs,
    decision_register,
    decision_showing,
    decision_writing,
    decision_speaking,
    running_page,
    running_gestures,
    running_jobs,
    action_lists,
    action_pages,
    my_actions,
    reminder_jobs,
)


def init_app(app: Flask) -> None:
    """Add the pages, and speak on the actors' cards."""
    app.register_blueprint(blueprint)
    actor_links.connect(spaces.card_links)
