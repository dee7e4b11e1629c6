"""Placing contents in rounds, where each content is given in every round with as many seats.

People and contents make a bipartite graph, in which nobody has more contents than there are rounds. Its edges
are split in two halves along closed walks (Euler): each person's and each content's are halved, up to one. So
an even number of rounds falls apart into two halves; from an odd number one round is taken out first.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

Edge: TypeAlias = tuple[int, int]
"""A person and a content."""


def place(edges: Sequence[Edge], seats: dict[int, int], rounds: int) -> list[list[Edge]]:
    """Share edges among rounds, so that nobody is twice in one and no content exceeds its `seats` in one.

    Nobody may have more than `rounds` edges, no content more than `rounds` times its seats.
    """
    if rounds == 1:
        return [list(edges)]
    if not edges:
        return [[] for _ in range(rounds)]
    if rounds % 2:
        one, rest = _take_round_out(edges, seats, rounds)
        return [one, *place(rest, seats, rounds - 1)]
    return [part for half in split(edges) for part in place(half, seats, rounds // 2)]


def split(edges: Sequence[Edge]) -> tuple[list[Edge], list[Edge]]:
    """Split edges in two halves: of n edges of a person or a content, each half has n/2, up to one.

    At each person and each content edges are paired, and both of a pair go to different halves. An edge has
    one partner at most at each of its two ends, so pairs form paths and even circles, along which halves
    alternate.
    """
    partners = [_pairs([edge[end] for edge in edges]) for end in (0, 1)]
    half: dict[int, int] = {}
    for start in range(len(edges)):
        for end in (0, 1):  # a path is walked both ways from where it is entered
            here = start
            half.setdefault(here, 0)
            while (there := partners[end].get(here)) is not None and there not in half:
                half[there] = 1 - half[here]
                here, end = there, 1 - end  # noqa: PLW2901 - the next partner is at the other end
    return (
        [edge for number, edge in enumerate(edges) if not half[number]],
        [edge for number, edge in enumerate(edges) if half[number]],
    )


def _pairs(ends: Sequence[int]) -> dict[int, int]:
    """Pair the edges that have the same end, as far as they go."""
    alone: dict[int, int] = {}
    partners = {}
    for number, end in enumerate(ends):
        other = alone.pop(end, None)
        if other is None:
            alone[end] = number
        else:
            partners[number], partners[other] = other, number
    return partners


def _take_round_out(
    edges: Sequence[Edge], seats: dict[int, int], rounds: int
) -> tuple[list[Edge], list[Edge]]:
    """Choose the edges of one round so that the rest fits into the others.

    An equal share of each edge would do, and the constraints are totally unimodular: a whole answer exists.
    """
    mine: dict[Edge, list[int]] = defaultdict(list)
    for number, edge in enumerate(edges):
        for end in (0, 1):
            mine[end, edge[end]].append(number)
    rows = list(mine)
    most = [1 if end == 0 else seats[key] for end, key in rows]
    least = [max(0, len(mine[row]) - (rounds - 1) * upper) for row, upper in zip(rows, most, strict=True)]
    places = [(index, number) for index, row in enumerate(rows) for number in mine[row]]
    matrix = coo_array((np.ones(len(places)), tuple(np.array(places).T)), shape=(len(rows), len(edges)))
    answer = milp(
        np.zeros(len(edges)),
        constraints=LinearConstraint(matrix.tocsr(), least, most),
        integrality=np.ones(len(edges)),
        bounds=Bounds(0, 1),
    )
    taken = answer.x > 0.5  # noqa: PLR2004 - 0 or 1
    one = [edge for edge, chosen in zip(edges, taken, strict=True) if chosen]
    return one, [edge for edge, chosen in zip(edges, taken, strict=True) if not chosen]
