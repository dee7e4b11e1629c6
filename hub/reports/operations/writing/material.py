"""What the parts of a report are written from, and the few ways of saying that they share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import islice

from hub.core.i18n import format_number, format_short_date
from hub.reports.values import counting
from hub.reports.values.counting import Tally
from hub.reports.values.figures import Grid, Line
from hub.reports.values.history import History, Plans
from hub.reports.values.period import Period

MOST_LINES = 100
SHORT, ENOUGH = 160, 110
NOTHING = "–"


@dataclass(frozen=True)
class Material:
    """All that was read for a period and the one before, with what is counted of both."""

    history: History
    plans: Plans
    period: Period
    today: date
    absent_after: int
    begun_on: date | None = None  # the first meeting that was ever noted, in any space
    has_others: bool = True  # contributions and recommendations are told: not within a space or a plan

    @cached_property
    def before(self) -> Period:
        """The period to compare with."""
        return self.period.before()

    @property
    def is_half_known(self) -> bool:
        """Say whether meetings began to be noted only after the first day of the period before."""
        return self.begun_on is not None and self.begun_on > self.before.first

    @cached_property
    def now(self) -> Tally:
        """What is counted of the period."""
        return counting.overall(self.history, self.period, self.today)

    @cached_property
    def then(self) -> Tally:
        """What is counted of the one before."""
        return counting.overall(self.history, self.before, self.today)

    def space(self, number: int) -> str:
        """Return the name of a space."""
        return self.history.spaces[number].name

    def organisation(self, number: int | None) -> str:
        """Return the name of an organisation; an action may have no owner."""
        return self.history.organisations[number].name if number is not None else NOTHING

    def theme(self, number: int | None) -> str:
        """Return the word of a theme."""
        return self.history.themes[number] if number is not None else "Sans thème"


@lru_cache(maxsize=4096)
def number(value: float) -> str:
    """Write a figure: « 1 250 », « 12,5 »."""
    return format_number(value, "fr")


def some(count: float, one: str, several: str) -> str:
    """Write « 1 réunion », « 12 réunions »."""
    return f"{number(count)} {one if count < 2 else several}"  # noqa: PLR2004 - French: from two on


@lru_cache(maxsize=4096)
def day(value: date | None) -> str:
    """Write a day for a narrow column."""
    return format_short_date(value, "fr") if value is not None else NOTHING


def shortened(text: str, longest: int = SHORT) -> str:
    """Return a text on one line, cut at a word."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[:longest].rpartition(" ")[0] + " …"


def grid(
    key: str,
    caption: str,
    header: Sequence[str],
    lines: Iterable[Line],
    numeric: tuple[int, ...] = (),
    *,
    of: int | None = None,
) -> Grid:
    """Make a table of the first lines and say how many had no room.

    `of` is how many lines there are: with it, those without room are never written.
    """
    if of is None:
        lines = tuple(lines)
        of = len(lines)
    written = tuple(islice(lines, MOST_LINES))
    return Grid(key, caption, tuple(header), written, numeric, max(0, of - MOST_LINES))


def filled(*grids: Grid) -> tuple[Grid, ...]:
    """Return the tables that have lines."""
    return tuple(one for one in grids if one.lines)
