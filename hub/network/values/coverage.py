"""Coverage: who is there and where nobody is, in a table of two of the four axes, and who comes nearest."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hub.network.values.landscape import (
    CLOSEST,
    ON_THE_SPOT,
    REACHES,
    Doer,
    Landscape,
    Offer,
    Presence,
    Reach,
)

NEAREST = 10
"""How many of the nearest are shown."""


class Axis(StrEnum):
    """What the rows or the columns of the table are."""

    COMMUNE = "commune"
    THEME = "theme"
    AUDIENCE = "audience"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the table is asked to show; empty texts narrow nothing.

    `within` is the code of a place: its communes are the rows, and only who reaches it is counted. `only`
    holds for an axis (in the table or not) the codes that it is narrowed to. `theme_kind` narrows the axis of
    themes; `unused` adds the themes, publics and languages that nobody has.
    """

    rows: Axis = Axis.COMMUNE
    columns: Axis = Axis.THEME
    reach: Reach = Reach.SERVED
    within: str = ""
    theme_kind: str = ""
    unused: bool = False
    only: Mapping[Axis, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """Who is counted where a row and a column meet, and how many of them are found on the spot.

    `on_the_spot` is None in a table without communes.
    """

    doers: frozenset[int]
    on_the_spot: int | None

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.doers)


NOBODY = Cell(frozenset(), None)


@dataclass(frozen=True)
class Coverage:
    """The table: codes of rows and columns in their order; cells by (row, column), empty ones left out."""

    asked: Asked
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    def cell(self, row: str, column: str) -> Cell:
        """Return who is where a row and a column meet."""
        return self.cells.get((row, column), NOBODY)

    def empty_in_row(self, row: str) -> int:
        """Count the columns in which nobody is known, for a row."""
        return sum((row, column) not in self.cells for column in self.columns)

    def empty_in_column(self, column: str) -> int:
        """Count the rows in which nobody is known, for a column."""
        return sum((row, column) not in self.cells for row in self.rows)

    @property
    def empty(self) -> int:
        """How many cells are empty."""
        return len(self.rows) * len(self.columns) - len(self.cells)


@dataclass(frozen=True, slots=True)
class There:
    """An actor that is counted, how it is there (None where no commune is asked for) and as what."""

    doer: Doer
    presence: Presence | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """An actor that does what is wanted, but elsewhere: how far, from where, whether it reaches the place.

    `km` is as the crow flies, None where a point isn't known; `place` is where it was measured from.
    """

    doer: Doer
    km: float | None
    place: int | None
    presence: Presence | None = None


@dataclass(frozen=True, slots=True)
class Kin:
    """An actor that has one half of what is wanted, and what it shares with one that has the other half."""

    doer: Doer
    shared: frozenset[str]
    other: Doer | None


def cover(landscape: Landscape, asked: Asked) -> Coverage:
    """Count who is where."""
    rows, columns = axis_codes(landscape, asked, asked.rows), axis_codes(landscape, asked, asked.columns)
    wanted = (set(rows), set(columns))
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    spot: dict[tuple[str, str], set[int]] = defaultdict(set)
    for doer in landscape.doers.values():
        for offer in _asked_for(landscape, asked, doer):
            ways = _Ways(landscape, asked, offer)
            for row, near in ways.codes(asked.rows, wanted[0]):
                for column, also_near in ways.codes(asked.columns, wanted[1]):
                    found[row, column].add(doer.id)
                    if near or also_near:
                        spot[row, column].add(doer.id)
    by_place = Axis.COMMUNE in {asked.rows, asked.columns}
    cells = {
        at: Cell(frozenset(doers), len(spot.get(at, ())) if by_place else None) for at, doers in found.items()
    }
    return Coverage(asked, rows, columns, cells)


def home(landscape: Landscape) -> str:
    """Return the code of the province where most actors have their seat, "" if none has."""
    counts: dict[int, int] = {}
    for doer in landscape.doers.values():
        province = landscape.geography.province_of(doer.seat) if doer.seat else None
        if province is not None:
            counts[province] = counts.get(province, 0) + 1
    if not counts:
        return ""
    return landscape.geography.places[max(sorted(counts), key=counts.__getitem__)].code


def axis_codes(landscape: Landscape, asked: Asked, axis: Axis) -> tuple[str, ...]:
    """Return the codes along an axis, in their order."""
    if axis == Axis.COMMUNE:
        whole = landscape.geography.by_code(asked.within)
        codes: Iterable[str] = (
            place.code for place in landscape.geography.communes(whole.id if whole else None)
        )
    elif axis == Axis.THEME:
        codes = (
            code
            for code in landscape.themes
            if not asked.theme_kind or landscape.theme_kinds.get(code) == asked.theme_kind
        )
    elif axis == Axis.AUDIENCE:
        codes = landscape.audiences
    else:
        codes = sorted(_in_use(landscape, axis))
    narrowed = asked.only.get(axis)
    chosen = [code for code in codes if not narrowed or code in narrowed]
    if axis == Axis.COMMUNE or asked.unused or narrowed:
        return tuple(chosen)
    used = _in_use(landscape, axis)
    return tuple(code for code in chosen if code in used)


def _in_use(landscape: Landscape, axis: Axis) -> set[str]:
    return {code for doer in landscape.doers.values() for offer in doer.offers for code in _told(offer, axis)}


def _told(offer: Offer, axis: Axis) -> frozenset[str]:
    return {Axis.THEME: offer.themes, Axis.AUDIENCE: offer.audiences, Axis.LANGUAGE: offer.languages}[axis]


def _asked_for(landscape: Landscape, asked: Asked, doer: Doer) -> Iterator[Offer]:
    """Yield the offers that pass the filters; those on the table's axes narrow rows and columns instead."""
    outside = {
        axis: codes for axis, codes in asked.only.items() if codes and axis not in {asked.rows, asked.columns}
    }
    whole = landscape.geography.by_code(asked.within)
    by_place = Axis.COMMUNE in {asked.rows, asked.columns}
    for offer in doer.offers:
        if any(axis != Axis.COMMUNE and not codes & _told(offer, axis) for axis, codes in outside.items()):
            continue
        communes = [
            place
            for code in sorted(outside.get(Axis.COMMUNE, ()))
            if (place := landscape.geography.by_code(code)) is not None
        ]
        if not by_place and whole is not None and not communes:
            communes = [whole]
        if communes and not any(_reaches(landscape, asked, offer, place.id) for place in communes):
            continue
        yield offer


def _reaches(landscape: Landscape, asked: Asked, offer: Offer, place: int) -> Presence | None:
    presence = landscape.presence(offer, place)
    return presence if presence in REACHES[asked.reach] else None


class _Ways:
    """The rows and columns that an offer stands in, each with whether it is found there."""

    def __init__(self, landscape: Landscape, asked: Asked, offer: Offer) -> None:
        self.landscape, self.asked, self.offer = landscape, asked, offer

    def codes(self, axis: Axis, wanted: set[str]) -> list[tuple[str, bool]]:
        if axis != Axis.COMMUNE:
            return [(code, False) for code in _told(self.offer, axis) & wanted]
        if not self.offer.serves:
            geography = self.landscape.geography
            seen = {
                geography.places[spot.place].code
                for spot in self.offer.spots
                if spot.place in geography.places
            }
            return [(code, True) for code in seen & wanted]
        found = ((code, self._presence(code)) for code in wanted)
        return [(code, presence in ON_THE_SPOT) for code, presence in found if presence is not None]

    def _presence(self, code: str) -> Presence | None:
        return _reaches(self.landscape, self.asked, self.offer, self.landscape.geography.codes[code])


def who(landscape: Landscape, asked: Asked, row: str, column: str) -> list[There]:
    """List who is counted in one cell, by how close they are, then by name."""
    here = _commune(landscape, asked, row, column)
    found: dict[int, There] = {}
    for doer in landscape.doers.values():
        offers = [
            offer
            for offer in _asked_for(landscape, asked, doer)
            if _stands(landscape, asked, offer, asked.rows, row)
            and _stands(landscape, asked, offer, asked.columns, column)
        ]
        if offers:
            found[doer.id] = _there(landscape, doer, offers, here)
    return sorted(found.values(), key=_closest_first)


def _closest_first(one: There) -> tuple[int, tuple[str, int]]:
    return (CLOSEST[one.presence] if one.presence else 0, one.doer.order)


def _commune(landscape: Landscape, asked: Asked, row: str, column: str) -> int | None:
    """Return the place that a cell stands for, if one of its axes is that of communes."""
    code = row if asked.rows == Axis.COMMUNE else column if asked.columns == Axis.COMMUNE else ""
    place = landscape.geography.by_code(code)
    return place.id if place else None


def _stands(landscape: Landscape, asked: Asked, offer: Offer, axis: Axis, code: str) -> bool:
    if axis != Axis.COMMUNE:
        return code in _told(offer, axis)
    place = landscape.geography.by_code(code)
    return place is not None and _reaches(landscape, asked, offer, place.id) is not None


def _there(landscape: Landscape, doer: Doer, offers: list[Offer], here: int | None) -> There:
    if here is None:
        return There(doer, None)
    ways = [(offer, presence) for offer in offers if (presence := landscape.presence(offer, here))]
    offer, presence = min(ways, key=lambda way: CLOSEST[way[1]])
    name = next((spot.name for spot in offer.spots if spot.presence == presence and spot.place == here), "")
    return There(doer, presence, name)


def nearest(landscape: Landscape, asked: Asked, row: str, column: str) -> list[Near]:
    """List who does what a cell asks for but isn't counted in it, the nearest first.

    Only for a table with communes: the others are asked by `kin`. The filters hold, but not the place asked
    for: the nearest may well be across a border.
    """
    here = _commune(landscape, asked, row, column)
    if here is None:
        return []
    axis, code = (asked.columns, column) if asked.rows == Axis.COMMUNE else (asked.rows, row)
    counted = {one.doer.id for one in who(landscape, asked, row, column)}
    anywhere = replace(
        asked, within="", only={key: only for key, only in asked.only.items() if key != Axis.COMMUNE}
    )
    found = [
        _near(landscape, doer, offers, here)
        for doer in landscape.doers.values()
        if doer.id not in counted
        and (
            offers := [offer for offer in _asked_for(landscape, anywhere, doer) if code in _told(offer, axis)]
        )
    ]
    return sorted(found, key=lambda near: (near.km is None, near.km or 0.0, near.doer.order))


def _near(landscape: Landscape, doer: Doer, offers: list[Offer], here: int) -> Near:
    places = dict.fromkeys(place for offer in offers for place in landscape.found_at(offer))
    way = landscape.geography.nearest(here, places)
    presence = landscape.closest(landscape.presence(offer, here) for offer in offers)
    return Near(doer, way[0] if way else None, way[1] if way else None, presence)


def kin(landscape: Landscape, asked: Asked, row: str, column: str) -> tuple[list[Kin], list[Kin]]:
    """List who has the row without the column, and the column without the row, the most alike first.

    How alike: as many other codes of the missing half's axis as it shares with one actor who has that half.
    """
    if Axis.COMMUNE in {asked.rows, asked.columns}:
        return [], []
    offers = {doer.id: list(_asked_for(landscape, asked, doer)) for doer in landscape.doers.values()}
    both = {one.doer.id for one in who(landscape, asked, row, column)}
    have_row = _having(landscape, offers, asked.rows, row)
    have_column = _having(landscape, offers, asked.columns, column)
    return (
        _alike([doer for doer in have_row if doer.id not in both], have_column, asked.rows, row),
        _alike([doer for doer in have_column if doer.id not in both], have_row, asked.columns, column),
    )


def _having(landscape: Landscape, offers: Mapping[int, list[Offer]], axis: Axis, code: str) -> list[Doer]:
    return [
        landscape.doers[key] for key, told in offers.items() if any(code in _told(one, axis) for one in told)
    ]


def _alike(halves: list[Doer], others: list[Doer], axis: Axis, code: str) -> list[Kin]:
    """Order those who have one half by what else of its axis they share with one who has the other."""
    found = [_kin(doer, [other for other in others if other is not doer], axis, code) for doer in halves]
    return sorted(found, key=lambda one: (-len(one.shared), one.doer.order))


def _kin(doer: Doer, others: list[Doer], axis: Axis, code: str) -> Kin:
    own = _all(doer, axis) - {code}
    shared = [(own & _all(other, axis), other) for other in others]
    common, other = min(
        shared, key=lambda way: (-len(way[0]), way[1].order), default=(frozenset[str](), None)
    )
    return Kin(doer, common, other if common else None)


def _all(doer: Doer, axis: Axis) -> frozenset[str]:
    return {Axis.THEME: doer.themes, Axis.AUDIENCE: doer.audiences, Axis.LANGUAGE: doer.languages}[axis]
