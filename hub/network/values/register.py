"""The register as plain data: all actors and ties ever told, each marked as standing on one day or not.

No person and no contact is ever held here: the map is public.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from graph.model import Network, Node, Tie
from hub.actors.models.reference import Family
from hub.actors.models.relations import Precision
from hub.core.search import fold


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor as the map and its table show it.

    `label` is short, `themes` are codes and words, `current` tells whether it was at work on the day.
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


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between two actors (by id); `current` says whether it and both its ends stood on the day."""

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the map is narrowed to; empty values narrow nothing. `centre` is the slug of the one looked at."""

    day: date
    words: str = ""
    family: Family | None = None
    kind: str = ""
    theme: str = ""
    commune: str = ""
    relation: str = ""
    centre: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything but the day is asked for."""
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
        """The actors at work on the day."""
        return [actor for actor in self.actors.values() if actor.current]

    @property
    def current_links(self) -> list[Link]:
        """The ties that stood on the day."""
        return [link for link in self.links if link.current]

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


@dataclass(frozen=True)
class Part:
    """The part of the register that the map shows: current actors that pass the filters, ties among them."""

    actors: tuple[Actor, ...]
    links: tuple[Link, ...]


def shown(register: Register, wanted: Wanted) -> Part:
    """Return what the map shows of the register.

    A kind of relation leaves those whom such a tie holds, and only ties of that kind.
    """
    links = [link for link in register.current_links if wanted.relation in {"", link.kind}]
    tied = {end for link in links for end in (link.source, link.target)}
    actors = [
        actor
        for actor in register.current_actors
        if _passes(actor, wanted) and (not wanted.relation or actor.id in tied)
    ]
    kept = {actor.id for actor in actors}
    return Part(tuple(actors), tuple(link for link in links if link.source in kept and link.target in kept))


def _passes(actor: Actor, wanted: Wanted) -> bool:
    return (
        wanted.family in {None, actor.family}
        and wanted.kind in {"", actor.kind_code}
        and wanted.commune in {"", actor.commune_code}
        and (not wanted.theme or any(code == wanted.theme for code, _ in actor.themes))
        and all(word in actor.search_text for word in fold(wanted.words).split())
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
