import networkx as nx
import pytest

from graph.model import UnknownNodeError
from graph.paths import Paths, shortest_paths
from tests.graph.networks import network, random_network
from tests.graph.test_measures import stock_graph


@pytest.mark.parametrize("seed", range(25))
def test_all_shortest_ways_are_those_of_stock_networkx(seed: int) -> None:
    whole = random_network(seed, 30, 45)
    graph = stock_graph(whole)
    found = shortest_paths(whole, "n0000", "n0017", most=1000)
    if nx.has_path(graph, "n0000", "n0017"):
        expected = sorted(map(tuple, nx.all_shortest_paths(graph, "n0000", "n0017")))
        assert found == Paths(len(expected[0]) - 1, len(expected), tuple(expected))
    else:
        assert found == Paths(None, 0, ())


def test_there_and_back_are_the_same_ways_turned() -> None:
    whole = random_network(4, 20, 50)
    there, back = shortest_paths(whole, "n0001", "n0009"), shortest_paths(whole, "n0009", "n0001")
    assert {way[::-1] for way in there.ways} == set(back.ways)
    assert there.count == back.count


def test_only_so_many_are_listed_but_all_are_counted() -> None:
    """Ten layers of two: 2 ** 10 ways, whatever is listed."""
    layered = nx.lexicographic_product(nx.path_graph(10), nx.empty_graph(2))
    ties = [(f"{a}{b}", f"{c}{d}") for (a, b), (c, d) in layered.edges]
    whole = network(*ties, ("start", "00"), ("start", "01"), ("90", "stop"), ("91", "stop"))
    found = shortest_paths(whole, "start", "stop", most=3)
    assert (found.steps, found.count, len(found.ways)) == (11, 1024, 3)
    assert found.ways[0] == ("start", *(f"{layer}0" for layer in range(10)), "stop")


def test_an_actor_is_no_step_from_itself() -> None:
    assert shortest_paths(network(("a", "b")), "a", "a") == Paths(0, 1, (("a",),))


def test_bad_questions_are_refused() -> None:
    whole = network(("a", "b"))
    with pytest.raises(UnknownNodeError, match="no node has the id 'z'"):
        shortest_paths(whole, "a", "z")
    with pytest.raises(ValueError, match="0 ways"):
        shortest_paths(whole, "a", "b", most=0)
