"""Large components are laid out from a sample of their distances: still true to who is near whom."""

import math
import random

import numpy as np
import pytest
from scipy.sparse import csr_array

from graph.layout import DENSE, Box, lay_out
from graph.model import Network, Node, Tie
from graph.sketch import PIVOTS, sketch

BOX = Box(1200, 760)


def villages(count: int, size: int) -> Network:
    """A ring of groups in which everybody knows about six others; each group knows the next one."""
    chance = random.Random(7)  # noqa: S311 - no secret
    pairs: set[tuple[int, int]] = set()
    for village in range(count):
        first = village * size
        for one in range(size):
            pairs.update(tuple(sorted((first + one, first + chance.randrange(size)))) for _ in range(3))
            pairs.add(tuple(sorted((first + one, first + (one + 1) % size))))
        pairs.add(tuple(sorted((first, (first + size) % (count * size)))))
    nodes = tuple(Node(f"{number:05}", "", "") for number in range(count * size))
    ties = tuple(Tie(f"{one:05}", f"{other:05}", "") for one, other in sorted(pairs) if one != other)
    return Network(nodes, ties)


def test_groups_stay_together_and_neighbours_near() -> None:
    network = villages(20, 60)
    assert len(network.nodes) > DENSE
    layout = lay_out(network, BOX)
    tied = np.mean([math.dist(layout.positions[t.source], layout.positions[t.target]) for t in network.ties])
    names = list(layout.positions)
    chance = random.Random(1)  # noqa: S311 - no secret
    strangers = np.mean(
        [math.dist(layout.positions[chance.choice(names)], layout.positions[chance.choice(names)])
         for _ in range(2000)]
    )  # fmt: skip
    assert tied < 0.35 * strangers
    assert layout.clearance > 0.1 * math.sqrt(BOX.width * BOX.height / len(names))


def test_the_order_of_the_ties_changes_nothing() -> None:
    network = villages(15, 60)
    shuffled = Network(tuple(reversed(network.nodes)), tuple(reversed(network.ties)))
    assert lay_out(network, BOX) == lay_out(shuffled, BOX)


@pytest.mark.parametrize("count", [2, 3, PIVOTS, PIVOTS + 5])
def test_small_and_regular_networks_have_finite_places(count: int) -> None:
    """A star: all of its leaves stand alike, so a scaling alone would put them on one point."""
    ends = np.arange(1, count)
    star = csr_array((np.ones(count - 1), (np.zeros(count - 1, dtype=int), ends)), shape=(count, count))
    points = sketch(star)
    assert np.isfinite(points).all()
    assert len({tuple(point) for point in points.round(6).tolist()}) == count
