"""What would fall apart if somebody left."""

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx

from graph.model import SimpleGraph, simple_graph
from hub.network.values.analysis import Analysis, Line, skeleton
from hub.network.values.register import Actor, Part

MOST = 15
"""As many are told, the greatest relays first: each takes a walk through its whole component."""


@dataclass(frozen=True)
class Cut:
    """An actor without whom its component falls into parts, the largest first."""

    line: Line
    parts: tuple[tuple[Actor, ...], ...]

    @property
    def severed(self) -> int:
        """How many could no longer reach the largest part."""
        return sum(map(len, self.parts[1:]))


def cuts(analysis: Analysis, part: Part) -> list[Cut]:
    """Return where the network hangs by a thread: who severs most first."""
    graph = simple_graph(skeleton(part.actors, part.links))
    joints = [line for line in analysis.lines.values() if line.measures.articulation]
    joints.sort(key=lambda line: (-(line.betweenness or 0), line.actor.search_text))
    actors = {actor.slug: actor for actor in part.actors}
    found = [Cut(line, _parts(graph, line.actor.slug, actors)) for line in joints[:MOST]]
    return sorted(found, key=lambda cut: (-cut.severed, cut.line.actor.search_text))


def _parts(graph: SimpleGraph, slug: str, actors: dict[str, Actor]) -> tuple[tuple[Actor, ...], ...]:
    within = nx.node_connected_component(graph, slug) - {slug}
    left = nx.connected_components(graph.subgraph(within))
    return tuple(
        sorted((_named(names, actors) for names in left), key=lambda part: (-len(part), part[0].slug))
    )


def _named(names: Iterable[str], actors: dict[str, Actor]) -> tuple[Actor, ...]:
    return tuple(sorted((actors[name] for name in names), key=lambda actor: actor.search_text))
