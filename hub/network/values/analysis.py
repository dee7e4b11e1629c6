"""What is computed of the network, and what it says of each actor.

Everything depends only on who is tied to whom: no words, no dates, no direction, one tie for each pair.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.layout import Box
from graph.measures import Measures, NodeMeasures
from graph.model import Network, Node, Tie
from hub.network.values.register import DEFAULT_ORIGINS, Actor, Link, Part, Register

BOX = Box(1200, 760)
"""The rectangle in which the network is laid out, in the unit of the picture."""


def skeleton(actors: Iterable[Actor], links: Iterable[Link]) -> Network:
    """Reduce to who is tied to whom; ids are slugs."""
    slugs = {actor.id: actor.slug for actor in actors}
    pairs = {tuple(sorted((slugs[link.source], slugs[link.target]))) for link in links}
    return Network(
        nodes=tuple(Node(slug, "", "") for slug in slugs.values()),
        ties=tuple(Tie(first, second, "") for first, second in pairs if first != second),
    )


def for_layout(register: Register) -> Network:
    """Return what actors are placed by: every actor ever told, and all ties of the usual origins ever told.

    Filters, days and other origins then show a part of it or more, and every reader sees the same: whoever is
    in the picture stays in its place.
    """
    links = (link for link in register.links if link.origin in DEFAULT_ORIGINS)
    return skeleton(register.actors.values(), links)


def of_the_day(register: Register) -> Part:
    """Return all actors and ties that are current, whatever the filters."""
    return Part(tuple(register.current_actors), tuple(register.current_links))


@dataclass(frozen=True, slots=True)
class Line:
    """An actor and its measures; `rank` is the place by betweenness, 1 for the greatest, None without any."""

    actor: Actor
    measures: NodeMeasures
    rank: int | None

    @property
    def degree(self) -> int:
        """With how many others it is tied."""
        return self.measures.degree

    @property
    def betweenness(self) -> float | None:
        """The share of the shortest ways between two others that pass through it."""
        return self.measures.betweenness

    @property
    def component(self) -> int:
        """The number of its component, 1 for the largest."""
        return self.measures.component


@dataclass(frozen=True)
class Analysis:
    """A network measured: a line per actor (by slug), its components and communities, largest first."""

    lines: Mapping[str, Line]
    components: tuple[tuple[Actor, ...], ...]
    communities: tuple["Community", ...]
    modularity: float | None
    density: float | None

    @property
    def tied(self) -> int:
        """How many actors have a neighbour."""
        return sum(len(members) for members in self.components)

    @property
    def isolated(self) -> int:
        """How many actors have none."""
        return len(self.lines) - self.tied


@dataclass(frozen=True)
class Community:
    """Actors with more ties among themselves than chance would give, the best tied first.

    `theme` and `commune` are what most of them have in common, empty where nothing stands out.
    """

    number: int
    members: tuple[Actor, ...]
    theme: str
    commune: str


def describe(part: Part, measures: Measures) -> Analysis:
    """Say of each actor of a part what was measured of it; isolated actors make no component.

    Actors that the measures don't know yet are left out.
    """
    actors = {actor.slug: actor for actor in part.actors if actor.slug in measures.nodes}
    known = {slug: measures.nodes[slug] for slug in actors}
    shares = sorted((found.betweenness or 0.0 for found in known.values()), reverse=True)
    ranks = {share: place for place, share in reversed(list(enumerate(shares, start=1)))}
    lines = {
        slug: Line(actors[slug], found, ranks[found.betweenness] if found.betweenness else None)
        for slug, found in known.items()
    }
    components = (tuple(actors[slug] for slug in names if slug in actors) for names in measures.components)
    groups = (
        _community(number, [lines[slug] for slug in names if slug in lines])
        for number, names in measures.communities.items()
    )
    return Analysis(
        lines,
        tuple(members for members in components if len(members) > 1),
        tuple(sorted((group for group in groups if group.members), key=lambda group: -len(group.members))),
        measures.modularity,
        measures.density,
    )


def _community(number: int, lines: Iterable[Line]) -> Community:
    ordered = sorted(lines, key=lambda line: (-line.degree, line.actor.search_text))
    members = tuple(line.actor for line in ordered)
    return Community(
        number,
        members,
        theme=_most(len(members), (label for actor in members for _code, label in actor.themes)),
        commune=_most(len(members), (actor.commune for actor in members if actor.commune)),
    )


def _most(size: int, words: Iterable[str]) -> str:
    """Return the word that at least a third of so many have, two at least."""
    word, count = next(iter(Counter(words).most_common(1)), ("", 0))
    return word if count > 1 and count * 3 >= size else ""
