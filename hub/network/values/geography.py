"""Places as plain data: what lies in what, and how far two of them are apart."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from hub.actors.models.reference import TerritoryKind

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A territory; `point` is its latitude and longitude in WGS84 degrees, None where nobody wrote it."""

    id: int
    code: str
    name: str
    kind: TerritoryKind
    parent: int | None = None
    point: Point | None = None


@dataclass(frozen=True)
class Geography:
    """All places by id, in the order of their names."""

    places: Mapping[int, Place]
    codes: Mapping[str, int] = field(init=False, repr=False)
    _above: Mapping[int, tuple[int, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", {place.code: place.id for place in self.places.values()})
        above = {place: tuple(self._climb(place)) for place in self.places}
        object.__setattr__(self, "_above", above)

    def _climb(self, place: int) -> Iterator[int]:
        seen = {place}
        found = self.places[place].parent
        # A register can be wrong: a circle of places must not hang a page.
        while found is not None and found in self.places and found not in seen:
            seen.add(found)
            yield found
            found = self.places[found].parent

    def by_code(self, code: str) -> Place | None:
        """Return the place of that code, if there is one."""
        return self.places.get(self.codes.get(code, 0))

    def above(self, place: int) -> tuple[int, ...]:
        """Return the places that hold this one, the smallest first."""
        return self._above.get(place, ())

    def holds(self, whole: int, part: int) -> bool:
        """Say whether the one place is the other, or holds it."""
        return whole == part or whole in self.above(part)

    def commune_of(self, place: int) -> int:
        """Return the commune that a neighbourhood lies in; any other place is its own."""
        found = self.places.get(place)
        if found is None or found.kind != TerritoryKind.NEIGHBOURHOOD:
            return place
        return found.parent if found.parent is not None else place

    def communes(self, within: int | None = None) -> list[Place]:
        """Return the communes that lie in a place (all of them if none is told), by name."""
        return [
            place
            for place in self.places.values()
            if place.kind == TerritoryKind.COMMUNE and (within is None or self.holds(within, place.id))
        ]

    def province_of(self, place: int) -> int | None:
        """Return the province that holds a place, or is it."""
        ways = (place, *self.above(place))
        return next(
            (way for way in ways if way in self.places and self.places[way].kind == TerritoryKind.PROVINCE),
            None,
        )

    def km(self, one: int, other: int) -> float | None:
        """Return how far two places are apart as the crow flies; None where a point is missing."""
        if one == other:
            return 0.0
        first, second = self.places.get(one), self.places.get(other)
        if first is None or second is None or first.point is None or second.point is None:
            return None
        return distance_km(first.point, second.point)

    def nearest(self, place: int, others: Iterable[int]) -> tuple[float | None, int] | None:
        """Return (km, place) of the nearest of the others; unknown distances come last; None without any."""
        ways = [(self.km(place, other), other) for other in others]
        return min(ways, key=lambda way: (way[0] is None, way[0] or 0.0, way[1]), default=None)


@lru_cache(maxsize=100_000)
def distance_km(one: Point, other: Point) -> float:
    """Return the great-circle distance of two points given in degrees (haversine)."""
    lat, lon = radians(one[0]), radians(one[1])
    other_lat, other_lon = radians(other[0]), radians(other[1])
    chord = sin((other_lat - lat) / 2) ** 2 + cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))
