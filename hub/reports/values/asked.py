"""What is asked for: which period, compared with which, within what, looked at from which day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from hub.reports.values.period import Period


@dataclass(frozen=True, slots=True)
class Asked:
    """A period, and what it is narrowed to: a space, a territory with all below it, a theme, a plan."""

    period: Period
    today: date
    space_id: int | None = None
    territory_id: int | None = None
    theme: str = ""
    plan_id: int | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether some spaces are left out."""
        return bool(self.space_id or self.territory_id or self.theme or self.plan_id)


def below(place: int, parents: Mapping[int, int | None]) -> frozenset[int]:
    """Return a territory and all that lie in it; `parents` gives the one above each, circles are harmless."""
    return frozenset(one for one in parents if place in _above(one, parents))


def _above(place: int, parents: Mapping[int, int | None]) -> Iterable[int]:
    seen: set[int] = set()
    at: int | None = place
    while at is not None and at not in seen:
        seen.add(at)
        at = parents.get(at)
    return seen
