"""Days that repeat: a module's mornings by weekday, the half-days of a plenary. Plain dates and hours."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

MOST = 120


@dataclass(frozen=True)
class Span:
    """From one hour to another of one day."""

    day: date
    starts: time
    ends: time


def mornings(
    weekdays: Collection[int], first: date, *, last: date | None = None, number: int | None = None
) -> list[date]:
    """Return the days that fall on those weekdays (0 is Monday), from the first on.

    Until `last`, included, or so many of them, whichever ends first; never more than 120.
    """
    wanted = MOST if number is None else min(number, MOST)
    found: list[date] = []
    for day in _on(weekdays, first):
        if len(found) >= wanted or (last is not None and day > last):
            break
        found.append(day)
    return found


def _on(weekdays: Collection[int], first: date) -> Iterator[date]:
    if not set(weekdays) & set(range(7)):
        return
    day = first
    while True:
        if day.weekday() in weekdays:
            yield day
        day += timedelta(days=1)


def half_days(days: Sequence[Span], pauses: Sequence[Span]) -> list[Span]:
    """Cut each day in two at its longest pause; without one, at half past twelve.

    A part that would have no length is left out.
    """
    found = []
    for day in days:
        noon = Span(day.day, time(12, 30), time(12, 30))
        here = [pause for pause in pauses if pause.day == day.day and day.starts < pause.starts < day.ends]
        cut = max(here, key=_minutes, default=noon)
        for starts, ends in ((day.starts, min(cut.starts, day.ends)), (max(cut.ends, day.starts), day.ends)):
            if starts < ends:
                found.append(Span(day.day, starts, ends))
    return found


def _minutes(span: Span) -> int:
    return (span.ends.hour - span.starts.hour) * 60 + span.ends.minute - span.starts.minute
