"""The simple graph of a network as numbers, for sums over all of it at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graph.model import Network

Places: TypeAlias = NDArray[np.intp]
"""Numbers of nodes: their places in the order of the ids."""
Values: TypeAlias = NDArray[np.float64]
"""One figure per node, in the order of the ids."""


@dataclass(frozen=True)
class Indexed:
    """A simple undirected graph whose nodes are numbered in the order of their ids.

    Row i of the (symmetric) adjacency lists the neighbours of node i, in rising order, in
    `neighbours[starts[i]:starts[i + 1]]`. Loses what `simple_graph` loses: direction, kind and dates of
    the ties, how many stand beside one another, and ties from a node to itself.
    """

    names: tuple[str, ...]
    starts: Places
    neighbours: Places

    @cached_property
    def degrees(self) -> Places:
        """Number of distinct neighbours of each node."""
        return np.diff(self.starts)

    @cached_property
    def owners(self) -> Places:
        """The node in whose row each entry of `neighbours` stands."""
        return np.repeat(np.arange(len(self.names)), self.degrees)

    @cached_property
    def edges(self) -> tuple[Places, Places]:
        """Both ends of each edge, the lesser number first, in rising order."""
        once = self.owners < self.neighbours
        return self.owners[once], self.neighbours[once]

    @cached_property
    def adjacency(self) -> csr_array:
        """The adjacency as a sparse matrix of ones."""
        size = len(self.names)
        ones = np.ones(len(self.neighbours))
        places = self.neighbours.astype(np.int32), self.starts.astype(np.int32)
        return csr_array((ones, *places), shape=(size, size))


def index(network: Network) -> Indexed:
    """Number the nodes of a network in the order of their ids and reduce its ties to edges."""
    names = tuple(node.id for node in network.nodes)
    places = {name: place for place, name in enumerate(names)}
    first = np.array([places[tie.source] for tie in network.ties], dtype=np.intp)
    second = np.array([places[tie.target] for tie in network.ties], dtype=np.intp)
    return indexed(names, first, second)


def indexed(names: Iterable[str], first: Places, second: Places) -> Indexed:
    """Make the graph of edges given by both ends; loops are dropped, repeated edges are one."""
    names = tuple(names)
    size = len(names)
    tied = first != second
    arcs = np.concatenate((first[tied] * size + second[tied], second[tied] * size + first[tied]))
    owners, neighbours = np.divmod(np.unique(arcs), max(size, 1))
    starts = np.zeros(size + 1, dtype=np.intp)
    np.cumsum(np.bincount(owners, minlength=size), out=starts[1:])
    return Indexed(names, starts, neighbours)
