"""A day as calendars read it (RFC 5545, RFC 5546), in Brussels' time with its rules of summer time."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import (
    Alarm,
    Calendar,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vRecur,
    vText,
)
from icalendar import Event as Entry

from hub.core.clock import local
from hub.core.mail import Attachment, Site
from hub.events.models import Event, EventState, Registration

ZONE = "Europe/Brussels"
REMINDER = timedelta(days=-1)


def agenda(event: Event, site: Site, *, now: datetime) -> bytes:
    """Return the day for whoever wants it in a calendar, signed up or not."""
    entry = _entry(event, site, uid=f"journee-{event.id}@{_host(site)}", sequence=event.sequence, now=now)
    return _calendar("PUBLISH", entry)


def invitation(registration: Registration, site: Site, *, now: datetime) -> bytes:
    """Return somebody's own entry: a request while the person is expected, a cancellation after.

    Its number is the registration's, so that signing up anew after cancelling makes a new entry.
    """
    event = registration.event
    entry = _entry(
        event,
        site,
        uid=f"inscription-{registration.id}@{_host(site)}",
        sequence=event.sequence + registration.sequence,
        now=now,
    )
    expected = registration.is_confirmed and event.state != EventState.CANCELLED
    entry["STATUS"] = vText("CONFIRMED" if expected else "CANCELLED")
    organiser = vCalAddress(f"mailto:{event.contact_email or site.sender or f'no-reply@{_host(site)}'}")
    organiser.params["CN"] = vText(site.name)
    entry.add("organizer", organiser)
    if registration.email:
        attendee = vCalAddress(f"mailto:{registration.email}")
        attendee.params["CN"] = vText(registration.name)
        attendee.params["PARTSTAT"] = vText("ACCEPTED" if expected else "DECLINED")
        entry.add("attendee", attendee)
    if expected:
        entry.add_component(_reminder(event))
    return _calendar("REQUEST" if expected else "CANCEL", entry)


def attachment(registration: Registration, site: Site, *, now: datetime) -> Attachment:
    """Return the entry as it goes with a mail; calendars act by the method that the type names."""
    content = invitation(registration, site, now=now)
    method = "REQUEST" if b"\r\nMETHOD:REQUEST\r\n" in content else "CANCEL"
    return Attachment("journee.ics", f"text/calendar; method={method}; charset=utf-8", content)


def _entry(event: Event, site: Site, *, uid: str, sequence: int, now: datetime) -> Entry:
    entry = Entry()
    entry.add("uid", uid)
    entry.add("sequence", sequence)
    entry.add("dtstamp", now)
    entry.add("last-modified", max(event.updated_at, event.created_at))
    entry.add("dtstart", local(event.starts_at))
    entry.add("dtend", local(event.ends_at))
    entry.add("summary", event.title)
    if event.summary:
        entry.add("description", event.summary)
    place = ", ".join(part for part in (event.place_name, event.place_address) if part)
    if place:
        entry.add("location", place)
    entry.add("url", f"{site.base_url}/journees/{event.slug}")
    entry.add("status", "CANCELLED" if event.state == EventState.CANCELLED else "CONFIRMED")
    return entry


def _reminder(event: Event) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", event.title)
    alarm.add("trigger", REMINDER)
    return alarm


def _calendar(method: str, entry: Entry) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Maillage//Journees//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_brussels())
    calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _brussels() -> Timezone:
    """Return the zone with the Union's two changes a year as rules, valid since 1996."""
    zone = Timezone()
    zone.add("tzid", ZONE)
    changes = (
        (TimezoneDaylight(), "CEST", 3, datetime(1996, 3, 31, 2), 1, 2),  # noqa: DTZ001 - floating, as RFC 5545 asks
        (TimezoneStandard(), "CET", 10, datetime(1996, 10, 27, 3), 2, 1),  # noqa: DTZ001
    )
    for part, name, month, start, before, after in changes:
        part.add("dtstart", start)
        part.add("rrule", vRecur({"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"}))
        part.add("tzname", name)
        part.add("tzoffsetfrom", timedelta(hours=before))
        part.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(part)
    return zone


def _host(site: Site) -> str:
    return urlsplit(site.base_url).hostname or "localhost"
