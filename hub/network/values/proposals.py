"""Whom to invite: who is concerned and isn't there yet, always with the reason and what it counts.

Nothing is hidden in a formula: a proposal's score is the sum of its reasons' points, and the points of each
kind of reason stand in `POINTS`, which the page shows.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import networkx as nx

from hub.actors.models.organisations import OrganisationState
from hub.actors.models.reference import TerritoryKind
from hub.network.values.landscape import CLOSEST, ON_THE_SPOT, Doer, Landscape, Presence


class Why(StrEnum):
    """A kind of reason to propose an actor."""

    MEMBER = "member"  # sits in the space that a day is the meeting of
    THEME = "theme"
    KINDRED = "kindred"  # works on a theme that goes with one asked for
    AUDIENCE = "audience"
    LEVEL = "level"  # is a public authority of the level that a recommendation is addressed to
    ON_THE_SPOT = "on_the_spot"
    SERVES = "serves"
    NEAR = "near"
    SPACE = "space"  # sits elsewhere with some of those who are there
    TIE = "tie"
    BRIDGE = "bridge"  # belongs to a group of which nobody is there
    NEW_THEME = "new_theme"  # works on what nobody who is there works on
    NEW_PLACE = "new_place"


POINTS: Mapping[Why, int] = {
    Why.MEMBER: 4,
    Why.THEME: 4,
    Why.KINDRED: 2,
    Why.AUDIENCE: 2,
    Why.LEVEL: 2,
    Why.ON_THE_SPOT: 3,
    Why.SERVES: 2,
    Why.NEAR: 1,
    Why.SPACE: 2,
    Why.TIE: 1,
    Why.BRIDGE: 2,
    Why.NEW_THEME: 2,
    Why.NEW_PLACE: 1,
}
FURTHER_THEME, MOST_FURTHER = 1, 2
"""Each further theme in common counts a little more, up to a limit."""
CONCERNED = frozenset(
    {Why.MEMBER, Why.THEME, Why.KINDRED, Why.AUDIENCE, Why.LEVEL, Why.NEW_THEME, Why.NEW_PLACE}
)
"""The reasons that alone make somebody concerned; the others only add to them."""
BY_PLACE = frozenset({Why.ON_THE_SPOT, Why.SERVES})
NEVER_ASKED = frozenset({"party", "scheme", "steering", "project", "fund"})
"""Kinds of actors that nobody sits down with: parties are handed memoranda, plans and funds have no voice."""
SMALLEST_GROUP = 3
NEAR_KM = 20.0

KINDRED: tuple[frozenset[str], ...] = tuple(
    frozenset(words)
    for words in (
        {"right_income", "income", "poverty"},
        {"right_food", "food"},
        {"right_health", "health"},
        {"right_social_security", "social_aid", "social_services"},
        {"right_housing", "housing"},
        {"right_environment", "neighbourhood"},
        {"right_mobility", "mobility"},
        {"right_civil_status", "residence"},
        {"right_family", "family_life"},
        {"right_information", "digital", "access_to_services"},
        {"right_participation", "citizenship", "governance"},
        {"right_work", "jobs"},
        {"right_education", "education", "training"},
        {"right_culture", "culture"},
        {"reception_pathway", "integration", "newcomers"},
        {"fle", "fle_alpha", "literacy"},
        {"anti_racism", "anti_discrimination"},
        {"asylum", "asylum_minors"},
        {"migration", "transit_migration", "hospitality"},
        {"jobs", "diplomas"},
        {"administration", "governance"},
        {"associations", "funding"},
    )
)
"""Themes that go together, first the rights and what makes them up: who works on one is concerned by all."""
KINDS_OF_LEVELS: Mapping[str, frozenset[str]] = {
    "commune": frozenset({"commune", "cpas"}),
    "province": frozenset({"province"}),
    "region_wallonne": frozenset({"region"}),
    "fwb": frozenset({"community"}),
    "federal": frozenset({"federal_agency"}),
    "ue": frozenset({"international"}),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What people are to be invited to: themes, publics and levels by their codes, places by their ids.

    `members` sit in the space whose meeting it is; `broad` says that it is for the whole network, so that
    what nobody brings yet is a reason; `bridging` that people will meet, so that groups of which nobody is
    there yet are a reason, too.
    """

    themes: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    places: tuple[int, ...] = ()
    members: frozenset[int] = frozenset()
    broad: bool = False
    bridging: bool = True
    near_km: float = NEAR_KM


@dataclass(frozen=True, slots=True)
class Circle:
    """A space and who sits in it now."""

    name: str
    members: frozenset[int]


@dataclass(frozen=True)
class Scene:
    """All that proposals are made from: who does what, who sits with whom, who is tied to whom.

    `ties` are neighbours by actor; `groups` are the groups whose members work together more than with others.
    """

    landscape: Landscape
    circles: tuple[Circle, ...] = ()
    ties: Mapping[int, frozenset[int]] = field(default_factory=dict)
    groups: tuple[frozenset[int], ...] = ()

    @cached_property
    def graph(self) -> "nx.Graph[int]":
        """The ties among those at work, as a graph."""
        doers = self.landscape.doers
        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(sorted(doers))
        graph.add_edges_from(
            (one, other)
            for one, others in sorted(self.ties.items())
            for other in sorted(others)
            if one < other and one in doers and other in doers
        )
        return graph


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an actor is proposed, what that counts, and what its sentence needs.

    `codes` are themes, publics or levels; `doers` other actors by id; `place` a place by id; `name` that of
    a space; `number` a count, or km for `NEAR`.
    """

    why: Why
    points: int
    codes: tuple[str, ...] = ()
    doers: tuple[int, ...] = ()
    place: int | None = None
    presence: Presence | None = None
    name: str = ""
    number: int = 0


class Where(StrEnum):
    """How an actor stands to the places asked for."""

    HERE = "here"
    NEAR = "near"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An actor to invite, with every reason, the weightiest first."""

    doer: Doer
    reasons: tuple[Reason, ...]
    where: Where

    @property
    def score(self) -> int:
        """The sum of the reasons' points."""
        return sum(reason.points for reason in self.reasons)

    @property
    def bridges(self) -> bool:
        """Whether it would bring a group that nobody speaks for yet."""
        return any(reason.why == Why.BRIDGE for reason in self.reasons)


def propose(scene: Scene, subject: Subject, present: Collection[int]) -> list[Proposal]:
    """List who is concerned and not present, the greatest score first, then by name.

    Whoever isn't at work is in no landscape; whoever nobody sits down with (`NEVER_ASKED`) is left out.
    """
    there = frozenset(present)
    asking = _Asking(scene, subject, there)
    found = [
        Proposal(doer, reasons, _where(reasons))
        for doer in scene.landscape.doers.values()
        if doer.id not in there and invitable(doer) and (reasons := asking.reasons(doer))
    ]
    return sorted(found, key=lambda proposal: (-proposal.score, proposal.doer.order))


def invitable(doer: Doer) -> bool:
    """Say whether an actor can be asked to come: it is at work, and somebody speaks for it."""
    return doer.state == OrganisationState.ACTIVE and doer.kind_code not in NEVER_ASKED


def kindred(theme: str) -> frozenset[str]:
    """Return the themes that go with one."""
    return frozenset[str]().union(*(row for row in KINDRED if theme in row)) - {theme}


def _where(reasons: Iterable[Reason]) -> Where:
    whys = {reason.why for reason in reasons}
    if whys & BY_PLACE:
        return Where.HERE
    return Where.NEAR if Why.NEAR in whys else Where.AWAY


class _Asking:
    """The reasons for one subject; what is the same for all actors is worked out once."""

    def __init__(self, scene: Scene, subject: Subject, there: frozenset[int]) -> None:
        self.scene, self.subject, self.there = scene, subject, there
        self.landscape = scene.landscape
        doers = self.landscape.doers
        present = [doers[one] for one in there if one in doers]
        self.themes_there = frozenset[str]().union(*(doer.themes for doer in present))
        self.places_there = {doer.seat for doer in present}
        self.kindred = {theme: kindred(theme) for theme in subject.themes}
        self.absent = absent_groups(scene, there) if subject.bridging else []

    def reasons(self, doer: Doer) -> tuple[Reason, ...]:
        """Return why the actor is proposed; nothing if it isn't concerned."""
        found = [*self._by_concern(doer), *self._by_place(doer), *self._by_company(doer)]
        whys = {reason.why for reason in found}
        placed = bool(whys & BY_PLACE)
        without_matter = not (self.subject.themes or self.subject.audiences or self.subject.broad)
        bridge = self._speaks_for_absent(doer) and (placed or not self.subject.places)
        if not (whys & CONCERNED or (without_matter and placed) or bridge):
            return ()
        return tuple(sorted(found, key=lambda reason: (-reason.points, list(Why).index(reason.why))))

    def _by_concern(self, doer: Doer) -> Iterator[Reason]:
        if doer.id in self.subject.members:
            yield Reason(Why.MEMBER, POINTS[Why.MEMBER])
        own, audiences = doer.themes, doer.audiences
        themes = own & self.subject.themes
        if themes:
            further = min(MOST_FURTHER, FURTHER_THEME * (len(themes) - 1))
            yield Reason(Why.THEME, POINTS[Why.THEME] + further, self._in_order(themes))
        else:
            related = frozenset[str]().union(*(own & near for near in self.kindred.values()))
            if related:
                yield Reason(Why.KINDRED, POINTS[Why.KINDRED], self._in_order(related))
        if publics := audiences & self.subject.audiences:
            codes = tuple(code for code in self.landscape.audiences if code in publics)
            yield Reason(Why.AUDIENCE, POINTS[Why.AUDIENCE], codes)
        levels = tuple(
            code
            for code in sorted(self.subject.levels)
            if doer.kind_code in KINDS_OF_LEVELS.get(code, frozenset())
        )
        if levels:
            yield Reason(Why.LEVEL, POINTS[Why.LEVEL], levels)
        if self.subject.broad and (new := own - self.themes_there):
            yield Reason(Why.NEW_THEME, POINTS[Why.NEW_THEME], self._in_order(new))

    def _in_order(self, themes: frozenset[str]) -> tuple[str, ...]:
        return tuple(code for code in self.landscape.themes if code in themes)

    def _by_place(self, doer: Doer) -> Iterator[Reason]:
        ways = [
            (CLOSEST[presence], place, presence)
            for place in self.subject.places
            if (presence := self.landscape.presence_of(doer, place))
        ]
        if ways:
            _closest, place, presence = min(ways)
            why = Why.ON_THE_SPOT if presence in ON_THE_SPOT else Why.SERVES
            yield Reason(why, POINTS[why], place=self._named(doer, place, presence), presence=presence)
        elif near := self._near(doer):
            yield near
        seat = self.landscape.geography.places.get(doer.seat or 0)
        new = seat is not None and seat.kind == TerritoryKind.COMMUNE and seat.id not in self.places_there
        if self.subject.broad and new:
            yield Reason(Why.NEW_PLACE, POINTS[Why.NEW_PLACE], place=doer.seat)

    def _named(self, doer: Doer, place: int, presence: Presence) -> int:
        """Return the commune where it is found, within the place asked for."""
        held = (
            spot.place
            for spot in doer.spots
            if spot.presence == presence and self.landscape.geography.holds(place, spot.place)
        )
        return next(held, place)

    def _near(self, doer: Doer) -> Reason | None:
        geography = self.landscape.geography
        spots = [spot.place for spot in doer.spots]
        ways = []
        for place in self.subject.places:
            known = geography.places.get(place)
            if known is None or known.kind not in {TerritoryKind.COMMUNE, TerritoryKind.NEIGHBOURHOOD}:
                continue  # from the middle of a province, a distance says nothing
            way = geography.nearest(place, spots)
            if way and way[0] is not None and way[0] <= self.subject.near_km:
                ways.append((way[0], place))
        if not ways:
            return None
        km, place = min(ways)
        return Reason(Why.NEAR, POINTS[Why.NEAR], place=place, number=round(km))

    def _by_company(self, doer: Doer) -> Iterator[Reason]:
        together = [
            (-len(common), circle.name, tuple(sorted(common)))
            for circle in self.scene.circles
            if doer.id in circle.members and (common := circle.members & self.there)
        ]
        if together:
            _count, name, others = min(together)
            yield Reason(Why.SPACE, POINTS[Why.SPACE], doers=others, name=name, number=len(others))
        tied = tuple(sorted(self.scene.ties.get(doer.id, frozenset()) & self.there))
        if tied:
            yield Reason(Why.TIE, POINTS[Why.TIE], doers=tied, number=len(tied))
        for group, speaker in self.absent:
            if doer.id in group:
                around = () if speaker == doer.id else (speaker,)
                yield Reason(Why.BRIDGE, POINTS[Why.BRIDGE], doers=around, number=len(group))

    def _speaks_for_absent(self, doer: Doer) -> bool:
        return any(speaker == doer.id for _group, speaker in self.absent)


def absent_groups(scene: Scene, there: frozenset[int]) -> list[tuple[frozenset[int], int]]:
    """Return the groups of which nobody is there, each with the actor that most of it is tied to.

    Among equals the one with more ties in all, then the first by name; groups of two are none.
    """
    doers = scene.landscape.doers
    found = []
    for group in scene.groups:
        able = [doers[one] for one in group if one in doers and invitable(doers[one])]
        if len(group) < SMALLEST_GROUP or group & there or not able:
            continue
        speaker = min(able, key=lambda doer: (*_weight(scene, group, doer.id), doer.order))
        found.append((group, speaker.id))
    return found


def _weight(scene: Scene, group: frozenset[int], one: int) -> tuple[int, int]:
    tied = scene.ties.get(one, frozenset())
    return -len(tied & group), -len(tied)


def neighbours(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """Return who is tied to whom, from pairs in any order."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        if one != other:
            found[one].add(other)
            found[other].add(one)
    return {one: frozenset(others) for one, others in found.items()}
