"""What calendars and mail programs are given, read back with icalendar (RFC 5545, 5546)."""

import email
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.mail import Message, as_email
from hub.events.models.days import Event, EventKind, EventState, Mode
from hub.events.models.registrations import Registration
from hub.events.operations import calendar, days, sessions, sign_up
from hub.events.operations.sign_up import Wishes
from tests.conftest import SITE
from tests.events.plenary import DAY, details, person, plenary, wishes
from tests.factories import NOW


def entry(content: bytes) -> tuple[Calendar, Any]:
    """Parse one entry; RFC 5545 asks for lines of 75 octets at most, ended by CR LF."""
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    parsed = Calendar.from_ical(content)
    (found,) = parsed.walk("VEVENT")
    return parsed, found


def test_a_public_day(session: Session) -> None:
    event = plenary(session)
    parsed, found = entry(calendar.agenda(event, SITE, now=NOW))
    assert parsed["METHOD"] == "PUBLISH"
    assert found["UID"] == f"journee-{event.id}@127.0.0.1"
    assert found.decoded("DTSTART") == event.starts_at
    assert found["DTSTART"].params["TZID"] == "Europe/Brussels"
    assert found["SUMMARY"] == "Plénière 2026"
    assert found["LOCATION"] == "La Marlagne, Chemin des Marronniers 26, 5100 Wépion"
    assert found["URL"] == f"{SITE.base_url}/journees/{event.slug}"
    assert found["STATUS"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("day", "offset"),
    [(date(2026, 6, 9), 2), (date(2026, 12, 8), 1), (date(2026, 3, 29), 2), (date(2026, 10, 25), 1)],
)
def test_the_zone_that_goes_along_knows_summer_time(session: Session, day: date, offset: int) -> None:
    event = plenary(session, day=day, deadline=day - timedelta(days=5))
    parsed, found = entry(calendar.agenda(event, SITE, now=NOW))
    (zone,) = parsed.walk("VTIMEZONE")
    own_rules = zone.to_tz()
    naive = found.decoded("DTSTART").replace(tzinfo=None)
    assert naive == datetime.combine(day, time(9, 30))
    assert naive.replace(tzinfo=own_rules).utcoffset() == timedelta(hours=offset)
    assert naive.replace(tzinfo=own_rules).astimezone(UTC) == event.starts_at


def test_a_persons_entry_keeps_its_name_while_its_number_grows(session: Session) -> None:
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    seen = [entry(calendar.invitation(row, SITE, now=NOW))]
    sign_up.change(session, row, wishes(event, 1, 2), now=NOW)
    seen.append(entry(calendar.invitation(row, SITE, now=NOW)))
    days.edit(session, event, details(day=DAY + timedelta(days=1)), actor="test", now=NOW)
    seen.append(entry(calendar.invitation(row, SITE, now=NOW)))
    sign_up.cancel(session, row, actor="test", now=NOW)
    seen.append(entry(calendar.invitation(row, SITE, now=NOW)))
    assert {str(found["UID"]) for _, found in seen} == {f"inscription-{row.id}@127.0.0.1"}
    assert [int(found["SEQUENCE"]) for _, found in seen] == [0, 1, 2, 3]
    assert [str(parsed["METHOD"]) for parsed, _ in seen] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert str(seen[-1][1]["STATUS"]) == "CANCELLED"
    assert str(seen[0][1]["ATTENDEE"]) == "mailto:p1@example.org"
    assert str(seen[0][1]["ORGANIZER"]) == "mailto:journees@example.org"


def test_signing_up_anew_is_a_new_entry(session: Session) -> None:
    event = plenary(session)
    first = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    sign_up.cancel(session, first, actor="test", now=NOW)
    again = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    _, one = entry(calendar.invitation(first, SITE, now=NOW))
    _, other = entry(calendar.invitation(again, SITE, now=NOW))
    assert one["UID"] != other["UID"]


def sent(session: Session, kind: str) -> EmailMessage:
    row = session.scalars(select(Message).where(Message.kind == kind)).one()
    mail = email.message_from_bytes(as_email(row, "reseau@example.org").as_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def called_off(session: Session, event: Event) -> None:
    days.call_off(session, event, "", actor="test", now=NOW)
    for row in session.scalars(select(Registration).where(Registration.event_id == event.id)):
        sign_up.letters.tell_called_off(session, row, now=NOW)


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("events.confirmed", "REQUEST"),
        ("events.changed", "REQUEST"),
        ("events.cancelled", "CANCEL"),
        ("events.called_off", "CANCEL"),
    ],
)
def test_the_mail_carries_the_entry_and_says_what_to_do_with_it(
    session: Session, kind: str, method: str
) -> None:
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    sign_up.change(session, row, wishes(event, 1, 2), now=NOW)
    if kind == "events.called_off":
        called_off(session, event)
    else:
        sign_up.cancel(session, row, actor="test", now=NOW)
    mail = sent(session, kind)
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == method
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    parsed, found = entry(content)
    assert parsed["METHOD"] == method
    assert found["UID"] == f"inscription-{row.id}@127.0.0.1"
    assert b"/inscription/" not in content  # the personal link stays out of calendars, which are shared
    assert mail["Subject"].startswith("mardi 9 juin 2026")


def test_the_confirmation_reads_well(session: Session) -> None:
    event = plenary(session)
    done = sign_up.register(session, event, person(name="Zoé [B.]"), wishes(event, 0, 1), now=NOW)
    mail = sent(session, "events.confirmed")
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    for words in ("Bonjour Zoé [B.],", "de 9\u00a0h\u00a030 à 16\u00a0h", "Besoins de base", "La Marlagne"):
        assert words in text
    assert f"{SITE.base_url}/inscription/" in text
    assert done.link is not None
    assert clock.local(event.starts_at).hour == 9


LINK = "https://visio.example/secret"


def entries(content: bytes) -> dict[str, Any]:
    return {str(found["UID"]): found for found in Calendar.from_ical(content).walk("VEVENT")}


@pytest.mark.parametrize(("mode", "place"), [(Mode.ONSITE, "La Marlagne, Chemin"), (Mode.ONLINE, "En ligne")])
def test_a_persons_entry_follows_their_way_of_taking_part(session: Session, mode: Mode, place: str) -> None:
    event = plenary(session, capacities=(), choices=0, mode=Mode.HYBRID, online_url=LINK)
    row = sign_up.register(session, event, person(), Wishes(mode=mode), now=NOW).registration
    content = calendar.invitation(row, SITE, now=NOW)
    _, found = entry(content)
    assert str(found["LOCATION"]).startswith(place)
    assert (found["URL"] == LINK) == (mode == Mode.ONLINE)
    assert (LINK in content.decode().replace("\r\n ", "")) == (mode == Mode.ONLINE)
    sign_up.cancel(session, row, actor="test", now=NOW)
    assert LINK not in calendar.invitation(row, SITE, now=NOW).decode().replace("\r\n ", "")


@pytest.mark.parametrize(
    ("mode", "place"),
    [
        (Mode.ONLINE, "En ligne"),
        (Mode.HYBRID, "La Marlagne, Chemin des Marronniers 26, 5100 Wépion, ou en ligne"),
    ],
)
def test_the_public_entry_never_holds_the_link(session: Session, mode: Mode, place: str) -> None:
    event = plenary(session, mode=mode, online_url=LINK)
    content = calendar.agenda(event, SITE, now=NOW)
    _, found = entry(content)
    assert str(found["LOCATION"]) == place
    assert LINK not in content.decode().replace("\r\n ", "")


def test_a_module_is_one_entry_for_each_session(session: Session) -> None:
    values = {"kind": EventKind.MODULE, "doors": None, "meals": (), "online_url": LINK, "mode": Mode.HYBRID}
    event = days.create(session, details(**values), actor="test", now=NOW)
    rows = [
        sessions.Row(DAY + timedelta(days=each), time(9), time(13), title=f"Séance {each + 1}", mode=mode)
        for each, mode in enumerate((Mode.ONSITE, Mode.ONLINE, Mode.HYBRID))
    ]
    sessions.set_sessions(session, event, rows, actor="test", now=NOW)
    days.publish(session, event, actor="test", now=NOW)
    row = sign_up.register(session, event, person(), Wishes(mode=Mode.ONSITE), now=NOW).registration
    first = calendar.invitation(row, SITE, now=NOW)
    assert Calendar.from_ical(first)["METHOD"] == "PUBLISH"  # RFC 5546: REQUEST names one thing alone
    seen = entries(first)
    numbers = [held.id for held in event.sessions]
    assert list(seen) == [f"inscription-{row.id}-seance-{number}@127.0.0.1" for number in numbers]
    assert [found.get("URL") == LINK for found in seen.values()] == [False, True, False]
    kept = [
        sessions.Row(
            clock.today(held.starts_at), time(10), time(13), title=held.title, mode=held.mode, number=held.id
        )
        for held in event.sessions[:2]
    ]
    sessions.set_sessions(session, event, kept, actor="test", now=NOW)
    later = entries(calendar.invitation(row, SITE, now=NOW))
    assert list(later) == list(seen)
    assert [str(found["STATUS"]) for found in later.values()] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert all(int(later[uid]["SEQUENCE"]) > int(seen[uid]["SEQUENCE"]) for uid in seen)
    assert clock.local(later[next(iter(later))].decoded("DTSTART")).hour == 10
    assert len(entries(calendar.agenda(event, SITE, now=NOW))) == 3
    days.call_off(session, event, "", actor="test", now=NOW)
    assert event.state == EventState.CANCELLED
    gone = entries(calendar.invitation(row, SITE, now=NOW))
    assert {str(found["STATUS"]) for found in gone.values()} == {"CANCELLED"}
