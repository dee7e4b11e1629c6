"""What else can happen while people wait or hold an offer: the day is called off, moves, closes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.events.models.days import Event, Mode
from hub.events.models.registrations import Registration, RegistrationState, WaitState
from hub.events.operations import days, handing_over, recounting, seating, sign_up, waitlist
from tests.conftest import both_databases
from tests.events.plenary import DAY, details, wishes
from tests.events.waiting import MINUTE, by_offer, come, held, leave, mails, rather, small_day
from tests.factories import NOW

LATER = NOW + timedelta(hours=49)


def settle(session: Session, event: Event, now: datetime = LATER) -> None:
    """Do what the job of that moment does."""
    assert waitlist.to_tell(session, event, now=now) == []


@both_databases
@pytest.mark.usefixtures("database")
def test_an_offer_of_a_day_that_was_called_off_ends_without_a_word(session: Session) -> None:
    """Whoever read that the day does not take place is not told that somebody else has the seat."""
    event = by_offer(session, small_day(session, capacities=(1, 1), capacity=2))
    first = come(session, event, 1, 0)
    other = come(session, event, 2, 1)
    third = come(session, event, 3, 0, now=NOW + MINUTE)
    rather(session, other, 0, instead_of=1)
    leave(session, first)
    assert third.state == RegistrationState.OFFERED
    assert other.waits[0].state == WaitState.OFFERED
    days.call_off(session, event, "Grève", actor="test", now=NOW + MINUTE)
    settle(session, event)
    assert "lapsed" not in [*mails(session, third), *mails(session, other)]
    assert third.state == RegistrationState.OFFERED
    with pytest.raises(DomainError):
        waitlist.accept(session, third, now=NOW + 2 * MINUTE)
    with pytest.raises(DomainError):
        waitlist.accept_seat(session, other.waits[0], now=NOW + 2 * MINUTE)
    assert recounting.counted(event) == recounting.held(session, event)


def offered(session: Session) -> tuple[Event, Registration]:
    """Return a day with one seat, and who it is offered to for 48 hours."""
    event = by_offer(session, small_day(session, capacities=(), choices=0, capacity=1))
    first = come(session, event, 1)
    second = come(session, event, 2, now=NOW + MINUTE)
    leave(session, first)
    assert second.state == RegistrationState.OFFERED
    return event, second


def edit(session: Session, event: Event, *, now: datetime = NOW, **values: Any) -> None:
    """Describe the day anew, with one seat and these values."""
    days.edit(session, event, details(**{"capacity": 1, **values}), actor="test", now=now)


def test_an_offer_is_shortened_where_sign_up_closes_earlier(session: Session) -> None:
    event, second = offered(session)
    edit(session, event, deadline=NOW.date())
    assert second.offer_ends_at == event.sign_up_closes_at
    end = event.sign_up_closes_at
    with pytest.raises(DomainError, match="échue"):
        waitlist.accept(session, second, now=end)
    waitlist.to_tell(session, event, now=end)
    assert (second.state, event.taken) == (RegistrationState.LAPSED, 0)


def test_a_seat_free_since_the_closing_is_given_once_sign_up_opens_again(session: Session) -> None:
    event = small_day(session, capacities=(), choices=0, capacity=1)
    first, second = come(session, event, 1), come(session, event, 2, now=NOW + MINUTE)
    edit(session, event, deadline=NOW.date())
    closed = event.sign_up_closes_at
    leave(session, first, now=closed)
    assert (second.state, event.taken) == (RegistrationState.WAITING, 0)
    edit(session, event, deadline=DAY - timedelta(days=2), now=closed + MINUTE)
    assert (second.state, event.taken) == (RegistrationState.CONFIRMED, 1)


def test_who_waits_stays_in_line_when_the_day_moves(session: Session) -> None:
    event, second = offered(session)
    third = come(session, event, 3, now=NOW + 2 * MINUTE)
    fourth = come(session, event, 4, now=NOW + 3 * MINUTE)
    edit(session, event, day=DAY + timedelta(days=7))
    assert (second.state, third.state, fourth.state) == (
        RegistrationState.OFFERED, RegistrationState.WAITING, RegistrationState.WAITING,
    )  # fmt: skip
    sign_up.cancel(session, second, actor="test", now=NOW + 4 * MINUTE)
    assert (third.state, fourth.state) == (RegistrationState.OFFERED, RegistrationState.WAITING)


def test_cancelling_while_an_offer_is_live_gives_it_to_the_next_and_neither_comes_back(
    session: Session,
) -> None:
    event, second = offered(session)
    third = come(session, event, 3, now=NOW + 2 * MINUTE)
    assert sign_up.cancel(session, second, actor="test", now=NOW + 3 * MINUTE)
    assert third.state == RegistrationState.OFFERED
    with pytest.raises(DomainError):
        waitlist.accept(session, second, now=NOW + 4 * MINUTE)
    assert waitlist.accept(session, third, now=NOW + 4 * MINUTE)
    assert not waitlist.accept(session, third, now=NOW + 5 * MINUTE)  # twice is once
    assert mails(session, third) == ["offered", "confirmed"]
    assert recounting.counted(event) == recounting.held(session, event)


def test_whoever_waits_for_the_hall_may_wait_for_the_screen_instead(session: Session) -> None:
    """The place in line is that of the other queue: one begins there, and nobody is overtaken."""
    event = small_day(session, capacities=(), choices=0, capacity=1)
    event.mode, event.online_capacity = Mode.HYBRID, 1
    session.flush()
    come(session, event, 1)
    come(session, event, 2, mode=Mode.ONLINE)
    switcher = come(session, event, 3, now=NOW + MINUTE)
    ahead = come(session, event, 4, mode=Mode.ONLINE, now=NOW + 2 * MINUTE)
    moved = NOW + 3 * MINUTE
    sign_up.change(session, switcher, wishes(event, mode=Mode.ONLINE), now=moved)
    assert (switcher.state, switcher.mode) == (RegistrationState.WAITING, Mode.ONLINE)
    wanted = seating.Capacities({Mode.ONLINE: 2}, {})
    seating.change_capacities(session, event, wanted, put_back=False, actor="test", now=moved)
    assert (ahead.state, switcher.state) == (RegistrationState.CONFIRMED, RegistrationState.WAITING)


def test_fewer_seats_name_who_holds_an_offer_first(session: Session) -> None:
    event, second = offered(session)
    none = seating.Capacities({Mode.ONSITE: 0}, {})
    with pytest.raises(seating.SeatsTakenError) as refused:
        seating.change_capacities(session, event, none, put_back=False, actor="test", now=NOW)
    assert [row.id for loss in refused.value.losses for row in loss.people] == [second.id]
    seating.change_capacities(session, event, none, put_back=True, actor="test", now=NOW)
    assert second.state == RegistrationState.WAITING
    with pytest.raises(DomainError):
        waitlist.accept(session, second, now=NOW + MINUTE)


def test_two_change_seats_once_whoever_stood_before_one_of_them_gave_their_place_away(
    session: Session,
) -> None:
    event = small_day(session, capacities=(1, 1, 1))
    first, one, other = (come(session, event, number, number) for number in (0, 1, 2))
    rather(session, first, 2, instead_of=0)  # stands before `one` and gives up what nobody waits for
    rather(session, one, 2, instead_of=1, now=NOW + MINUTE)
    rather(session, other, 1, instead_of=2, now=NOW + MINUTE)
    assert (held(one), held(other)) == ([1], [2])
    successor = handing_over.hand_over(session, first, "Autre", "autre@example.org", now=NOW + 2 * MINUTE)
    assert successor is not None
    assert (held(one), held(other), held(successor)) == ([2], [1], [0])
    assert recounting.counted(event) == recounting.held(session, event)
