"""Which moment undoing goes back to, and redoing forward to, in the log of an edition's moments.

Nothing is ever taken off the log: undoing adds a moment that stands for an earlier one. A change that is
made after undoing begins another branch; what was undone before stays in the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment: its number, and the earlier one whose content it repeats (None for a change)."""

    number: int
    stands_for: int | None = None

    @property
    def stood(self) -> int:
        """Return the number of the change whose content this is."""
        return self.stands_for or self.number


def back(log: Sequence[Moment]) -> int | None:
    """Return the number that undoing goes back to; None where nothing is left to undo. Oldest first."""
    if not log:
        return None
    known = {moment.number: moment for moment in log}
    before = known.get(log[-1].stood - 1)
    return before.stood if before is not None and before.stood in known else None


def undone(log: Sequence[Moment]) -> int | None:
    """Return the number of the change that undoing would undo."""
    return log[-1].stood if back(log) is not None else None


def forth(log: Sequence[Moment]) -> int | None:
    """Return the number that redoing goes to: the latest change made from here; None after a new change."""
    if not log or log[-1].stands_for is None:
        return None
    known = {moment.number: moment for moment in log}
    here = log[-1].stood
    after = [
        moment.number
        for moment in log
        if moment.stands_for is None
        and (before := known.get(moment.number - 1)) is not None
        and before.stood == here
    ]
    return max(after, default=None)
