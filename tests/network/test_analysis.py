"""What is measured of a register, what is said of it, and where actors stand."""

import math
from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from graph.layout import lay_out
from graph.measures import NodeMeasures, measure
from graph.model import Network, Node, Tie
from hub.actors.models.reference import Sector
from hub.network.models.results import ResultKind
from hub.network.operations import computing
from hub.network.values.analysis import BOX, Analysis, describe, for_layout, of_the_day, skeleton
from hub.network.values.cuts import cuts
from hub.network.values.governance import carried, mix_of
from hub.network.values.measures import COLUMNS
from hub.network.values.places import settle
from hub.network.values.register import Origin, Register
from hub.network.values.results import (
    Placed,
    key_of,
    pack_layout,
    pack_measures,
    readable_measures,
    unpack_layout,
    unpack_measures,
)
from tests.graph.networks import networks, random_network
from tests.network.registers import actor, link, register


def analysed(whole: Register) -> Analysis:
    part = of_the_day(whole)
    return describe(part, measure(skeleton(part.actors, part.links)))


def test_ranks_and_components() -> None:
    found = analysed(register((0, 1), (1, 2), (3, 4), size=6))
    assert found.lines["a1"].rank == 1
    assert found.lines["a0"].rank is None
    assert [len(group) for group in found.components] == [3, 2]
    assert (found.tied, found.isolated) == (5, 1)
    assert found.lines["a5"].betweenness is None


def test_equal_shares_have_equal_ranks() -> None:
    square = analysed(register((0, 1), (1, 2), (2, 3), (3, 0), (3, 4)))
    ranks = {slug: line.rank for slug, line in square.lines.items()}
    assert ranks["a3"] == 1
    assert ranks["a0"] == ranks["a2"] == 2
    assert ranks["a1"] == 4


def test_each_measure_is_a_column_with_words_for_what_it_says_and_what_not() -> None:
    assert {column.code for column in COLUMNS} == {field.name for field in fields(NodeMeasures)}
    assert all(column.label and column.means and column.warning for column in COLUMNS)
    alone = analysed(register((0, 1), size=3)).lines["a2"]
    for column in COLUMNS:
        value = column.value(alone)
        assert value is None or not math.isnan(value)


# --- Keys


def test_the_key_knows_who_is_tied_to_whom_and_nothing_else() -> None:
    before = register((0, 1), (1, 2), (1, 3))
    named = {**before.actors, 1: replace(before.actors[1], label="Autre nom")}
    turned = (*(link(row.target, row.source) for row in before.links), link(0, 1))
    same, other = Register(named, turned), register((0, 1), (1, 2), (1, 3), (2, 3))
    for kind in ResultKind:
        assert key_of(kind, for_layout(before)) == key_of(kind, for_layout(same))
        assert key_of(kind, for_layout(before)) != key_of(kind, for_layout(other))
    assert len({key_of(kind, for_layout(before)) for kind in ResultKind}) == 2


def test_places_follow_what_every_reader_sees() -> None:
    """A tie that only some may see moves nobody, so that all see the same picture."""
    plain = register((0, 1), (1, 2))
    hidden = Register(plain.actors, (*plain.links, link(3, 4, origin=Origin.SPACE)))
    assert for_layout(plain) == for_layout(hidden)


# --- Stored forms


@given(networks())
def test_measures_come_back_to_the_last_bit(whole: Network) -> None:
    measures = measure(whole)
    assert unpack_measures(pack_measures(measures)) == measures


def test_what_another_version_stored_is_as_good_as_nothing() -> None:
    assert readable_measures('{"nodes": [], "columns": {"degree": []}}') is None
    assert readable_measures("not even JSON") is None
    assert readable_measures(None) is None


def test_a_layout_comes_back() -> None:
    placed = Placed(lay_out(random_network(1, 30, 40), BOX), moved=3)
    back = unpack_layout(pack_layout(placed))
    assert back.moved == 3
    for name, (x, y) in placed.layout.positions.items():
        assert back.layout.positions[name] == (round(x, 2), round(y, 2))


# --- From one version to the next


def grown(whole: Network, *names: str, to: str) -> Network:
    nodes = tuple(Node(name, "", "") for name in names)
    return Network((*whole.nodes, *nodes), (*whole.ties, *(Tie(name, to, "") for name in names)))


def test_people_stay_where_they_were_when_somebody_or_a_tie_is_added() -> None:
    whole = random_network(3, 60, 80)
    first = computing.compute(ResultKind.LAYOUT, whole, None)
    hub = whole.nodes[0].id
    after = grown(whole, "new-1", "new-2", to=hub)
    after = Network(after.nodes, (*after.ties, Tie(whole.nodes[5].id, whole.nodes[9].id, "")))
    second = unpack_layout(computing.compute(ResultKind.LAYOUT, after, first))
    before = unpack_layout(first).layout.positions
    assert before.items() <= second.layout.positions.items()
    assert second.moved == 2
    for name in ("new-1", "new-2"):
        others = [place for other, place in second.layout.positions.items() if other != name]
        assert min(math.dist(second.layout.positions[name], place) for place in others) > 0
        near = sorted(before, key=lambda other: math.dist(before[other], second.layout.positions[name]))
        assert hub in near[:12], "a newcomer stands near the one that it is tied to"


def test_when_most_are_new_all_are_laid_out_anew() -> None:
    whole = random_network(3, 20, 30)
    first = computing.compute(ResultKind.LAYOUT, whole, None)
    after = grown(whole, *(f"new-{number}" for number in range(20)), to=whole.nodes[0].id)
    assert unpack_layout(computing.compute(ResultKind.LAYOUT, after, first)).moved == 0


@given(networks(), st.integers(0, 5))
def test_newcomers_find_a_place_in_the_box_whatever_is_there(whole: Network, known: int) -> None:
    places = {node.id: (10.0, 10.0) for node in whole.nodes[:known]}
    made = settle(whole, places, BOX)
    assert set(made.positions) == {node.id for node in whole.nodes}
    assert all(0 <= x <= BOX.width and 0 <= y <= BOX.height for x, y in made.positions.values())
    assert made.clearance > 0


def test_a_community_keeps_its_number() -> None:
    two = [(f"{side}{one}", f"{side}{other}") for side in "ab" for one in range(5) for other in range(one)]
    nodes = {name for pair in two for name in pair}

    def network(*more: tuple[str, str]) -> Network:
        names = nodes | {name for pair in more for name in pair}
        return Network(
            tuple(Node(name, "", "") for name in names), tuple(Tie(*pair, "") for pair in (*two, *more))
        )

    first = computing.compute(ResultKind.ANALYSIS, network(), None)
    numbers = {name: node.community for name, node in unpack_measures(first).nodes.items()}
    # The lesser group grows, which would put it first in the order of sizes.
    after = network(
        *(("b0", f"b{number}") for number in range(5, 9)), *(("b1", f"b{n}") for n in range(5, 9))
    )
    told = unpack_measures(computing.compute(ResultKind.ANALYSIS, after, first))
    assert {name: told.nodes[name].community for name in nodes} == numbers
    anew = unpack_measures(computing.compute(ResultKind.ANALYSIS, after, None))
    assert {name: anew.nodes[name].community for name in nodes} != numbers, "else this proves nothing"


# --- What is said of it


def test_what_falls_apart_without_somebody() -> None:
    whole = register((0, 1), (1, 2), (2, 0), (2, 3), (3, 4), size=6)
    part = of_the_day(whole)
    found = cuts(analysed(whole), part)
    told = {cut.line.actor.slug: [{one.slug for one in group} for group in cut.parts] for cut in found}
    assert told == {"a2": [{"a0", "a1"}, {"a3", "a4"}], "a3": [{"a0", "a1", "a2"}, {"a4"}]}
    assert [cut.severed for cut in found] == [2, 1]


def test_who_carries_what_side_by_side() -> None:
    sectors = {
        0: Sector.OTHER,
        1: Sector.PUBLIC,
        2: Sector.PUBLIC,
        3: Sector.ASSOCIATIVE,
        4: Sector.ASSOCIATIVE,
    }
    actors = {number: actor(number, sector=sector) for number, sector in sectors.items()}
    links = (
        *(link(number, 0, kind="co_manages") for number in (1, 2, 3, 4)),
        link(1, 3, kind="pilots"),
        link(1, 2, kind="funds"),
    )
    whole = Register(actors, links)
    (one,) = carried(whole.actors, whole.current_links)
    assert one.mixed
    assert {sector: len(of) for sector, of in one.carriers.items()} == {
        Sector.PUBLIC: 2,
        Sector.ASSOCIATIVE: 2,
    }
    mixing = mix_of(of_the_day(whole))
    assert mixing.pairs["associative", "public"] == 1
    assert mixing.pairs["public", "public"] == 1
    assert mixing.members["other"] == 1
