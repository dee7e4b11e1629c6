"""The shortest ways from one actor to another."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from graph.model import Network, SimpleGraph, UnknownNodeError, simple_graph

SHOWN = 10
"""Ways listed at most: a large network may have thousands as short as one another."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The shortest ways between two actors, ties followed in either direction.

    `steps` is the number of ties on each way: the introductions that it takes to get from one to the other,
    0 for an actor and itself, None where no way leads there. It does not say that those on the way would
    introduce anybody. `count` is how many ways are that short, `ways` the ids on the first of them, both
    ends included, in the order of the ids: many ways that share nobody mean a link that one departure
    doesn't cut.
    """

    steps: int | None
    count: int
    ways: tuple[tuple[str, ...], ...]


def shortest_paths(network: Network, first: str, second: str, *, most: int = SHOWN) -> Paths:
    """Find the shortest ways between two nodes, `most` of them at most listed.

    Raises `UnknownNodeError` when no node has one of the ids, `ValueError` for less than one way.
    """
    if most < 1:
        raise ValueError(f"{most} ways are none")
    graph = simple_graph(network)
    for name in (first, second):
        if name not in graph:
            raise UnknownNodeError(f"no node has the id {name!r}")
    steps, counts = _count_from(graph, second, first)
    if first not in steps:
        return Paths(None, 0, ())
    return Paths(steps[first], counts[first], tuple(islice(_ways(graph, steps, first), most)))


def _count_from(graph: SimpleGraph, start: str, until: str) -> tuple[dict[str, int], dict[str, int]]:
    """Steps from a node, and in how many shortest ways, to each up to those as far as another one."""
    steps, counts = {start: 0}, {start: 1}
    front = [start]
    while front and until not in steps:
        reached: list[str] = []
        for name in front:
            for other in graph[name]:
                if other not in steps:
                    steps[other], counts[other] = steps[name] + 1, 0
                    reached.append(other)
                if steps[other] == steps[name] + 1:
                    counts[other] += counts[name]
        front = reached
    return steps, counts


def _ways(graph: SimpleGraph, steps: dict[str, int], first: str) -> Iterator[tuple[str, ...]]:
    """Follow falling steps from a node to the one with none, least ids first."""
    waiting: list[tuple[str, ...]] = [(first,)]
    while waiting:
        way = waiting.pop()
        left = steps[way[-1]]
        if not left:
            yield way
            continue
        nearer = [name for name in graph[way[-1]] if steps.get(name) == left - 1]
        waiting.extend((*way, name) for name in sorted(nearer, reverse=True))
