import random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networkx.algorithms import bipartite

from graph.model import Node, UnknownNodeError
from graph.projection import as_network, project
from tests.graph.networks import SOUTHERN_WOMEN

PARTS = [(woman, f"E{event}") for woman, events in SOUTHERN_WOMEN.items() for event in events]


def test_the_southern_women_meet_as_published() -> None:
    """Co-attendance of Davis' women: 89 attendances; Evelyn and Theresa met seven times (Breiger 1974)."""
    assert len(PARTS) == 89
    found = {(met.first, met.second): met for met in project(PARTS)}
    assert len(found) == 139
    assert found["Evelyn", "Theresa"].shared == 7
    assert found["Evelyn", "Theresa"].overlap == pytest.approx(7 / 9)
    assert found["Nora", "Sylvia"].shared == 6
    assert ("Flora", "Laura") not in found
    assert found["Flora", "Olivia"].things == ("E11", "E9")


def test_weights_are_those_of_stock_networkx() -> None:
    graph = nx.Graph(PARTS)
    women = list(SOUTHERN_WOMEN)
    shared = bipartite.weighted_projected_graph(graph, women)
    newman = bipartite.collaboration_weighted_projected_graph(graph, women)
    overlap = bipartite.overlap_weighted_projected_graph(graph, women)
    found = project(PARTS)
    assert len(found) == shared.size()
    for met in found:
        assert met.shared == shared[met.first][met.second]["weight"]
        assert met.newman == pytest.approx(newman[met.first][met.second]["weight"], abs=1e-9)
        assert met.overlap == pytest.approx(overlap[met.first][met.second]["weight"], abs=1e-9)


def test_swapped_things_are_tied_by_actors() -> None:
    events = project((event, woman) for woman, event in PARTS)
    assert len(events) == 66  # events 1-5 share no woman with events 10-14, and others meet everywhere
    assert max(met.shared for met in events) == 9


def test_it_becomes_a_network() -> None:
    nodes = [Node(woman, "person", woman) for woman in SOUTHERN_WOMEN]
    whole = as_network(nodes, project(PARTS), "met")
    assert (len(whole.nodes), len(whole.ties)) == (18, 139)
    often = as_network(nodes, project(PARTS), "met", least=4)
    assert len(often.ties) < 50
    with pytest.raises(UnknownNodeError):
        as_network(nodes[1:], project(PARTS), "met")


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz")), max_size=40), st.randoms())
def test_neither_order_nor_repetition_counts(parts: list[tuple[str, str]], chance: random.Random) -> None:
    mixed = parts * 2
    chance.shuffle(mixed)
    assert project(mixed) == project(parts)
    for met in project(parts):
        assert met.first < met.second
        assert met.shared == len(met.things) >= 1
        assert 0 < met.overlap <= 1


def test_nobody_meets_nobody() -> None:
    assert project([]) == ()
    assert project([("a", "x")]) == ()
