"""Groups of actors with more ties among themselves than chance would give them (Louvain)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from graph.indexed import Indexed, Places
from graph.structure import groups

Whole: TypeAlias = NDArray[np.int64]
SEEDS = range(10)
"""Ten runs, each moving nodes in another order; the one with the greatest modularity counts."""
CROWD, ROUNDS, DRAWN = 300, 60, 0.4
"""Nodes beyond which many move at once, in how many rounds at most, and the chance of each to be one of
them: if all moved, neighbours would change places for ever."""
FEW = 0.03
"""Share of the nodes under which those left are moved one after the other."""


@dataclass(frozen=True, slots=True)
class Communities:
    """A partition of the tied nodes.

    `groups` are tuples of sorted ids, the largest first, equal sizes by their least id. `modularity` is
    the share of the edges that lie inside the groups less the share that chance would put there
    (-0.5 to 1), None without edges.
    """

    groups: tuple[tuple[str, ...], ...]
    modularity: float | None


def communities(graph: Indexed) -> Communities:
    """Partition a graph by the Louvain method (Blondel et al. 2008): the best of ten fixed seeds.

    The same graph gives the same partition: all is counted in whole numbers. Isolated nodes are in no group.
    """
    tied = np.flatnonzero(graph.degrees)
    if not len(tied):
        return Communities((), None)
    runs = _side_by_side(graph)
    best = max(runs, key=lambda labels: modularity(graph, labels))
    names = tuple(graph.names[place] for place in tied)
    return Communities(groups(names, best[tied]), modularity(graph, best))


def modularity(graph: Indexed, labels: Places) -> float:
    """Modularity of a partition given by a label per node (Newman and Girvan 2004)."""
    ends = len(graph.neighbours)
    inside = int((labels[graph.owners] == labels[graph.neighbours]).sum())
    totals = np.bincount(labels, graph.degrees)
    # In whole numbers up to the end, so that equal partitions are equal to the last bit.
    return float((inside * ends - int(np.square(totals).sum())) / ends**2)


@dataclass(frozen=True)
class _Level:
    """All runs at one level, side by side, as parts of one graph that have no tie to one another.

    The neighbours of node i are `near[starts[i]:starts[i + 1]]`, with the number of ties to each in
    `weights`. `degrees` also counts the ties that have come to lie inside a node. `counts` are the nodes of
    each run, in turn; `ends` is the sum of the degrees of a run, the same for all.
    """

    starts: Whole
    near: Whole
    weights: Whole
    degrees: Whole
    counts: Whole
    ends: int


@dataclass(frozen=True)
class _State:
    """Who is in which group: a label per node, the sum of the degrees by label, whose turn is to come."""

    labels: Whole
    totals: Whole
    waiting: NDArray[np.bool_]


def _side_by_side(graph: Indexed) -> Whole:
    """Move nodes, then whole groups, as long as the modularity grows; return the labels, a row per run."""
    runs, size, ends = len(SEEDS), len(graph.names), len(graph.neighbours)
    chances = [np.random.default_rng(seed) for seed in SEEDS]
    shifts = np.arange(runs)
    level = _Level(
        starts=np.append((graph.starts[:-1] + ends * shifts[:, None]).ravel(), runs * ends),
        near=(graph.neighbours + size * shifts[:, None]).ravel(),
        weights=np.ones(runs * ends, dtype=np.int64),
        degrees=np.tile(graph.degrees, runs),
        counts=np.full(runs, size),
        ends=ends,
    )
    labels = np.arange(runs * size)
    while True:
        state = _rush(level, chances, rounds=ROUNDS if size > CROWD else 0)
        kept, places = np.unique(_finish(level, state, chances), return_inverse=True)
        if len(kept) == len(level.degrees):
            return labels.reshape(runs, size)
        labels = places[labels]
        level = _merged(level, places)


def _rush(level: _Level, chances: Sequence[np.random.Generator], *, rounds: int) -> _State:
    """Move many nodes at once, each to the neighbouring group that gains most as things are."""
    size = len(level.degrees)
    lengths = np.diff(level.starts)
    labels, totals, waiting = np.arange(size), level.degrees.copy(), lengths > 0
    for _ in range(rounds):
        if waiting.sum() <= FEW * size:
            break
        rows = np.flatnonzero(waiting & (_draw(level, chances) < DRAWN))
        if not len(rows):
            continue
        last = np.cumsum(lengths[rows])
        owners = np.repeat(np.arange(len(rows)), lengths[rows])
        arcs = np.arange(last[-1]) + np.repeat(level.starts[rows] - last + lengths[rows], lengths[rows])
        near = level.near[arcs]
        target = _best(
            level, _State(labels, totals, waiting), rows, (owners, labels[near], level.weights[arcs])
        )
        moves = target != labels[rows]
        waiting[rows] = False
        waiting[near[moves[owners]]] = True
        moved, target = rows[moves], target[moves]
        np.subtract.at(totals, labels[moved], level.degrees[moved])
        np.add.at(totals, target, level.degrees[moved])
        labels[moved] = target
    return _State(labels, totals, waiting)


def _draw(level: _Level, chances: Sequence[np.random.Generator]) -> NDArray[np.float64]:
    """Draw a number for each node, every run by its own chance."""
    return np.concatenate([chance.random(count) for chance, count in zip(chances, level.counts, strict=True)])


def _best(level: _Level, state: _State, rows: Whole, ties: tuple[Whole, Whole, Whole]) -> Whole:
    """Return the best group for each of some nodes: its own unless another one gains more.

    `ties` are the place of a node among `rows`, a group next to it and the ties into it, once for each
    neighbour.
    """
    owners, groups, weights = ties
    size, wide = len(level.degrees), int(weights.max()) + 1
    # Sorted as one number, which is much faster than by several keys.
    packed, sorted_weights = np.divmod(np.sort((owners * size + groups) * wide + weights), wide)
    begins = _firsts(packed)
    weight = np.add.reduceat(sorted_weights, begins)
    owner, group = np.divmod(packed[begins], size)
    degree, own = level.degrees[rows], state.labels[rows]
    mine = group == own[owner]
    gain = weight * level.ends - degree[owner] * (state.totals[group] - mine * degree[owner])
    stay = -degree * (state.totals[own] - degree)
    stay[owner[mine]] = gain[mine]
    best = np.maximum.reduceat(gain, _firsts(owner))
    hits = np.flatnonzero(gain == best[owner])
    target = group[hits[_firsts(owner[hits])]]
    return np.where(best > stay, target, own)


def _firsts(values: Whole) -> Whole:
    """Return where each run of equal values begins."""
    return np.flatnonzero(np.append(True, values[1:] != values[:-1]))


def _finish(level: _Level, state: _State, chances: Sequence[np.random.Generator]) -> Whole:
    """Move one node after the other to the group that gains most, until no move gains anything.

    Nodes wait in a queue: one whose neighbour moved away comes back.
    """
    label, total, ends = state.labels.tolist(), state.totals.tolist(), level.ends
    draw = _draw(level, chances)
    queue: list[int] = [node for node in np.argsort(draw).tolist() if state.waiting[node]]
    waits = bytearray(state.waiting.tobytes())
    rows: dict[int, dict[int, int]] = {}
    for node in queue:
        waits[node] = False
        row = rows.get(node)
        if row is None:
            span = slice(level.starts[node], level.starts[node + 1])
            row = rows[node] = dict(zip(level.near[span].tolist(), level.weights[span].tolist(), strict=True))
        own, degree = label[node], int(level.degrees[node])
        ties = {own: 0}
        for other, weight in row.items():
            ties[label[other]] = ties.get(label[other], 0) + weight
        total[own] -= degree
        best, best_gain = own, ties.pop(own) * ends - degree * total[own]
        for group, weight in ties.items():
            gain = weight * ends - degree * total[group]
            if gain > best_gain:
                best, best_gain = group, gain
        total[best] += degree
        if best != own:
            label[node] = best
            back = [other for other in row if not waits[other] and label[other] != best]
            queue.extend(back)
            for other in back:
                waits[other] = True
    return np.array(label, dtype=np.int64)


def _merged(level: _Level, places: Whole) -> _Level:
    """Make one node of each group, given by its place: ties between two groups are added up."""
    count = int(places.max()) + 1
    owners, near = np.repeat(places, np.diff(level.starts)), places[level.near]
    across = owners != near
    ends = owners[across], near[across]
    ties = coo_array((level.weights[across], ends), shape=(count, count)).tocsr()
    ties.sort_indices()
    degrees = np.zeros(count, dtype=np.int64)
    np.add.at(degrees, places, level.degrees)
    last = np.cumsum(level.counts)
    return _Level(
        starts=ties.indptr.astype(np.int64),
        near=ties.indices.astype(np.int64),
        weights=ties.data,
        degrees=degrees,
        counts=np.diff([0, *(places[:end].max() + 1 for end in last)]),
        ends=level.ends,
    )


def numbered(found: Sequence[Sequence[str]], previous: Mapping[str, int] | None = None) -> tuple[int, ...]:
    """Number groups so that a group keeps its number from one version of the network to the next.

    `previous` is the number that each node's group had. The pair of an old and a new group that share
    most nodes is matched first (equal shares: the least old number, then the first new group); a group
    without a match takes the least number that nobody had. Without a previous version, groups are
    numbered from 1 in the order given.
    """
    previous = previous or {}
    shared: dict[tuple[int, int], int] = {}
    for place, group in enumerate(found):
        for name in group:
            if name in previous:
                key = (previous[name], place)
                shared[key] = shared.get(key, 0) + 1
    numbers: dict[int, int] = {}
    taken = set(previous.values())
    kept: set[int] = set()
    for (number, place), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if place not in numbers and number not in kept:
            numbers[place] = number
            kept.add(number)
    fresh = (number for number in range(1, len(taken) + len(found) + 1) if number not in taken)
    return tuple(numbers[place] if place in numbers else next(fresh) for place in range(len(found)))
