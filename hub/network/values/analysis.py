"""What the shape of the network says, kept in the process for as long as that shape doesn't change.

Measures and layout depend only on who is tied to whom. They are kept by that skeleton, compared as a
whole: a new label or date costs nothing, a new tie is computed once, and no stale answer is possible.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from threading import Lock
from typing import TypeVar

from graph.layout import Box, Layout, lay_out
from graph.measures import Measures, measure
from graph.model import Network, Node, Tie
from hub.network.values.register import Actor, Link, Register

BOX = Box(1200, 760)
"""The rectangle in which the network is laid out, in the unit of the picture."""
KEPT = 16
"""Skeletons remembered: a few days that people look at, not only today."""

Result = TypeVar("Result")


def _remembered(compute: Callable[[Network], Result]) -> Callable[[Network], Result]:
    """Keep results by network; while one is computed others wait for it instead of computing it too."""
    lock = Lock()
    kept = lru_cache(maxsize=KEPT)(compute)

    @wraps(compute)
    def remembered(network: Network) -> Result:
        with lock:
            return kept(network)

    return remembered


@_remembered
def _measures(network: Network) -> Measures:
    return measure(network)


@_remembered
def _layout(network: Network) -> Layout:
    return lay_out(network, BOX)


def _skeleton(actors: Iterable[Actor], links: Iterable[Link]) -> Network:
    """Reduce to who is tied to whom: no words, no dates, no direction, one tie for each pair."""
    slugs = {actor.id: actor.slug for actor in actors}
    pairs = {tuple(sorted((slugs[link.source], slugs[link.target]))) for link in links}
    return Network(
        nodes=tuple(Node(slug, "", "") for slug in slugs.values()),
        ties=tuple(Tie(first, second, "") for first, second in pairs),
    )


def layout_of(register: Register) -> Layout:
    """Place every actor ever told, by all ties ever told.

    Filters and days then show a part of it, so that whoever stays in the picture stays in its place.
    """
    return _layout(_skeleton(register.actors.values(), register.links))


@dataclass(frozen=True, slots=True)
class Line:
    """An actor and its measures in the network of the day, whatever the filters show of it.

    `degree` counts distinct neighbours; `betweenness` is a share, 0 to 1, or None where it means nothing;
    `rank` is the place by betweenness, 1 for the greatest, None without any; `component` the number of
    the component, 1 for the largest.
    """

    actor: Actor
    degree: int
    betweenness: float | None
    rank: int | None
    component: int


@dataclass(frozen=True)
class Analysis:
    """The network of the day measured: a line per actor (by slug), and its components, largest first."""

    lines: Mapping[str, Line]
    components: tuple[tuple[Actor, ...], ...]

    @property
    def tied(self) -> int:
        """How many actors have a neighbour."""
        return sum(len(members) for members in self.components)

    @property
    def isolated(self) -> int:
        """How many actors have none."""
        return len(self.lines) - self.tied


def analyse(register: Register) -> Analysis:
    """Measure the network of the day; isolated actors make no component."""
    actors = {actor.slug: actor for actor in register.current_actors}
    measures = _measures(_skeleton(actors.values(), register.current_links))
    shares = sorted((found.betweenness or 0.0 for found in measures.nodes.values()), reverse=True)
    ranks = {share: place for place, share in reversed(list(enumerate(shares, start=1)))}
    lines = {
        slug: Line(
            actor=actor,
            degree=measures.nodes[slug].degree,
            betweenness=measures.nodes[slug].betweenness,
            rank=ranks[share] if (share := measures.nodes[slug].betweenness) else None,
            component=measures.nodes[slug].component,
        )
        for slug, actor in actors.items()
    }
    components = tuple(
        tuple(actors[slug] for slug in members) for members in measures.components if len(members) > 1
    )
    return Analysis(lines, components)
