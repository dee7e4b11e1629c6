"""Calendars that one subscribes to, read back by `ical`, a parser that shares nothing with the writer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Person
from hub.actors.operations import mandates
from hub.core import clock
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.spaces import MembershipRole, Space, SpaceKind
from hub.spaces.operations import feeds, invitations
from hub.spaces.operations import spaces as operations
from hub.spaces.operations.spaces import SpaceFacts
from tests import factories
from tests.conftest import SITE

NOW = factories.NOW
TITLE = "Réunion ; ordre du jour, « suite » \\ fin – une phrase assez longue pour être pliée en deux lignes"


def meeting(session: Session, space: Space, starts_at: datetime, **values: Any) -> Meeting:
    row = Meeting(
        **{
            "space_id": space.id, "title": TITLE, "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2), "place_name": "Salle A", "place_address": "Namur",
            "online_url": "https://visio.example/secret", "created_at": NOW, "updated_at": NOW, **values,
        }
    )  # fmt: skip
    found: Meeting = factories.add(session, row)
    return found


def space_of(session: Session, name: str = "Groupe") -> Space:
    facts = SpaceFacts(name, SpaceKind.WORKING_GROUP)
    return operations.create(session, facts, actor=None, now=NOW)


def read(content: bytes) -> Calendar:
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    return IcsCalendarStream.calendar_from_ics(content.decode())


def test_a_spaces_calendar_says_what_is_called_off_and_what_changed(session: Session) -> None:
    space = space_of(session)
    summer = meeting(session, space, datetime(2026, 6, 9, 8, 0, tzinfo=UTC), sequence=3)
    winter = meeting(
        session, space, datetime(2026, 12, 8, 9, 0, tzinfo=UTC), sequence=5, state=MeetingState.CANCELLED,
        cancelled_reason="Salle prise", title="Hiver",
    )  # fmt: skip
    meeting(session, space, NOW - timedelta(days=400), title="Trop ancienne")
    content = feeds.of_space(session, space, SITE, now=NOW)
    parsed = read(content)
    one, other = sorted(parsed.events, key=lambda event: event.dtstart)
    assert (one.uid, other.uid) == (invitations.uid(summer, SITE), invitations.uid(winter, SITE))
    assert (one.sequence, other.sequence) == (3, 5)
    assert [event.status.value for event in (one, other)] == ["CONFIRMED", "CANCELLED"]
    zone = ZoneInfo("Europe/Brussels")
    assert one.dtstart == datetime(2026, 6, 9, 10, 0, tzinfo=zone) == summer.starts_at
    assert other.dtstart == datetime(2026, 12, 8, 10, 0, tzinfo=zone) == winter.starts_at
    assert one.summary == f"Groupe – {TITLE}"
    assert one.location == "Salle A, Namur"
    assert b"visio.example" not in content
    assert b"TZID:Europe/Brussels" in content
    assert b"\r\nMETHOD:PUBLISH\r\n" in content


def test_a_persons_calendar_follows_the_mandate(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    now, user = clock.now(), factories.user(session)
    space, elsewhere = space_of(session), space_of(session, "Ailleurs")
    organisation = factories.organisation(session)
    person = factories.add(session, Person(name="Ana", email=user.email, user_id=user.id, created_at=NOW))
    operations.add_member(
        session, space, organisation, MembershipRole.MEMBER, starts_on=None, actor=None, now=NOW
    )
    mandate = mandates.grant(
        session, organisation, person, function="", scope="", starts_on=clock.today(now), ends_on=None,
        actor=None, now=now,
    )  # fmt: skip
    for where in (space, elsewhere):
        meeting(session, where, now + timedelta(days=9))
    sign_in(client, user)
    made = client.post("/mon-calendrier")
    assert made.status_code == 200
    path = "/agenda/personne/" + made.text.split("/agenda/personne/")[1].split('"')[0]
    assert path not in client.get("/mon-calendrier").text
    reader = client.application.test_client()
    answer = reader.get(path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    parsed = read(answer.data)
    assert [event.summary for event in parsed.events] == [f"Groupe – {TITLE}"]
    assert b"visio.example" in answer.data.replace(b"\r\n ", b"")
    mandates.withdraw(session, mandate, actor=None, now=now)
    session.commit()
    assert read(reader.get(path).data).events == []
    again = client.post("/mon-calendrier")
    assert again.status_code == 200
    assert reader.get(path).status_code == 410
    assert client.post("/mon-calendrier/arreter").status_code == 303
    assert reader.get("/agenda/personne/" + "x" * 43 + ".ics").status_code == 404


def test_a_spaces_calendar_is_made_and_ended_by_who_facilitates(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    space = space_of(session)
    sign_in(client, factories.user(session))
    assert client.post(f"/espaces/{space.slug}/calendrier").status_code == 403
    assert client.post("/mon-calendrier").status_code == 422
    sign_in(client, factories.coordinator(session))
    made = client.post(f"/espaces/{space.slug}/calendrier").text
    path = "/agenda/espace/" + made.split("/agenda/espace/")[1].split('"')[0]
    reader = client.application.test_client()
    assert reader.get(path).status_code == 200
    assert reader.get(path.replace("espace", "personne")).status_code == 404
    assert client.post(f"/espaces/{space.slug}/calendrier/arreter").status_code == 303
    assert reader.get(path).status_code == 410
