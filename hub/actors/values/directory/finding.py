"""Who in the directory answers a request: filters, distances, order, and what to try where nobody does."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from hub.actors.models.reference import TerritoryKind
from hub.actors.values.directory import asking
from hub.actors.values.directory.asking import Asked, Part
from hub.actors.values.directory.vocabulary import Place, Vocabulary

EARTH_KM = 6371.0088  # mean radius, IUGG
NEXT_NEAREST = 3


class Sort(StrEnum):
    """The orders of the list."""

    DISTANCE = "distance"
    NAME = "name"
    COMMUNE = "commune"
    CHECKED = "checked"


@dataclass(frozen=True)
class Entry:
    """An actor as the directory looks through it: what the public may read of it, folded.

    `names` are its present name, acronym and former names; `text` is all that a word is looked for in.
    `places` are the codes of all places where it can be met: its seat first, then its units and drop-ins.
    `serves` are the codes of the territories that it says it works for, without those around them.
    """

    id: int
    name: str
    text: str
    names: tuple[str, ...] = ()
    kind: str = ""
    family: str = ""
    themes: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()
    serves: frozenset[str] = frozenset()
    state: str = "active"
    seat_name: str = ""
    checked_on: date | None = None


@dataclass(frozen=True)
class Found:
    """An entry that answers; with a place, how far its nearest place is and which (None: not known)."""

    entry: Entry
    kilometres: float | None = None
    nearest: str = ""
    serves: str = ""  # the code of the territory by which it serves the place, where it isn't seated around


def haversine(one: Place, other: Place) -> float | None:
    """Return the kilometres between two places along the great circle, None if a point lacks."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    north, north_other = math.radians(one.latitude), math.radians(other.latitude)
    half_north = (north_other - north) / 2
    half_east = math.radians(other.longitude - one.longitude) / 2
    part = math.sin(half_north) ** 2 + math.cos(north) * math.cos(north_other) * math.sin(half_east) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(part)))


def find(entries: Iterable[Entry], asked: Asked, vocabulary: Vocabulary) -> list[Found]:
    """Return those who pass every filter: the nearest first where a place is asked for, else by name."""
    center = vocabulary.places_by_code.get(asked.near)
    found = [
        placed
        for entry in entries
        if _passes(entry, asked, vocabulary) and (placed := _placed(entry, asked, center, vocabulary))
    ]
    return in_order(found, Sort.DISTANCE if asked.near else Sort.NAME)


def in_order(found: Sequence[Found], sort: Sort) -> list[Found]:
    """Return what was found in that order; what is not known comes last, equals by name."""
    return sorted(found, key=lambda one: (*_rank(one, sort), one.entry.text, one.entry.id))


def _rank(one: Found, sort: Sort) -> tuple[object, ...]:
    if sort is Sort.DISTANCE:
        return (one.kilometres is None, one.kilometres or 0.0)
    if sort is Sort.COMMUNE:
        return (not one.entry.seat_name, one.entry.seat_name)
    if sort is Sort.CHECKED:
        return (one.entry.checked_on is None, -(one.entry.checked_on or date.min).toordinal())
    return ()


def _passes(entry: Entry, asked: Asked, vocabulary: Vocabulary) -> bool:
    if entry.state != (asked.state or entry.state) or (entry.state == "closed" and not asked.state):
        return False
    return (
        (not asked.kind or entry.kind == asked.kind)
        and (not asked.family or entry.family == asked.family)
        and all(vocabulary.themes_meant(theme) & entry.themes for theme in asked.themes)
        and set(asked.audiences) <= entry.audiences
        and set(asked.languages) <= entry.languages
        and all(f" {word}" in f" {entry.text}" for word in asked.words)
        and (not asked.territory or _is_within(entry, asked.territory, vocabulary))
    )


def _is_within(entry: Entry, code: str, vocabulary: Vocabulary) -> bool:
    """Say whether it has a place in the territory, or works for it or a part of it."""
    places = vocabulary.places_by_code
    touched = [place for place in (*entry.places, *entry.serves) if place in places]
    return any(code == place or code in places[place].ancestors for place in touched)


def _placed(entry: Entry, asked: Asked, center: Place | None, vocabulary: Vocabulary) -> Found | None:
    """Return the entry with its distance; None if it is neither around the place nor works for it.

    Whoever works for the commune counts, and around it whoever works for its province; whoever works for
    all of Wallonia would always.
    """
    if not asked.near:
        return Found(entry)
    if center is None:
        return None
    kilometres, nearest = _nearest_place(entry, center, vocabulary)
    if kilometres is not None and (kilometres <= asked.radius or nearest == center.code):
        return Found(entry, kilometres, nearest)
    provinces = {code for code in center.ancestors if _is_province(code, vocabulary)}
    local = {center.code} | (provinces if asked.radius else set())
    serves = next(iter(sorted(entry.serves & local, key=lambda code: code != center.code)), "")
    return Found(entry, kilometres, nearest, serves) if serves else None


def _is_province(code: str, vocabulary: Vocabulary) -> bool:
    place = vocabulary.places_by_code.get(code)
    return place is not None and place.kind is TerritoryKind.PROVINCE


def _nearest_place(entry: Entry, center: Place, vocabulary: Vocabulary) -> tuple[float | None, str]:
    places = vocabulary.places_by_code
    distances = [
        (kilometres, code)
        for code in entry.places
        if code in places and (kilometres := haversine(center, places[code])) is not None
    ]
    return min(distances, default=(None, ""), key=lambda one: one[0])


# --- Counts, and what to try ----------------------------------------------------------------------


def counts(entries: Sequence[Entry], asked: Asked, vocabulary: Vocabulary) -> dict[str, Counter[str]]:
    """Return, for each filter that a choice is offered for, how many would be found under each choice."""
    open_for = {
        "theme": find(entries, replace(asked, themes=()), vocabulary),
        "audience": find(entries, replace(asked, audiences=()), vocabulary),
        "language": find(entries, replace(asked, languages=()), vocabulary),
        "kind": find(entries, replace(asked, kind=""), vocabulary),
    }
    return {
        "theme": Counter(
            code
            for found in open_for["theme"]
            for code in vocabulary.close | dict.fromkeys(found.entry.themes, frozenset[str]())
            if vocabulary.themes_meant(code) & found.entry.themes
        ),
        "audience": Counter(code for found in open_for["audience"] for code in found.entry.audiences),
        "language": Counter(code for found in open_for["language"] for code in found.entry.languages),
        "kind": Counter(found.entry.kind for found in open_for["kind"]),
    }


class Change(StrEnum):
    """How a proposed request differs from the one that finds nobody."""

    WIDER = "wider"  # in a larger circle
    WITHOUT = "without"  # without one part
    ONLY = "only"  # with one part alone
    CLOSED = "closed"  # among those whose work has ended


@dataclass(frozen=True)
class Try:
    """What to try instead, and how many that finds."""

    change: Change
    asked: Asked
    number: int
    part: Part | None = None


def tries(entries: Sequence[Entry], asked: Asked, vocabulary: Vocabulary) -> list[Try]:
    """Return what finds somebody where the request finds nobody, the smallest change first."""
    asked_parts = asking.parts(asked)
    wider = [replace(asked, radius=radius) for radius in asking.RADII if asked.near and radius > asked.radius]
    proposed = [Try(Change.WIDER, one, 0) for one in wider]
    proposed += [Try(Change.WITHOUT, asking.without(asked, part), 0, part) for part in asked_parts]
    counted = [
        replace(one, number=len(find(entries, one.asked, vocabulary)))
        for one in proposed
        if not one.asked.is_empty
    ]
    useful = [one for one in counted if one.number]
    if not useful:
        useful = _each_alone(entries, asked, vocabulary)
    if not asked.state:
        closed = replace(asked, state="closed")
        number = len(find(entries, closed, vocabulary))
        useful += [Try(Change.CLOSED, closed, number)] if number else []
    first_wider = next((one for one in useful if one.change is Change.WIDER), None)
    return [one for one in useful if one.change is not Change.WIDER or one is first_wider]


def _each_alone(entries: Sequence[Entry], asked: Asked, vocabulary: Vocabulary) -> list[Try]:
    """Return the single parts that find somebody, where no two of them do."""
    found = []
    for part in asking.parts(asked):
        alone = asked
        for other in asking.parts(asked):
            alone = asking.without(alone, other) if other != part else alone
        number = len(find(entries, alone, vocabulary))
        found += [Try(Change.ONLY, alone, number, part)] if number else []
    return found


def next_nearest(entries: Sequence[Entry], asked: Asked, vocabulary: Vocabulary) -> list[Found]:
    """Return the nearest of those who answer all but the circle around the place."""
    center = vocabulary.places_by_code.get(asked.near)
    if center is None:
        return []
    all_over = find(entries, asking.without(asked, Part("near", asked.near)), vocabulary)
    placed = [Found(found.entry, *_nearest_place(found.entry, center, vocabulary)) for found in all_over]
    known = [one for one in placed if one.kilometres is not None and one.kilometres > asked.radius]
    return in_order(known, Sort.DISTANCE)[:NEXT_NEAREST]
