"""Groups of actors with more ties among themselves than chance would give them (Louvain)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from scipy.sparse import coo_array, csr_array

from graph.indexed import Indexed, Places
from graph.structure import groups

Row: TypeAlias = Mapping[int, int]
"""The neighbours of a node, each with the number of the ties to it."""
SEEDS = range(10)
"""Ten runs, each through the nodes in another order; the one with the greatest modularity counts."""


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

    The same graph gives the same partition. Isolated nodes are in no group.
    """
    tied = np.flatnonzero(graph.degrees)
    if not len(tied):
        return Communities((), None)
    rows = _rows(graph.adjacency)
    runs = [_louvain(graph.adjacency, rows, seed) for seed in SEEDS]
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


def _louvain(ties: csr_array, rows: list[Row], seed: int) -> Places:
    """Move nodes, then whole groups, as long as the modularity grows; return a label per node."""
    chance = np.random.default_rng(seed)
    labels = np.arange(len(rows))
    degrees = ties.sum(axis=1).astype(np.intp)
    while True:
        order: list[int] = chance.permutation(len(rows)).tolist()
        kept, places = np.unique(_settle(rows, degrees.tolist(), order), return_inverse=True)
        if len(kept) == len(rows):
            return labels
        labels = places[labels]
        degrees = np.bincount(places, degrees).astype(np.intp)
        ties = _merged(ties, places, len(kept))
        rows = _rows(ties)


def _merged(ties: csr_array, places: Places, count: int) -> csr_array:
    """Make one node of each group: ties are added up, those inside stand on the diagonal."""
    owners = np.repeat(places, np.diff(ties.indptr))
    merged = coo_array((ties.data, (owners, places[ties.indices])), shape=(count, count)).tocsr()
    merged.sort_indices()
    return merged


def _rows(ties: csr_array) -> list[Row]:
    """List the neighbours of each node, in rising order, itself not among them."""
    others, weights = ties.indices.tolist(), ties.data.astype(np.intp).tolist()
    rows = [dict(zip(others[a:b], weights[a:b], strict=True)) for a, b in pairwise(ties.indptr.tolist())]
    for place, row in enumerate(rows):
        row.pop(place, None)
    return list(rows)


def _settle(rows: Sequence[Row], degrees: Sequence[int], queue: list[int]) -> list[int]:
    """Move each node to the neighbouring group that gains most, until no move gains anything.

    Nodes wait in a queue: one whose neighbour moved away comes back. Gains are whole numbers.
    """
    ends = sum(degrees)
    label, total = list(range(len(rows))), list(degrees)
    waits = bytearray(b"\1") * len(rows)
    for node in queue:
        waits[node] = False
        row, own, degree = rows[node], label[node], degrees[node]
        ties = {own: 0}
        for other, weight in row.items():
            group = label[other]
            if group in ties:
                ties[group] += weight
            else:
                ties[group] = weight
        if len(ties) == 1:
            continue
        total[own] -= degree
        best, best_gain = own, ties.pop(own) * ends - degree * total[own]
        for group, weight in ties.items():
            gain = weight * ends - degree * total[group]
            if gain > best_gain:
                best, best_gain = group, gain
        total[best] += degree
        if best != own:
            label[node] = best
            for other in row:
                if not waits[other] and label[other] != best:
                    waits[other] = True
                    queue.append(other)
    return label


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
