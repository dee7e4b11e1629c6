"""What the shortest paths between all actors say: who lies between, who is close."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graph.indexed import Indexed, Places, Values

Progress: TypeAlias = Callable[[float], None]
"""Told the share of the work done, 0 to 1, never falling; what it raises ends the work."""

LANES = 32
"""Searches that run side by side, as columns of one dense matrix."""


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
class _Batch:
    """What the searches from some sources found: a share per node, three sums per source."""

    between: Values
    sums: Values


def search(graph: Indexed, on_progress: Progress | None = None) -> Searches:
    """Search from every node; exact, and the same to the last bit however many threads work."""
    size = len(graph.names)
    between, sums = np.zeros(size), np.zeros((3, size))
    sources = np.flatnonzero(graph.degrees)
    batches = [sources[first : first + LANES] for first in range(0, len(sources), LANES)]
    with ThreadPoolExecutor(2) as threads:
        found = threads.map(lambda batch: _search(graph.adjacency, batch), batches)
        for done, (batch, result) in enumerate(zip(batches, found, strict=True), start=1):
            between += result.between
            sums[:, batch] = result.sums
            if on_progress:
                on_progress(done / len(batches))
    return Searches(between / 2, *sums)


def _search(adjacency: csr_array, sources: Places) -> _Batch:
    """Count shortest paths outwards, then add up dependencies inwards (Brandes 2001), a level at a time."""
    shape = adjacency.shape[0], len(sources)
    lanes = np.arange(len(sources))
    unseen, paths = np.ones(shape), np.zeros(shape)
    unseen[sources, lanes], paths[sources, lanes] = 0, 1
    levels: list[NDArray[np.float64]] = []
    sums = np.zeros((3, len(sources)))
    front = paths.copy()
    while True:
        front = adjacency @ front
        front *= unseen
        level = np.minimum(front, 1)
        count = level.sum(axis=0)
        if not count.any():
            break
        unseen -= level
        paths += front
        levels.append(level)
        sums += np.array([[1 / len(levels)], [len(levels)], [1]]) * count
    unseen[sources, lanes] = 1
    shares = 1 / np.maximum(paths, 1)
    shares *= 1 - unseen
    total, inwards = np.zeros(shape), np.zeros(shape)
    for level in reversed(levels):
        inwards += shares
        inwards *= level
        total += inwards
        inwards = adjacency @ inwards
    total -= shares
    return _Batch(np.einsum("ij,ij->i", total, paths), sums)
