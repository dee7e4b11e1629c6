"""A day as calendars read it: for everybody, and for somebody who is signed up, by their way of taking part.

The link of the online room stands only in the entries of who comes online. A module is one entry for each
session. Entries under several names are published with METHOD:PUBLISH, for RFC 5546 (3.2.2, 3.2.5) lets
REQUEST and CANCEL name one thing alone; what is called off says so by STATUS and a higher SEQUENCE.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from icalendar import Event as Entry
from icalendar import vText

from hub.core import calendars, mail
from hub.core.errors import N_
from hub.core.i18n import translations
from hub.core.mail import Attachment, Later, Site
from hub.events.models.days import Event, EventSession, EventState, Mode, SessionKind
from hub.events.models.registrations import Registration

ONLINE = N_("En ligne")
OR_ONLINE = N_("ou en ligne")
JOIN = N_("Pour participer en ligne : %(url)s")
ATTACHED = "events.calendar"


@dataclass(frozen=True)
class Moment:
    """What one entry is about: the whole day, or one of its sessions."""

    event: Event
    session: EventSession | None = None

    @property
    def hours(self) -> tuple[datetime, datetime]:
        """From when until when."""
        row = self.session or self.event
        return row.starts_at, row.ends_at

    @property
    def title(self) -> str:
        """What it is called."""
        if self.session is None or not self.session.title:
            return self.event.title
        return f"{self.event.title}\u00a0: {self.session.title}"

    @property
    def mode(self) -> Mode:
        """How one takes part; a session online is so for everybody."""
        return self.session.mode if self.session is not None else self.event.mode

    @property
    def place(self) -> str:
        """Where it is, for who comes there."""
        if self.session is not None and self.session.place:
            return self.session.place
        room = self.event.room.name if self.event.room is not None else ""
        return ", ".join(part for part in (self.event.place_name, room, self.event.place_address) if part)

    @property
    def is_off(self) -> bool:
        """Whether it is called off, with its day or alone."""
        alone = self.session is not None and self.session.cancelled_at is not None
        return alone or self.event.state == EventState.CANCELLED

    def name(self, whole: str, site: Site) -> str:
        """Return the entry's name, which never changes."""
        part = f"{whole}-seance-{self.session.id}" if self.session is not None else whole
        return f"{part}@{calendars.host(site)}"


def moments(event: Event) -> Sequence[Moment]:
    """Return what stands in calendars: the sessions of a module, else the day."""
    held = [row for row in event.sessions if row.kind == SessionKind.SESSION]
    return [Moment(event, row) for row in held] or [Moment(event)]


def agenda(event: Event, site: Site, *, now: datetime) -> bytes:
    """Return the day for whoever wants it in a calendar, signed up or not."""
    entries = []
    for moment in moments(event):
        say = translations(site.language).gettext
        places = {Mode.ONSITE: (moment.place,), Mode.ONLINE: (say(ONLINE),)}
        where = places.get(moment.mode, (moment.place, say(OR_ONLINE)))
        name = moment.name(f"journee-{event.id}", site)
        entries.append(
            calendars.entry(
                **_facts(moment, site, name, event.sequence, place=", ".join(filter(None, where)), now=now)
            )
        )
    return calendars.calendar("PUBLISH", entries)


def invitation(registration: Registration, site: Site, *, now: datetime) -> bytes:
    """Return somebody's own entries: expected, or called off.

    Their number is the registration's, so that signing up anew after cancelling makes new ones.
    """
    return _file(facts_of(registration, site, now=now))


def attachment(registration: Registration, site: Site, *, now: datetime) -> Later:
    """Return the entries as they go with a mail: as they are now, whenever the file is made."""
    return Later(ATTACHED, facts_of(registration, site, now=now))


@mail.maker(ATTACHED)
def made_later(facts: dict[str, Any]) -> Attachment:
    """Return the file that goes with a mail."""
    return calendars.attachment("journee.ics", facts["method"], _file(facts))


def facts_of(registration: Registration, site: Site, *, now: datetime) -> dict[str, Any]:
    """Return what somebody's entries say, in words, figures and moments."""
    return {
        "method": _method(registration),
        "entries": [_own(registration, moment, site, now) for moment in moments(registration.event)],
    }


def _own(registration: Registration, moment: Moment, site: Site, now: datetime) -> dict[str, Any]:
    event = registration.event
    is_expected = _expected(registration) and not moment.is_off
    say = translations(registration.language).gettext
    is_online = moment.mode == Mode.ONLINE or (
        moment.mode == Mode.HYBRID and registration.mode == Mode.ONLINE
    )
    link = event.online_url if is_online and is_expected else ""
    answers = registration.email and _method(registration) != "PUBLISH"
    return {
        **_facts(
            moment,
            site,
            moment.name(f"inscription-{registration.id}", site),
            event.sequence + registration.sequence,
            place=say(ONLINE) if is_online else moment.place,
            more=say(JOIN) % {"url": link} if link else "",
            url=link,
            now=now,
        ),
        "is_expected": is_expected,
        "organiser": calendars.organiser_of(event.contact_email, site),
        "attendee": [registration.email, registration.name] if answers else None,
    }


def _file(facts: dict[str, Any]) -> bytes:
    return calendars.calendar(facts["method"], [_entry_of(**each) for each in facts["entries"]])


def _entry_of(
    *, is_expected: bool, organiser: Sequence[str], attendee: Sequence[str] | None, **facts: Any
) -> Entry:
    """Return one of somebody's own entries."""
    entry = calendars.entry(**facts)
    entry["STATUS"] = vText("CONFIRMED" if is_expected else "CANCELLED")
    entry.add("organizer", calendars.person(*organiser))
    if attendee is not None:
        answer = "ACCEPTED" if is_expected else "DECLINED"
        entry.add("attendee", calendars.person(*attendee, answer=answer))
    if is_expected:
        entry.add_component(calendars.reminder(facts["title"]))
    return entry


def _expected(registration: Registration) -> bool:
    return registration.is_confirmed and registration.event.state != EventState.CANCELLED


def _method(registration: Registration) -> str:
    if moments(registration.event)[0].session is not None:
        return "PUBLISH"
    return "REQUEST" if _expected(registration) else "CANCEL"


def _facts(
    moment: Moment,
    site: Site,
    name: str,
    sequence: int,
    *,
    place: str,
    now: datetime,
    more: str = "",
    url: str = "",
) -> dict[str, Any]:
    """Return what `calendars.entry` asks for."""
    event = moment.event
    starts_at, ends_at = moment.hours
    return {
        "uid": name,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "title": moment.title,
        "now": now,
        "sequence": sequence,
        "changed_at": max(event.updated_at, event.created_at),
        "description": "\n".join(part for part in (event.summary, more) if part),
        "place": place,
        "url": url or f"{site.base_url}/journees/{event.slug}",
        "cancelled": moment.is_off,
    }
