"""The network as plain data, and its knowing reduction to a simple graph."""

import datetime as dt
from dataclasses import dataclass
from typing import TypeAlias

import networkx as nx

SimpleGraph: TypeAlias = "nx.Graph[str]"


class NetworkError(ValueError):
    """The nodes and ties given do not make a network."""


class UnknownNodeError(NetworkError):
    """A tie or a question names a node that is not in the network."""


@dataclass(frozen=True, slots=True)
class Node:
    """An actor: `id` is unique in its network, `label` is what people read."""

    id: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Tie:
    """A typed relation from one actor to another, dated where the dates are known.

    `start` and `end` are inclusive days; `None` means unknown (start) or unknown or still lasting
    (end). Raises `NetworkError` when the end lies before the start.
    """

    source: str
    target: str
    kind: str
    start: dt.date | None = None
    end: dt.date | None = None

    def __post_init__(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise NetworkError(
                f"tie {self.source!r} -{self.kind}-> {self.target!r} ends ({self.end}) "
                f"before it starts ({self.start})"
            )

    @property
    def pair(self) -> tuple[str, str]:
        """The two ends without direction, the lesser id first."""
        return (min(self.source, self.target), max(self.source, self.target))


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and ties, checked and put in one canonical order.

    The order in which nodes and ties were given is forgotten on purpose: two networks made of the
    same things are equal, and everything computed from them is the same to the last bit.
    Parallel ties (several relations between the same two actors), equal ties and self-loops are
    kept here; `simple_graph` is where they are reduced.

    Raises `NetworkError` for two nodes with one id, `UnknownNodeError` for a tie with an unknown end.
    """

    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", tuple(sorted(self.nodes, key=lambda node: node.id)))
        object.__setattr__(self, "ties", tuple(sorted(self.ties, key=_tie_order)))
        known: set[str] = set()
        for node in self.nodes:
            if node.id in known:
                raise NetworkError(f"two nodes have the id {node.id!r}")
            known.add(node.id)
        for tie in self.ties:
            for end in (tie.source, tie.target):
                if end not in known:
                    raise UnknownNodeError(
                        f"tie {tie.source!r} -{tie.kind}-> {tie.target!r}: no node has the id {end!r}"
                    )


def simple_graph(network: Network) -> SimpleGraph:
    """Reduce a network to a simple undirected graph, in a fixed order of nodes and edges.

    This loses something, knowingly: direction, kind and dates of the ties. All ties between the same
    two nodes become one edge whose attribute `ties` counts them; a tie from a node to itself is
    dropped (it says nothing about who works with whom). Every node stays, tied or not.
    """
    graph: SimpleGraph = nx.Graph()
    graph.add_nodes_from(node.id for node in network.nodes)
    counts: dict[tuple[str, str], int] = {}
    for tie in network.ties:
        if tie.source != tie.target:
            counts[tie.pair] = counts.get(tie.pair, 0) + 1
    for (first, second), count in sorted(counts.items()):
        graph.add_edge(first, second, ties=count)
    return graph


def _tie_order(tie: Tie) -> tuple[str, str, str, dt.date, dt.date]:
    return (tie.source, tie.target, tie.kind, tie.start or dt.date.min, tie.end or dt.date.max)
