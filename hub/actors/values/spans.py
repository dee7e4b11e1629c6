"""Periods as bars on a common line of years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

THINNEST = 1.5  # percent: a single day must be seen
DAYS = 366


@dataclass(frozen=True)
class Bar:
    """A period, from where to where in percents of the line."""

    of: Any
    left: float
    width: float


@dataclass(frozen=True)
class Line:
    """The years of the line, and the bars on it."""

    years: list[int]
    bars: list[Bar]


def line_of(spans: Sequence[tuple[Any, date | None, date]]) -> Line | None:
    """Return a bar for each (thing, first day, last day) whose first day is known; None if there is none."""
    known = [(of, first, last) for of, first, last in spans if first is not None and last >= first]
    if not known:
        return None
    first_year = min(first.year for _of, first, _last in known)
    years = list(range(first_year, max(last.year for _of, _first, last in known) + 1))

    def place(day: date) -> float:
        return 100 * (day.year - first_year + (day.timetuple().tm_yday - 1) / DAYS) / len(years)

    bars = [Bar(of, place(first), max(THINNEST, place(last) - place(first))) for of, first, last in known]
    return Line(years, [Bar(bar.of, min(bar.left, 100 - bar.width), bar.width) for bar in bars])
