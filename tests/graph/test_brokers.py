import pytest

from graph.brokers import bridges
from graph.model import NetworkError
from tests.graph.networks import network, random_network
from tests.graph.test_measures import stock_graph

GROUPS = {"a": "nord", "b": "nord", "c": "sud", "d": "sud", "e": "est"}


def test_groups_that_do_not_meet_come_first_with_who_could_link_them() -> None:
    whole = network(("a", "b"), ("c", "d"), ("a", "c"), ("b", "x"), ("e", "x"), ("e", "y"), ("a", "y"))
    found = {(bridge.first, bridge.second): bridge for bridge in bridges(whole, GROUPS)}
    assert list(found) == [("est", "nord"), ("est", "sud"), ("nord", "sud")]
    assert found["est", "nord"].pairs == 0
    assert found["est", "nord"].brokers == ("x", "y")
    assert found["est", "sud"].brokers == ()
    met = found["nord", "sud"]
    assert (met.pairs, met.share, met.carriers, met.brokers) == (1, 0.25, ("a", "c"), ())


def test_those_of_a_third_group_may_be_brokers() -> None:
    whole = network(("a", "e"), ("b", "e"), ("c", "e"), alone="d")
    found = {(bridge.first, bridge.second): bridge for bridge in bridges(whole, GROUPS)}
    assert found["nord", "sud"].brokers == ("e",)
    assert found["est", "nord"].carriers == ("e", "a", "b")


@pytest.mark.parametrize("seed", range(10))
def test_every_tie_between_groups_is_counted_once(seed: int) -> None:
    whole = random_network(seed, 40, 80)
    groups = {node.id: place % 12 for place, node in enumerate(whole.nodes) if place % 7}
    found = bridges(whole, groups)
    present = len(set(groups.values()))
    assert len(found) == present * (present - 1) // 2
    edges = [edge for edge in stock_graph(whole).edges if all(name in groups for name in edge)]
    assert sum(bridge.pairs for bridge in found) == sum(groups[a] != groups[b] for a, b in edges)
    assert all(bridge.first < bridge.second for bridge in found)  # numbers stand by size, not by first digit
    assert [bridge.share for bridge in found] == sorted(bridge.share for bridge in found)


def test_one_group_or_none_has_no_bridges() -> None:
    assert bridges(network(("a", "b")), {"a": 1, "b": 1}) == ()
    assert bridges(network(("a", "b")), {}) == ()
    with pytest.raises(NetworkError, match="no node has the id 'z'"):
        bridges(network(("a", "b")), {"z": 1})
