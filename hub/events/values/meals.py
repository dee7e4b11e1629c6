"""What a caterer is told: how many of each, what was told at the deadline, what changed since. No names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A meal or a diet: how many now, how many of them came unannounced, how many were told at the deadline.

    `told` is None as long as nothing was told.
    """

    label: str
    number: int
    walk_ins: int = 0
    told: int | None = None

    @property
    def late(self) -> int:
        """How many more, or fewer, since the deadline."""
        return 0 if self.told is None else self.number - self.told


@dataclass(frozen=True, slots=True)
class Counts:
    """A day's meals and diets. `other` counts diets in people's own words, `without` who takes no meal."""

    meals: tuple[Line, ...] = ()
    diets: tuple[Line, ...] = ()
    other: Line | None = None
    without: int = 0

    @property
    def total(self) -> int:
        """How many meals there are to serve."""
        return sum(line.number for line in self.meals)

    @property
    def late(self) -> tuple[Line, ...]:
        """What changed since the deadline."""
        others = () if self.other is None else (self.other,)
        return tuple(line for line in (*self.meals, *self.diets, *others) if line.late)


def joined(
    counted: Sequence[tuple[str, int, int]], told: Iterable[tuple[str, int]], *, is_frozen: bool
) -> tuple[Line, ...]:
    """Put what is counted now (label, number, walk-ins) beside what was told (label, number).

    What was told and is no longer on the list stands last, with none.
    """
    before = dict(told)
    lines = [
        Line(label, number, walk_ins, before.pop(label, 0) if is_frozen else None)
        for label, number, walk_ins in counted
    ]
    return (*lines, *(Line(label, 0, 0, number) for label, number in before.items()))
