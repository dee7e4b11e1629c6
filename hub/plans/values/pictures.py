"""Where the shapes of a plan's pictures stand, in percent of the width, so that they fit any screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Scale:
    """A stretch of days, both included, laid out from 0 to 100 %."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.last - self.first).days + 1

    def at(self, day: date) -> float:
        """Return where a day begins, in percent, never outside of the picture."""
        share = (day - self.first).days / self.days * 100
        return round(min(100.0, max(0.0, share)), 3)

    def years(self) -> list[tuple[int, float]]:
        """Return the years that begin in it and where: at most ten, evenly chosen."""
        every = range(self.first.year, self.last.year + 1)
        step = -(-len(every) // 10)
        chosen = [year for year in every if (year - self.first.year) % step == 0]
        return [(year, self.at(max(self.first, date(year, 1, 1)))) for year in chosen]


@dataclass(frozen=True)
class Bar:
    """A bar from x to x + width percent; an end that nobody told is open."""

    x: float
    width: float
    open_start: bool
    open_end: bool


def scale_of(first: date | None, last: date | None, days: Sequence[date]) -> Scale | None:
    """Return the stretch that holds the plan's period and every day told; None if no day is known."""
    known = [day for day in (first, last, *days) if day is not None]
    if not known:
        return None
    begin, end = min(known), max(known)
    return Scale(date(begin.year, 1, 1), max(end, begin + timedelta(days=30)))


def bar(scale: Scale, starts_on: date | None, ends_on: date | None) -> Bar | None:
    """Return the bar of a period, both days included; None if neither day is known."""
    if starts_on is None and ends_on is None:
        return None
    x = scale.at(starts_on) if starts_on else 0.0
    end = scale.at(ends_on + timedelta(days=1)) if ends_on else 100.0
    return Bar(x, round(max(0.6, end - x), 3), starts_on is None, ends_on is None)


def shares(counts: Sequence[int]) -> list[tuple[float, float]]:
    """Return (x, width) in percent for the parts of a stacked bar; nothing for nothing."""
    total = sum(counts)
    if not total:
        return []
    found, x = [], 0.0
    for count in counts:
        width = count / total * 100
        found.append((round(x, 3), round(width, 3)))
        x += width
    return found


@dataclass(frozen=True)
class Curve:
    """Points of a line picture: x and y in percent, y from the top; between `low` and `high`."""

    points: list[tuple[float, float]]
    low: float
    high: float
    target: tuple[float, float] | None
    baseline: tuple[float, float] | None


def curve(
    values: Sequence[tuple[date, float]],
    *,
    baseline: tuple[date, float] | None = None,
    target: tuple[date, float] | None = None,
) -> Curve | None:
    """Lay dated values out; None where there is none. A flat line stands in the middle."""
    everything = [*values, *([baseline] if baseline else []), *([target] if target else [])]
    if not everything:
        return None
    days, levels = [day for day, _ in everything], [level for _, level in everything]
    first, span = min(days), (max(days) - min(days)).days
    low, high = min(0.0, *levels), max(levels)

    def place(point: tuple[date, float]) -> tuple[float, float]:
        x = 50.0 if not span else 4 + (point[0] - first).days / span * 92
        y = 50.0 if high == low else 100 - (point[1] - low) / (high - low) * 100
        return round(x, 3), round(y, 2)

    return Curve(
        [place(point) for point in sorted(values)], low, high,
        place(target) if target else None, place(baseline) if baseline else None,
    )  # fmt: skip
