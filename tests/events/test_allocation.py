"""Allotting a block by wishes: computed, looked at, mended, published once; everybody told why."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from graph.allocation.problem import faults
from hub.core import audit, mail
from hub.core.errors import DomainError
from hub.events.models.days import Event
from hub.events.models.registrations import Choice, Registration
from hub.events.models.workshops import AllocationState, Way, Wish, WorkshopBlock
from hub.events.operations import allocation, letters, sign_up, waitlist
from tests.conftest import both_databases
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW, coordinator

LATER = NOW + timedelta(hours=1)


def by_wishes(session: Session, *capacities: int, choices: int = 1, **values: Any) -> WorkshopBlock:
    """Publish a day whose workshops are ranked."""
    event = plenary(session, capacities=capacities or (2, 2, 2, 2), choices=choices, **values)
    (block,) = event.blocks
    block.way = Way.WISHES
    session.flush()
    session.expire_all()
    return block


def come(session: Session, block: WorkshopBlock, number: int, *places: int) -> Registration:
    """Sign somebody up who ranks the workshops at those places of the programme."""
    event = block.event
    ranked = tuple(event.workshops[place].id for place in places)
    return sign_up.register(
        session, event, person(number), wishes(event, ranked=((block.id, ranked),)), now=NOW
    ).registration


def held(session: Session, row: Registration) -> list[int]:
    session.refresh(row)
    return sorted(choice.workshop_id for choice in row.choices)


def test_nobody_holds_a_seat_before_publishing_and_all_do_after(session: Session) -> None:
    block = by_wishes(session, choices=2)
    people = [come(session, block, number, 0, 1, 2) for number in range(4)]
    assert block.event.taken == 4
    assert session.scalars(select(Choice)).all() == []
    run = allocation.compute(session, block, actor="test", now=NOW)
    assert run.is_proven
    assert session.scalars(select(Choice)).all() == []
    assert allocation.publish(session, run, actor="test", now=LATER) == 4
    assert all(len(held(session, row)) == 2 for row in people)
    session.expire_all()
    for workshop in block.workshops:
        taken = session.scalars(select(Choice).where(Choice.workshop_id == workshop.id)).all()
        assert workshop.taken == len(taken) <= workshop.capacity
    assert block.allotted_at == LATER
    assert run.state == AllocationState.PUBLISHED
    told = session.scalars(select(mail.Message).where(mail.Message.kind == "events.allotted")).all()
    assert sorted(message.subject_id for message in told) == sorted(row.id for row in people)


def test_publishing_twice_is_refused_and_writes_no_second_mail(session: Session) -> None:
    block = by_wishes(session)
    come(session, block, 1, 0)
    run = allocation.compute(session, block, actor="test", now=NOW)
    allocation.publish(session, run, actor="test", now=LATER)
    with pytest.raises(DomainError):
        allocation.publish(session, run, actor="test", now=LATER)
    with pytest.raises(DomainError):
        allocation.compute(session, block, actor="test", now=LATER)
    told = select(mail.Message).where(mail.Message.kind == "events.allotted")
    assert len(session.scalars(told).all()) == 1


def test_a_run_is_kept_in_numbers_and_repeated_gives_the_same(session: Session) -> None:
    block = by_wishes(session, 1, 1, 5, 5)
    for number in range(6):
        come(session, block, number, 0, 1, 2)
    run = allocation.compute(session, block, actor="test", now=NOW)
    session.expire_all()
    again = allocation.repeat(run)
    assert [[who, list(seats)] for who, seats in again.seats.items()] == run.result["seats"]
    assert (again.score.regret, again.method) == (run.cost, run.method)
    kept = str(run.given) + str(run.result)
    assert "Participant" not in kept
    assert "@" not in kept
    stored = allocation.read(run)
    assert not faults(stored.problem, stored.seats)


def test_computing_anew_draws_the_same_lots_unless_asked_otherwise(session: Session) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    for number in range(6):
        come(session, block, number, 0, 1)
    first = allocation.compute(session, block, actor="test", now=NOW)
    second = allocation.compute(session, block, actor="test", now=LATER)
    assert (second.seed, second.result) == (first.seed, first.result)
    assert first.state == AllocationState.SET_ASIDE
    third = allocation.compute(session, block, actor="test", now=LATER, new_seed=True)
    assert third.seed != first.seed
    acts = [entry for entry in session.scalars(audit.history(block.event)) if entry.action == "event.allocated"]
    assert len(acts) == 3
    assert acts[0].changes["seed"] == [second.seed, third.seed]


def test_each_person_reads_why(session: Session, client: FlaskClient) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    rows = [come(session, block, number, 0, 1) for number in range(3)]
    run = allocation.compute(session, block, actor="test", now=NOW)
    allocation.publish(session, run, actor="test", now=LATER)
    losers = [row for row in rows if held(session, row) != [block.workshops[0].id]]
    assert len(losers) == 2
    token = letters.issue_link(session, losers[0], now=LATER)
    session.commit()
    page = client.get(f"/inscription/{token}").get_data(as_text=True)
    assert "votre 2e souhait" in page
    assert "avait 3 demandes pour 1 places : le tirage au sort a départagé" in page
    message = session.scalars(
        select(mail.Message).where(
            mail.Message.kind == "events.allotted", mail.Message.subject_id == losers[0].id
        )
    ).one()
    assert "le tirage au sort a départagé" in message.text


def test_who_cancelled_since_gets_nothing_and_the_seat_is_free(session: Session) -> None:
    block = by_wishes(session)
    stays, goes = come(session, block, 1, 0), come(session, block, 2, 0)
    run = allocation.compute(session, block, actor="test", now=NOW)
    sign_up.cancel(session, goes, actor="test", now=LATER)
    assert allocation.is_current(session, run) == (0, 1, 0)
    assert allocation.publish(session, run, actor="test", now=LATER) == 1
    assert held(session, goes) == []
    assert len(held(session, stays)) == 1
    session.expire_all()
    assert sum(workshop.taken for workshop in block.workshops) == 1


def test_who_comes_after_publishing_takes_what_is_left_or_waits(session: Session) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    come(session, block, 1, 0, 1)
    late_before = allocation.compute(session, block, actor="test", now=NOW)
    came = come(session, block, 2, 0, 1)
    assert allocation.is_current(session, late_before) == (1, 0, 0)
    allocation.publish(session, late_before, actor="test", now=LATER)
    assert held(session, came) == []
    event = block.event
    with pytest.raises(DomainError, match="Plus de place"):
        sign_up.register(session, event, person(3), wishes(event, 0), now=LATER)
    row = sign_up.register(session, event, person(4), wishes(event, 1), now=LATER).registration
    assert held(session, row) == [event.workshops[1].id]
    assert event.workshops[0].id in waitlist.waitable(event)


def test_a_workshop_under_its_minimum_is_cancelled_with_publishing(session: Session) -> None:
    block = by_wishes(session, 5, 5, 5, 5)
    block.workshops[0].minimum = 3
    session.flush()
    rows = [come(session, block, number, 0, 1) for number in range(2)]
    run = allocation.compute(session, block, actor="test", now=NOW)
    assert run.result["closed"] == [block.workshops[0].id]
    allocation.publish(session, run, actor="test", now=LATER)
    assert block.workshops[0].cancelled_at == LATER
    assert all(held(session, row) == [block.workshops[1].id] for row in rows)


def test_publishing_is_refused_where_a_minimum_is_no_longer_met(session: Session) -> None:
    block = by_wishes(session, 5, 5, 5, 5)
    block.workshops[0].minimum = 2
    session.flush()
    rows = [come(session, block, number, 0, 1) for number in range(2)]
    run = allocation.compute(session, block, actor="test", now=NOW)
    assert run.result["closed"] == []
    sign_up.cancel(session, rows[0], actor="test", now=LATER)
    with pytest.raises(DomainError, match="minimum"):
        allocation.publish(session, run, actor="test", now=LATER)
    assert held(session, rows[1]) == []
    again = allocation.compute(session, block, actor="test", now=LATER)
    allocation.publish(session, again, actor="test", now=LATER)
    assert held(session, rows[1]) == [block.workshops[1].id]


def test_publishing_is_refused_where_seats_were_taken_away(session: Session) -> None:
    block = by_wishes(session)
    for number in range(2):
        come(session, block, number, 0, 1)
    run = allocation.compute(session, block, actor="test", now=NOW)
    block.workshops[0].capacity = 1
    session.flush()
    with pytest.raises(DomainError, match="calculez"):
        allocation.publish(session, run, actor="test", now=LATER)


def test_somebody_is_moved_by_hand_and_told_so(session: Session) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    row = come(session, block, 1, 0, 1)
    user = coordinator(session)
    run = allocation.compute(session, block, actor=user, now=NOW)
    third = block.workshops[2].id
    before, after = allocation.move(session, run, row.id, [third], actor=user, now=LATER)
    assert (before.regret, after.regret) == (0, 4)
    assert not run.is_proven
    with pytest.raises(DomainError):
        allocation.move(session, run, row.id, [third, block.workshops[1].id], actor=user, now=LATER)
    with pytest.raises(DomainError):
        allocation.move(session, run, 9_999, [third], actor=user, now=LATER)
    allocation.publish(session, run, actor=user, now=LATER)
    assert held(session, row) == [third]
    message = session.scalars(select(mail.Message).where(mail.Message.kind == "events.allotted")).one()
    assert "à la main" in message.text


def test_a_full_workshop_takes_nobody_by_hand(session: Session) -> None:
    block = by_wishes(session, 1, 5, 5, 5)
    rows = [come(session, block, number, 0, 1) for number in range(2)]
    user = coordinator(session)
    run = allocation.compute(session, block, actor=user, now=NOW)
    popular = block.workshops[0].id
    without = next(row for row in rows if popular not in dict(run.result["seats"])[row.id])
    with pytest.raises(DomainError, match="complet"):
        allocation.move(session, run, without.id, [popular], actor=user, now=LATER)


def test_a_set_aside_run_is_not_published(session: Session) -> None:
    block = by_wishes(session)
    come(session, block, 1, 0)
    user = coordinator(session)
    run = allocation.compute(session, block, actor=user, now=NOW)
    allocation.set_aside(session, run, actor=user, now=LATER)
    with pytest.raises(DomainError):
        allocation.publish(session, run, actor=user, now=LATER)
    assert run.state == AllocationState.SET_ASIDE


def test_wishes_change_until_the_deadline_and_are_stored_in_order(session: Session) -> None:
    block = by_wishes(session)
    row = come(session, block, 1, 2, 0, 1)
    event = block.event
    stored = session.scalars(select(Wish).where(Wish.registration_id == row.id).order_by(Wish.rank))
    assert [wish.workshop_id for wish in stored] == [event.workshops[place].id for place in (2, 0, 1)]
    other = (event.workshops[1].id, event.workshops[2].id)
    sign_up.change(session, row, wishes(event, ranked=((block.id, other),)), now=LATER)
    stored = session.scalars(select(Wish).where(Wish.registration_id == row.id).order_by(Wish.rank))
    assert tuple(wish.workshop_id for wish in stored) == other
    with pytest.raises(DomainError):
        sign_up.change(
            session, row, wishes(event, ranked=((block.id, other),)), now=event.sign_up_closes_at
        )


@pytest.mark.parametrize("way", [Way.FIRST_COME])
def test_a_block_that_is_first_come_is_not_allotted(session: Session, way: Way) -> None:
    event: Event = plenary(session)
    (block,) = event.blocks
    assert block.way == way
    with pytest.raises(DomainError, match="souhaits"):
        allocation.compute(session, block, actor="test", now=NOW)


def test_nobody_and_nothing_are_not_allotted(session: Session) -> None:
    block = by_wishes(session)
    with pytest.raises(DomainError, match="Personne"):
        allocation.compute(session, block, actor="test", now=NOW)
