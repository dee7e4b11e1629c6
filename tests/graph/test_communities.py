import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.communities import communities, numbered
from graph.indexed import index
from graph.measures import measure
from graph.model import Network
from tests.graph.networks import from_stock, karate, network, networks, shuffled

SIZES = st.lists(st.integers(1, 6), min_size=1, max_size=6)


def split(names: list[str], sizes: list[int]) -> list[tuple[str, ...]]:
    """Cut a list into groups of these sizes, in turn."""
    groups, place = [], 0
    while place < len(names):
        size = sizes[len(groups) % len(sizes)]
        groups.append(tuple(names[place : place + size]))
        place += size
    return groups


@pytest.mark.parametrize(
    "graph",
    [
        nx.relaxed_caveman_graph(12, 8, 0.1, seed=1),
        nx.barabasi_albert_graph(300, 2, seed=1),
        nx.karate_club_graph(),
    ],
    ids=["caves", "scale-free", "karate"],
)
def test_the_best_of_ten_is_as_good_as_the_best_of_ten_of_stock_networkx(graph: nx.Graph) -> None:
    found = communities(index(from_stock(graph))).modularity
    runs = [nx.community.louvain_communities(graph, weight=None, seed=seed) for seed in range(10)]
    best = max(nx.community.modularity(graph, run, weight=None) for run in runs)
    assert found is not None
    assert found > best - 0.01


def test_cliques_that_hang_by_a_thread_are_communities() -> None:
    whole = from_stock(nx.connected_caveman_graph(6, 6))
    groups = [tuple(f"n{cave * 6 + member:05}" for member in range(6)) for cave in range(6)]
    assert communities(index(whole)).groups == tuple(groups)


@settings(deadline=None)
@given(networks(), st.integers())
def test_every_tied_actor_is_in_one_community_of_its_own_component(whole: Network, seed: int) -> None:
    measured = measure(whole)
    named = [name for names in measured.communities.values() for name in names]
    assert sorted(named) == sorted(name for name, found in measured.nodes.items() if found.degree)
    for names in measured.communities.values():
        assert len({measured.nodes[name].component for name in names}) == 1
        assert len(names) > 1
    assert communities(index(shuffled(whole, seed))) == communities(index(whole))


def test_without_a_past_they_are_numbered_by_size() -> None:
    measured = measure(karate())
    sizes = [len(names) for names in measured.communities.values()]
    assert list(measured.communities) == [1, 2, 3, 4]
    assert sizes == sorted(sizes, reverse=True)


def test_a_community_keeps_its_number_when_the_network_grows() -> None:
    before = measure(karate(), previous={"01": 7, "02": 7, "34": 9, "33": 9, "32": 9})
    assert before.nodes["01"].community == 7
    assert before.nodes["34"].community == 9
    past = {name: found.community for name, found in before.nodes.items() if found.community}
    grown = Network(
        (*karate().nodes, *network(("x", "y")).nodes), (*karate().ties, *network(("x", "y")).ties)
    )
    after = measure(grown, previous=past)
    assert all(after.nodes[name].community == number for name, number in past.items())
    assert after.nodes["x"].community not in past.values()


def test_the_greater_overlap_keeps_the_number() -> None:
    past = dict.fromkeys("abcde", 1) | dict.fromkeys("fg", 2)
    assert numbered([("a", "b"), ("c", "d", "e", "f", "g")], past) == (3, 1)
    assert numbered([("f", "g"), ("a", "b", "c"), ("d", "e")], past) == (2, 1, 3)
    assert numbered([("x",), ("y",)], past) == (3, 4)
    assert numbered([("x",), ("y",)]) == (1, 2)
    assert numbered([], past) == ()


@given(SIZES, SIZES)
def test_numbers_are_given_once_and_stay_when_nothing_changes(one: list[int], other: list[int]) -> None:
    names = [f"n{place}" for place in range(20)]
    groups = split(names, one)
    past = {name: number for group, number in zip(groups, numbered(groups), strict=True) for name in group}
    assert numbered(groups, past) == numbered(groups)
    again = split(names, other)
    assert len(set(numbered(again, past))) == len(again)


def test_a_network_without_ties_has_none() -> None:
    assert communities(index(network(alone="abc"))).modularity is None
    assert dict(measure(network(alone="abc")).communities) == {}
