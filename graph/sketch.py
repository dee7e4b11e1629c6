"""Where to draw the nodes of a large component, from a sample of the distances in it.

Distances between all nodes of 5,000 fill the memory and an hour. A few dozen pivots, spread over the network,
say where in the whole each node lies (pivot MDS: Brandes and Pich 2006); edges and some second neighbours
say how it lies among its own (sparse stress: Ortmann, Klimenta and Brandes 2016).
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial.distance import cdist

Points: TypeAlias = NDArray[np.float64]
Pairs: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
Lengths: TypeAlias = csr_array
"""Wanted lengths of edges: one entry, above the diagonal or beneath it, for each edge of a component."""

TAMING = 0.85
"""Power by which long paths are shortened on paper: else a few outlying nodes would squeeze all others."""
PIVOTS = 48
SIBLINGS = 6
"""Second neighbours looked at for each node: they spread the circle around a hub."""
ROUNDS, WARM_ROUNDS, STEP = 60, 15, 0.7
"""Rounds of moving every node towards where its terms want it, from nothing and from places known, and how
much of the way it goes."""
HOLD = 0.9
"""How firmly a node stays where it was: the share of all that pulls at it."""
EVENNESS = 0.8
"""How far rings around the middle are made equally dense: 0 not at all, 1 wholly."""
SEED = 20230606


def tamed(paths: Points) -> Points:
    """Shorten long paths."""
    return np.asarray(np.power(paths, TAMING), dtype=np.float64)


def sketch(lengths: Lengths, start: Points | None = None) -> Points:
    """Return a place (x, y) for each node of a connected component; the same for the same lengths.

    From a start, nodes stay near it, and there are fewer rounds.
    """
    chance = np.random.default_rng(SEED)
    both = csr_array(lengths + lengths.T)
    pivots, paths = _pivots(both)
    wanted, pairs = tamed(paths), _pairs(both, chance)
    if start is None:
        points = _start(wanted)
        points = points + chance.normal(scale=0.05, size=points.shape)
        return _even(_relax(points, pivots, wanted, pairs))
    weights = np.where(wanted > 0, 1 / np.square(np.maximum(wanted, 1e-9)), 0.0)
    scale = scale_of(cdist(start, start[pivots]), wanted, weights)
    return _relax(start * scale, pivots, wanted, pairs, HOLD) / scale


def scale_of(drawn: Points, wanted: Points, weights: Points) -> float:
    """Return the factor by which drawn distances come closest to the wanted ones."""
    squares = float((weights * np.square(drawn)).sum())
    return float((weights * drawn * wanted).sum()) / squares if squares else 1.0


def _even(points: Points) -> Points:
    """Draw the crowd in the middle apart: as many nodes in each ring as it has room for, nearly.

    What stands outside whom, and on which side, stays.
    """
    points = points - np.median(points, axis=0)
    radius = np.hypot(points[:, 0], points[:, 1])
    ranks = np.empty(len(points))
    ranks[np.lexsort((np.arange(len(points)), radius))] = np.arange(len(points))
    even = radius.max() * np.sqrt((ranks + 0.5) / len(points))
    wanted = radius + EVENNESS * (even - radius)
    return np.asarray(points * (wanted / np.maximum(radius, 1e-9))[:, None], dtype=np.float64)


def _pivots(both: Lengths) -> tuple[NDArray[np.int64], Points]:
    """Choose nodes far from one another; return them and their distances to all nodes, a column for each."""
    count = min(PIVOTS, both.shape[0])
    chosen = [int(np.argmax(np.diff(both.indptr)))]
    columns: list[Points] = []
    nearest = np.full(both.shape[0], np.inf)
    while True:
        columns.append(np.asarray(dijkstra(both, directed=False, indices=chosen[-1])))
        nearest = np.minimum(nearest, columns[-1])
        if len(chosen) == count:
            return np.array(chosen), np.column_stack(columns)
        chosen.append(int(np.argmax(nearest)))


def _start(wanted: Points) -> Points:
    """Scale the distances to the pivots down to two dimensions."""
    squares = np.square(wanted)
    inner = -0.5 * (squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean())
    _, vectors = np.linalg.eigh(inner.T @ inner)
    points = inner @ vectors[:, -2:][:, ::-1]
    spread = np.abs(points).max() or 1.0
    return np.asarray(points * (wanted.max() / 2 / spread), dtype=np.float64)


def _pairs(both: Lengths, chance: np.random.Generator) -> Pairs:
    """Return the edges, and some second neighbours of every node: the two ends and the distance wanted."""
    count = both.shape[0]
    degrees = np.diff(both.indptr)
    here = np.repeat(np.arange(count), degrees)
    edges = here < both.indices
    one, other, far = [here[edges]], [both.indices[edges]], [both.data[edges]]
    start = np.repeat(np.arange(count), SIBLINGS)
    first = both.indptr[start] + (chance.random(len(start)) * degrees[start]).astype(np.int64)
    middle = both.indices[first]
    second = both.indptr[middle] + (chance.random(len(start)) * degrees[middle]).astype(np.int64)
    end = both.indices[second]
    apart = start != end
    one.append(start[apart])
    other.append(end[apart])
    far.append((both.data[first] + both.data[second])[apart])
    return np.concatenate(one), np.concatenate(other), tamed(np.concatenate(far))


def _relax(
    points: Points,
    pivots: NDArray[np.int64],
    wanted: Points,
    pairs: Pairs,
    hold: float = 0.0,
) -> Points:
    """Move every node a part of the way to where its terms want it, weighted by 1/d^2; round after round.

    Held nodes are drawn back to where they began, by that share of all that pulls at them.
    """
    begun = points
    one, other, far = pairs
    count = len(points)
    heavy = len(points) / len(pivots)  # a pivot stands for all those around it
    reach = np.maximum(wanted, 1e-9)
    weights = np.where(wanted > 0, heavy / np.square(reach) * np.minimum(1.0, reach / reach.max()), 0.0)
    near = 1 / np.square(far)
    total = weights.sum(axis=1)
    np.add.at(total, one, near)
    np.add.at(total, other, near)
    for _ in range(WARM_ROUNDS if hold else ROUNDS):
        aim = np.zeros_like(points)
        for number, pivot in enumerate(pivots):
            apart = points - points[pivot]
            length = np.maximum(np.hypot(apart[:, 0], apart[:, 1]), 1e-9)
            aim += weights[:, number, None] * (points[pivot] + apart * (wanted[:, number] / length)[:, None])
        apart = points[one] - points[other]
        length = np.maximum(np.hypot(apart[:, 0], apart[:, 1]), 1e-9)
        pull = apart * (far / length)[:, None]
        for axis in (0, 1):
            aim[:, axis] += np.bincount(one, near * (points[other, axis] + pull[:, axis]), count)
            aim[:, axis] += np.bincount(other, near * (points[one, axis] - pull[:, axis]), count)
        aim = aim / total[:, None]
        aim += hold * (begun - aim)
        points = points + STEP * (aim - points)
    return points
