"""What changed in the network: between two days, day by day, year by year.

A tie is named by what it says, not by the row that tells it: two seats one after the other in the same space,
or a relation told again with a new period, are one tie. Days are included at both ends: what ended on the
30th is lost on the 1st.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, groupby
from typing import Any, TypeAlias

from hub.network.values.register import Actor, Link, Origin, Part, Register, Wanted, passes, shown

DAY = timedelta(days=1)
MOVES = ("came", "left", "new", "lost")
Named: TypeAlias = tuple[int, int, str, str]
Period: TypeAlias = tuple[date, date, Link]


def named(link: Link) -> Named:
    """Return what makes two links the same tie: both ends, what it says, and of what."""
    if link.origin == Origin.DECLARED:
        return (link.source, link.target, link.kind, "")
    ends = (link.source, link.target) if link.directed else link.pair
    return (*ends, link.kind, link.fact)


# --- Two days


@dataclass(frozen=True)
class Figures:
    """How large a part of the network is; `pairs` are two actors with at least one tie."""

    actors: int
    pairs: int
    ties: int
    alone: int

    @classmethod
    def of(cls, part: Part) -> "Figures":
        """Count a part."""
        tied = {end for link in part.links for end in (link.source, link.target)}
        return cls(
            actors=len(part.actors),
            pairs=len({link.pair for link in part.links}),
            ties=len({named(link) for link in part.links}),
            alone=sum(actor.id not in tied for actor in part.actors),
        )


@dataclass(frozen=True)
class Moved:
    """An actor there on both days whose number of neighbours changed."""

    actor: Actor
    before: int
    after: int

    @property
    def by(self) -> int:
        """By how many."""
        return self.after - self.before


@dataclass(frozen=True)
class Comparison:
    """What lies between two days: who came and left, ties made and lost, in the order of the register."""

    first: date
    second: date
    before: Part
    after: Part
    came: tuple[Actor, ...]
    left: tuple[Actor, ...]
    new: tuple[Link, ...]
    lost: tuple[Link, ...]
    kept: tuple[Link, ...]
    moved: tuple[Moved, ...]

    @property
    def nothing(self) -> bool:
        """Whether the network of both days is the same."""
        return not (self.came or self.left or self.new or self.lost)


def compare(register: Register, first: Wanted, second: Wanted) -> Comparison:
    """Compare what the map shows on two days; nothing says that the first is the earlier."""
    before, after = shown(register.on(first.day), first), shown(register.on(second.day), second)
    here, there = {actor.id for actor in before.actors}, {actor.id for actor in after.actors}
    old, new = {named(link): link for link in before.links}, {named(link): link for link in after.links}
    return Comparison(
        first=first.day,
        second=second.day,
        before=before,
        after=after,
        came=tuple(actor for actor in after.actors if actor.id not in here),
        left=tuple(actor for actor in before.actors if actor.id not in there),
        new=tuple(link for name, link in new.items() if name not in old),
        lost=tuple(link for name, link in old.items() if name not in new),
        kept=tuple(link for name, link in new.items() if name in old),
        moved=_moved(before, after),
    )


def _moved(before: Part, after: Part) -> tuple[Moved, ...]:
    old, new = _neighbours(before.links), _neighbours(after.links)
    here = {actor.id for actor in before.actors}
    both = (actor for actor in after.actors if actor.id in here)
    found = [Moved(actor, len(old.get(actor.id, ())), len(new.get(actor.id, ()))) for actor in both]
    return tuple(sorted((one for one in found if one.by), key=lambda one: -abs(one.by)))


def _neighbours(links: Iterable[Link]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for link in links:
        found.setdefault(link.source, set()).add(link.target)
        found.setdefault(link.target, set()).add(link.source)
    return found


# --- Day by day


@dataclass(frozen=True)
class Change:
    """A day on which the network is no longer what it was on the day before."""

    day: date
    came: list[Actor] = field(default_factory=list)
    left: list[Actor] = field(default_factory=list)
    new: list[Link] = field(default_factory=list)
    lost: list[Link] = field(default_factory=list)


def changes(register: Register, wanted: Wanted) -> list[Change]:
    """Return the days on which something changes, in their order, with what came and what left.

    What is asked is taken as for the map, but for the day. With a kind of relation asked for, ties alone are
    told: the map then shows nobody else.
    """
    found: dict[date, Change] = {}

    def on(day: date) -> Change:
        return found.setdefault(day, Change(day))

    for actor in () if wanted.relation else _asked_for(register, wanted).values():
        if actor.since:
            on(actor.since).came.append(actor)
        if actor.until and actor.until < date.max:
            on(actor.until + DAY).left.append(actor)
    for start, end, link in _flat(_periods(register, wanted)):
        if start > date.min:
            on(start).new.append(link)
        if end < date.max:
            on(end + DAY).lost.append(link)
    return [found[day] for day in sorted(found)]


def _asked_for(register: Register, wanted: Wanted) -> Mapping[int, Actor]:
    return {key: actor for key, actor in register.actors.items() if passes(actor, wanted)}


def _periods(register: Register, wanted: Wanted) -> dict[Hashable, list[Period]]:
    """Return the periods during which ties are shown, by their names, merged where they touch."""
    actors = _asked_for(register, wanted)
    told: dict[Hashable, list[Period]] = {}
    for link in register.links:
        if link.origin not in wanted.origins or wanted.relation not in {"", link.kind}:
            continue
        if link.source not in actors or link.target not in actors:
            continue
        ends = (actors[link.source], actors[link.target])
        start = max(link.start_on or date.min, *(end.since or date.min for end in ends))
        end = min(link.end_on or date.max, *(end.until or date.max for end in ends))
        if start <= end:
            told.setdefault(named(link), []).append((start, end, link))
    return {name: _merged(periods) for name, periods in told.items()}


def _merged(periods: list[Period]) -> list[Period]:
    if len(periods) == 1:
        return periods
    ordered = sorted(periods, key=lambda period: period[:2])
    merged = [ordered[0]]
    for start, end, link in ordered[1:]:
        last_start, last_end, last = merged[-1]
        if last_end < date.max and start > last_end + DAY:
            merged.append((start, end, link))
        elif end > last_end:
            merged[-1] = (last_start, end, last)
    return merged


# --- Year by year


@dataclass(frozen=True)
class Year:
    """A year in which something changed, and the network on its last day."""

    number: int
    figures: Figures
    came: int
    left: int
    new: int
    lost: int

    @property
    def first(self) -> date:
        """The day before it began."""
        return date(self.number, 1, 1) - DAY

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.number, 12, 31)


def years(register: Register, wanted: Wanted, until: date) -> list[Year]:
    """Return the years in which something changed up to that day, the latest first.

    Counts once through all changes, so that a century costs no more than a year.
    """
    count = _Count(register, wanted)
    found: dict[int, Year] = {}
    for number, days in groupby(changes(register, wanted), key=lambda change: change.day.year):
        told = [change for change in days if change.day <= until]
        if told:
            found[number] = Year(
                number,
                count.at(min(date(number, 12, 31), until)),
                *(sum(len(getattr(change, name)) for change in told) for name in MOVES),
            )
    return [found[number] for number in sorted(found, reverse=True)]


class _Count:
    """The figures of the network from day to day, each day after the one before."""

    def __init__(self, register: Register, wanted: Wanted) -> None:
        self.relation_alone = bool(wanted.relation)
        actors = _asked_for(register, wanted).values()
        self.actors = _Steps((actor.since or date.min, actor.until or date.max, actor.id) for actor in actors)
        ties = _periods(register, wanted)
        pairs = _joined(ties, lambda link: (link.pair,))
        self.ties = _Steps(_flat(ties))
        self.pairs = _Steps(_flat(pairs))
        self.tied = _Steps(_flat(_joined(pairs, lambda link: link.pair)))

    def at(self, day: date) -> Figures:
        """Return the figures of that day."""
        tied = self.tied.at(day)
        actors = tied if self.relation_alone else self.actors.at(day)
        return Figures(actors, self.pairs.at(day), self.ties.at(day), actors - tied)


class _Steps:
    """How many periods hold on a day: what began by then, less what ended before."""

    def __init__(self, periods: Iterable[tuple[date, date, Any]]) -> None:
        kept = list(periods)
        self.starts = sorted(start for start, _, _ in kept)
        self.ends = sorted(end for _, end, _ in kept)

    def at(self, day: date) -> int:
        """Return how many hold on that day."""
        return bisect_right(self.starts, day) - bisect_left(self.ends, day)


def _flat(periods: Mapping[Hashable, list[Period]]) -> Iterator[Period]:
    return chain.from_iterable(periods.values())


def _joined(
    periods: Mapping[Hashable, list[Period]], names_of: Callable[[Link], Iterable[Hashable]]
) -> dict[Hashable, list[Period]]:
    """Return the same periods by other names, merged where they touch."""
    found: dict[Hashable, list[Period]] = {}
    for period in _flat(periods):
        for name in names_of(period[2]):
            found.setdefault(name, []).append(period)
    return {name: _merged(told) for name, told in found.items()}
