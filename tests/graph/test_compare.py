import dataclasses
from datetime import date

from hypothesis import given, settings

from graph.compare import Change, compare, compare_measures
from graph.measures import measure
from graph.model import Network, Node, Tie
from tests.graph.networks import network, networks


def test_who_came_and_left_and_which_ties() -> None:
    before = network(("a", "b"), ("b", "c"), ("c", "d"))
    after = network(("a", "b"), ("b", "c"), ("b", "e"), alone="d")
    found = compare(before, after)
    assert [node.id for node in found.came] == ["e"]
    assert [node.id for node in found.left] == []
    assert found.stayed == ("a", "b", "c", "d")
    assert [(tie.source, tie.target) for tie in found.new_ties] == [("b", "e")]
    assert [(tie.source, tie.target) for tie in found.lost_ties] == [("c", "d")]
    assert (found.linked, found.parted) == ((("b", "e"),), (("c", "d"),))


def test_a_tie_of_another_kind_is_new_but_links_nobody() -> None:
    before = network(("a", "b"))
    after = Network(before.nodes, (*before.ties, Tie("b", "a", "funds"), Tie("a", "a", "funds")))
    found = compare(before, after)
    assert [tie.kind for tie in found.new_ties] == ["funds", "funds"]
    assert (found.linked, found.parted, found.lost_ties) == ((), (), ())


def test_a_label_or_a_date_made_precise_is_no_change() -> None:
    before = network(("a", "b"))
    dated = Tie("a", "b", "member_of", date(2020, 1, 1))
    after = Network((Node("a", "commune", "Autre nom"), before.nodes[1]), (dated,))
    found = compare(before, after)
    assert (found.came, found.left, found.new_ties, found.lost_ties) == ((), (), (), ())


def test_parallel_ties_are_counted() -> None:
    before, after = network(("a", "b")), network(("a", "b"), ("a", "b"), ("a", "b"))
    assert len(compare(before, after).new_ties) == 2
    assert len(compare(after, before).lost_ties) == 2


@settings(deadline=None)
@given(networks(), networks())
def test_the_other_way_round_the_sides_are_swapped(one: Network, other: Network) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there.came, there.new_ties, there.linked) == (back.left, back.lost_ties, back.parted)
    assert (there.left, there.lost_ties, there.parted) == (back.came, back.new_ties, back.linked)
    assert there.stayed == back.stayed


@settings(deadline=None)
@given(networks(), networks())
def test_what_is_added_and_taken_away_makes_the_other_network(one: Network, other: Network) -> None:
    found = compare(one, other)
    ids = {node.id for node in one.nodes} - {node.id for node in found.left}
    assert ids | {node.id for node in found.came} == {node.id for node in other.nodes}
    ties = list(one.ties)
    for tie in found.lost_ties:
        ties.remove(tie)
    assert sorted(map(str, (*ties, *found.new_ties))) == sorted(map(str, other.ties))


@settings(deadline=None)
@given(networks())
def test_nothing_changes_between_a_network_and_itself(whole: Network) -> None:
    found = compare(whole, whole)
    changes = {name: value for name, value in dataclasses.asdict(found).items() if name != "stayed"}
    assert not any(changes.values())
    assert dict(compare_measures(measure(whole), measure(whole))) == {}


@settings(deadline=None)
@given(networks(most=10), networks(most=10))
def test_changed_figures_the_other_way_round_have_the_other_sign(one: Network, other: Network) -> None:
    before, after = measure(one), measure(other)
    there, back = compare_measures(before, after), compare_measures(after, before)
    assert there.keys() == back.keys()
    for node, changes in there.items():
        assert changes.keys() == back[node].keys()
        for name, change in changes.items():
            assert back[node][name] == Change(change.after, change.before)


def test_a_figure_that_appears_has_no_difference() -> None:
    before, after = measure(network(alone="abc")), measure(network(("a", "b"), alone="c"))
    changes = compare_measures(before, after)
    assert set(changes) == {"a", "b"}
    assert changes["a"]["degree"] == Change(0, 1)
    assert changes["a"]["degree"].difference == 1
    assert changes["a"]["closeness"].difference is None
    assert "community" not in changes["a"]
