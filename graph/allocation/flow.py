"""Allocation as a flow of least cost: exact, in whole numbers, ties decided by lot.

Each person sends as many units as seats are asked for, to places or, at a price that grows with each, past
them. The price of missing a seat exceeds whatever ranks can cost along a path of changes (it passes each
place once at most, and two people who miss a seat), and missing the first exceeds missing a second: so nobody
is left without anything while that can be avoided. Each cost is shifted beyond the sum of all lots, which
decide among equals alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx

from graph.allocation.problem import LOT_BITS, Problem, lot

SINK = ("sink",)


@dataclass(frozen=True, slots=True)
class Place:
    """Where units go: a content or an offer. Of the places of one group a person gets one at most."""

    id: int
    content: int
    capacity: int
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """How many seats somebody asks for among which places, and how many are held already."""

    person: int
    seats: int
    places: tuple[int, ...]
    held: int = 0


def flow(problem: Problem, places: Mapping[int, Place], askings: list[Asking]) -> dict[int, tuple[int, ...]]:
    """Return the places that each asking person gets, by the network simplex method."""
    graph: nx.DiGraph[tuple[object, ...]] = nx.DiGraph()
    graph.add_node(SINK, demand=sum(asking.seats for asking in askings))
    shift = 1 << (LOT_BITS + problem.wanted.bit_length())
    price = shift * _above_all_ranks(problem, len(places))
    for asking in askings:
        _add_person(graph, problem, asking, places, shift)
        for level in range(asking.held, asking.held + asking.seats):
            past = ("past", asking.person, level)
            missed = price * (problem.levels - level) + problem.by_person[asking.person].cost_of_none * shift
            graph.add_edge(("person", asking.person), past, capacity=1, weight=missed)
            graph.add_edge(past, SINK)
    for place in places.values():
        graph.add_edge(("place", place.id), SINK, capacity=place.capacity)
    _cost, sent = nx.network_simplex(graph)
    return {asking.person: _received(sent, asking, places) for asking in askings}


def _add_person(
    graph: "nx.DiGraph[tuple[object, ...]]",
    problem: Problem,
    asking: Asking,
    places: Mapping[int, Place],
    shift: int,
) -> None:
    person = problem.by_person[asking.person]
    node = ("person", asking.person)
    graph.add_node(node, demand=-asking.seats)
    for number in asking.places:
        place = places[number]
        weight = person.cost(place.content) * shift + lot(problem.seed, person.id, number)
        begin: tuple[object, ...] = node
        if place.group is not None:
            begin = ("group", person.id, place.group)
            graph.add_edge(node, begin, capacity=1)
        graph.add_edge(begin, ("place", number), capacity=1, weight=weight)


def _above_all_ranks(problem: Problem, places: int) -> int:
    dearest = max((len(person.wishes) for person in problem.people), default=0) ** 2
    return (places + 4) * dearest + 1


def _received(
    sent: Mapping[tuple[object, ...], Mapping[tuple[object, ...], int]],
    asking: Asking,
    places: Mapping[int, Place],
) -> tuple[int, ...]:
    got = []
    for number in asking.places:
        group = places[number].group
        begin = ("person", asking.person) if group is None else ("group", asking.person, group)
        if sent[begin][("place", number)]:
            got.append(number)
    return tuple(got)
