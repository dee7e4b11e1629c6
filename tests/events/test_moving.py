"""A published day moves: who is signed up follows and is told; a copy takes everything but people."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.errors import DomainError
from hub.events.models.days import (
    Event,
    EventKind,
    EventOrganiser,
    EventState,
    Mode,
    SessionKind,
    SignUpNeed,
    Stage,
)
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.models.places import VenueRoom
from hub.events.models.registrations import DietOption, Question, QuestionKind, Registration
from hub.events.models.retention import Kept, Retention
from hub.events.operations import days, duplicating, programme, sessions, sign_up
from hub.events.operations.programme import Block, Line, Programme, Room, Round
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import DAY, details, person, plenary, wishes
from tests.factories import NOW

LATER = DAY + timedelta(days=7)


def edit(session: Session, event: Event, **values: object) -> None:
    days.edit(session, event, details(**values), actor="test", now=NOW)


def told(session: Session) -> list[str]:
    rows = session.scalars(select(jobs.Job).order_by(jobs.Job.id))
    return [str(row.arguments) for row in rows if "moved" in str(row.arguments)]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"day": LATER}, "16 juin"),
        ({"starts": time(10)}, "10"),
        ({"place_name": "Ailleurs"}, "Ailleurs"),
        ({"doors": time(8, 30)}, "Accueil"),
    ],
)
def test_moving_a_published_day_is_told(session: Session, values: dict, said: str) -> None:
    event = plenary(session)
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    edit(session, event, **values)
    (letter,) = told(session)
    assert said in letter


def test_other_changes_and_drafts_are_told_to_nobody(session: Session) -> None:
    edit(session, plenary(session), practical_info="Bus 4", capacity=90)
    edit(session, plenary(session, publish=False), day=LATER)
    assert told(session) == []


def test_a_day_of_two_days(session: Session) -> None:
    event = plenary(session, last_day=DAY + timedelta(days=1), deadline=DAY + timedelta(days=1))
    assert (event.day, event.last_day, event.lasts_days) == (DAY, DAY + timedelta(days=1), True)
    assert event.deadline == DAY + timedelta(days=1)  # one may still come for the second day
    with pytest.raises(DomainError) as refusal:
        edit(session, event, last_day=DAY - timedelta(days=1))
    assert refusal.value.field == "last_day"


@both_databases
def test_a_day_goes_online_with_its_people_once_that_is_agreed(session: Session) -> None:
    event = plenary(session, capacity=5)
    for number in range(3):
        sign_up.register(session, event, person(number), wishes(event, 0, 1), now=NOW)
    with pytest.raises(DomainError, match="sur place\u00a0: 3") as refusal:
        edit(session, event, mode=Mode.ONLINE, online_capacity=2)
    assert refusal.value.field == "moves_people"
    with pytest.raises(DomainError) as refusal:
        edit(session, event, mode=Mode.ONLINE, online_capacity=2, moves_people=True)
    assert refusal.value.field == "online_capacity"
    edit(
        session,
        event,
        mode=Mode.ONLINE,
        online_capacity=3,
        online_url="https://visio.example/x",
        moves_people=True,
    )
    session.commit()
    assert (event.taken, event.online_taken) == (0, 3)
    assert (event.place_name, event.capacity) == ("", None)
    assert set(session.scalars(select(Registration.mode))) == {Mode.ONLINE}
    assert "en ligne" in told(session)[-1]


def test_a_free_day_has_no_sign_up(session: Session) -> None:
    event = plenary(session, need=SignUpNeed.NONE, deadline=None)
    assert event.stage(NOW) == Stage.FREE
    with pytest.raises(DomainError):
        sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    assert event.stage(event.ends_at) == Stage.OVER


def test_the_venue_gives_its_name_and_a_room_its_venue(session: Session) -> None:
    venue = factories.organisation(session, "La Marlagne", address="Chemin 26\n5100 Wépion")
    other = factories.organisation(session)
    room = factories.add(session, VenueRoom(organisation_id=venue.id, name="Grande salle", seats=80))
    event = plenary(session, room_id=room.id, place_name="", place_address="")
    assert (event.venue_id, event.place_name) == (venue.id, "La Marlagne")
    assert event.place_address == "Chemin 26 5100 Wépion"
    with pytest.raises(DomainError) as refusal:
        edit(session, event, room_id=room.id, venue_id=other.id)
    assert refusal.value.field == "room"


def whole_day(session: Session) -> Event:
    """Return a published day with one of every part, and somebody signed up."""
    event = plenary(
        session, title="Plénière 2026", kind=EventKind.PLENARY, mode=Mode.HYBRID, capacity=9,
        online_capacity=9, online_url="https://visio.example/secret",
    )  # fmt: skip
    organisation = factories.organisation(session)
    rounds = (Round("Un", time(10), time(11)), Round("Deux", time(11, 15), time(12)))
    rooms = (Room("A", 5, turn=0), Room("A", 5, turn=1, repeats=0))
    line = Line(time(9, 30), "Accueil", time(10), speaker_ids=(organisation.id,))
    programme.set_programme(
        session, event, Programme((line,), blocks=(Block(rooms, rounds, "Matin", 0, 1),)), actor="t", now=NOW
    )
    half = sessions.Row(DAY, time(9, 30), time(12), kind=SessionKind.HALF_DAY)
    sessions.set_sessions(session, event, [half], actor="t", now=NOW)
    event.organiser_rows = [EventOrganiser(organisation_id=organisation.id, contact_email="a@example.org")]
    for row in (
        DietOption(event_id=event.id, label="Sans gluten", booked=4),
        EventLetter(event_id=event.id, kind=LetterKind.REMINDER, body="À demain", version=3,
                    send_at=event.starts_at - timedelta(days=1), sent_at=NOW, updated_at=NOW),
        Question(event_id=event.id, kind=QuestionKind.TEXT, label="Pourquoi ?"),
        Question(event_id=event.id, kind=QuestionKind.TEXT, label="Plus demandée", retired_at=NOW),
        Retention(event_id=event.id, kept=Kept.PHONE, days=3, done_at=NOW, erased=2),
    ):  # fmt: skip
        factories.add(session, row)
    sign_up.register(session, event, person(), sign_up.Wishes(mode=Mode.ONSITE), now=NOW)
    session.expire(event)
    return event


@both_databases
def test_a_copy_has_every_part_52_weeks_later_and_nobody(session: Session) -> None:
    event = whole_day(session)
    made = duplicating.duplicate(session, event, actor="test", now=NOW)
    session.commit()
    assert made.day == DAY + timedelta(weeks=52)
    assert made.day.weekday() == DAY.weekday()
    assert clock.local(made.starts_at).time() == time(9, 30)
    assert (made.title, made.slug, made.state) == ("Plénière 2027", "pleniere-2027", EventState.DRAFT)
    assert (made.heads, made.online_url, made.copied_from_id) == (0, "", event.id)
    assert (made.capacity, made.online_capacity, made.mode) == (9, 9, Mode.HYBRID)
    assert [slot.speakers for slot in made.slots] == [slot.speakers for slot in event.slots]
    first, again = made.workshops
    assert again.repeats_id == first.id
    assert first.round is not None
    assert clock.today(first.hours[0]) == made.day
    assert {row.id for row in made.workshops}.isdisjoint(row.id for row in event.workshops)
    assert [row.kind for row in made.sessions] == [SessionKind.HALF_DAY]
    assert [row.contact_email for row in made.organiser_rows] == ["a@example.org"]
    assert [meal.label for meal in made.meals] == ["Végétarien", "Poisson"]
    assert session.scalars(select(DietOption.booked).where(DietOption.event_id == made.id)).all() == [None]
    letter = session.scalars(select(EventLetter).where(EventLetter.event_id == made.id)).one()
    assert (letter.version, letter.sent_at) == (1, None)
    assert letter.send_at == made.starts_at - timedelta(days=1)
    asked = session.scalars(select(Question.label).where(Question.event_id == made.id)).all()
    assert asked == ["Pourquoi ?"]
    rule = session.scalars(select(Retention).where(Retention.event_id == made.id)).one()
    assert (rule.days, rule.done_at, rule.erased) == (3, None, None)


def test_a_day_of_long_ago_is_copied_into_the_future(session: Session) -> None:
    event = plenary(session, title="Plénière", day=date(2021, 6, 8), deadline=date(2021, 6, 1))
    made = duplicating.duplicate(session, event, actor="test", now=NOW)
    assert made.starts_at > NOW
    assert made.day.weekday() == event.day.weekday()
