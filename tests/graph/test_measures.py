import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.measures import measure
from graph.model import Network, Node, Tie, simple_graph
from tests.graph.networks import chance, network, networks, random_network, shuffled


def stock_graph(whole: Network) -> nx.Graph:
    """Build the graph without our own reduction."""
    graph = nx.Graph()
    graph.add_nodes_from(node.id for node in whole.nodes)
    graph.add_edges_from((tie.source, tie.target) for tie in whole.ties if tie.source != tie.target)
    return graph


@pytest.mark.parametrize("seed", range(50))
def test_measures_are_those_of_stock_networkx(seed: int) -> None:
    size = chance(seed)
    nodes = size.randint(3, 60)
    whole = random_network(seed, nodes, size.randint(0, 2 * nodes))
    graph = stock_graph(whole)
    expected = nx.betweenness_centrality(graph)
    measured = measure(whole)
    for name, degree in graph.degree:
        found = measured.nodes[name]
        assert found.degree == degree
        assert found.betweenness == (pytest.approx(expected[name], abs=1e-9) if degree else None)
        assert name in measured.components[found.component - 1]
    assert {frozenset(names) for names in measured.components} == {
        frozenset(names) for names in nx.connected_components(graph)
    }
    assert set(measured.isolates) == set(nx.isolates(graph))


def test_the_random_networks_hold_what_could_go_wrong() -> None:
    drawn = [random_network(seed, chance(seed).randint(3, 60), 40) for seed in range(50)]
    assert any(tie.source == tie.target for whole in drawn for tie in whole.ties)
    assert any(len(measure(whole).components) > 1 for whole in drawn)
    assert any(measure(whole).isolates for whole in drawn)
    assert any(ties > 1 for whole in drawn for _, _, ties in simple_graph(whole).edges.data("ties"))


def test_florentine_families_have_the_published_betweenness() -> None:
    stock = nx.florentine_families_graph()
    families = Network(
        tuple(Node(name, "family", name) for name in stock),
        tuple(Tie(first, second, "marriage") for first, second in stock.edges),
    )
    measured = measure(families)
    published = {"Medici": 0.522, "Guadagni": 0.255, "Albizzi": 0.212}
    assert {name: round(measured.nodes[name].betweenness or 0, 3) for name in published} == published
    assert measured.nodes["Medici"].degree == 6
    assert measured.nodes["Pazzi"].betweenness == 0.0


@settings(deadline=None)
@given(networks(), st.integers())
def test_measures_do_not_depend_on_the_order_given(whole: Network, seed: int) -> None:
    assert measure(shuffled(whole, seed)) == measure(whole)


def test_betweenness_is_unknown_where_it_means_nothing() -> None:
    measured = measure(network(("a", "b"), ("b", "c"), ("e", "e"), alone="d"))
    assert measured.nodes["b"].betweenness == pytest.approx(1 / 6)
    assert measured.nodes["a"].betweenness == 0.0
    assert measured.nodes["d"].betweenness is None
    assert measured.nodes["e"].betweenness is None
    assert measured.isolates == ("d", "e")
    pair = measure(network(("a", "b")))
    assert [pair.nodes[name].betweenness for name in "ab"] == [None, None]


def test_components_are_numbered_by_size_then_by_least_id() -> None:
    measured = measure(network(("y", "z"), ("b", "c"), ("m", "n"), ("n", "o"), alone="a"))
    assert measured.components == (("m", "n", "o"), ("b", "c"), ("y", "z"), ("a",))
    assert [measured.nodes[name].component for name in "nbza"] == [1, 2, 3, 4]


def test_an_empty_network_has_empty_measures() -> None:
    measured = measure(Network((), ()))
    assert (dict(measured.nodes), measured.components, measured.isolates) == ({}, (), ())
