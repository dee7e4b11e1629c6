import hashlib
import math
import os
import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.layout import Box, Layout, lay_out
from graph.measures import measure
from graph.model import Network, simple_graph
from tests.graph.networks import network, networks, random_network, shuffled

BOX = Box(600, 400)
Point = tuple[float, float]


def closest(layout: Layout) -> float:
    return min(math.dist(one, other) for one, other in combinations(layout.positions.values(), 2))


def cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Say whether two segments cross properly."""

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = one, other
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


@settings(deadline=None, max_examples=60)
@given(networks(), st.integers())
def test_the_same_network_has_the_same_layout_in_any_order(whole: Network, seed: int) -> None:
    assert lay_out(shuffled(whole, seed), BOX) == lay_out(whole, BOX)


@settings(deadline=None, max_examples=100)
@given(
    networks(),
    st.floats(50, 2000).flatmap(lambda width: st.builds(Box, st.just(width), st.floats(50, 2000))),
)
def test_every_node_is_in_the_box_and_none_on_another(whole: Network, box: Box) -> None:
    layout = lay_out(whole, box)
    assert list(layout.positions) == [node.id for node in whole.nodes]
    for x, y in layout.positions.values():
        assert -1e-6 <= x <= box.width + 1e-6
        assert -1e-6 <= y <= box.height + 1e-6
    if len(whole.nodes) > 1:
        assert layout.clearance == pytest.approx(closest(layout))
        assert layout.clearance > min(box.width, box.height) / (3 * len(whole.nodes))


@settings(deadline=None, max_examples=60)
@given(networks())
def test_components_stand_apart_and_isolates_beneath(whole: Network) -> None:
    layout, measured = lay_out(whole, BOX), measure(whole)
    place = layout.positions
    edges = [(a, b) for a, b in simple_graph(whole).edges]
    for one, other in combinations(edges, 2):
        if measured.nodes[one[0]].component != measured.nodes[other[0]].component:
            assert not cross((place[one[0]], place[one[1]]), (place[other[0]], place[other[1]]))
    lowest = max((place[name][1] for edge in edges for name in edge), default=-math.inf)
    assert all(place[name][1] > lowest for name in measured.isolates)


@pytest.mark.parametrize(("nodes", "ties"), [(116, 155), (1000, 3000)])
def test_large_networks_leave_room_around_every_node(nodes: int, ties: int) -> None:
    """Evenly spread, each node would have the side of its share of the box to itself."""
    layout = lay_out(random_network(7, nodes, ties), Box(640, 640))
    assert layout.clearance > 0.25 * 640 / math.sqrt(nodes)


def test_neighbours_are_drawn_nearer_than_strangers() -> None:
    whole = random_network(3, 60, 80)
    place, graph = lay_out(whole, BOX).positions, simple_graph(whole)
    names = measure(whole).components[0]
    near = [math.dist(place[a], place[b]) for a, b in combinations(names, 2) if graph.has_edge(a, b)]
    far = [math.dist(place[a], place[b]) for a, b in combinations(names, 2) if not graph.has_edge(a, b)]
    assert np.mean(near) < 0.6 * np.mean(far)


def test_a_hub_stands_amid_its_circle() -> None:
    star = network(*(("hub", f"leaf{number}") for number in range(12)))
    place = lay_out(star, Box(500, 500)).positions
    leaves = np.array([point for name, point in place.items() if name != "hub"])
    assert math.dist(place["hub"], leaves.mean(axis=0)) < 50
    angles = np.sort(np.arctan2(*(leaves - place["hub"]).T))
    assert np.diff(angles, append=angles[0] + math.tau).max() < 1.2


def test_small_cases() -> None:
    assert dict(lay_out(Network((), ()), BOX).positions) == {}
    alone = lay_out(network(alone="a"), BOX)
    assert (alone.positions["a"], alone.clearance) == ((300, 200), 400)
    rows = lay_out(network(alone="abcdefghij"), BOX)
    assert rows.clearance > 60


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, -1), (math.nan, 10), (10, math.inf)])
def test_a_box_without_room_is_refused(width: float, height: float) -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        Box(width, height)


def test_another_process_finds_the_same_positions() -> None:
    """Sets of strings come in another order in every process: none may show in the result."""
    code = (
        "import hashlib; from graph.layout import Box, lay_out; "
        "from tests.graph.networks import random_network; "
        "layout = lay_out(random_network(5, 60, 70), Box(600, 400)); "
        "print(hashlib.sha256(repr(layout).encode()).hexdigest())"
    )
    here = hashlib.sha256(repr(lay_out(random_network(5, 60, 70), BOX)).encode()).hexdigest()
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.strip() == here
