"""What the shortest ways between all actors say: who lies between, who is close.

Breadth-first searches begin at every node, many side by side. First their rings (who is reached in how
many steps) are found with a bit per search, 64 in a word; then shortest paths are counted outwards and
dependencies added up inwards, ring by ring, as products of a sparse matrix with a dense one (Brandes 2001).
All sums are made in one order, however many threads share the work.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import rustworkx as rx
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse._sparsetools import csr_matvecs, csr_row_index

from graph.indexed import Indexed, Places, Values
from graph.structure import rust_graph

Progress: TypeAlias = Callable[[float], None]
"""Told the share of the work done, 0 to 1, never falling; what it raises ends the work."""
Bits: TypeAlias = NDArray[np.uint64]
"""A word of 64 searches per node (row) and further word (column)."""

WORDS = 4
"""Words of searches in one task of a thread."""
CELLS = 260_000
"""Size at most of a matrix, so that it stays in the processor's cache; smaller ones would keep the threads
busy with handing Python's lock to one another."""
LANES: Mapping[int, DTypeLike] = {
    256: np.uint64, 128: np.uint64, 64: np.uint64, 32: np.uint32, 16: np.uint16, 8: np.uint8,
}  # fmt: skip
"""Searches counted side by side, as columns of such a matrix, and the words that hold their bits."""
SPARSE = 0.4
"""Share of the nodes under which the nodes of a ring are counted by themselves."""
SHEETS = 6
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


class _Spread:
    """A matrix of zeros on which the rows of one ring are spread at a time."""

    def __init__(self, blank: Values) -> None:
        self.blank = blank
        self.rows: NDArray[np.int32] | slice = slice(0)

    def out(self, rows: NDArray[np.int32] | slice, values: Values) -> Values:
        """Return the values of some rows as a matrix of all; with a slice they are one already."""
        self.blank[self.rows] = 0
        self.rows = slice(0)
        if isinstance(rows, slice):
            return values
        self.blank[rows], self.rows = values, rows
        return self.blank


@dataclass(frozen=True)
class _Ladder:
    """The neighbours of all nodes, as columns: the first of each, the second where there are two, and so on.

    Nodes stand by falling number of neighbours, so that each column is shorter than the one before.
    `order` gives the node in each row, `places` the row of each node.
    """

    columns: tuple[Places, ...]
    order: Places
    places: Places


@dataclass(frozen=True)
class _Ring:
    """The nodes so many steps away in some of the searches side by side.

    `rows` are their places, all of them if they are many; then come their rows of the adjacency as in a
    csr_array; `inside` is 1 where a node (row) is in the ring of a search (column).
    """

    rows: NDArray[np.int32] | slice
    starts: NDArray[np.int32]
    neighbours: NDArray[np.int32]
    ones: Values
    inside: NDArray[np.uint8]

    def gather(self, dense: Values, out: Values) -> None:
        """Add up, for each node of the ring, the rows of its neighbours."""
        out.fill(0)
        csr_matvecs(
            *(len(out), len(dense), dense.shape[1], self.starts, self.neighbours, self.ones),
            *(dense.ravel(), out.ravel()),
        )

    def own(self, dense: Values, room: Values) -> Values:
        """Return the ring's rows of a matrix, written in `room` if they aren't all."""
        if isinstance(self.rows, slice):
            return dense
        return np.take(dense, self.rows, axis=0, out=room[: len(self.rows)], mode="clip")

    def add(self, values: Values, dense: Values, room: Values) -> None:
        """Add values to the ring's rows of a matrix."""
        own = self.own(dense, room)
        own += values
        if own is not dense:
            dense[self.rows] = own


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
    rings: list[Bits] = []
    for steps, ring in enumerate(_rings(ladder, sources), start=1):
        count = np.bitwise_count(ring).sum(axis=1, dtype=np.float64)
        sums += np.array([[1 / steps], [steps], [1]]) * count
        if steps <= FAR:
            rings.append(ring)
    if steps > FAR:
        return _Part(None, sums)
    lanes = next((lanes for lanes in LANES if lanes * size <= CELLS), min(LANES))
    desk = np.empty((SHEETS + len(rings), size, lanes))
    words = [ring.view(LANES[lanes]) for ring in rings]
    wide = max(lanes // 64, 1)
    for batch, first in enumerate(range(0, len(sources), lanes)):
        bits = slice(batch * wide, (batch + 1) * wide)
        around = [_ring(adjacency, np.ascontiguousarray(word[:, bits])) for word in words]
        between += _dependencies(around, sources[first : first + lanes], desk)
    return _Part(between, sums)


def _ring(adjacency: csr_array, bits: NDArray[np.unsignedinteger]) -> _Ring:
    """Read the nodes of a ring from their bits, a row of words for each node."""
    rows = np.flatnonzero(np.bitwise_or.reduce(bits, axis=1)).astype(np.int32)
    starts, neighbours, ones = adjacency.indptr, adjacency.indices, adjacency.data
    if len(rows) > SPARSE * len(bits):
        return _Ring(slice(None), starts, neighbours, ones, _unpacked(bits))
    own = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum(starts[rows + 1] - starts[rows], out=own[1:])
    near = np.empty(own[-1], dtype=np.int32)
    csr_row_index(len(rows), rows, starts, neighbours, ones, near, np.empty(own[-1]))
    return _Ring(rows, own, near, ones[: own[-1]], _unpacked(bits[rows]))


def _unpacked(bits: NDArray[np.unsignedinteger]) -> NDArray[np.uint8]:
    return np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little")


def _ladder(graph: Indexed) -> _Ladder:
    order = np.argsort(-graph.degrees, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    longer = [int((graph.degrees > step).sum()) for step in range(int(graph.degrees.max(initial=0)))]
    columns = (graph.neighbours[graph.starts[order[:count]] + step] for step, count in enumerate(longer))
    return _Ladder(tuple(place[column] for column in columns), order, place)


def _rings(ladder: _Ladder, sources: Places) -> Iterator[Bits]:
    """Yield, for one step and more, which searches reach each node by it."""
    size = len(ladder.order)
    lanes = np.arange(len(sources))
    front = np.zeros((size, WORDS), dtype=np.uint64)
    front[sources, lanes // 64] = np.uint64(1) << (lanes % 64).astype(np.uint64)
    front = front[ladder.order]
    seen = front.copy()
    while True:
        reached = np.zeros_like(front)
        for column in ladder.columns:
            reached[: len(column)] |= front.take(column, axis=0)
        reached &= ~seen
        if not reached.any():
            return
        seen |= reached
        front = reached
        yield front[ladder.places]


def _dependencies(rings: Sequence[_Ring], sources: Places, desk: Values) -> Values:
    """Return 1 + the dependency of each search on each node, added up over the searches that reach it.

    `desk` has `SHEETS` matrices to work on (a row per node, a column per search) and one more for each
    ring. They are used again and again: allocated anew, they would cost more than all the sums.
    """
    paths, total, blank, near, sheet, other, *rooms = desk
    for matrix in (paths, total, blank):
        matrix.fill(0)
    paths[sources, np.arange(len(sources))] = 1
    spread, front = _Spread(blank), paths
    counts = [room[: len(ring.inside)] for ring, room in zip(rings, rooms, strict=True)]
    for ring, count in zip(rings, counts, strict=True):
        ring.gather(front, count)
        np.multiply(count, ring.inside, out=count)
        ring.add(count, paths, near)
        front = spread.out(ring.rows, count)
    shares = np.divide(1, np.maximum(paths, 1, out=paths), out=paths)
    blank.fill(0)
    spread, front = _Spread(blank), blank
    for ring, count in zip(reversed(rings), reversed(counts), strict=True):
        inwards = sheet[: len(count)]
        ring.gather(front, inwards)
        own = ring.own(shares, near)
        inwards += own
        inwards *= count
        ring.add(inwards, total, other)
        inwards *= ring.own(shares, near)
        front = spread.out(ring.rows, inwards)
        sheet, other = other, sheet
    found: Values = np.add.reduce(total, axis=1)
    return found
