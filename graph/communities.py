"""Groups of actors with more ties among themselves than chance would give them (Louvain)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from graph.indexed import Indexed, Places
from graph.structure import groups

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
    rows = [
        dict.fromkeys(graph.neighbours[begin:end].tolist(), 1)
        for begin, end in zip(graph.starts[:-1], graph.starts[1:], strict=True)
    ]
    runs = [_louvain(rows, Random(seed)) for seed in SEEDS]  # noqa: S311 - no secret
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


def _louvain(rows: Sequence[Mapping[int, int]], chance: Random) -> Places:
    """Move nodes, then whole groups, as long as the modularity grows; return a label per node."""
    labels = np.arange(len(rows))
    loops = [0] * len(rows)
    while True:
        moved = _settle(rows, loops, chance)
        kept = {label: place for place, label in enumerate(sorted(set(moved)))}
        places = [kept[label] for label in moved]
        if len(kept) == len(rows):
            return labels
        labels = np.array(places)[labels]
        rows, loops = _merge(rows, loops, places, len(kept))


def _settle(rows: Sequence[Mapping[int, int]], loops: Sequence[int], chance: Random) -> list[int]:
    """Move each node to the neighbouring group that gains most, until no move gains anything.

    Nodes wait in a queue: one whose neighbour moved away comes back.
    """
    degrees = [sum(row.values()) + loop for row, loop in zip(rows, loops, strict=True)]
    ends = sum(degrees)
    label, total = list(range(len(rows))), degrees.copy()
    queue = list(range(len(rows)))
    chance.shuffle(queue)
    waits = [True] * len(rows)
    for node in queue:
        waits[node] = False
        own, degree = label[node], degrees[node]
        ties: dict[int, int] = {own: 0}
        for other, weight in rows[node].items():
            ties[label[other]] = ties.get(label[other], 0) + weight
        total[own] -= degree
        best, best_gain = own, ties[own] * ends - degree * total[own]
        for group, weight in ties.items():
            gain = weight * ends - degree * total[group]
            if gain > best_gain:
                best, best_gain = group, gain
        total[best] += degree
        if best != own:
            label[node] = best
            for other in rows[node]:
                if not waits[other] and label[other] != best:
                    waits[other] = True
                    queue.append(other)
    return label


def _merge(
    rows: Sequence[Mapping[int, int]], loops: Sequence[int], places: Sequence[int], count: int
) -> tuple[list[dict[int, int]], list[int]]:
    """Make one node of each group; ties inside it become its loop, counted from both ends."""
    merged: list[dict[int, int]] = [{} for _ in range(count)]
    inside = [0] * count
    for node, row in enumerate(rows):
        here = places[node]
        inside[here] += loops[node]
        target = merged[here]
        for other, weight in row.items():
            there = places[other]
            if there == here:
                inside[here] += weight
            else:
                target[there] = target.get(there, 0) + weight
    return merged, inside


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
