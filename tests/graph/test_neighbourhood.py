import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import Network, UnknownNodeError, simple_graph
from graph.neighbourhood import neighbourhood
from tests.graph.networks import network, networks


def test_neighbours_come_with_all_ties_among_them() -> None:
    whole = network(("a", "b"), ("c", "a"), ("b", "c"), ("c", "b"), ("c", "d"), ("a", "a"), alone="e")
    near = neighbourhood(whole, "a")
    assert [node.id for node in near.nodes] == ["a", "b", "c"]
    assert [(tie.source, tie.target) for tie in near.ties] == [
        ("a", "a"),
        ("a", "b"),
        ("b", "c"),
        ("c", "a"),
        ("c", "b"),
    ]


@settings(deadline=None)
@given(networks().filter(lambda whole: whole.nodes), st.data(), st.integers(0, 4))
def test_it_is_the_ego_graph_of_networkx(whole: Network, data: st.DataObject, distance: int) -> None:
    centre = data.draw(st.sampled_from(whole.nodes)).id
    graph = simple_graph(whole)
    expected = nx.ego_graph(graph, centre, radius=distance)
    found = simple_graph(neighbourhood(whole, centre, distance))
    assert nx.utils.graphs_equal(found, expected)


def test_an_unknown_node_and_a_negative_distance_are_errors() -> None:
    with pytest.raises(UnknownNodeError, match="'ghost'"):
        neighbourhood(network(("a", "b")), "ghost")
    with pytest.raises(ValueError, match="negative"):
        neighbourhood(network(("a", "b")), "a", -1)
