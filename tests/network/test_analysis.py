"""Measures and layout are computed once for a shape of the network, whatever its words and dates."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from graph.model import Network, Node
from hub.actors.models.reference import Family
from hub.actors.models.relations import Precision
from hub.network.values import analysis
from hub.network.values.register import Actor, Link, Register


def actor(number: int) -> Actor:
    return Actor(
        id=number,
        slug=f"a{number}",
        name=f"Acteur {number}",
        label=f"A{number}",
        kind="Asbl",
        kind_code="asbl",
        family=Family.ASSOCIATION,
        commune="",
        commune_code="",
        themes=(),
        search_text=f"acteur {number}",
        current=True,
    )


def link(source: int, target: int) -> Link:
    return Link(source, target, "k", "k", "k", None, Precision.DAY, None, Precision.DAY, current=True)


def register(*pairs: tuple[int, int], size: int = 5) -> Register:
    return Register({number: actor(number) for number in range(size)}, tuple(link(*pair) for pair in pairs))


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> list[Network]:
    """Note each network that is really laid out."""
    asked: list[Network] = []
    plain = analysis.lay_out

    def note(network: Network, box: object) -> object:
        asked.append(network)
        return plain(network, box)

    monkeypatch.setattr(analysis, "lay_out", note)
    return asked


def test_a_new_label_or_direction_moves_nobody_and_costs_nothing(counting: list[Network]) -> None:
    before = register((0, 1), (1, 2), (1, 3), size=41)
    named = {**before.actors, 1: replace(before.actors[1], label="Autre nom")}
    after = Register(named, (*(link(row.target, row.source) for row in before.links), link(0, 1)))
    assert analysis.layout_of(before) is analysis.layout_of(after)
    assert len(counting) == 1


def test_a_new_tie_is_laid_out_anew(counting: list[Network]) -> None:
    analysis.layout_of(register((0, 1), (1, 2), size=42))
    analysis.layout_of(register((0, 1), (1, 2), (2, 3), size=42))
    assert len(counting) == 2


def test_who_asks_meanwhile_waits_instead_of_computing_too() -> None:
    begun, go = Event(), Event()
    computed: list[Network] = []

    def slow(network: Network) -> int:
        computed.append(network)
        begun.set()
        go.wait(10)
        return len(network.nodes)

    remembered: Callable[[Network], int] = analysis._remembered(slow)
    network = Network((Node("a", "", ""),), ())
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(remembered, network)
        assert begun.wait(10)
        second = pool.submit(remembered, network)
        go.set()
        assert (first.result(10), second.result(10)) == (1, 1)
    assert len(computed) == 1


def test_ranks_and_components() -> None:
    found = analysis.analyse(register((0, 1), (1, 2), (3, 4), size=6))
    assert found.lines["a1"].rank == 1
    assert found.lines["a0"].rank is None
    assert [len(group) for group in found.components] == [3, 2]
    assert (found.tied, found.isolated) == (5, 1)
    assert found.lines["a5"].betweenness is None


def test_equal_shares_have_equal_ranks() -> None:
    square = analysis.analyse(register((0, 1), (1, 2), (2, 3), (3, 0), (3, 4)))
    ranks = {slug: line.rank for slug, line in square.lines.items()}
    assert ranks["a3"] == 1
    assert ranks["a0"] == ranks["a2"] == 2
    assert ranks["a1"] == 4
