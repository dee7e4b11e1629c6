"""A day as calendars read it."""

from datetime import datetime

from icalendar import Event as Entry
from icalendar import vText

from hub.core import calendars
from hub.core.mail import Attachment, Site
from hub.events.models.days import Event, EventState
from hub.events.models.registrations import Registration


def agenda(event: Event, site: Site, *, now: datetime) -> bytes:
    """Return the day for whoever wants it in a calendar, signed up or not."""
    uid = f"journee-{event.id}@{calendars.host(site)}"
    return calendars.calendar("PUBLISH", [_entry(event, site, uid=uid, sequence=event.sequence, now=now)])


def invitation(registration: Registration, site: Site, *, now: datetime) -> bytes:
    """Return somebody's own entry: a request while the person is expected, a cancellation after.

    Its number is the registration's, so that signing up anew after cancelling makes a new entry.
    """
    event = registration.event
    entry = _entry(
        event,
        site,
        uid=f"inscription-{registration.id}@{calendars.host(site)}",
        sequence=event.sequence + registration.sequence,
        now=now,
    )
    expected = _expected(registration)
    entry["STATUS"] = vText("CONFIRMED" if expected else "CANCELLED")
    entry.add("organizer", calendars.organiser(event.contact_email, site))
    if registration.email:
        answer = "ACCEPTED" if expected else "DECLINED"
        entry.add("attendee", calendars.person(registration.email, registration.name, answer=answer))
    if expected:
        entry.add_component(calendars.reminder(event.title))
    return calendars.calendar(_method(registration), [entry])


def attachment(registration: Registration, site: Site, *, now: datetime) -> Attachment:
    """Return the entry as it goes with a mail."""
    content = invitation(registration, site, now=now)
    return calendars.attachment("journee.ics", _method(registration), content)


def _expected(registration: Registration) -> bool:
    return registration.is_confirmed and registration.event.state != EventState.CANCELLED


def _method(registration: Registration) -> str:
    return "REQUEST" if _expected(registration) else "CANCEL"


def _entry(event: Event, site: Site, *, uid: str, sequence: int, now: datetime) -> Entry:
    return calendars.entry(
        uid,
        event.starts_at,
        event.ends_at,
        event.title,
        now=now,
        sequence=sequence,
        changed_at=max(event.updated_at, event.created_at),
        description=event.summary,
        place=", ".join(part for part in (event.place_name, event.place_address) if part),
        url=f"{site.base_url}/journees/{event.slug}",
        cancelled=event.state == EventState.CANCELLED,
    )
