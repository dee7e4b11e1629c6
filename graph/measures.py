"""What the shape of the network says about each actor."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import networkx as nx
import rustworkx as rx

from graph.model import Network, SimpleGraph, simple_graph

MEANINGFUL_BETWEENNESS = 3
"""With fewer nodes nobody can stand between two others."""


@dataclass(frozen=True, slots=True)
class NodeMeasures:
    """The measures of one node.

    `degree` is the number of distinct neighbours, however many ties lead to each. `betweenness` is the
    share (0 to 1) of the shortest paths between all pairs of other nodes that pass through this one;
    `None` where the question makes no sense: the node is isolated, or the network has fewer than three
    nodes. A tied node through which no path passes has 0.0. `component` is the number of the
    component the node belongs to.
    """

    degree: int
    betweenness: float | None
    component: int


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of a network.

    `nodes` is by node id. `components` are tuples of sorted ids, the largest first, equal sizes by
    their least id; component number 1 is `components[0]`, and an isolated node is a component of its
    own. `isolates` are the ids of the nodes without any neighbour, sorted.
    """

    nodes: Mapping[str, NodeMeasures]
    components: tuple[tuple[str, ...], ...]
    isolates: tuple[str, ...]


def measure(network: Network) -> Measures:
    """Measure a network, taken as a simple undirected graph (see `simple_graph`)."""
    graph = simple_graph(network)
    between = _betweenness(graph)
    components = connected_components(graph)
    numbers = {name: number for number, names in enumerate(components, start=1) for name in names}
    nodes = {
        name: NodeMeasures(
            degree=graph.degree[name],
            betweenness=between[name] if graph.degree[name] else None,
            component=numbers[name],
        )
        for name in graph
    }
    isolates = tuple(name for name in graph if not graph.degree[name])
    return Measures(MappingProxyType(nodes), components, isolates)


def connected_components(graph: SimpleGraph) -> tuple[tuple[str, ...], ...]:
    """List the components as sorted ids: the largest first, equal sizes by their least id."""
    components = (tuple(sorted(names)) for names in nx.connected_components(graph))
    return tuple(sorted(components, key=lambda names: (-len(names), names)))


def _betweenness(graph: SimpleGraph) -> dict[str, float | None]:
    """Exact betweenness, normalised by the (n-1)(n-2)/2 pairs of other nodes."""
    names = list(graph)
    if len(names) < MEANINGFUL_BETWEENNESS:
        return dict.fromkeys(names)
    places = {name: place for place, name in enumerate(names)}
    fast: rx.PyGraph[str, None] = rx.PyGraph(multigraph=False)
    fast.add_nodes_from(names)
    fast.add_edges_from_no_data([(places[first], places[second]) for first, second in graph.edges])
    # One thread only: several would add the shares up in a different order on every run.
    shares = rx.betweenness_centrality(fast, normalized=True, parallel_threshold=len(names) + 1)
    return {name: shares[place] for name, place in places.items()}
