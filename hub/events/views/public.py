"""What everybody sees: the days, one day, its entry for a calendar."""

import json
from datetime import datetime
from typing import Any

from flask import Response, render_template, url_for

from hub.core import audit, clock
from hub.core.access import coordinator, everyone, may, permit
from hub.core.db import db
from hub.core.web import site
from hub.events import rules
from hub.events.models.days import Event, EventState
from hub.events.operations import calendar
from hub.events.queries import days as queries
from hub.events.views.blueprint import blueprint

CALENDAR_TYPE = "text/calendar; charset=utf-8"
PAST_SHOWN = 30


@blueprint.get("/journees")
@permit(everyone)
def index() -> str:
    """Show the days; a coordinator also sees drafts and figures."""
    now = clock.now()
    if may(coordinator):
        rows = db.session.scalars(queries.all_days(now)).all()
        return render_template(
            "events/days.html",
            upcoming=[row for row in rows if row.ends_at > now],
            past=[row for row in rows if row.ends_at <= now],
        )
    return render_template(
        "events/index.html",
        upcoming=db.session.scalars(queries.upcoming(now)).all(),
        past=db.session.scalars(queries.past(now).limit(PAST_SHOWN)).all(),
    )


@blueprint.get("/journees/<slug>")
@permit(rules.see, Event, key="slug")
def show(event: Event) -> str:
    """Show one day: programme, workshops, place, how to sign up."""
    history = db.session.scalars(audit.history(event).limit(20)).all() if may(coordinator) else []
    return render_template("events/show.html", event=event, structured=structured(event), history=history)


def structured(event: Event) -> str:
    """Return the day as schema.org knows it, safe inside a script element (data, never run)."""
    status = "EventCancelled" if event.state == EventState.CANCELLED else "EventScheduled"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "startDate": _iso(event.starts_at),
        "endDate": _iso(event.ends_at),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "inLanguage": "fr",
        "url": f"{site().base_url}{url_for('events.show', slug=event.slug)}",
        "organizer": [{"@type": "Organization", "name": row.name} for row in event.organisers],
    }
    if event.summary:
        data["description"] = event.summary
    if event.doors_at is not None:
        data["doorTime"] = _iso(event.doors_at)
    if event.place_name:
        data["location"] = {"@type": "Place", "name": event.place_name, "address": event.place_address}
    if event.capacity is not None:
        data["maximumAttendeeCapacity"] = event.capacity
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


def _iso(moment: datetime) -> str:
    return clock.local(moment).isoformat(timespec="minutes")


@blueprint.get("/journees/<slug>/agenda.ics")
@permit(rules.see, Event, key="slug")
def agenda(event: Event) -> Response:
    """Send the day for a calendar."""
    content = calendar.agenda(event, site(), now=clock.now())
    return as_calendar(content, f"{event.slug}.ics")


def as_calendar(content: bytes, name: str) -> Response:
    """Return a calendar's entry as a file."""
    answer = Response(content, content_type=CALENDAR_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
