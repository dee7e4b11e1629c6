"""When each point of an agenda is due, from when the meeting began and how long each may take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Slot:
    """From when to when a point is due; both None where an earlier point has no duration."""

    starts_at: datetime | None
    ends_at: datetime | None


def slots(points: Iterable[tuple[int, int | None]], begins_at: datetime) -> Mapping[int, Slot]:
    """Return point → its slot, from (point, minutes or None) in the order of the agenda.

    A point without duration has a beginning and no end; those after it have neither: nobody can tell.
    """
    found: dict[int, Slot] = {}
    at: datetime | None = begins_at
    for point, minutes in points:
        end = at + timedelta(minutes=minutes) if at is not None and minutes else None
        found[point] = Slot(at, end)
        at = end
    return found


def present(plan: Mapping[int, Slot], now: datetime) -> int | None:
    """Return the point that should be on at that moment, None before the first and after the last."""
    return next(
        (
            point
            for point, slot in plan.items()
            if slot.starts_at and slot.starts_at <= now and (slot.ends_at is None or now < slot.ends_at)
        ),
        None,
    )
