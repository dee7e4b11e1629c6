"""The register as plain data: all actors and ties ever told, each with its period and its origin.

No person and no contact is ever held here: the map is public.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from graph.model import Network, Node, Tie
from hub.actors.models.reference import Family, Sector
from hub.actors.models.relations import Precision
from hub.core.search import fold


class Origin(StrEnum):
    """Where a tie comes from: told by somebody, or known to the hub by what it does."""

    DECLARED = "declared"  # a relation in the register
    PROJECT = "project"  # parts in the same project
    HOSTING = "hosting"  # a day or a drop-in under somebody's roof
    COSIGNING = "cosigning"  # signatures under the same published memorandum
    SPACE = "space"  # seats in the same space of concertation
    DAY = "day"  # the same day of the network


DEFAULT_ORIGINS = frozenset({Origin.DECLARED, Origin.PROJECT})
"""What the map shows unless told: what holds for years, and what every reader sees alike.

So an address that is shared shows the same network to whoever opens it.
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor as the map and its table show it.

    `label` is short; `themes` and `audiences` are codes and words; `languages` are ISO 639-1 codes;
    `latitude` and `longitude` are those of its commune, in WGS84 degrees. It was there from `since` to
    `until`, both days included; None where no bound is known. `uncertain` says that it is closed, but nobody
    knows since when: `until` is then the last day on which something is known of it. `current` tells whether
    it was there on the day that the register was read for.
    """

    id: int
    slug: str
    name: str
    label: str
    kind: str
    kind_code: str
    family: Family
    commune: str
    commune_code: str
    themes: tuple[tuple[str, str], ...]
    search_text: str
    current: bool
    since: date | None = None
    until: date | None = None
    uncertain: bool = False
    sector: Sector = Sector.OTHER
    latitude: float | None = None
    longitude: float | None = None
    audiences: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = ()

    def there_on(self, day: date) -> bool:
        """Say whether it was there on that day."""
        return within(day, self.since, self.until)


@dataclass(frozen=True, slots=True)
class Link:
    """One fact that ties two actors (by id), in the words of each direction.

    It holds from `start_on` to `end_on`, both days included; None where unknown or open. `origin` says how it
    is known; `fact` names what it comes from (`relation-12`, `space-3`, `event-7`, `edition-2`, `project-5`,
    `drop-in-4`), `about` what that is called. `strength` is how much of that fact the pair has: 1 for what
    two share alone, 1/(n-1) of what n share. `current` says whether it and both its ends stood on the day
    that the register was read for. A link that isn't `directed` says the same of both its ends.
    """

    source: int
    target: int
    kind: str
    label: str
    reverse_label: str
    start_on: date | None
    start_precision: Precision
    end_on: date | None
    end_precision: Precision
    current: bool
    origin: Origin = Origin.DECLARED
    fact: str = ""
    about: str = ""
    strength: float = 1.0
    directed: bool = True

    @property
    def pair(self) -> tuple[int, int]:
        """The two ends without direction, the lesser id first."""
        return (self.source, self.target) if self.source < self.target else (self.target, self.source)

    def stands_on(self, day: date) -> bool:
        """Say whether the fact itself holds on that day, whoever was there."""
        return within(day, self.start_on, self.end_on)


def within(day: date, first: date | None, last: date | None) -> bool:
    """Say whether the day lies in a period, both its days included; None is no bound."""
    return (first is None or first <= day) and (last is None or day <= last)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the map is narrowed to; empty values narrow nothing.

    `centre` is the slug of the one looked at, `origins` the origins of ties that are switched on, `compared`
    the second day where two are compared.
    """

    day: date
    words: str = ""
    family: Family | None = None
    kind: str = ""
    theme: str = ""
    commune: str = ""
    relation: str = ""
    centre: str = ""
    origins: frozenset[Origin] = DEFAULT_ORIGINS
    compared: date | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything but the day and the origins is asked for."""
        return bool(
            fold(self.words) or self.family or self.kind or self.theme or self.commune or self.relation
        )


@dataclass(frozen=True)
class Register:
    """All actors by id, in the order of their names, and all ties that nobody withdrew."""

    actors: Mapping[int, Actor]
    links: tuple[Link, ...]

    @property
    def current_actors(self) -> list[Actor]:
        """The actors that were there on the day."""
        return [actor for actor in self.actors.values() if actor.current]

    @property
    def current_links(self) -> list[Link]:
        """The ties that stood on the day."""
        return [link for link in self.links if link.current]

    def only(self, origins: Collection[Origin]) -> "Register":
        """Return the register with the ties of these origins switched on; the others aren't current in it."""
        links = (
            link if link.origin in origins or not link.current else replace(link, current=False)
            for link in self.links
        )
        return Register(self.actors, tuple(links))

    def on(self, day: date) -> "Register":
        """Return the register as it stood on that day; what was no more, or not yet, stays in it as such."""
        actors = {
            key: actor if actor.current == actor.there_on(day) else replace(actor, current=not actor.current)
            for key, actor in self.actors.items()
        }
        links = tuple(
            link if link.current == standing(link, actors, day) else replace(link, current=not link.current)
            for link in self.links
        )
        return Register(actors, links)

    def by_slug(self, slug: str) -> Actor | None:
        """Return the actor of that address, if there is one."""
        return next((actor for actor in self.actors.values() if actor.slug == slug), None)

    def ties_of(self, actor: Actor) -> Iterator[tuple[Actor, str, Link]]:
        """Yield the actor's current ties: the other end, the relation in the actor's own words, the tie."""
        for link in self.links:
            if not link.current or actor.id not in {link.source, link.target}:
                continue
            outwards = link.source == actor.id
            other = self.actors[link.target if outwards else link.source]
            yield other, link.label if outwards else link.reverse_label, link


def always(register: Register) -> Register:
    """Return the register with all that was ever told shown, whatever the day."""
    return Register(
        {key: replace(actor, current=True) for key, actor in register.actors.items()},
        tuple(replace(link, current=True) for link in register.links),
    )


def standing(link: Link, actors: Mapping[int, Actor], day: date) -> bool:
    """Say whether the tie is shown on that day: it holds, and both its ends were there."""
    return link.stands_on(day) and actors[link.source].there_on(day) and actors[link.target].there_on(day)


def bundled(links: Iterable[Link]) -> dict[tuple[int, int], list[Link]]:
    """Return the facts of each pair of actors (the lesser id first), in their order."""
    found: dict[tuple[int, int], list[Link]] = {}
    for link in links:
        found.setdefault(link.pair, []).append(link)
    return found


@dataclass(frozen=True)
class Part:
    """The part of the register that the map shows: current actors that pass the filters, ties among them."""

    actors: tuple[Actor, ...]
    links: tuple[Link, ...]


def shown(register: Register, wanted: Wanted) -> Part:
    """Return what the map shows of the register.

    Ties of the origins switched on; a kind of relation leaves those whom such a tie holds, and only ties of
    that kind.
    """
    links = [
        link
        for link in register.current_links
        if link.origin in wanted.origins and wanted.relation in {"", link.kind}
    ]
    tied = {end for link in links for end in (link.source, link.target)}
    actors = [
        actor
        for actor in register.current_actors
        if passes(actor, wanted) and (not wanted.relation or actor.id in tied)
    ]
    kept = {actor.id for actor in actors}
    return Part(tuple(actors), tuple(link for link in links if link.source in kept and link.target in kept))


def passes(actor: Actor, wanted: Wanted) -> bool:
    """Say whether the filters that speak of actors let this one through."""
    return (
        wanted.family in {None, actor.family}
        and wanted.kind in {"", actor.kind_code}
        and wanted.commune in {"", actor.commune_code}
        and (not wanted.theme or any(code == wanted.theme for code, _ in actor.themes))
        and (not wanted.words or all(word in actor.search_text for word in fold(wanted.words).split()))
    )


def network_of(part: Part) -> Network:
    """Return the part as the plain network that `graph` draws and analyses; ids are slugs."""
    slugs = {actor.id: actor.slug for actor in part.actors}
    return Network(
        nodes=tuple(Node(actor.slug, actor.family.value, actor.label) for actor in part.actors),
        ties=tuple(
            Tie(slugs[link.source], slugs[link.target], link.kind, link.start_on, link.end_on)
            for link in part.links
        ),
    )


def families_of(part: Part) -> Mapping[str, str]:
    """Return the family of each actor of the part, by slug."""
    return MappingProxyType({actor.slug: actor.family.value for actor in part.actors})
