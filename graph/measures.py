"""What the shape of the network says about each actor, in one go.

The typed multigraph is reduced knowingly to a simple graph first (see `graph.model.simple_graph`): core
number, clustering and constraint would change or fail on parallel ties, and degree would count ties
where it is meant to count partners.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import networkx as nx
import numpy as np

from graph import communities as louvain
from graph import structure
from graph.indexed import Indexed, Values, index
from graph.model import Network, SimpleGraph
from graph.searches import Progress, search

ENGINE_VERSION = "3"
"""Part of the name under which results are kept: raised whenever a figure may come out differently."""
MEANINGFUL_BETWEENNESS = 3
"""With fewer nodes nobody can stand between two others."""
DECIMALS = 12
"""Digits kept of a figure: those after them are how sums were rounded, and would part equal ranks."""
SEARCHED = 0.9
"""Share of the work that is done once every node has been searched from."""


@dataclass(frozen=True, slots=True)
class NodeMeasures:
    """The measures of one node; `None` where a question makes no sense, never NaN.

    `degree`: with how many others it has a tie, however many ties with each. A large one is well
    connected; it does not say that these ties are lively, nor that they lead far.

    `component`: the number of the part of the network in which everybody can be reached from
    everybody, 1 for the largest. It does not say how long the way is.

    `betweenness`: the share (0 to 1) of the shortest ways between two others that pass through it. A
    large one relays between groups, and its leaving would lengthen ways; it does not say that anything
    really passes there, nor that it has power. None if isolated or with fewer than three nodes; 0.0
    for a tied node through which no way passes.

    `closeness`: the mean of 1 / steps to each other node, out of reach counting as 0 (harmonic, 0 to 1). A
    large one hears quickly of what happens anywhere; it does not say that it is told. None if isolated.

    `distance`: the mean number of steps to those that it can reach. Small means that few introductions
    lead to anybody in reach; it says nothing of those out of reach. None if isolated.

    `pagerank`: the share (0 to 1, all nodes together 1) of the time that somebody who goes from tie to
    tie at random spends there. A large one is tied to the well connected; it is no mark of quality.
    None if isolated.

    `constraint`: how far its partners are tied among themselves (Burt; 1.125 at most for actors with
    ties in simple graphs, 1 for one with a single partner). A small one links people who don't know one
    another and can bring news from one to another; a large one means support from a close circle, which
    is no fault. None if isolated.

    `effective_size`: its degree, less what its partners' ties among themselves repeat (Burt). It counts
    how many separate circles it reaches; it does not say which matter. None if isolated.

    `core`: the greatest k such that it is one of a group in which each has k partners within the group.
    A large one sits in the dense heart; a small one is not unimportant. 0 if isolated.

    `community`: the number of its group of actors with more ties among themselves than chance would
    give (Louvain). It suggests who works together in fact; borders are blurred, another run of
    the history could draw them elsewhere. None if isolated.

    `articulation`: without it, some who can reach one another today no longer could. It shows where the
    network hangs by one thread; False does not mean that it could be spared.
    """

    degree: int
    betweenness: float | None
    component: int
    closeness: float | None
    distance: float | None
    pagerank: float | None
    constraint: float | None
    effective_size: float | None
    core: int
    community: int | None
    articulation: bool


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of a network.

    `nodes` is by node id. `components` are tuples of sorted ids, the largest first, equal sizes by
    their least id; component number 1 is `components[0]`, and an isolated node is a component of its
    own. `isolates` are the ids of the nodes without any neighbour, sorted. `communities` are tuples of
    sorted ids by community number, isolates in none. `modularity` tells how clear-cut the communities
    are: 0 as chance would have it, above 0.3 usually taken as clear (Newman and Girvan 2004); it does
    not say that they are the right ones. None without ties. `density` is the share of the possible pairs
    that have a tie; it falls as a network grows and can't be compared between sizes. None with fewer
    than two nodes.
    """

    nodes: Mapping[str, NodeMeasures]
    components: tuple[tuple[str, ...], ...]
    isolates: tuple[str, ...]
    communities: Mapping[int, tuple[str, ...]]
    modularity: float | None
    density: float | None


def measure(
    network: Network,
    *,
    previous: Mapping[str, int] | None = None,
    on_progress: Progress | None = None,
) -> Measures:
    """Measure a network, taken as a simple undirected graph (see `simple_graph`).

    `previous` is the community of each node in an earlier version: a community that is still there
    keeps its number. `on_progress` is told the share done, 0 to 1; what it raises ends the work.
    The same network gives the same values to the last bit, in whatever order it was given.
    """
    graph = index(network)
    components = structure.parts(graph)
    found = louvain.communities(graph)
    numbers = louvain.numbered(found.groups, previous)
    columns = _columns(graph, on_progress)
    columns["component"] = _by_name(graph, dict(enumerate(components, start=1)))
    named = dict(sorted(zip(numbers, found.groups, strict=True)))
    columns["community"] = _by_name(graph, named)
    nodes = {
        name: NodeMeasures(**dict(zip(columns, row, strict=True)))
        for name, row in zip(graph.names, zip(*columns.values(), strict=True), strict=True)
    }
    isolates = tuple(name for name, degree in zip(graph.names, graph.degrees, strict=True) if not degree)
    if on_progress:
        on_progress(1.0)
    pairs = len(graph.names) * (len(graph.names) - 1)
    return Measures(
        nodes=MappingProxyType(nodes),
        components=components,
        isolates=isolates,
        communities=MappingProxyType(named),
        modularity=found.modularity,
        density=len(graph.neighbours) / pairs if pairs else None,
    )


def connected_components(graph: SimpleGraph) -> tuple[tuple[str, ...], ...]:
    """List the components as sorted ids: the largest first, equal sizes by their least id."""
    components = (tuple(sorted(names)) for names in nx.connected_components(graph))
    return tuple(sorted(components, key=lambda names: (-len(names), names)))


def _columns(graph: Indexed, on_progress: Progress | None) -> dict[str, list[object]]:
    """List each measure that is a figure per node, in the order of the ids."""
    size = len(graph.names)
    searches = search(graph, on_progress and (lambda share: on_progress(share * SEARCHED)))
    around = structure.holes(graph)
    joints = structure.joints(graph)
    tied = graph.degrees > 0
    pairs = (size - 1) * (size - 2) / 2
    return {
        "degree": graph.degrees.tolist(),
        "betweenness": _known(searches.between / max(pairs, 1), tied & (size >= MEANINGFUL_BETWEENNESS)),
        "closeness": _known(searches.nearness / max(size - 1, 1), tied),
        "distance": _known(searches.steps / np.maximum(searches.reached, 1), tied),
        "pagerank": _known(structure.pagerank(graph), tied),
        "constraint": _known(around.constraint, tied),
        "effective_size": _known(around.effective_size, tied),
        "core": structure.cores(graph).tolist(),
        "articulation": [name in joints for name in graph.names],
    }


def _known(values: Values, where: "np.typing.NDArray[np.bool_]") -> list[object]:
    """List values, None where they mean nothing."""
    listed = (np.round(values, DECIMALS) + 0.0).astype(object)  # never -0.0
    listed[~where] = None
    found: list[object] = listed.tolist()
    return found


def _by_name(graph: Indexed, groups: Mapping[int, tuple[str, ...]]) -> list[object]:
    """List the number of each node's group, None without one."""
    numbers = {name: number for number, names in groups.items() for name in names}
    return [numbers.get(name) for name in graph.names]
