"""The public front page, and each account's own first page."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from hub.actors.values.staleness import months_before
from hub.core import clock, settings
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.remembering import Remembered
from hub.core.web import endpoint_exists
from hub.dashboard import rules, words
from hub.dashboard.queries import front as queries
from hub.dashboard.queries import health, own, waiting
from hub.dashboard.queries.moves import last as last_moves
from hub.dashboard.views.waiting import KINDS, OWN, tell
from hub.network.queries import gaps
from hub.publishing.queries import memoranda as publishing_queries
from hub.recommendations.models.contributions import CONTRIBUTION_STATES
from hub.recommendations.queries import calls as call_queries
from hub.spaces.words import ROLES

front = Blueprint("front", __name__)
dashboard = Blueprint("dashboard", __name__)
SHOWN = 4
MOVES = 8
# What takes long to count and changes only when something is told.
HEALTH: Remembered[health.Health] = Remembered(2)
CHAIN: Remembered[dict[str, int]] = Remembered(1)
GAPS: Remembered[gaps.Gaps] = Remembered(2)


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
    lines = waiting.read(session, now, stale_before=_stale_before(now))
    return render_template(
        "dashboard/home.html",
        waiting=tell(lines, KINDS),
        campaigns=session.scalars(call_queries.under_way(now)).all(),
        today=clock.today(now),
        events=session.scalars(queries.next_events(now).limit(SHOWN)).all(),
        editions=session.scalars(publishing_queries.editions_in_work().limit(SHOWN)).unique().all(),
        chain=_chain(),
    )


def _moves() -> list[dict[str, Any]]:
    moves = [
        (move, *words.PAGES[move.subject])
        for move in last_moves(db.session(), list(words.ACTS), MOVES)
        if endpoint_exists(words.PAGES[move.subject][0])
    ]
    return [
        {
            "label": move.label,
            "what": words.ACTS[move.action],
            "who": move.actor,
            "when": move.at,
            "url": url_for(endpoint, **_address(part, move.key)),
            "icon": icon,
        }
        for move, endpoint, part, icon in moves
    ]


def _address(part: str, key: str) -> dict[str, Any]:
    return {part: key}


@dashboard.get("/tableau-de-bord/reseau")
@permit(rules.see_settings)
def network() -> str:
    """Show what moves, how the network is and where it can grow: what comes after the morning's work.

    The first page asks for it once it is there; without scripts it is a page of its own.
    """
    now = clock.now()
    today = clock.today(now)
    whole = request.headers.get("HX-Request") is None
    return render_template(
        "dashboard/network_page.html" if whole else "dashboard/network.html",
        moves=_moves(),
        health=HEALTH.get(db.engine, today, lambda fresh: health.read(fresh, now)),
        gaps=GAPS.get(db.engine, today, lambda fresh: gaps.read(fresh, today)),
    )


def _stale_before(now: datetime) -> date:
    """Return the day before which a record's last check is too old."""
    return months_before(clock.today(now), settings.get(db.session()).stale_months)


def _chain() -> list[dict[str, Any]]:
    count = queries.numbers_of_chain()
    stages = {
        "organisations": (_("Organisations"), "actors.index", "building-community"),
        "spaces": (_("Espaces"), "spaces.index", "users-group"),
        "meetings": (_("Réunions tenues"), "spaces.meetings", "message-2"),
        "events": (_("Journées"), "events.index", "calendar-event"),
        "contributions": (_("Contributions"), "recommendations.inbox", "inbox"),
        "recommendations": (_("Recommandations"), "recommendations.index", "bulb"),
    }
    counts = CHAIN.get(db.engine, None, lambda fresh: dict(fresh.execute(count).mappings().one()))
    return [
        {"label": label, "endpoint": endpoint, "icon": icon, "count": counts[stage]}
        for stage, (label, endpoint, icon) in stages.items()
        if endpoint_exists(endpoint)
    ]


def _association(user: Any) -> str:
    session, now = db.session(), clock.now()
    today = clock.today(now)
    facilitated = session.scalars(queries.facilitated_by(user)).all()
    return render_template(
        "dashboard/association.html",
        waiting=tell(own.waiting(session, user, now), OWN),
        prepared=tell(waiting.read_of_spaces(session, now, [space.id for space in facilitated]), KINDS),
        mandates=session.scalars(queries.mandates_of(user, today)).all(),
        tables=own.tables(session, user, now),
        spaces=facilitated,
        contributions=own.contributions(session, user, now),
        contribution_states=CONTRIBUTION_STATES,
        seat_roles=ROLES,
        campaigns=session.scalars(call_queries.under_way(now)).all(),
        today=clock.today(now),
        events=session.scalars(queries.next_events(now).limit(SHOWN)).all(),
    )
