"""Who has no tie, and with whom one would make sense: pairs of actors, with the reasons and their points."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

import networkx as nx

from hub.network.values.landscape import Doer
from hub.network.values.proposals import Scene

NEAR_KM = 15.0


class Common(StrEnum):
    """What two actors have in common."""

    SPACE = "space"
    THEME = "theme"
    AUDIENCE = "audience"
    COMMUNE = "commune"
    NEAR = "near"
    NEIGHBOUR = "neighbour"


POINTS: Mapping[Common, int] = {
    Common.SPACE: 4,
    Common.THEME: 3,
    Common.AUDIENCE: 2,
    Common.COMMUNE: 3,
    Common.NEAR: 1,
    Common.NEIGHBOUR: 1,
}
FURTHER_THEME, MOST_FURTHER = 1, 2
RARE_NEIGHBOUR = 3
"""What common neighbours add at most, where they have hardly any other (see `_neighbours`)."""
ENOUGH = frozenset({Common.SPACE, Common.THEME, Common.AUDIENCE, Common.NEIGHBOUR})
"""To be near one another is no reason to work together; each of these is one."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing in common, what it counts, and what its sentence needs (see `proposals.Reason`)."""

    common: Common
    points: int
    codes: tuple[str, ...] = ()
    doers: tuple[int, ...] = ()
    place: int | None = None
    name: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Partner:
    """An actor that another could work with, and why."""

    doer: Doer
    shared: tuple[Shared, ...]

    @property
    def score(self) -> int:
        """The sum of the points."""
        return sum(one.points for one in self.shared)


def few_ties(scene: Scene, most: int = 0) -> list[Doer]:
    """List the actors with at most so many neighbours (none, unless told), by name."""
    return [
        doer
        for doer in scene.landscape.doers.values()
        if len(scene.ties.get(doer.id, frozenset()) & scene.landscape.doers.keys()) <= most
    ]


def partners(scene: Scene, doer: Doer, apart: Collection[int] = ()) -> list[Partner]:
    """List with whom an actor isn't tied and could be, the greatest score first, then by name.

    `apart` are those of whom somebody decided that it makes no sense.
    """
    out = {doer.id, *scene.ties.get(doer.id, ()), *apart}
    found = [
        Partner(other, shared)
        for other in scene.landscape.doers.values()
        if other.id not in out and (shared := _shared(scene, doer, other))
    ]
    return sorted(found, key=lambda partner: (-partner.score, partner.doer.order))


def _shared(scene: Scene, one: Doer, other: Doer) -> tuple[Shared, ...]:
    found = [
        *_circles(scene, one, other),
        *_doings(scene, one, other),
        *_neighbours(scene, one, other),
    ]
    if not {shared.common for shared in found} & ENOUGH:
        return ()
    found += _places(scene, one, other)
    return tuple(sorted(found, key=lambda shared: (-shared.points, list(Common).index(shared.common))))


def _circles(scene: Scene, one: Doer, other: Doer) -> list[Shared]:
    names = sorted(circle.name for circle in scene.circles if {one.id, other.id} <= circle.members)
    return [Shared(Common.SPACE, POINTS[Common.SPACE], name=names[0], number=len(names))] if names else []


def _doings(scene: Scene, one: Doer, other: Doer) -> list[Shared]:
    found = []
    if themes := one.themes & other.themes:
        codes = tuple(code for code in scene.landscape.themes if code in themes)
        further = min(MOST_FURTHER, FURTHER_THEME * (len(themes) - 1))
        found.append(Shared(Common.THEME, POINTS[Common.THEME] + further, codes))
    if publics := one.audiences & other.audiences:
        codes = tuple(code for code in scene.landscape.audiences if code in publics)
        found.append(Shared(Common.AUDIENCE, POINTS[Common.AUDIENCE], codes))
    return found


def _neighbours(scene: Scene, one: Doer, other: Doer) -> list[Shared]:
    """Weigh the neighbours in common by resource allocation: the sum of 1/degree over them.

    A neighbour that everybody has says little about two of them; one that few have says much (Zhou, Lü and
    Zhang, 2009, « Predicting missing links via local information », European Physical Journal B 71).
    """
    ties = scene.ties
    common = ties.get(one.id, frozenset()) & ties.get(other.id, frozenset()) & scene.landscape.doers.keys()
    if not common:
        return []
    [(_one, _other, index)] = nx.resource_allocation_index(scene.graph, [(one.id, other.id)])
    points = POINTS[Common.NEIGHBOUR] + int(RARE_NEIGHBOUR * min(1.0, index))
    return [Shared(Common.NEIGHBOUR, points, doers=tuple(sorted(common)), number=len(common))]


def _places(scene: Scene, one: Doer, other: Doer) -> list[Shared]:
    """Say whether two are found in the same commune, else how near they are."""
    geography = scene.landscape.geography
    first = dict.fromkeys(spot.place for spot in one.spots)
    second = dict.fromkeys(spot.place for spot in other.spots)
    if same := [place for place in first if place in second]:
        return [Shared(Common.COMMUNE, POINTS[Common.COMMUNE], place=min(same))]
    ways = [way for place in first if (way := geography.nearest(place, second)) and way[0] is not None]
    if not ways:
        return []
    km, place = min((way[0] or 0.0, way[1]) for way in ways)
    return [Shared(Common.NEAR, POINTS[Common.NEAR], place=place, number=round(km))] if km <= NEAR_KM else []
