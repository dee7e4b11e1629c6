"""Landscapes for tests: by hand, and any that hypothesis makes up."""

from typing import Any

from hypothesis import strategies as st

from hub.actors.models.organisations import OrganisationState
from hub.actors.models.reference import Family, TerritoryKind
from hub.network.values.geography import Geography, Place
from hub.network.values.landscape import Doer, Landscape, Offer, Presence, Spot
from hub.network.values.proposals import Circle, Scene, Subject, neighbours

(COUNTRY, REGION, PROVINCE, OTHER_PROVINCE, NAMUR, DINANT, GEMBLOUX, LIEGE, JAMBES, COMMUNITY) = range(1, 11)
NOWHERE = 11
PLACES = {
    place.id: place
    for place in (
        Place(COUNTRY, "be", "Belgique", TerritoryKind.COUNTRY),
        Place(REGION, "wal", "Wallonie", TerritoryKind.REGION, COUNTRY, (50.4, 4.9)),
        Place(PROVINCE, "nam", "Province de Namur", TerritoryKind.PROVINCE, REGION),
        Place(OTHER_PROVINCE, "lie", "Province de Liège", TerritoryKind.PROVINCE, REGION),
        Place(NAMUR, "92094", "Namur", TerritoryKind.COMMUNE, PROVINCE, (50.4669, 4.8675)),
        Place(DINANT, "91034", "Dinant", TerritoryKind.COMMUNE, PROVINCE, (50.2606, 4.9122)),
        Place(GEMBLOUX, "92142", "Gembloux", TerritoryKind.COMMUNE, PROVINCE, (50.5614, 4.6989)),
        Place(LIEGE, "62063", "Liège", TerritoryKind.COMMUNE, OTHER_PROVINCE, (50.6326, 5.5797)),
        Place(JAMBES, "jambes", "Jambes", TerritoryKind.NEIGHBOURHOOD, NAMUR),
        Place(COMMUNITY, "fwb", "Fédération Wallonie-Bruxelles", TerritoryKind.COMMUNITY, COUNTRY),
        Place(NOWHERE, "nulle", "Sans point", TerritoryKind.COMMUNE, OTHER_PROVINCE),
    )
}
GEOGRAPHY = Geography(PLACES)
THEMES = {"housing": "Logement", "right_housing": "Droit au logement", "health": "Santé", "jobs": "Emploi"}
AUDIENCES = {"families": "Familles", "youth": "Jeunes"}
LANGUAGES = ("fr", "ar")


def doer(number: int, *offers: Offer, **values: Any) -> Doer:
    seats = [spot.place for offer in offers for spot in offer.spots if spot.presence == Presence.SEAT]
    return Doer(
        **{
            "id": number,
            "slug": f"acteur-{number}",
            "name": f"Acteur {number}",
            "label": f"A{number}",
            "kind": "Association",
            "kind_code": "association",
            "family": Family.ASSOCIATION,
            "state": OrganisationState.ACTIVE,
            "seat": seats[0] if seats else None,
            "search_text": f"acteur {number:03}",
            "offers": offers or (Offer(),),
            **values,
        }
    )


def seated(*themes: str, at: int | None = None, **values: Any) -> Offer:
    """Return the offer of an actor with a seat."""
    spots = (Spot(at, Presence.SEAT),) if at else ()
    return Offer(**{"themes": frozenset(themes), "spots": spots, **values})


def landscape(*doers: Doer) -> Landscape:
    kinds = dict.fromkeys(THEMES, "general") | {"right_housing": "right"}
    return Landscape({one.id: one for one in doers}, GEOGRAPHY, THEMES, kinds, AUDIENCES)


codes = st.sampled_from
communes = codes([NAMUR, DINANT, GEMBLOUX, LIEGE, NOWHERE])
spots = st.builds(
    Spot, communes, codes([Presence.SEAT, Presence.UNIT, Presence.DROP_IN]), codes(["", "Permanence"])
)
offers = st.builds(
    Offer,
    themes=st.frozensets(codes(list(THEMES)), max_size=3),
    audiences=st.frozensets(codes(list(AUDIENCES)), max_size=2),
    languages=st.frozensets(codes(LANGUAGES), max_size=2),
    spots=st.lists(spots, max_size=2).map(tuple),
    serves=st.lists(codes(list(PLACES)), max_size=2, unique=True).map(tuple),
)
kinds = codes(["association", "association", "commune", "party", "scheme"])
states = codes([OrganisationState.ACTIVE, OrganisationState.ACTIVE, OrganisationState.UNKNOWN])


@st.composite
def landscapes(draw: st.DrawFn, most: int = 8) -> Landscape:
    """Make up to so many actors; two may bear the same name."""
    size = draw(st.integers(0, most))
    return landscape(
        *(
            doer(
                number,
                *draw(st.lists(offers, min_size=1, max_size=2)),
                kind_code=draw(kinds),
                state=draw(states),
                search_text=draw(codes(["a", "b", "c"])),
            )
            for number in range(1, size + 1)
        )
    )


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Make up actors, who sits with whom, who is tied to whom, and groups."""
    made = draw(landscapes())
    numbers = codes(sorted(made.doers) or [99])
    some = st.frozensets(numbers, max_size=5)
    sitting = draw(st.lists(some, max_size=3))
    circles = tuple(Circle(f"Espace {number}", members) for number, members in enumerate(sitting))
    pairs = draw(st.lists(st.tuples(numbers, numbers), max_size=8))
    groups: list[frozenset[int]] = []
    for group in draw(st.lists(some, max_size=2)):
        if not any(group & known for known in groups) and group:
            groups.append(group)
    return Scene(made, circles, neighbours(pairs), tuple(groups))


subjects = st.builds(
    Subject,
    themes=st.frozensets(codes(list(THEMES)), max_size=2),
    audiences=st.frozensets(codes(list(AUDIENCES)), max_size=1),
    levels=st.frozensets(codes(["commune", "province"]), max_size=1),
    places=st.lists(codes([NAMUR, DINANT, PROVINCE, REGION, COMMUNITY]), max_size=1).map(tuple),
    broad=st.booleans(),
    bridging=st.booleans(),
)
