"""Periods: Brussels' midnights, clock changes, the period before, days that are too strange."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core import clock
from hub.core.errors import DomainError
from hub.reports.operations.drafting import check_period
from hub.reports.values.asked import below
from hub.reports.values.period import Period

days = st.dates(date(1960, 1, 1), date(2060, 12, 31))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    one, other = sorted((draw(days), draw(days)))
    return Period(one, min(other, one + timedelta(days=4000)))


@given(periods(), st.datetimes(datetime(1959, 1, 1), datetime(2062, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_lies_in_it_as_its_brussels_date_does(period: Period, moment: datetime) -> None:
    assert (period.start <= moment < period.end) == period.holds(clock.today(moment))


@given(periods())
def test_the_period_before_ends_the_day_before_and_is_as_long(period: Period) -> None:
    before = period.before()
    assert before.last == period.first - timedelta(days=1)
    if len(before.months) == len(period.months) and before.first.day == 1:
        return
    assert before.last - before.first == period.last - period.first


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ((2025, 1, 1), (2025, 12, 31), ((2024, 1, 1), (2024, 12, 31))),
        ((2024, 1, 1), (2024, 12, 31), ((2023, 1, 1), (2023, 12, 31))),
        ((2025, 1, 1), (2025, 6, 30), ((2024, 7, 1), (2024, 12, 31))),
        ((2024, 3, 1), (2024, 3, 31), ((2024, 2, 1), (2024, 2, 29))),
        ((2025, 5, 5), (2025, 5, 5), ((2025, 5, 4), (2025, 5, 4))),
        ((2025, 1, 10), (2025, 1, 19), ((2024, 12, 31), (2025, 1, 9))),
    ],
)
def test_whole_months_are_compared_with_whole_months(
    first: tuple[int, int, int], last: tuple[int, int, int], before: tuple[tuple[int, int, int], ...]
) -> None:
    found = Period(date(*first), date(*last)).before()
    assert (found.first, found.last) == tuple(date(*parts) for parts in before)


def test_the_last_day_counts_whole_also_when_the_clocks_change() -> None:
    spring = Period(date(2025, 3, 30), date(2025, 3, 30))
    assert spring.end - spring.start == timedelta(hours=23)
    autumn = Period(date(2025, 10, 26), date(2025, 10, 26))
    assert autumn.end - autumn.start == timedelta(hours=25)
    year = Period(date(2025, 1, 1), date(2025, 12, 31))
    assert year.start == datetime(2024, 12, 31, 23, tzinfo=UTC)
    assert year.end == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_lateness_is_judged_the_day_after_or_today() -> None:
    year = Period(date(2025, 1, 1), date(2025, 12, 31))
    assert year.judged(date(2026, 5, 1)) == date(2026, 1, 1)
    assert year.judged(date(2025, 5, 1)) == date(2025, 5, 1)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), "2025"),
        (date(2025, 3, 1), date(2025, 4, 15), "du 1er mars 2025 au 15 avril 2025"),
        (date(2025, 3, 2), date(2025, 3, 2), "le 2 mars 2025"),
    ],
)
def test_a_period_in_words(first: date, last: date, words: str) -> None:
    assert Period(first, last).words() == words


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(1949, 12, 31), date(2025, 1, 1), "first"),
        (date(2026, 3, 11), date(2026, 12, 31), "first"),
        (date(2025, 2, 1), date(2025, 1, 31), "last"),
        (date(2000, 1, 1), date(2025, 1, 1), "last"),
    ],
)
def test_strange_periods_are_refused(first: date, last: date, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_period(first, last, date(2026, 3, 10))
    assert refused.value.field == field


def test_what_lies_below_a_territory_ends_where_parents_turn_in_a_circle() -> None:
    parents = {1: None, 2: 1, 3: 2, 4: 5, 5: 4}
    assert below(1, parents) == {1, 2, 3}
    assert below(4, parents) == {4, 5}
