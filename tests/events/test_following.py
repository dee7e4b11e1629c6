"""What follows a day that moves or is taken up again: mails to come, places kept, the link of the room."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.mail import Message
from hub.events.models.days import (
    Admission,
    CertificateRule,
    Event,
    EventKind,
    EventNotice,
    Mode,
    Promotion,
    SessionKind,
)
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.models.outcomes import Delegation, Presence, Source
from hub.events.models.registrations import (
    Choice,
    DietOption,
    EventInvitation,
    MealOption,
    Question,
    QuestionKind,
    QuestionPurpose,
    Registration,
    ReservedPlaces,
    WorkshopWait,
)
from hub.events.models.retention import Kept, Retention
from hub.events.models.workshops import Wish
from hub.events.operations import (
    days,
    duplicating,
    letters,
    mailings,
    programme,
    reserving,
    sessions,
    sign_up,
)
from hub.events.operations.organisers import Organiser, set_organisers
from hub.events.operations.programme import Block, Line, Programme, Room, Round
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import DAY, details, person, plenary, wishes
from tests.factories import NOW

LINK = "https://visio.example/ancien"
NEW_LINK = "https://visio.example/nouveau"
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    def go(moment: Any) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    go(NOW)
    return go


def changed(session: Session) -> dict[str, str]:
    """Return the mails about a change, by whom they are for."""
    session.rollback()
    rows = session.scalars(select(Message).where(Message.kind == f"events.{LetterKind.CHANGED}"))
    return {row.recipient: row.text for row in rows}


def edit(session: Session, event: Event, **values: Any) -> None:
    days.edit(session, event, details(**values), actor="test", now=NOW)


# --- The link of the online room ------------------------------------------------------------------


def test_a_new_link_is_told_to_those_who_follow_online_alone(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    told: dict[str, Any] = {"mode": Mode.HYBRID, "online_url": LINK}
    event = plenary(session, capacities=(), choices=0, **told)
    for number, mode in ((1, Mode.ONSITE), (2, Mode.ONLINE)):
        sign_up.register(session, event, person(number), sign_up.Wishes(mode=mode), now=NOW)
    edit(session, event, **(told | {"online_url": NEW_LINK}))
    session.commit()
    run_jobs()
    said = changed(session)
    assert list(said) == ["p2@example.org"]
    assert "Le lien pour participer en ligne a changé." in said["p2@example.org"]
    assert NEW_LINK in said["p2@example.org"]


def test_what_else_changed_is_told_to_all_and_the_link_to_some(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    told: dict[str, Any] = {"mode": Mode.HYBRID, "online_url": LINK}
    event = plenary(session, capacities=(), choices=0, **told)
    for number, mode in ((1, Mode.ONSITE), (2, Mode.ONLINE)):
        sign_up.register(session, event, person(number), sign_up.Wishes(mode=mode), now=NOW)
    edit(session, event, **(told | {"online_url": NEW_LINK, "day": DAY + WEEK}))
    session.commit()
    run_jobs()
    said = changed(session)
    assert ["16 juin" in text for text in said.values()] == [True, True]
    assert {who for who, text in said.items() if "Le lien" in text or NEW_LINK in text} == {"p2@example.org"}


def test_a_module_in_the_room_tells_the_link_of_its_mornings_by_video(
    session: Session, client: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    values: dict[str, Any] = {"kind": EventKind.MODULE, "meals": (), "doors": None, "online_url": LINK}
    event = plenary(session, capacities=(), choices=0, **values)
    rows = [
        sessions.Row(DAY + timedelta(days=each), time(9), time(13), mode=mode)
        for each, mode in enumerate((Mode.ONSITE, Mode.ONLINE))
    ]
    sessions.set_sessions(session, event, rows, actor="test", now=NOW)
    row = sign_up.register(session, event, person(), sign_up.Wishes(), now=NOW).registration
    path = f"/inscription/{letters.issue_link(session, row, now=NOW)}"
    session.commit()
    assert (event.mode, event.online_url, event.online_capacity) == (Mode.ONSITE, LINK, None)
    confirmed = session.scalars(select(Message).where(Message.kind == "events.confirmed")).one().text
    assert LINK in confirmed
    assert confirmed.count("(en ligne)") == 1
    assert LINK in client.get(path).text
    assert LINK not in client.get(f"/journees/{event.slug}").text
    last: dict[str, Any] = {"day": DAY, "last_day": DAY + timedelta(days=1), "deadline": DAY}
    edit(session, event, **(values | last | {"online_url": NEW_LINK, "starts": time(9), "ends": time(13)}))
    session.commit()
    run_jobs()
    assert list(changed(session)) == ["p1@example.org"]


# --- Mails to come and places kept ----------------------------------------------------------------


@both_databases
def test_a_reminder_leaves_at_the_hour_of_the_day_that_moved(
    session: Session, at_now: Callable[[Any], None], run_jobs: Callable[[], int]
) -> None:
    event = plenary(session)
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    hour = event.starts_at - timedelta(days=1)
    mailings.set_hour(session, event, LetterKind.REMINDER, hour, actor="test", now=NOW)
    edit(session, event, day=DAY + WEEK)
    session.commit()
    for moment, left in ((hour, 0), (hour + WEEK, 1), (hour + WEEK + WEEK, 1)):
        at_now(moment)
        run_jobs()
        session.rollback()
        kinds = session.scalars(select(Message.kind).where(Message.kind == "events.reminder")).all()
        assert len(kinds) == left, moment


@both_databases
def test_the_mails_of_a_copy_leave_at_their_hour(
    session: Session, at_now: Callable[[Any], None], run_jobs: Callable[[], int]
) -> None:
    event = plenary(session)
    mailings.set_hour(
        session, event, LetterKind.REMINDER, event.starts_at - timedelta(days=1), actor="test", now=NOW
    )
    made = duplicating.duplicate(session, event, actor="test", now=NOW)
    made.mode = Mode.ONSITE
    days.publish(session, made, actor="test", now=NOW)
    sign_up.register(session, made, person(), wishes(made, 0, 1), now=NOW)
    session.commit()
    at_now(made.starts_at - timedelta(days=1))
    run_jobs()
    session.rollback()
    assert session.scalars(select(Message.recipient).where(Message.kind == "events.reminder")).all() == [
        "p1@example.org"
    ]


@both_databases
def test_places_kept_move_with_their_day_and_who_names_people_is_told(
    session: Session, at_now: Callable[[Any], None], run_jobs: Callable[[], int]
) -> None:
    event = plenary(session, capacities=(), choices=0, capacity=20)
    last = clock.end_of_day(DAY - timedelta(days=10))
    house = factories.organisation(session)
    places = reserving.reserve(
        session, event, house, 3, contact_name="Équipe", contact_email="equipe@example.org", release_at=last,
        actor="test", now=NOW,
    )  # fmt: skip
    edit(session, event, day=DAY + WEEK)
    session.commit()
    assert places.release_at is not None
    assert clock.local(places.release_at) == clock.local(last) + WEEK
    mails = session.scalars(select(Message).where(Message.recipient == "equipe@example.org"))
    said = [each.text for each in mails]
    assert len(said) == 2
    assert "La journée a changé" in said[1]
    assert "16 juin 2026" in said[1]
    for moment, taken in ((last, 3), (last + WEEK, 0)):
        at_now(moment)
        run_jobs()
        session.rollback()
        session.expire_all()
        assert event.taken == taken, moment


def test_a_last_day_for_names_is_never_over_because_the_day_came_nearer(session: Session) -> None:
    event = plenary(session, capacities=(), choices=0, capacity=20)
    last = clock.end_of_day(clock.today(NOW) + timedelta(days=5))
    places = reserving.reserve(
        session, event, factories.organisation(session), 3, release_at=last, actor="test", now=NOW
    )
    edit(
        session,
        event,
        day=clock.today(NOW) + timedelta(days=8),
        deadline=clock.today(NOW) + timedelta(days=7),
    )
    assert places.release_at == last


# --- A copy ---------------------------------------------------------------------------------------


def full_day(session: Session) -> Event:
    """Return a published day with one of every part, people, a wait, an invitation, places kept, presence."""
    event = plenary(session, title="Plénière 2026", mode=Mode.HYBRID, capacity=9, online_capacity=9)
    one, other = factories.organisation(session), factories.organisation(session)
    rounds = (Round("Un", time(10), time(11)), Round("Deux", time(12), time(13)))
    rooms = (Room("A", 5, turn=0, lead_id=one.id, minimum=2), Room("A", 5, turn=1, repeats=0))
    line = Line(time(9), "Accueil", time(10), speaker_ids=(one.id, other.id), description="Café")
    blocks = (Block(rooms, rounds, "Matin", 0, 1), Block((Room("B", 4),), (), "Midi", 1, 1))
    programme.set_programme(session, event, Programme((line,), blocks=blocks), actor="t", now=NOW)
    half = sessions.Row(DAY, time(10), time(12), kind=SessionKind.HALF_DAY)
    sessions.set_sessions(session, event, [half], actor="t", now=NOW)
    place = factories.commune(session)
    told = [Organiser(one.id, place.id, "Équipe", "a@example.org", "081 00 00 00"), Organiser(other.id)]
    set_organisers(session, event, told, actor="t", now=NOW)
    event.admission, event.promotion, event.offer_hours = Admission.APPROVAL, Promotion.OFFER, 12
    event.certificate_rule, event.certificate_threshold = CertificateRule.SHARE, 80
    event.certificate_text, event.certificate_signatory = "Article 1", "La direction"
    row = sign_up.register(session, event, person(), wishes(event, 2, mode=Mode.ONSITE), now=NOW).registration
    for each in (
        DietOption(event_id=event.id, label="Sans gluten", booked=4),
        EventLetter(event_id=event.id, kind=LetterKind.REMINDER, subject="À demain", body="Venez", version=3,
                    send_at=event.starts_at - timedelta(days=1), updated_at=NOW),
        Question(event_id=event.id, kind=QuestionKind.ONE, label="Pourquoi ?", options=["Un", "Deux"]),
        Question(event_id=event.id, kind=QuestionKind.TEXT, label="Votre avis ?",
                 purpose=QuestionPurpose.EVALUATION),
        Question(event_id=event.id, kind=QuestionKind.YES_NO, label="Moins de {seuil} ans ?", threshold=5,
                 purpose=QuestionPurpose.ELIGIBILITY, expected=True),
        Retention(event_id=event.id, kept=Kept.PHONE, days=3),
        EventInvitation(event_id=event.id, email="i@example.org", name="Invité·e", created_at=NOW),
        ReservedPlaces(event_id=event.id, organisation_id=one.id, seats=1, mode=Mode.ONSITE, created_at=NOW),
        EventNotice(event_id=event.id, text="Entrée par la cour", shown_from=NOW, created_at=NOW),
        Presence(registration_id=row.id, session_id=event.sessions[0].id, source=Source.GRID, at=NOW,
                 stored_at=NOW),
    ):  # fmt: skip
        factories.add(session, each)
    session.expire(event)
    return event


@both_databases
def test_a_copy_has_all_of_a_day_but_what_concerns_people(session: Session) -> None:
    event = full_day(session)
    made = duplicating.duplicate(session, event, actor="test", now=NOW)
    session.commit()
    assert [(slot.title, slot.description, [each.id for each in slot.speakers]) for slot in made.slots] == [
        (slot.title, slot.description, [each.id for each in slot.speakers]) for slot in event.slots
    ]
    for row, old in zip(made.blocks, event.blocks, strict=True):
        assert (row.title, row.choices_min, row.choices_max, row.way) == (
            old.title, old.choices_min, old.choices_max, old.way,
        )  # fmt: skip
        assert [each.title for each in row.rounds] == [each.title for each in old.rounds]
    facts = ("title", "capacity", "minimum", "lead_id", "taken")
    assert [tuple(getattr(each, name) for name in facts) for each in made.workshops] == [
        (*(getattr(each, name) for name in facts[:-1]), 0) for each in event.workshops
    ]
    assert made.workshops[1].content_id == made.workshops[0].id
    assert [clock.today(each.starts_at) for each in made.sessions] == [made.day]
    contacts = [
        (
            row.organisation_id,
            row.territory_id,
            row.contact_email,
            row.contact_phone,
            row.logo_id,
            row.position,
        )
        for row in (*event.organiser_rows, *made.organiser_rows)
    ]
    assert contacts[:2] == contacts[2:]
    parts: dict[Any, int] = {MealOption: 2, DietOption: 1, EventLetter: 1, Question: 3, Retention: 1}
    for table, number in parts.items():
        rows = session.scalars(select(table).where(table.event_id == made.id)).all()
        assert len(rows) == number, table
    asked = session.scalars(select(Question).where(Question.event_id == made.id).order_by(Question.id)).all()
    assert [(each.purpose, each.threshold, list(each.options)) for each in asked] == [
        (QuestionPurpose.SIGN_UP, None, ["Un", "Deux"]),
        (QuestionPurpose.EVALUATION, None, []),
        (QuestionPurpose.ELIGIBILITY, 5, []),
    ]
    rules = ("certificate_rule", "certificate_threshold", "certificate_text", "certificate_signatory",
             "admission", "promotion", "offer_hours", "capacity", "online_capacity", "mode")  # fmt: skip
    assert [getattr(made, name) for name in rules] == [getattr(event, name) for name in rules]
    of_people: tuple[Any, ...] = (Registration, EventInvitation, ReservedPlaces, EventNotice, Delegation)
    for table in of_people:
        assert session.scalars(select(table).where(table.event_id == made.id)).all() == [], table
    mine = {each.id for each in made.workshops}
    of_seats: tuple[Any, ...] = (Choice, Wish, WorkshopWait)
    for table in of_seats:
        assert not mine & set(session.scalars(select(table.workshop_id))), table
    noted = set(session.scalars(select(Presence.session_id)))
    assert noted
    assert not noted & {each.id for each in made.sessions}
    assert (made.heads, made.online_url) == (0, "")
