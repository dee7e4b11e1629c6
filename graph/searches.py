"""What the shortest ways between all actors say: who lies between, who is close.

Breadth-first searches begin at every node, many side by side. First their rings (who is reached in how
many steps) are found with a bit per search, 64 in a word; then shortest paths are counted outwards and
dependencies added up inwards, ring by ring, as products of a sparse matrix with a dense one (Brandes 2001).
All sums are made in one order, however many threads share the work.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse._sparsetools import csr_matvecs

from graph.indexed import Indexed, Places, Values
from graph.structure import rust_graph

Progress: TypeAlias = Callable[[float], None]
"""Told the share of the work done, 0 to 1, never falling; what it raises ends the work."""
Bits: TypeAlias = NDArray[np.uint64]
"""A word of 64 searches per node (row) and further word (column)."""

WORDS = 4
"""Words of searches in one task of a thread."""
CELLS, LEAST, MOST = 80_000, 1, 8
"""Size of a matrix that stays in the processor's cache; octets of searches counted side by side in it."""
SHEETS = 5
"""Matrices that a count needs beside one for each ring."""
FAR = 24
"""Rings at most: where there are more, the network is a chain, and counting ring by ring is slow."""
THREADS = 4
"""Threads at most."""


@dataclass(frozen=True)
class Searches:
    """One figure per node, from breadth-first searches that began at every node.

    `between` counts, over all pairs of other nodes, the share of their shortest paths that pass here.
    `nearness` is the sum of 1 / steps to every node in reach, `steps` the sum of the steps, `reached` the
    number of the nodes in reach.
    """

    between: Values
    nearness: Values
    steps: Values
    reached: Values


@dataclass(frozen=True)
class _Ladder:
    """The neighbours of all nodes, as columns: the first of each, the second where there are two, and so on.

    Nodes stand by falling number of neighbours, so that each column is shorter than the one before.
    `order` gives the node in each row.
    """

    columns: tuple[Places, ...]
    order: Places


@dataclass(frozen=True)
class _Part:
    """What some of the searches add to the sums; `between` is missing where there are too many rings."""

    between: Values | None
    sums: Values


def search(graph: Indexed, on_progress: Progress | None = None) -> Searches:
    """Search from every node; exact, and the same to the last bit however many threads work."""
    size = len(graph.names)
    tied = np.flatnonzero(graph.degrees)
    tasks = [tied[first : first + 64 * WORDS] for first in range(0, len(tied), 64 * WORDS)]
    ladder = _ladder(graph)
    between, sums, far = np.zeros(size), np.zeros((3, size)), False
    threads = ThreadPoolExecutor(min(THREADS, len(os.sched_getaffinity(0))))
    try:
        found = threads.map(lambda sources: _search(graph.adjacency, ladder, sources), tasks)
        for done, part in enumerate(found, start=1):
            sums += part.sums
            far = far or part.between is None
            between += 0 if part.between is None else part.between
            if on_progress:
                on_progress(done / len(tasks))
    finally:
        threads.shutdown(cancel_futures=True)
    between = _counted_one_by_one(graph) if far else (between - sums[2]) / 2
    return Searches(between, *sums)


def _counted_one_by_one(graph: Indexed) -> Values:
    """Betweenness where there are many rings: one search after the other, in one thread."""
    shares = rx.betweenness_centrality(
        rust_graph(graph), normalized=False, parallel_threshold=len(graph.names) + 1
    )
    between = np.array([shares[place] for place in range(len(graph.names))])
    return between if np.isfinite(between).all() else _counted_in_whole_numbers(graph)


def _counted_in_whole_numbers(graph: Indexed) -> Values:
    """Betweenness where there are more shortest paths than a float can count."""
    rows = np.split(graph.neighbours, graph.starts[1:-1])
    near = [row.tolist() for row in rows]
    between = np.zeros(len(near))
    for source in range(len(near)):
        steps, paths = {source: 0}, {source: 1}
        queue = [source]
        for node in queue:
            for other in near[node]:
                if other not in steps:
                    steps[other], paths[other] = steps[node] + 1, 0
                    queue.append(other)
                if steps[other] == steps[node] + 1:
                    paths[other] += paths[node]
        shares = dict.fromkeys(queue, 0.0)
        for node in reversed(queue[1:]):
            between[node] += shares[node]
            for other in near[node]:
                if steps[other] == steps[node] - 1:
                    shares[other] += paths[other] / paths[node] * (1 + shares[node])
    return between / 2


def _search(adjacency: csr_array, ladder: _Ladder, sources: Places) -> _Part:
    """Search from some nodes."""
    size = adjacency.shape[0]
    sums, between = np.zeros((3, size)), np.zeros(size)
    depths = np.zeros(8 * WORDS, dtype=np.intp)
    rings = _rings(ladder, sources)
    for steps, ring in enumerate(rings, start=1):
        count = np.bitwise_count(ring).sum(axis=1, dtype=np.float64)
        sums[:, ladder.order] += np.array([[1 / steps], [steps], [1]]) * count
        depths[np.bitwise_or.reduce(ring, axis=0).view(np.uint8) > 0] = steps
    if len(rings) > FAR:
        return _Part(None, sums)
    lanes = 8 * min(max(CELLS // size // 8, LEAST), MOST)
    desk = np.empty((len(rings) + SHEETS, size, lanes))
    for first in range(0, len(sources), lanes):
        depth = int(depths[first // 8 : (first + lanes) // 8].max())
        between += _dependencies(adjacency, sources[first : first + lanes], desk[: depth + SHEETS])
    return _Part(between, sums)


def _ladder(graph: Indexed) -> _Ladder:
    order = np.argsort(-graph.degrees, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    longer = [int((graph.degrees > step).sum()) for step in range(int(graph.degrees.max(initial=0)))]
    columns = (graph.neighbours[graph.starts[order[:count]] + step] for step, count in enumerate(longer))
    return _Ladder(tuple(place[column] for column in columns), order)


def _rings(ladder: _Ladder, sources: Places) -> list[Bits]:
    """List, for one step and more, which searches reach each node (in the ladder's order) by it."""
    size = len(ladder.order)
    lanes = np.arange(len(sources))
    front = np.zeros((size, WORDS), dtype=np.uint64)
    front[sources, lanes // 64] = np.uint64(1) << (lanes % 64).astype(np.uint64)
    front = front[ladder.order]
    seen = front.copy()
    rings: list[Bits] = []
    while True:
        reached = np.zeros_like(front)
        for column in ladder.columns:
            reached[: len(column)] |= front.take(column, axis=0)
        reached &= ~seen
        if not reached.any():
            return rings
        seen |= reached
        front = reached
        rings.append(front)


def _dependencies(adjacency: csr_array, sources: Places, desk: Values) -> Values:
    """Return 1 + the dependency of each search on each node, added up over the searches that reach it.

    `desk` has `SHEETS` matrices to work on (a row per node, a column per search) and one more for each
    ring. They are used again and again: allocated anew, they would cost more than all the sums.
    """
    ones, paths, unseen, sheet, other, *fronts = desk
    lanes = np.arange(len(sources))
    front = fronts[0]
    ones.fill(1)
    front.fill(0)
    front[:, : len(sources)] = adjacency[sources].toarray().T
    np.copyto(paths, front)
    np.subtract(ones, front, out=unseen)
    paths[sources, lanes], unseen[sources, lanes] = 1, 0
    for before, front in pairwise(fronts):
        _multiply(adjacency, before, front)
        np.multiply(front, unseen, out=front)
        np.add(paths, front, out=paths)
        unseen -= np.minimum(front, ones, out=sheet)
    np.maximum(paths, ones, out=paths)
    shares, total, inwards = np.divide(ones, paths, out=paths), unseen, sheet
    total.fill(0)
    inwards.fill(0)
    for front in reversed(fronts):
        inwards += shares
        inwards *= front
        total += inwards
        inwards *= shares
        _multiply(adjacency, inwards, other)
        inwards, other = other, inwards
    found: Values = np.add.reduce(total, axis=1)
    return found


def _multiply(matrix: csr_array, dense: Values, out: Values) -> None:
    """Multiply into a matrix that is there already, which scipy's public operators can't."""
    out.fill(0)
    height, width = matrix.shape
    csr_matvecs(
        *(height, width, dense.shape[1], matrix.indptr, matrix.indices, matrix.data),
        *(dense.ravel(), out.ravel()),
    )
