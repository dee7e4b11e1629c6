"""Who does what, for whom, in which languages and where: what coverage and proposals are counted from.

An actor is the sum of its offers. Its own record is one: its themes, publics and languages, at its seat, in
its units and on the territories that it serves. Each drop-in is another: what it is about, where it is held.
So a drop-in about the law in one commune doesn't make its organisation teach French there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.actors.models.organisations import OrganisationState
from hub.actors.models.reference import Family, TerritoryKind
from hub.network.values.geography import Geography


class Presence(StrEnum):
    """How an actor is in a place, the closest first."""

    SEAT = "seat"
    UNIT = "unit"
    DROP_IN = "drop_in"
    SERVES = "serves"  # says that it works for this very place, or for a part of it
    WIDER = "wider"  # works for the whole province that the place lies in
    FURTHER = "further"  # works for a Region, a Community, the country, the Union


CLOSEST = {presence: order for order, presence in enumerate(Presence)}
ON_THE_SPOT = frozenset({Presence.SEAT, Presence.UNIT, Presence.DROP_IN})


class Reach(StrEnum):
    """What is counted as being in a place."""

    LOCAL = "local"
    SERVED = "served"
    ALL = "all"


REACHES: Mapping[Reach, frozenset[Presence]] = {
    Reach.LOCAL: ON_THE_SPOT,
    Reach.SERVED: ON_THE_SPOT | {Presence.SERVES, Presence.WIDER},
    Reach.ALL: frozenset(Presence),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an actor can be found: a place, as what, and what that is called."""

    place: int
    presence: Presence
    name: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What an actor does together: themes, publics, languages (codes) at these spots and for these places."""

    themes: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    spots: tuple[Spot, ...] = ()
    serves: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Doer:
    """An actor and its offers; `email` is its own address, "" where there is none for this reader."""

    id: int
    slug: str
    name: str
    label: str
    kind: str
    kind_code: str
    family: Family
    state: OrganisationState
    seat: int | None
    search_text: str
    offers: tuple[Offer, ...]
    email: str = ""

    @property
    def themes(self) -> frozenset[str]:
        """The codes of all its themes."""
        return frozenset[str]().union(*(offer.themes for offer in self.offers))

    @property
    def audiences(self) -> frozenset[str]:
        """The codes of all its publics."""
        return frozenset[str]().union(*(offer.audiences for offer in self.offers))

    @property
    def languages(self) -> frozenset[str]:
        """The codes of all its languages."""
        return frozenset[str]().union(*(offer.languages for offer in self.offers))

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Where it can be found."""
        return tuple(spot for offer in self.offers for spot in offer.spots)

    @property
    def order(self) -> tuple[str, int]:
        """What lists of actors are sorted by."""
        return (self.search_text, self.id)


@dataclass(frozen=True)
class Landscape:
    """All that are at work, by id in the order of their names, and the words of what they do."""

    doers: Mapping[int, Doer]
    geography: Geography
    themes: Mapping[str, str] = field(default_factory=dict)  # code → label, in their order
    theme_kinds: Mapping[str, str] = field(default_factory=dict)  # code → general, specific or right
    audiences: Mapping[str, str] = field(default_factory=dict)

    def presence(self, offer: Offer, place: int) -> Presence | None:
        """Return how an offer is in a place, as closely as it is; None if it isn't.

        Who is found in a part of the place is found in the place; who serves a part of it serves it.
        """
        geography = self.geography
        ways = [spot.presence for spot in offer.spots if geography.holds(place, spot.place)]
        ways += [way for served in offer.serves if (way := self._served(served, place))]
        return min(ways, key=CLOSEST.__getitem__, default=None)

    def _served(self, served: int, place: int) -> Presence | None:
        if self.geography.holds(place, served):
            return Presence.SERVES
        whole = self.geography.places.get(served)
        if whole is None:
            return None
        if whole.kind == TerritoryKind.COMMUNITY:  # holds people rather than places: no commune lies in it
            return Presence.FURTHER
        if not self.geography.holds(served, place):
            return None
        near = {TerritoryKind.COMMUNE, TerritoryKind.NEIGHBOURHOOD}
        if whole.kind in near:
            return Presence.SERVES
        return Presence.WIDER if whole.kind == TerritoryKind.PROVINCE else Presence.FURTHER

    def presence_of(self, doer: Doer, place: int) -> Presence | None:
        """Return how an actor is in a place by any of its offers."""
        return self.closest(self.presence(offer, place) for offer in doer.offers)

    @staticmethod
    def closest(ways: Iterable[Presence | None]) -> Presence | None:
        """Return the closest of several ways, if there is one."""
        return min((way for way in ways if way), key=CLOSEST.__getitem__, default=None)

    def found_at(self, offer: Offer) -> tuple[int, ...]:
        """Return the places from which an offer's distance is counted: its spots, and communes it serves."""
        places = self.geography.places
        served = [
            self.geography.commune_of(place)
            for place in offer.serves
            if place in places and places[place].kind in {TerritoryKind.COMMUNE, TerritoryKind.NEIGHBOURHOOD}
        ]
        return tuple(dict.fromkeys([*(spot.place for spot in offer.spots), *served]))
