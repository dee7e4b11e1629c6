"""A period of days in Brussels, both ends included, and the one before it."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hub.core import clock
from memoranda.markup import day_in_words

DAY = timedelta(days=1)
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment of `first` to the last of `last`, as Brussels' clocks show them."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment of it, in UTC."""
        return clock.at(self.first, time(0))

    @property
    def end(self) -> datetime:
        """The first moment after it, in UTC: the last day counts whole (R7)."""
        return clock.end_of_day(self.last)

    def holds(self, day: date | None) -> bool:
        """Say whether a day lies in it; an unknown day doesn't."""
        return day is not None and self.first <= day <= self.last

    @property
    def is_year(self) -> bool:
        """Whether it is one calendar year."""
        return (self.first, self.last) == (date(self.first.year, 1, 1), date(self.first.year, 12, 31))

    @property
    def months(self) -> tuple[tuple[int, int], ...]:
        """The months that it touches, as (year, month)."""
        first, last = _number(self.first), _number(self.last)
        return tuple(
            (number // MONTHS_A_YEAR, number % MONTHS_A_YEAR + 1) for number in range(first, last + 1)
        )

    @property
    def years(self) -> tuple[int, ...]:
        """The years that it touches."""
        return tuple(range(self.first.year, self.last.year + 1))

    def before(self) -> "Period":
        """Return the period to compare with: as many whole months, else as many days, right before."""
        last = self.first - DAY
        if self.first.day == 1 and self.last.day == _length(self.last):
            number = _number(self.first) - len(self.months)
            return Period(date(number // MONTHS_A_YEAR, number % MONTHS_A_YEAR + 1, 1), last)
        return Period(self.first - (self.last - self.first) - DAY, last)

    def month_end(self) -> date:
        """Return the last day of the month of its last day."""
        return self.last.replace(day=_length(self.last))

    def judged(self, today: date) -> date:
        """Return the day on which lateness is judged: the day after the period, or today while it lasts."""
        return min(self.last + DAY, today)

    def words(self) -> str:
        """« 2025 », « mars 2025 », « du 1er mars 2024 au 15 avril 2025 »: in French, as printed."""
        if self.is_year:
            return str(self.first.year)
        if self.first == self.last:
            return f"le {day_in_words(self.first)}"
        return f"du {day_in_words(self.first)} au {day_in_words(self.last)}"


def _number(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month - 1


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
