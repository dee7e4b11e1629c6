import networkx as nx
import pytest
from hypothesis import given, settings

from graph.mixing import mix
from graph.model import Network, NetworkError
from tests.graph.networks import network, networks, random_network
from tests.graph.test_measures import stock_graph


@pytest.mark.parametrize("seed", range(20))
def test_assortativity_is_that_of_stock_networkx(seed: int) -> None:
    whole = random_network(seed, 30, 60)
    sectors = {
        node.id: ("public", "associatif", "privé")[place % 3] for place, node in enumerate(whole.nodes)
    }
    graph = stock_graph(whole)
    nx.set_node_attributes(graph, sectors, "sector")
    found = mix(whole, sectors)
    assert found.assortativity == pytest.approx(
        nx.attribute_assortativity_coefficient(graph, "sector"), abs=1e-9
    )
    assert sum(found.pairs.values()) == graph.size()
    assert found.across == pytest.approx(
        sum(sectors[one] != sectors[other] for one, other in graph.edges) / graph.size()
    )


def test_two_public_and_two_associative_actors_who_manage_together() -> None:
    """L'EnTrain: commune and CPAS with two associations, everybody tied to everybody (requirement 12)."""
    whole = network(*((one, other) for one in "abcd" for other in "abcd" if one < other))
    found = mix(whole, {"a": "public", "b": "public", "c": "associatif", "d": "associatif"})
    assert found.values == ("associatif", "public")
    assert dict(found.members) == {"associatif": 2, "public": 2}
    assert dict(found.pairs) == {
        ("associatif", "associatif"): 1, ("associatif", "public"): 4, ("public", "public"): 1,
    }  # fmt: skip
    assert found.assortativity == pytest.approx(-1 / 3)
    assert found.across == pytest.approx(2 / 3)


def test_all_alike_or_nobody_tied_says_nothing() -> None:
    assert mix(network(("a", "b")), {"a": "public", "b": "public"}).assortativity is None
    none = mix(network(alone="ab"), {"a": "public", "b": "associatif"})
    assert (none.assortativity, none.across) == (None, None)
    assert mix(Network((), ()), {}).values == ()


def test_those_without_the_attribute_are_left_out() -> None:
    found = mix(network(("a", "b"), ("b", "c")), {"a": "public", "b": "associatif"})
    assert sum(found.pairs.values()) == 1


def test_an_unknown_actor_is_refused() -> None:
    with pytest.raises(NetworkError, match="no node has the id 'z'"):
        mix(network(("a", "b")), {"z": "public"})


@settings(deadline=None)
@given(networks())
def test_it_lies_between_minus_one_and_one(whole: Network) -> None:
    found = mix(whole, {node.id: "xy"[place % 2] for place, node in enumerate(whole.nodes)})
    assert found.assortativity is None or -1 <= found.assortativity <= 1
    assert found.across is None or 0 <= found.across <= 1
