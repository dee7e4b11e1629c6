"""What everybody sees of one day: its page, its entry for a calendar."""

import json
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from hub.core import audit, clock
from hub.core.access import coordinator, may, permit
from hub.core.db import db
from hub.core.web import site
from hub.events import rules
from hub.events.models.days import Event, EventSession, EventState, Mode, SessionKind
from hub.events.operations import calendar
from hub.events.queries import days as queries
from hub.events.views.blueprint import blueprint

CALENDAR_TYPE = "text/calendar; charset=utf-8"
# How schema.org calls the ways of taking part, and their seats.
ATTENDANCE = {
    Mode.ONSITE: "OfflineEventAttendanceMode",
    Mode.ONLINE: "OnlineEventAttendanceMode",
    Mode.HYBRID: "MixedEventAttendanceMode",
}
COUNTRY = "BE"
NAMES = {Mode.ONSITE: "maximumPhysicalAttendeeCapacity", Mode.ONLINE: "maximumVirtualAttendeeCapacity"}


@blueprint.get("/journees/<slug>")
@permit(rules.see, Event, key="slug")
def show(event: Event) -> str:
    """Show one day: programme, workshops, place, who organises it, how to sign up."""
    now = clock.now()
    event = db.session.scalars(queries.in_full(event)).unique().one()
    history = db.session.scalars(audit.history(event).limit(20)).all() if may(coordinator) else []
    return render_template(
        "events/show.html",
        event=event,
        structured=structured(event),
        history=history,
        notices=[row for row in event.notices if row.is_shown(now)] if now < event.ends_at else [],
        days=[(day, list(slots)) for day, slots in groupby(event.slots, key=lambda slot: slot.day)],
        sessions=[row for row in event.sessions if row.kind == SessionKind.SESSION],
    )


def structured(event: Event) -> str:
    """Return the day as schema.org knows it, safe inside a script element (data, never run).

    The place online is the day's own page: the link of the room is told to nobody here.
    """
    status = "EventCancelled" if event.state == EventState.CANCELLED else "EventScheduled"
    address = f"{site().base_url}{url_for('events.show', slug=event.slug)}"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "startDate": _iso(event.starts_at),
        "endDate": _iso(event.ends_at),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": f"https://schema.org/{ATTENDANCE[event.mode]}",
        "inLanguage": site().language,
        "url": address,
        "organizer": [
            {"@type": "Organization", "name": row.organisation.name} for row in event.organiser_rows
        ],
        "location": _locations(event.mode, event.place_name, event.place_address, address),
        "performer": [
            {"@type": "Organization", "name": name}
            for name in dict.fromkeys(each.name for slot in event.slots for each in slot.speakers)
        ],
        "subEvent": [_part(row, event, address) for row in event.sessions if row.kind == SessionKind.SESSION],
        **_capacities(event),
    }
    if event.summary:
        data["description"] = event.summary
    if event.doors_at is not None:
        data["doorTime"] = _iso(event.doors_at)
    if event.series is not None:
        series = url_for("events.series_page", slug=event.series.slug)
        data["superEvent"] = {
            "@type": "EventSeries", "name": event.series.title, "url": f"{site().base_url}{series}",
        }  # fmt: skip
    told = {name: value for name, value in data.items() if value not in ([], None)}
    return json.dumps(told, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")


def _locations(mode: Mode, name: str, address: str, page: str) -> Any:
    """Return where it is: who reads such data asks for a place with an address."""
    found: list[dict[str, Any]] = []
    if mode != Mode.ONLINE:
        where = address or {"@type": "PostalAddress", "addressCountry": COUNTRY}
        found.append({"@type": "Place", "name": name or _("Lieu à préciser"), "address": where})
    if mode != Mode.ONSITE:
        found.append({"@type": "VirtualLocation", "url": page})
    return found[0] if len(found) == 1 else found


def _capacities(event: Event) -> dict[str, int]:
    known = {Mode.ONSITE: event.capacity, Mode.ONLINE: event.online_capacity}
    told = {NAMES[mode]: known[mode] for mode in event.modes}
    numbers = {name: value for name, value in told.items() if value is not None}
    if len(numbers) == len(event.modes):
        numbers["maximumAttendeeCapacity"] = sum(numbers.values())
    return numbers


def _part(row: EventSession, event: Event, address: str) -> dict[str, Any]:
    status = "EventCancelled" if row.cancelled_at or event.state == EventState.CANCELLED else "EventScheduled"
    return {
        "@type": "Event",
        "name": row.title or event.title,
        "url": address,
        "location": _locations(row.mode, *_room(row, event), address),
        "startDate": _iso(row.starts_at),
        "endDate": _iso(row.ends_at),
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": f"https://schema.org/{ATTENDANCE[row.mode]}",
    }


def _room(row: EventSession, event: Event) -> tuple[str, str]:
    """Return name and address of where a session is; elsewhere than the day, only its name is known."""
    return (row.place, "") if row.place else (event.place_name, event.place_address)


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
