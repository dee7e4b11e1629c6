"""From who was where to who is tied to whom: bounded, whatever the size."""

from datetime import date
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from hub.network.values.memory import remembered
from hub.network.values.projection import TABLE, Seat, meetings
from hub.network.values.register import Origin
from tests.network.registers import DAYS, periods


@st.composite
def gatherings(draw: st.DrawFn) -> list[Seat]:
    seats = []
    for _ in range(draw(st.integers(0, 40))):
        start, end = draw(periods())
        seats.append(Seat(draw(st.integers(1, 30)), start, end, runs=draw(st.booleans())))
    return seats


@given(gatherings())
def test_a_seat_never_brings_more_than_a_table_of_pairs(seats: list[Seat]) -> None:
    # A seat told twice over, or told as running and not, is a seat more.
    assert len(meetings(seats)) <= TABLE * len(seats) * 2


@given(gatherings(), DAYS)
def test_only_who_sits_there_at_the_same_time_is_tied(seats: list[Seat], day: date) -> None:
    here = {seat.actor for seat in seats if (seat.start or date.min) <= day <= (seat.end or date.max)}
    tied = {
        (one.first, one.second)
        for one in meetings(seats)
        if (one.start or date.min) <= day <= (one.end or date.max)
    }
    assert tied <= set(combinations(sorted(here), 2))


def test_round_a_table_everyone_is_tied_to_everyone() -> None:
    found = meetings([Seat(number) for number in range(1, TABLE + 1)])
    assert len(found) == TABLE * (TABLE - 1) / 2
    assert {one.strength for one in found} == {1 / (TABLE - 1)}


def test_in_a_hall_everyone_is_tied_to_who_runs_it() -> None:
    hall = [Seat(1, runs=True), *(Seat(number) for number in range(2, 32))]
    assert {(one.first, one.second) for one in meetings(hall)} == {(1, number) for number in range(2, 32)}


def test_a_hall_that_nobody_or_everybody_runs_ties_nobody() -> None:
    assert meetings([Seat(number) for number in range(30)]) == []
    assert meetings([Seat(number, runs=True) for number in range(30)]) == []


def test_a_hall_is_judged_by_who_is_there_at_the_same_time() -> None:
    """Thirty organisations one year after the other, never more than two at once, sit round a table."""
    seats = [Seat(number, date(1990 + number, 1, 1), date(1991 + number, 6, 30)) for number in range(30)]
    assert [(one.first, one.second) for one in meetings(seats)] == [(n, n + 1) for n in range(29)]


def test_both_days_of_a_period_count() -> None:
    last, first = date(2020, 6, 30), date(2020, 7, 1)
    assert meetings([Seat(1, None, last), Seat(2, first, None)]) == []
    (one,) = meetings([Seat(1, None, last), Seat(2, last, None)])
    assert (one.start, one.end) == (last, last)


def test_a_day_counts_until_the_eve_of_its_anniversary() -> None:
    assert remembered(Origin.DAY, date(2023, 6, 6)) == (date(2023, 6, 6), date(2024, 6, 5))
    assert remembered(Origin.DAY, date(2024, 2, 29)) == (date(2024, 2, 29), date(2025, 2, 28))
    assert remembered(Origin.COSIGNING, date(2024, 5, 28))[1] == date(2030, 5, 27)
