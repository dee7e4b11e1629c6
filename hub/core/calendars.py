"""Files that calendars read (RFC 5545, RFC 5546), in Brussels' time with its rules of summer time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from icalendar import (
    Alarm,
    Calendar,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vDuration,
    vRecur,
    vText,
)
from icalendar import Event as Entry

from hub.core.clock import local
from hub.core.mail import Attachment, Site

ZONE = "Europe/Brussels"
DAY_BEFORE = timedelta(days=-1)
LOOK_AGAIN = timedelta(hours=6)
PRODUCT = "-//Maillage//Maillage//FR"


def entry(
    uid: str,
    starts_at: datetime,
    ends_at: datetime,
    title: str,
    *,
    now: datetime,
    sequence: int = 0,
    changed_at: datetime | None = None,
    description: str = "",
    place: str = "",
    url: str = "",
    cancelled: bool = False,
) -> Entry:
    """Return what happens from then to then (aware moments), under a name that never changes.

    `sequence` grows with each change that calendars must follow.
    """
    made = Entry()
    made.add("uid", uid)
    made.add("sequence", sequence)
    made.add("dtstamp", now)
    made.add("last-modified", changed_at or now)
    made.add("dtstart", local(starts_at))
    made.add("dtend", local(ends_at))
    made.add("summary", title)
    for name, value in (("description", description), ("location", place), ("url", url)):
        if value:
            made.add(name, value)
    made.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return made


def person(email: str, name: str, *, answer: str = "") -> vCalAddress:
    """Return somebody as organiser or attendee; `answer` is a PARTSTAT, such as ACCEPTED."""
    made = vCalAddress(f"mailto:{email}")
    made.params["CN"] = vText(name)
    if answer:
        made.params["PARTSTAT"] = vText(answer)
    return made


def reminder(words: str) -> Alarm:
    """Return what tells of an entry the day before."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", DAY_BEFORE)
    return alarm


def calendar(method: str, entries: Iterable[Entry], *, name: str = "") -> bytes:
    """Return the entries as one file. `method` says what to do with them: PUBLISH, REQUEST or CANCEL.

    A calendar that one subscribes to has a `name`, and says how often to look again (RFC 7986).
    """
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", method)
    if name:
        made.add("name", name)
        made.add("x-wr-calname", name)
        made.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
        made.add("x-published-ttl", vDuration(LOOK_AGAIN))
    for one in entries:
        made.add_component(one)
    content: bytes = made.to_ical()
    place = content.find(b"BEGIN:VEVENT")
    place = content.index(b"END:VCALENDAR") if place < 0 else place
    return content[:place] + _written_zone() + content[place:]


@cache
def _written_zone() -> bytes:
    """Return the zone as it stands in each file: it never changes, and costs more than an entry."""
    written: bytes = _brussels().to_ical()
    return written


def attachment(name: str, method: str, content: bytes) -> Attachment:
    """Return the file as it goes with a mail; calendars act by the method that the type names."""
    return Attachment(name, f"text/calendar; method={method}; charset=utf-8", content)


def host(site: Site) -> str:
    """Return what makes a name unique in the world (RFC 7986, 5.3)."""
    return urlsplit(site.base_url).hostname or "localhost"


def organiser(email: str, site: Site) -> vCalAddress:
    """Return the network as who asks people to come, at that address or, without one, at its own."""
    return person(*organiser_of(email, site))


def organiser_of(email: str, site: Site) -> tuple[str, str]:
    """Return address and name of who asks people to come."""
    return email or site.sender or f"no-reply@{host(site)}", site.name


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
