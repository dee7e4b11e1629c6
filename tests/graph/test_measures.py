import dataclasses
import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import searches
from graph.indexed import index
from graph.measures import measure
from graph.model import Network, simple_graph
from tests.graph.networks import (
    FLORENCE,
    HOLES,
    KITE,
    chance,
    from_lists,
    from_stock,
    karate,
    network,
    networks,
    random_network,
    shuffled,
)


def stock_graph(whole: Network) -> nx.Graph:
    """Build the graph without our own reduction."""
    graph = nx.Graph()
    graph.add_nodes_from(node.id for node in whole.nodes)
    graph.add_edges_from((tie.source, tie.target) for tie in whole.ties if tie.source != tie.target)
    return graph


def expected(graph: nx.Graph) -> dict[str, dict[str, float]]:
    """Compute with stock networkx what we compute in our own ways."""
    others = max(len(graph) - 1, 1)
    return {
        "degree": dict(graph.degree),
        "betweenness": nx.betweenness_centrality(graph),
        "closeness": {name: share / others for name, share in nx.harmonic_centrality(graph).items()},
        "pagerank": nx.pagerank(graph, tol=1e-15, max_iter=5000),
        "constraint": nx.constraint(graph),
        "effective_size": nx.effective_size(graph),
        "core": nx.core_number(graph),
    }


def agree(whole: Network) -> None:
    """Say where our values are not those of stock networkx, to 1e-9."""
    graph, measured = stock_graph(whole), measure(whole)
    for name, values in expected(graph).items():
        for node, value in values.items():
            found = getattr(measured.nodes[node], name)
            if graph.degree[node] or name in {"degree", "core"}:
                assert found == pytest.approx(value, abs=1e-9, rel=0), (name, node)
            else:
                assert found is None, (name, node)
    joints = {node for node, found in measured.nodes.items() if found.articulation}
    assert joints == set(nx.articulation_points(graph))
    parts = {frozenset(names) for names in measured.components}
    assert parts == {frozenset(names) for names in nx.connected_components(graph)}
    for node, found in measured.nodes.items():
        assert node in measured.components[found.component - 1]
        if graph.degree[node]:
            lengths = nx.single_source_shortest_path_length(graph, node)
            assert found.distance == pytest.approx(sum(lengths.values()) / (len(lengths) - 1))
            assert node in measured.communities[found.community]
        else:
            assert (found.distance, found.community) == (None, None)
    assert set(measured.isolates) == set(nx.isolates(graph))
    assert measured.density == pytest.approx(nx.density(graph))
    if graph.size():
        groups = [*measured.communities.values(), *({name} for name in measured.isolates)]
        assert measured.modularity == pytest.approx(nx.community.modularity(graph, groups), abs=1e-9)


@pytest.mark.parametrize("seed", range(50))
def test_measures_are_those_of_stock_networkx_in_any_order(seed: int) -> None:
    size = chance(seed)
    nodes = size.randint(3, 60)
    whole = random_network(seed, nodes, size.randint(0, 2 * nodes))
    agree(whole)
    assert measure(shuffled(whole, seed)) == measure(whole)


@pytest.mark.parametrize(
    "graph",
    [
        nx.path_graph(30),  # more rings than are counted side by side
        nx.connected_caveman_graph(14, 5),
        nx.star_graph(70),
        nx.complete_graph(9),
        nx.barabasi_albert_graph(330, 2, seed=1),  # more than one task
        nx.disjoint_union(nx.cycle_graph(61), nx.gnm_random_graph(80, 90, seed=2)),
    ],
    ids=["path", "caves", "star", "clique", "scale-free", "parts"],
)
def test_shapes_that_are_searched_in_other_ways_agree_too(graph: nx.Graph) -> None:
    agree(from_stock(graph))


def test_the_number_of_threads_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = from_stock(nx.barabasi_albert_graph(600, 3, seed=3))
    many = measure(whole)
    monkeypatch.setattr(searches, "THREADS", 1)
    assert measure(whole) == many


def test_more_shortest_paths_than_a_float_can_count() -> None:
    """Whole numbers are counted where 3 ** 700 ways overflow a float; here they can be checked."""
    graph = nx.Graph()
    for layer in range(120):
        graph.add_edges_from(
            (layer * 3 + one, layer * 3 + 3 + other) for one in range(3) for other in range(3)
        )
    whole = index(from_stock(graph))
    stock = nx.betweenness_centrality(graph, normalized=False)
    assert searches._counted_in_whole_numbers(whole) == pytest.approx([stock[node] for node in sorted(graph)])


def test_a_chain_too_long_for_floats_is_counted_in_whole_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = index(from_stock(nx.path_graph(30)))
    nothing = dict.fromkeys(range(30), np.nan)
    monkeypatch.setattr(searches.rx, "betweenness_centrality", lambda *_, **__: nothing)
    assert searches.search(whole).between == pytest.approx([left * (29 - left) for left in range(30)])


@settings(deadline=None)
@given(networks())
def test_no_figure_is_ever_nan_or_infinite(whole: Network) -> None:
    measured = measure(whole)
    for found in measured.nodes.values():
        for value in dataclasses.astuple(found):
            assert value is None or math.isfinite(value)
        shares = (found.betweenness, found.closeness, found.pagerank)
        assert all(share is None or 0 <= share <= 1 for share in shares)
        assert found.degree == 0 or 1 <= found.effective_size <= found.degree
        assert found.constraint is None or 0 < found.constraint <= 1.125 + 1e-9
    assert measured.modularity is None or -0.5 <= measured.modularity <= 1


def test_progress_rises_to_the_end_and_what_it_raises_ends_the_work() -> None:
    told: list[float] = []
    whole = from_stock(nx.barabasi_albert_graph(900, 2, seed=1))
    measure(whole, on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 3

    def stop(share: float) -> None:
        raise InterruptedError(share)

    with pytest.raises(InterruptedError):
        measure(whole, on_progress=stop)


def test_the_random_networks_hold_what_could_go_wrong() -> None:
    drawn = [random_network(seed, chance(seed).randint(3, 60), 40) for seed in range(50)]
    assert any(tie.source == tie.target for whole in drawn for tie in whole.ties)
    assert any(len(measure(whole).components) > 1 for whole in drawn)
    assert any(measure(whole).isolates for whole in drawn)
    assert any(ties > 1 for whole in drawn for _, _, ties in simple_graph(whole).edges.data("ties"))


def test_florentine_families_have_the_published_betweenness() -> None:
    measured = measure(from_lists(FLORENCE))
    published = {"Medici": 0.522, "Guadagni": 0.255, "Albizzi": 0.212}
    assert {name: round(measured.nodes[name].betweenness or 0, 3) for name in published} == published
    assert measured.nodes["Medici"].degree == 6
    assert measured.nodes["Pazzi"].betweenness == 0.0


def test_the_kite_has_the_published_centralities() -> None:
    measured = measure(from_lists(KITE)).nodes
    rows = {
        name: (found.degree, round(found.betweenness * 36, 2), round(1 / found.distance, 3))
        for name, found in measured.items()
        if found.betweenness is not None and found.distance
    }
    assert rows == {
        "Andre": (4, 0.83, 0.529),
        "Beverley": (4, 0.83, 0.529),
        "Carol": (3, 0.0, 0.5),
        "Diane": (6, 3.67, 0.6),
        "Ed": (3, 0.0, 0.5),
        "Fernando": (5, 8.33, 0.643),
        "Garth": (5, 8.33, 0.643),
        "Heather": (3, 14.0, 0.6),
        "Ike": (2, 8.0, 0.429),
        "Jane": (1, 0.0, 0.31),
    }
    assert {name for name, found in measured.items() if found.articulation} == {"Heather", "Ike"}


def test_structural_holes_are_those_that_borgatti_published() -> None:
    measured = measure(from_lists(HOLES)).nodes
    found = {name: (measured[name].constraint, measured[name].effective_size) for name in "GA"}
    assert found == {
        "G": (pytest.approx(0.400, abs=5e-4), pytest.approx(4.67, abs=5e-3)),
        "A": (pytest.approx(0.595, abs=5e-4), pytest.approx(2.50)),
    }


def test_the_karate_club_has_the_published_communities() -> None:
    measured = measure(karate())
    assert round(measured.modularity or 0, 5) == 0.41979
    assert len(measured.communities) == 4
    assert round(measured.nodes["01"].betweenness or 0, 4) == 0.4376


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
