"""What exists already on a theme, in a place, for a public: actors and where they are found."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.network.values.geography import Geography
from hub.network.values.landscape import CLOSEST, Doer, Landscape, Offer, Presence, Spot


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody thinks of beginning: codes of themes and publics, a place by its id, and how far around.

    What is empty isn't asked. Of several themes or publics, one is enough.
    """

    themes: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    place: int | None = None
    km: float = 0.0

    @property
    def asks(self) -> bool:
        """Whether anything is asked at all."""
        return bool(self.themes or self.audiences or self.place)


@dataclass(frozen=True, slots=True)
class Found:
    """An actor that does what was asked, how it is in the place, or else how far it is (km)."""

    doer: Doer
    presence: Presence | None
    km: float | None
    themes: frozenset[str]
    audiences: frozenset[str]


@dataclass(frozen=True, slots=True)
class FoundSpot:
    """A unit or a drop-in of an actor that does what was asked."""

    doer: Doer
    spot: Spot
    km: float | None


def actors(landscape: Landscape, question: Question) -> list[Found]:
    """List who does what was asked, the closest to the place first, then by name."""
    found = (_found(landscape, question, doer) for doer in landscape.doers.values())
    return sorted((one for one in found if one), key=_order)


def _order(found: Found) -> tuple[int, float, tuple[str, int]]:
    return (CLOSEST[found.presence] if found.presence else len(CLOSEST), found.km or 0.0, found.doer.order)


def _found(landscape: Landscape, question: Question, doer: Doer) -> Found | None:
    offers = [offer for offer in doer.offers if _does(offer, question)]
    if not offers:
        return None
    themes = question.themes & doer.themes
    audiences = question.audiences & doer.audiences
    if question.place is None:
        return Found(doer, None, None, themes, audiences)
    presence = landscape.closest(landscape.presence(offer, question.place) for offer in offers)
    way = landscape.geography.nearest(
        question.place, dict.fromkeys(place for offer in offers for place in landscape.found_at(offer))
    )
    km = way[0] if way else None
    near = question.km > 0 and km is not None and km <= question.km
    return Found(doer, presence, km, themes, audiences) if presence or near else None


def _does(offer: Offer, question: Question) -> bool:
    return (not question.themes or bool(offer.themes & question.themes)) and (
        not question.audiences or bool(offer.audiences & question.audiences)
    )


def spots(landscape: Landscape, question: Question) -> list[FoundSpot]:
    """List the units and drop-ins where what was asked is done, the nearest first."""
    found = [
        FoundSpot(doer, spot, landscape.geography.km(question.place, spot.place) if question.place else None)
        for doer in landscape.doers.values()
        for offer in doer.offers
        if _does(offer, question)
        for spot in offer.spots
        if spot.presence in {Presence.UNIT, Presence.DROP_IN}
        and reaches(landscape.geography, question, [spot.place])
    ]
    return sorted(found, key=lambda one: (one.km is None, one.km or 0.0, one.doer.order, one.spot.name))


def reaches(geography: Geography, question: Question, places: Iterable[int | None]) -> bool:
    """Say whether something in or for these places concerns the place asked for.

    One holds the other, or they are near enough. What has no place at all concerns every place.
    """
    if question.place is None:
        return True
    told = [place for place in places if place is not None]
    if not told:
        return True
    return any(
        geography.holds(place, question.place)
        or geography.holds(question.place, place)
        or (question.km > 0 and (km := geography.km(place, question.place)) is not None and km <= question.km)
        for place in told
    )
