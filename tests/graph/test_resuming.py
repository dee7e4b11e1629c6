"""A layout begun where the last one left off."""

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.layout import DENSE, Box, Layout, lay_out
from graph.measures import measure
from graph.model import Network, Tie
from tests.graph.networks import from_stock, network, networks, random_network, shuffled

BOX = Box(1200, 760)


def moved(before: Layout, after: Layout) -> list[float]:
    """Measure how far those in both layouts are from where they were."""
    both = before.positions.keys() & after.positions.keys()
    return [math.dist(before.positions[name], after.positions[name]) for name in both]


def with_tie(whole: Network, first: str, second: str) -> Network:
    return Network(whole.nodes, (*whole.ties, Tie(first, second, "funds")))


@pytest.mark.parametrize("size", [60, 300, DENSE + 100])
def test_a_new_tie_hardly_moves_anybody(size: int) -> None:
    whole = from_stock(nx.barabasi_albert_graph(size, 2, seed=1))
    before = lay_out(whole, BOX)
    tied = with_tie(whole, "n00020", f"n{size - 1:05}")
    after = lay_out(tied, BOX, before.positions)
    anew = lay_out(tied, BOX)
    assert np.median(moved(before, after)) < 0.02 * BOX.width
    assert max(moved(before, after)) < 0.1 * BOX.width
    assert np.median(moved(before, after)) < 0.7 * np.median(moved(before, anew))
    assert after.clearance > 0.6 * before.clearance


def test_newcomers_come_to_their_neighbours() -> None:
    whole = from_stock(nx.barabasi_albert_graph(80, 2, seed=2))
    before = lay_out(whole, BOX)
    grown = Network(
        (*whole.nodes, *network(("x", "y")).nodes),
        (*whole.ties, Tie("n00030", "x", "funds"), Tie("x", "y", "funds")),
    )
    after = lay_out(grown, BOX, before.positions)
    others = [point for name, point in after.positions.items() if name not in {"n00030", "x", "y"}]
    near = math.dist(after.positions["x"], after.positions["n00030"])
    assert near < np.mean([math.dist(after.positions["x"], point) for point in others]) / 2
    assert np.median(moved(before, after)) < 0.05 * BOX.width  # a full box: all make room


def test_a_new_component_finds_a_place_beside_the_others() -> None:
    """Where the box is full all draw together, but who is beside whom stays."""
    whole = from_stock(nx.barabasi_albert_graph(80, 2, seed=2))
    before = lay_out(whole, BOX)
    grown = Network((*whole.nodes, *network(("x", "y")).nodes), (*whole.ties, Tie("x", "y", "funds")))
    after = lay_out(grown, BOX, before.positions)
    old, new = (np.array([layout.positions[node.id] for node in whole.nodes]) for layout in (before, after))
    for axis in (0, 1):
        assert np.corrcoef(old[:, axis], new[:, axis])[0, 1] > 0.999
    assert after.clearance > 0.5 * before.clearance


@settings(deadline=None, max_examples=80)
@given(networks(), networks(), st.integers())
def test_whatever_was_before_the_layout_is_sound(earlier: Network, whole: Network, seed: int) -> None:
    before = lay_out(earlier, BOX).positions
    layout = lay_out(whole, BOX, before)
    assert list(layout.positions) == [node.id for node in whole.nodes]
    assert lay_out(shuffled(whole, seed), BOX, before) == layout
    for x, y in layout.positions.values():
        assert -1e-6 <= x <= BOX.width + 1e-6
        assert -1e-6 <= y <= BOX.height + 1e-6
    if len(whole.nodes) > 1:
        assert layout.clearance > min(BOX.width, BOX.height) / (20 * len(whole.nodes))
    isolates = set(measure(whole).isolates)
    lowest = max((y for name, (_, y) in layout.positions.items() if name not in isolates), default=-math.inf)
    assert all(layout.positions[name][1] > lowest for name in isolates)


def test_a_past_that_knows_too_few_is_forgotten() -> None:
    whole = random_network(3, 60, 80)
    assert lay_out(whole, BOX, {"n0001": (3.0, 4.0)}) == lay_out(whole, BOX)
    assert lay_out(whole, BOX, {}) == lay_out(whole, BOX)
    same = dict.fromkeys((node.id for node in whole.nodes), (5.0, 5.0))
    assert lay_out(whole, BOX, same) == lay_out(whole, BOX)
