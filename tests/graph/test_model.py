import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import Network, NetworkError, Node, Tie, UnknownNodeError, simple_graph
from tests.graph.networks import network, networks


def test_a_tie_to_nobody_is_refused_by_name() -> None:
    with pytest.raises(UnknownNodeError, match=r"'cai' -funds-> 'ghost': no node has the id 'ghost'"):
        Network((Node("cai", "cri", "CAI"),), (Tie("cai", "ghost", "funds"),))


def test_two_nodes_with_one_id_are_refused() -> None:
    with pytest.raises(NetworkError, match="two nodes have the id 'cai'"):
        Network((Node("cai", "cri", "CAI"), Node("cai", "association", "Autre")), ())


def test_a_tie_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(NetworkError, match=r"ends \(2019-01-01\) before it starts \(2020-01-01\)"):
        Tie("a", "b", "funds", date(2020, 1, 1), date(2019, 1, 1))
    assert Tie("a", "b", "funds", date(2020, 1, 1), date(2020, 1, 1)).end == date(2020, 1, 1)


@settings(deadline=None)
@given(networks(), st.randoms())
def test_the_order_of_things_is_forgotten(whole: Network, chance: random.Random) -> None:
    nodes, ties = list(whole.nodes), list(whole.ties)
    chance.shuffle(nodes)
    chance.shuffle(ties)
    assert Network(tuple(nodes), tuple(ties)) == whole


def test_parallel_ties_become_one_counted_edge_and_loops_none() -> None:
    whole = network(("a", "b"), ("b", "a"), ("a", "b"), ("b", "c"), ("c", "c"), alone="d")
    graph = simple_graph(whole)
    assert list(graph.edges.data("ties")) == [("a", "b", 3), ("b", "c", 1)]
    assert list(graph) == ["a", "b", "c", "d"]
    assert len(whole.ties) == 5
