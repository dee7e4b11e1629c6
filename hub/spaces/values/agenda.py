"""Whether the points of an agenda fit into the meeting, and when each of them is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.spaces.values.agenda_clock import Slot, slots


@dataclass(frozen=True)
class Timing:
    """When points are due, by their number; minutes asked for, minutes there are."""

    slots: Mapping[int, Slot]
    total: int
    length: int
    unmeasured: int  # points without duration

    @property
    def excess(self) -> int:
        """Minutes that are too many; 0 if all points fit."""
        return max(0, self.total - self.length)


def timed(points: Sequence[tuple[int, int | None]], starts_at: datetime, ends_at: datetime) -> Timing:
    """Return the timing of points (number, minutes or None), in the order of the agenda."""
    return Timing(
        slots(points, starts_at),
        total=sum(minutes or 0 for _, minutes in points),
        length=int((ends_at - starts_at) / timedelta(minutes=1)),
        unmeasured=sum(minutes is None for _, minutes in points),
    )
