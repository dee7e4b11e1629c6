"""Programme, blocks, rounds: what is refused, what stays, what happens where seats go (invariant 8)."""

from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.events.models.days import Event, SlotKind, SlotSpeaker
from hub.events.models.registrations import Choice, Registration, WaitState, WorkshopWait
from hub.events.models.workshops import Way, Workshop
from hub.events.operations import days, sign_up
from hub.events.operations.cutting import SeatsWouldGoError
from hub.events.operations.programme import Block, Line, Programme, Room, Round, set_programme
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import DAY, details, person, plenary, wishes
from tests.factories import NOW

TWO_ROUNDS = (Round("Premier tour", time(10), time(11)), Round("Second tour", time(11, 15), time(12, 15)))


def store(session: Session, event: Event, programme: Programme, **values: Any) -> None:
    set_programme(session, event, programme, actor="test", now=NOW, **values)


def empty_day(session: Session, **values: Any) -> Event:
    return days.create(session, details(**values), actor="test", now=NOW)


def test_two_rounds_with_a_workshop_given_again(session: Session) -> None:
    event = empty_day(session)
    rooms = (
        Room("Logement", 10, turn=0),
        Room("Santé", 10, turn=0),
        Room("Logement", 10, turn=1, repeats=0, minimum=3),
    )
    block = Block(workshops=rooms, rounds=TWO_ROUNDS, choices_min=1, choices_max=2, title="Matin")
    store(session, event, Programme(blocks=(block,)))
    first, other, again = event.workshops
    assert again.content_id == first.id
    assert again.content_id != other.content_id
    assert again.hours == (clock.at(DAY, time(11, 15)), clock.at(DAY, time(12, 15)))
    assert [one.title for one in event.blocks[0].rounds] == ["Premier tour", "Second tour"]


def test_rows_that_stay_keep_their_numbers_and_the_others_go(session: Session) -> None:
    event = empty_day(session)
    store(session, event, Programme(blocks=(Block((Room("A", 5), Room("B", 5)), TWO_ROUNDS),)))
    block, (one, other) = event.blocks[0], event.workshops
    numbers = block.id, one.id, block.rounds[1].id
    kept = Block(
        (Room("A, bis", 7, number=one.id, turn=0),),
        (Round("Seul", number=numbers[2]),),
        number=numbers[0],
        way=Way.WISHES,
        wishes_max=3,
    )
    store(session, event, Programme(blocks=(kept, Block((Room("C", 3),)))))
    assert (event.blocks[0].id, event.workshops[0].id, event.blocks[0].rounds[0].id) == numbers
    assert [row.title for row in event.workshops] == ["A, bis", "C"]
    assert session.get(Workshop, other.id) is None
    assert event.workshops[0].round is event.blocks[0].rounds[0]


def test_several_organisations_speak_in_one_line_on_the_second_day(session: Session) -> None:
    event = empty_day(session, last_day=DAY + timedelta(days=1))
    speakers = tuple(factories.organisation(session).id for _ in range(3))
    line = Line(time(14), "Rencontre", time(16), SlotKind.EXCHANGE, speakers, day=DAY + timedelta(days=1))
    store(session, event, Programme(lines=(line,)))
    (slot,) = event.slots
    assert slot.day == DAY + timedelta(days=1)
    assert [row.id for row in slot.speakers] == list(speakers)
    store(session, event, Programme())
    assert session.scalar(select(func.count()).select_from(SlotSpeaker)) == 0


@pytest.mark.parametrize(
    ("programme", "field"),
    [
        (Programme(lines=(Line(time(9), "Tard", day=DAY + timedelta(days=1)),)), "lines"),
        (Programme(lines=(Line(time(12), "À rebours", time(11)),)), "lines"),
        (Programme(blocks=(Block((Room("A", 5),), choices_min=2, choices_max=2),)), "workshop_choices"),
        (Programme(blocks=(Block((Room("A", 5),), choices_min=2, choices_max=1),)), "workshop_choices"),
        (
            Programme(blocks=(Block((Room("A", 5, turn=0), Room("B", 5, turn=0)), TWO_ROUNDS, "", 2, 2),)),
            "workshop_choices",
        ),
        (
            Programme(blocks=(Block((Room("A", 5), Room("A", 5, repeats=0)), (), "", 2, 2),)),
            "workshop_choices",
        ),
        (Programme(blocks=(Block(rounds=(Round(starts=time(9)),)),)), "rounds"),
        (Programme(blocks=(Block(rounds=(Round(starts=time(11), ends=time(10)),)),)), "rounds"),
        (Programme(blocks=(Block((Room("A", 5, minimum=6),)),)), "workshops"),
        (Programme(blocks=(Block((Room("A", 5, repeats=0),)),)), "workshops"),
        (Programme(blocks=(Block((Room("A", 5, repeats=7),)),)), "workshops"),
        (
            Programme(blocks=(Block((Room("A", 5), Room("B", 5, repeats=0), Room("C", 5, repeats=1))),)),
            "workshops",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_changes(
    session: Session, programme: Programme, field: str
) -> None:
    event = plenary(session)
    with pytest.raises(DomainError) as refusal:
        store(session, event, programme)
    assert refusal.value.field == field
    session.expire_all()
    assert (len(event.slots), len(event.workshops)) == (1, 4)


def kept_rooms(event: Event, **capacities: int) -> tuple[Room, ...]:
    return tuple(
        Room(row.title, capacities.get(f"w{place}", row.capacity), number=row.id)
        for place, row in enumerate(event.workshops)
        if capacities.get(f"w{place}") != 0
    )


@both_databases
def test_a_workshop_goes_only_once_it_is_said_whose_seats_go_with_it(session: Session) -> None:
    event = plenary(session)
    for number in range(3):
        sign_up.register(session, event, person(number), wishes(event, 0, 1), now=NOW)
    gone = event.workshops[0]
    programme = Programme(workshops=kept_rooms(event, w0=0), choices=2)
    with pytest.raises(SeatsWouldGoError, match="Besoins de base") as refusal:
        store(session, event, programme)
    (cut,) = refusal.value.cuts
    assert cut.capacity is None
    assert set(cut.names) == {f"Participant·e {number}" for number in range(3)}
    assert gone.taken == 3
    store(session, event, programme, agreed=[gone.id])
    assert [row.title for row in event.workshops] == ["Insertion", "Vivre ensemble", "Soutien aux acteurs"]
    assert event.workshops[0].taken == 3
    mails = session.scalars(select(Message).where(Message.kind == "events.changed")).all()
    assert len(mails) == 3
    assert all("Besoins de base" in mail.text for mail in mails)


def test_the_seats_that_were_taken_last_go_first(session: Session) -> None:
    event = plenary(session)
    rows = [
        sign_up.register(session, event, person(number), wishes(event, 0, 1), now=NOW).registration
        for number in range(3)
    ]
    workshop = event.workshops[0]
    programme = Programme(workshops=kept_rooms(event, w0=1), choices=2)
    with pytest.raises(SeatsWouldGoError) as refusal:
        store(session, event, programme)
    assert refusal.value.cuts[0].names == ("Participant·e 2", "Participant·e 1")
    store(session, event, programme, agreed=[workshop.id])
    held = session.scalars(select(Choice.registration_id).where(Choice.workshop_id == workshop.id)).all()
    assert held == [rows[0].id]
    session.refresh(workshop)
    assert (workshop.capacity, workshop.taken) == (1, 1)
    assert session.scalars(select(Registration.sequence).order_by(Registration.id)).all() == [0, 1, 1]
    waits = session.scalars(select(WorkshopWait).where(WorkshopWait.workshop_id == workshop.id)).all()
    assert {wait.registration_id for wait in waits if wait.put_back_at == NOW} == {row.id for row in rows[1:]}
    told = session.scalars(select(Message.subject_id).where(Message.kind == "events.put_back")).all()
    assert sorted(told) == [row.id for row in rows[1:]]
    store(session, event, Programme(workshops=kept_rooms(event, w0=2), choices=2))
    session.expire_all()
    assert {wait.registration_id for wait in waits if wait.state == WaitState.OBTAINED} == {rows[1].id}


def test_agreeing_for_one_workshop_agrees_for_no_other(session: Session) -> None:
    event = plenary(session)
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    first, second, *_ = event.workshops
    with pytest.raises(SeatsWouldGoError) as refusal:
        store(session, event, Programme(workshops=kept_rooms(event, w0=0, w1=0)), agreed=[first.id])
    assert [cut.workshop.id for cut in refusal.value.cuts] == [second.id]
    assert session.scalar(select(func.count(Choice.id))) == 2
