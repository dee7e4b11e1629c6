"""What the ties around each actor, and the whole they make, say: holes, cores, parts, joints, rank.

All functions read a simple graph (`graph.indexed`) and give one figure per node, in the order of ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from graph.indexed import Indexed, Places, Values

DAMPING = 0.85
"""Share of the walkers of PageRank who follow a tie; the others begin anew anywhere (Page and Brin 1998)."""
STEPS, SETTLED = 1000, 1e-15
"""Steps of the walk at most, and the change per node under which it has settled."""


@dataclass(frozen=True)
class Holes:
    """Burt's measures of structural holes, one per node; those of an isolated node mean nothing."""

    constraint: Values
    effective_size: Values


def holes(graph: Indexed) -> Holes:
    """Measure who stands between people who don't know one another (Burt 1992; Borgatti 1997).

    With p(i, j) = 1 / degree of i, the constraint of i is the sum over its neighbours j of
    (p(i, j) + sum over common neighbours w of p(i, w) p(w, j)) squared; its effective size is its
    degree less twice its neighbours' ties among themselves by degree.
    """
    shared, detours = _triangles(graph)
    weights = (1 + detours) / graph.degrees[graph.owners]
    ties = _sums(graph.owners, shared, len(graph.names))
    return Holes(
        constraint=_sums(graph.owners, np.square(weights), len(graph.names)),
        effective_size=graph.degrees - ties / np.maximum(graph.degrees, 1),
    )


def _triangles(graph: Indexed) -> tuple[Values, Values]:
    """Return, for each arc (i, j): how many common neighbours, and the sum of 1 / degree over them."""
    first, second = graph.edges
    degrees = graph.degrees
    size = np.int64(max(len(graph.names), 1))
    swap = degrees[first] > degrees[second]
    few, many = np.where(swap, second, first), np.where(swap, first, second)
    # The neighbours of the end that has fewer are looked up among those of the other one.
    lengths = degrees[few]
    edge = np.repeat(np.arange(len(few)), lengths)
    offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    third = graph.neighbours[np.repeat(graph.starts[few], lengths) + offsets]
    arcs = graph.owners * size + graph.neighbours
    wanted = many[edge] * size + third
    found = np.searchsorted(arcs, wanted)
    common = arcs[np.minimum(found, len(arcs) - 1)] == wanted if len(arcs) else np.zeros(0, dtype=bool)
    edge, third = edge[common], third[common]
    shared = _sums(edge, np.ones(len(edge)), len(first))
    detours = _sums(edge, 1 / degrees[third], len(first))
    places = np.searchsorted(arcs, np.concatenate((first * size + second, second * size + first)))
    by_arc = np.empty((2, len(arcs)))
    by_arc[:, places] = np.tile(shared, 2), np.tile(detours, 2)
    return by_arc[0], by_arc[1]


def _sums(places: Places, values: Values, size: int) -> Values:
    """Add values up by place; zeros where there are none."""
    return np.bincount(places, values, minlength=size).astype(np.float64)


def pagerank(graph: Indexed) -> Values:
    """Share of the time that somebody who walks from tie to tie spends at each node; the sum is 1.

    From an isolated node the walker begins anew anywhere. Iterated until nothing moves.
    """
    size = len(graph.names)
    if not size:
        return np.zeros(0)
    alone = graph.degrees == 0
    shares = DAMPING / np.maximum(graph.degrees, 1)
    rank = np.full(size, 1 / size)
    for _ in range(STEPS):
        before = rank
        rank = graph.adjacency @ (before * shares) + (1 - DAMPING + DAMPING * before[alone].sum()) / size
        rank /= rank.sum()
        if np.abs(rank - before).sum() < SETTLED * size:
            break
    return rank


def cores(graph: Indexed) -> Places:
    """Greatest k such that the node is among nodes with k neighbours each among themselves."""
    found: Mapping[int, int] = rx.core_number(rust_graph(graph))  # type: ignore[assignment]  # its stub says int
    return np.array([found[place] for place in range(len(graph.names))], dtype=np.intp)


def parts(graph: Indexed) -> tuple[tuple[str, ...], ...]:
    """List the components as sorted ids: the largest first, equal sizes by their least id."""
    if not graph.names:
        return ()
    _, labels = connected_components(graph.adjacency, directed=False)
    return groups(graph.names, labels)


def groups(names: tuple[str, ...], labels: NDArray[np.integer]) -> tuple[tuple[str, ...], ...]:
    """List the groups that labels make of sorted ids: the largest first, equal sizes by their least id."""
    members: dict[int, list[str]] = {}
    for name, label in zip(names, labels.tolist(), strict=True):
        members.setdefault(label, []).append(name)
    return tuple(sorted(map(tuple, members.values()), key=lambda names: (-len(names), names)))


def joints(graph: Indexed) -> frozenset[str]:
    """Articulation points: without one of them, those around it would fall into separate parts."""
    return frozenset(graph.names[place] for place in rx.articulation_points(rust_graph(graph)))


def rust_graph(graph: Indexed) -> "rx.PyGraph[None, None]":
    """Give the graph to rustworkx, under the same numbers."""
    first, second = graph.edges
    made: rx.PyGraph[None, None] = rx.PyGraph(multigraph=False)
    made.add_nodes_from([None] * len(graph.names))
    made.add_edges_from_no_data(list(zip(first.tolist(), second.tolist(), strict=True)))
    return made
