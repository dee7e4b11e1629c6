"""Waiting lists: nobody overtakes, one keeps what one holds until better is free, offers end."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.core.jobs import Job
from hub.events.models.days import Event, Mode
from hub.events.models.registrations import RegistrationState, ReservedPlaces, WaitState
from hub.events.operations import seats, sign_up, waitlist
from tests.conftest import both_databases
from tests.events.waiting import MINUTE, by_offer, come, held, leave, mails, rather, small_day
from tests.factories import NOW, organisation

CONFIRMED, WAITING, OFFERED = (
    RegistrationState.CONFIRMED,
    RegistrationState.WAITING,
    RegistrationState.OFFERED,
)


def hybrid(session: Session, onsite: int, online: int) -> Event:
    event = small_day(session, capacities=(), choices=0, capacity=onsite)
    event.mode, event.online_capacity = Mode.HYBRID, online
    session.flush()
    return event


@both_databases
@pytest.mark.usefixtures("database")
def test_who_comes_to_a_full_day_waits_and_has_the_next_seat(session: Session) -> None:
    event = small_day(session, capacities=(9, 9), capacity=1)
    first, second, third = (
        come(session, event, number, 0, now=NOW + number * MINUTE) for number in (1, 2, 3)
    )
    assert [row.state for row in (first, second, third)] == [CONFIRMED, WAITING, WAITING]
    assert (held(second), event.workshops[0].taken) == ([], 1)
    leave(session, first)
    assert [row.state for row in (second, third)] == [CONFIRMED, WAITING]
    assert held(second) == [0]
    assert (event.taken, event.workshops[0].taken) == (1, 1)
    assert mails(session, second) == ["promoted"]
    assert mails(session, third) == []


@both_databases
@pytest.mark.usefixtures("database")
def test_one_keeps_a_workshop_until_the_better_one_is_free(session: Session) -> None:
    event = small_day(session)
    one, other, third = (come(session, event, number, number) for number in (0, 1, 2))
    rather(session, other, 0, instead_of=1)
    rather(session, third, 1, instead_of=2)
    assert (held(other), held(third)) == ([1], [2])
    leave(session, one)  # frees 0 for the other, whose 1 goes to the third
    assert (held(other), held(third)) == ([0], [1])
    assert [workshop.taken for workshop in event.workshops] == [1, 1, 0, 0]
    assert mails(session, other) == mails(session, third) == ["workshop_promoted"]


@both_databases
@pytest.mark.usefixtures("database")
def test_two_who_want_each_others_workshop_change_places(session: Session) -> None:
    event = small_day(session)
    one, other = come(session, event, 0, 0), come(session, event, 1, 1)
    rather(session, one, 1, instead_of=0)
    assert held(one) == [0]
    rather(session, other, 0, instead_of=1)
    assert (held(one), held(other)) == ([1], [0])
    assert [workshop.taken for workshop in event.workshops] == [1, 1, 0, 0]


def test_three_change_places_in_a_ring(session: Session) -> None:
    event = small_day(session)
    people = [come(session, event, number, number) for number in range(3)]
    for number, row in enumerate(people):
        rather(session, row, (number + 1) % 3, instead_of=number)
    assert [held(row) for row in people] == [[1], [2], [0]]


def test_two_do_not_change_places_past_somebody_who_waits_longer(session: Session) -> None:
    event = small_day(session)
    one, other, first = (come(session, event, number, number) for number in (0, 1, 2))
    rather(session, first, 0, instead_of=2)
    rather(session, one, 1, instead_of=0, now=NOW + MINUTE)
    rather(session, other, 0, instead_of=1, now=NOW + MINUTE)
    assert [held(row) for row in (one, other, first)] == [[0], [1], [2]]
    waitlist.stop_waiting(session, first.waits[0], now=NOW + 2 * MINUTE)
    assert [held(row) for row in (one, other, first)] == [[1], [0], [2]]


def test_a_newcomer_does_not_take_what_somebody_waits_for(session: Session) -> None:
    event = small_day(session, capacities=(1, 9), choices=1)
    one, other = come(session, event, 1, 0), come(session, event, 2, 1)
    rather(session, other, 0, instead_of=1)
    waitlist.suspend(session, event, actor="test", now=NOW)
    leave(session, one)
    assert event.workshops[0].left == 1
    with pytest.raises(DomainError, match="Plus de place"):
        come(session, event, 3, 0)
    waitlist.resume(session, event, actor="test", now=NOW)
    assert held(other) == [0]


def test_a_newcomer_waits_behind_who_waits_while_promotions_are_suspended(session: Session) -> None:
    event = small_day(session, capacities=(9,), capacity=1)
    one, other = come(session, event, 1, 0), come(session, event, 2, 0)
    waitlist.suspend(session, event, actor="test", now=NOW)
    leave(session, one)
    third = come(session, event, 3, 0, now=NOW + MINUTE)
    assert (event.taken, other.state, third.state) == (0, WAITING, WAITING)
    waitlist.resume(session, event, actor="test", now=NOW + MINUTE)
    assert (event.taken, other.state, third.state) == (1, CONFIRMED, WAITING)


@both_databases
@pytest.mark.usefixtures("database")
def test_ways_of_taking_part_are_exchanged_too(session: Session) -> None:
    event = hybrid(session, 1, 1)
    here, there = come(session, event, 1), come(session, event, 2, mode=Mode.ONLINE)
    third = come(session, event, 3)
    assert third.state == WAITING
    waitlist.want_mode(session, there, Mode.ONSITE, now=NOW + MINUTE)
    waitlist.want_mode(session, here, Mode.ONLINE, now=NOW + 2 * MINUTE)
    # The third waits longer for a seat in the room: the two don't change places past them.
    assert (here.mode, there.mode, third.state) == (Mode.ONSITE, Mode.ONLINE, WAITING)
    leave(session, third, now=NOW + 3 * MINUTE)
    assert (here.mode, there.mode) == (Mode.ONLINE, Mode.ONSITE)
    assert (event.taken, event.online_taken) == (1, 1)
    assert mails(session, here) == ["changed"]


def test_who_switches_frees_a_seat_for_the_next(session: Session) -> None:
    event = hybrid(session, 1, 5)
    here, waiting = come(session, event, 1), come(session, event, 2)
    waitlist.want_mode(session, here, Mode.ONLINE, now=NOW)
    assert (here.mode, waiting.state, event.taken, event.online_taken) == (Mode.ONLINE, CONFIRMED, 1, 1)


@both_databases
@pytest.mark.usefixtures("database")
def test_an_offer_is_held_and_accepted(session: Session) -> None:
    event = by_offer(session, small_day(session, capacities=(9,), capacity=1))
    one, other, third = (come(session, event, number, 0, now=NOW + number * MINUTE) for number in (1, 2, 3))
    leave(session, one)
    assert (other.state, event.taken, event.workshops[0].taken) == (OFFERED, 1, 1)
    assert other.offer_ends_at == NOW + timedelta(hours=48)
    assert mails(session, other) == ["offered"]
    assert waitlist.accept(session, other, now=NOW + timedelta(hours=48, seconds=-1))
    assert not waitlist.accept(session, other, now=NOW + timedelta(hours=47))
    assert (other.state, held(other), event.taken, third.state) == (CONFIRMED, [0], 1, WAITING)


@both_databases
@pytest.mark.usefixtures("database")
def test_an_offer_lapses_and_goes_on(session: Session) -> None:
    event = by_offer(session, small_day(session, capacities=(9,), capacity=1), hours=24)
    one, other, third = (come(session, event, number, 0, now=NOW + number * MINUTE) for number in (1, 2, 3))
    leave(session, one)
    end = NOW + timedelta(hours=24)
    with pytest.raises(DomainError, match="échue"):
        waitlist.accept(session, other, now=end)
    assert session.scalars(select(Job.run_at).where(Job.name == waitlist.SETTLE_JOB, Job.run_at == end)).all()
    seats.lock(session, event)
    waitlist.settle(session, event, now=end)
    assert (other.state, held(other), third.state, event.taken) == (RegistrationState.LAPSED, [], OFFERED, 1)
    assert mails(session, other) == ["offered", "lapsed"]
    assert event.workshops[0].taken == 1


def test_an_offer_never_outlives_the_closing(session: Session) -> None:
    event = by_offer(session, small_day(session, capacities=(9,), capacity=1))
    one, other = come(session, event, 1, 0), come(session, event, 2, 0)
    third = come(session, event, 3, 0, now=NOW + MINUTE)
    leave(session, one, now=event.sign_up_closes_at - timedelta(hours=1))
    assert other.offer_ends_at == event.sign_up_closes_at
    seats.lock(session, event)
    waitlist.settle(session, event, now=event.sign_up_closes_at)
    assert (other.state, third.state, event.taken) == (RegistrationState.LAPSED, WAITING, 0)


def test_a_workshop_is_offered_while_the_other_is_kept(session: Session) -> None:
    event = by_offer(session, small_day(session))
    one, other = come(session, event, 0, 0), come(session, event, 1, 1)
    wait = rather(session, other, 0, instead_of=1)
    leave(session, one)
    assert (wait.state, held(other)) == (WaitState.OFFERED, [1])
    assert [workshop.taken for workshop in event.workshops] == [1, 1, 0, 0]
    assert mails(session, other) == ["workshop_offered"]
    waitlist.accept_seat(session, wait, now=NOW)
    assert (wait.state, held(other)) == (WaitState.OBTAINED, [0])
    assert [workshop.taken for workshop in event.workshops] == [1, 0, 0, 0]


@both_databases
@pytest.mark.usefixtures("database")
def test_choosing_what_is_on_offer_takes_that_very_seat(session: Session) -> None:
    event = by_offer(session, small_day(session))
    one, other = come(session, event, 0, 0), come(session, event, 1, 1)
    wait = rather(session, other, 0, instead_of=1)
    leave(session, one)
    assert (wait.state, event.workshops[0].left) == (WaitState.OFFERED, 0)
    wanted = sign_up.Wishes(workshop_ids=(event.workshops[0].id,))
    sign_up.change(session, other, wanted, now=NOW)
    assert (wait.state, held(other)) == (WaitState.OBTAINED, [0])
    assert [workshop.taken for workshop in event.workshops] == [1, 0, 0, 0]


@both_databases
@pytest.mark.usefixtures("database")
def test_changing_while_waiting_keeps_what_still_goes_with_it(session: Session) -> None:
    event = small_day(session)
    come(session, event, 0, 0)
    other = come(session, event, 1, 1)
    wait = rather(session, other, 0, instead_of=1)
    wanted = sign_up.Wishes(workshop_ids=(event.workshops[2].id,))
    sign_up.change(session, other, wanted, now=NOW)
    assert held(other) == [2]
    assert wait.state == WaitState.WITHDRAWN, "it was waited for instead of what is no longer held"
    assert [workshop.taken for workshop in event.workshops] == [1, 0, 1, 0]


def test_declining_a_workshop_keeps_the_other(session: Session) -> None:
    event = by_offer(session, small_day(session))
    one, other = come(session, event, 0, 0), come(session, event, 1, 1)
    wait = rather(session, other, 0, instead_of=1)
    leave(session, one)
    waitlist.stop_waiting(session, wait, now=NOW)
    assert (held(other), [workshop.taken for workshop in event.workshops]) == ([1], [0, 1, 0, 0])


def test_reserved_places_stay_the_organisations(session: Session) -> None:
    event = hybrid(session, 2, 2)
    place = ReservedPlaces(
        event=event, organisation=organisation(session), mode=Mode.ONSITE, seats=1, created_at=NOW
    )
    session.add(place)
    seats.lock(session, event)
    assert seats.take_place(session, event)
    row = come(session, event, 1)
    waiting = come(session, event, 2)
    assert (event.taken, row.state, waiting.state) == (2, CONFIRMED, WAITING)
    seats.release(session, row, now=NOW)
    row.state, row.cancelled_at, row.reserved = RegistrationState.CANCELLED, NOW, None
    waitlist.settle(session, event, now=NOW)
    assert (event.taken, waiting.state, place.filled) == (2, CONFIRMED, 0)


def test_what_does_not_go_together_can_not_be_waited_for(session: Session) -> None:
    event = small_day(session)
    row = come(session, event, 0, 0)
    come(session, event, 1, 1)
    with pytest.raises(DomainError, match="lequel vous rendez"):
        rather(session, row, 1)
    with pytest.raises(DomainError, match="que vous avez"):
        rather(session, row, 1, instead_of=2)
    with pytest.raises(DomainError, match="déjà une place"):
        rather(session, row, 0)


def test_who_gets_one_of_two_wished_workshops_stops_waiting_for_the_other(session: Session) -> None:
    event = small_day(session)
    first, second, row = (come(session, event, number, number) for number in (0, 1, 2))
    better, best = rather(session, row, 0, instead_of=2), rather(session, row, 1, instead_of=2)
    leave(session, first)
    assert (held(row), better.state, best.state) == ([0], WaitState.OBTAINED, WaitState.WITHDRAWN)
    leave(session, second)
    assert held(row) == [0]
