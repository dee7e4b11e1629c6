"""The public front page, and each account's own first page."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from hub.actors.queries import ownership
from hub.actors.values.staleness import months_before
from hub.core import clock, settings
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.dashboard import queries, rules
from hub.network.queries import gaps
from hub.publishing import queries as publishing_queries

front = Blueprint("front", __name__)
dashboard = Blueprint("dashboard", __name__)
SHOWN = 4


@front.get("/")
@permit(rules.see_front)
def home() -> str:
    """Show what this network is, its next days, its open calls and its published memoranda."""
    session, now = db.session(), clock.now()
    return render_template(
        "front/home.html",
        events=session.scalars(queries.next_events(now).limit(SHOWN)).all(),
        campaigns=session.scalars(queries.open_campaigns(now).limit(SHOWN)).all(),
        editions=session.scalars(publishing_queries.published_editions().limit(SHOWN)).unique().all(),
    )


@dashboard.get("/tableau-de-bord", endpoint="home")
@permit(rules.see_home)
def dashboard_home() -> str:
    """Show what waits for the person who is signed in."""
    user = current_user()
    return _coordination() if user.is_coordinator else _association(user)


def _coordination() -> str:
    session, now = db.session(), clock.now()
    return render_template(
        "dashboard/home.html",
        waiting={
            "contributions": session.scalar(queries.contributions_to_read()),
            "recommendations": session.scalar(queries.recommendations_to_adopt()),
            "mails": session.scalar(queries.mails_failed()),
            "jobs": session.scalar(queries.jobs_failed()),
            "changes": session.scalar(ownership.number_of_changes("waiting")),
            "unchecked": session.scalar(ownership.number_stale(_stale_before(now))),
        },
        campaigns=session.scalars(queries.open_campaigns(now)).all(),
        events=session.scalars(queries.next_events(now).limit(SHOWN)).all(),
        editions=session.scalars(publishing_queries.editions_in_work().limit(SHOWN)).unique().all(),
        chain=_chain(),
        gaps=gaps.read(session, clock.today(now)),
    )


def _stale_before(now: datetime) -> date:
    """Return the day before which a record's last check is too old."""
    return months_before(clock.today(now), settings.get(db.session()).stale_months)


def _chain() -> list[dict[str, Any]]:
    session = db.session()
    words = {
        "organisations": (_("Organisations"), "actors.index", "building-community"),
        "spaces": (_("Espaces"), "spaces.index", "users-group"),
        "events": (_("Journées"), "events.index", "calendar-event"),
        "contributions": (_("Contributions"), "recommendations.inbox", "inbox"),
        "recommendations": (_("Recommandations"), "recommendations.index", "bulb"),
    }
    return [
        {
            "label": words[stage][0],
            "endpoint": words[stage][1],
            "icon": words[stage][2],
            "count": session.scalar(count),
        }
        for stage, count in queries.numbers_of_chain()
    ]


def _association(user: Any) -> str:
    session, now = db.session(), clock.now()
    return render_template(
        "dashboard/association.html",
        mandates=session.scalars(queries.mandates_of(user, clock.today(now))).all(),
        spaces=session.scalars(queries.facilitated_by(user)).all(),
        campaigns=session.scalars(queries.open_campaigns(now)).all(),
        events=session.scalars(queries.next_events(now).limit(SHOWN)).all(),
    )
