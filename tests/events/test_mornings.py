"""Days that repeat, and halves of days."""

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.events.values.mornings import MOST, Span, half_days, mornings

MONDAY = date(2026, 10, 5)


def test_twelve_mornings_in_three_weeks() -> None:
    days = mornings([0, 1, 2, 3], MONDAY, number=12)
    assert len(days) == 12
    assert (days[0], days[-1]) == (MONDAY, date(2026, 10, 22))


@given(
    st.sets(st.integers(-2, 9)),
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.integers(0, 400),
    st.none() | st.integers(1, 500),
)
def test_days_fall_on_their_weekdays_in_order_and_end_where_asked(
    weekdays: set[int], first: date, length: int, number: int | None
) -> None:
    last = first + timedelta(days=length)
    days = mornings(weekdays, first, last=last, number=number)
    assert days == sorted(set(days))
    assert all(day.weekday() in weekdays and first <= day <= last for day in days)
    assert len(days) <= min(MOST, number or MOST)
    every = [first + timedelta(days=each) for each in range(length + 1)]
    assert days == [day for day in every if day.weekday() in weekdays][: min(MOST, number or MOST)]


def test_a_day_is_cut_at_its_longest_pause() -> None:
    day = Span(MONDAY, time(9), time(16))
    pauses = [Span(MONDAY, time(10, 30), time(10, 45)), Span(MONDAY, time(12), time(13, 30))]
    assert half_days([day], pauses) == [
        Span(MONDAY, time(9), time(12)),
        Span(MONDAY, time(13, 30), time(16)),
    ]


def test_a_morning_has_one_half() -> None:
    assert half_days([Span(MONDAY, time(9), time(12))], []) == [Span(MONDAY, time(9), time(12))]
    evening = Span(MONDAY, time(18), time(20))
    assert half_days([evening], []) == [evening]
