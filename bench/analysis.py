"""The eight measures together beside igraph's, on two cores: ratios of the clock's time, and memory.

Both sides begin with the edges and end with degree, exact betweenness, harmonic closeness, PageRank,
constraint, effective size, core numbers and the best of ten runs of Louvain. They take turns in one
process kept on two cores (`sched_setaffinity`), so that what else the machine does falls on both.
"""

import gc
import math
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TypeAlias

import igraph
import networkx as nx
import numpy as np

from graph import structure
from graph.communities import SEEDS, communities
from graph.indexed import Places, indexed
from graph.layout import Box, lay_out
from graph.measures import measure
from graph.model import Network, Node, Tie
from graph.searches import search

Edges: TypeAlias = list[tuple[int, int]]

CORES = 2
QUIET = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Threads of other libraries wait for one another by spinning, which costs both sides on so few cores."""
SCALE_FREE = "scale-free (Barabasi-Albert, 3 ties each)"
CAVE, REWIRED, TIES, SEED = 10, 0.1, 3, 7
SHAPES: dict[str, Callable[[int], "nx.Graph[int]"]] = {
    SCALE_FREE: lambda size: nx.barabasi_albert_graph(size, TIES, seed=SEED),
    "caveman (caves of 10, a tenth rewired)": lambda size: nx.relaxed_caveman_graph(
        size // CAVE, CAVE, REWIRED, seed=SEED
    ),
    "ring of caves (longest ways: the hard case)": lambda size: nx.connected_caveman_graph(
        size // CAVE, CAVE
    ),
}
ROUNDS = {300: 15, 1000: 25, 5000: 5, 20_000: 1}
LARGEST = 20_000
BOX = Box(1200, 760)
MEMORY = """
import re
from pathlib import Path
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
from graph.measures import measure
bare = peak()
from bench.analysis import network, SHAPES
whole = network({size}, SHAPES[{shape!r}]({size}))
before = peak()
measure(whole)
print(bare, before, peak())
"""


@dataclass(frozen=True)
class Turns:
    """Seconds of each turn, and the modularity that each side found."""

    ours: list[float]
    whole: list[float]
    theirs: list[float]
    modularity: tuple[float, float]


def run() -> Iterator[str]:
    """Measure in a process of its own, kept on two cores from its start; yield lines for people."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[-CORES:])
    try:
        yield f"on {CORES} cores (sched_setaffinity), in turns with igraph {igraph.__version__}, one run"
        with subprocess.Popen(
            [sys.executable, "-m", "bench.analysis"],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | QUIET,
        ) as process:
            assert process.stdout is not None
            yield from (line.rstrip() for line in process.stdout)
        assert process.returncode == 0
    finally:
        os.sched_setaffinity(0, allowed)


def _lines() -> Iterator[str]:
    for size, rounds in ROUNDS.items():
        for name, shape in SHAPES.items():
            if size < LARGEST:
                yield _line(name, size, _turns(size, shape(size), rounds))
    whole = network(LARGEST, SHAPES[SCALE_FREE](LARGEST))
    yield f"{LARGEST} nodes, {SCALE_FREE}: measure() takes {_timed(lambda: measure(whole)):.0f} s"
    yield from (_memory(name, 5000) for name in SHAPES)
    yield from (_layout(size) for size in ROUNDS)


def _line(name: str, size: int, turns: Turns) -> str:
    def spread(times: list[float]) -> str:
        ratios = sorted(here / there for here, there in zip(times, turns.theirs, strict=True))
        return f"{median(ratios):.2f} × igraph's time ({ratios[0]:.2f} to {ratios[-1]:.2f})"

    return (
        f"{size} nodes, {name}: {spread(turns.ours)}, {median(turns.ours) * 1000:.0f} ms against "
        f"{median(turns.theirs) * 1000:.0f}; the whole of measure(), to an object per actor: "
        f"{spread(turns.whole)}; modularity {turns.modularity[0]:.4f} against {turns.modularity[1]:.4f}"
    )


def _turns(size: int, graph: "nx.Graph[int]", rounds: int) -> Turns:
    edges = [(int(one), int(other)) for one, other in graph.edges]
    first, second = np.array(edges, dtype=np.intp).T
    names, whole = _names(size), network(size, graph)
    turns = Turns([], [], [], (ours(names, first, second), theirs(size, edges)))
    for _ in range(rounds):
        turns.ours.append(_timed(lambda: ours(names, first, second)))
        turns.theirs.append(_timed(lambda: theirs(size, edges)))
        turns.whole.append(_timed(lambda: measure(whole)))
    return turns


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    begin = perf_counter()
    work()
    return perf_counter() - begin


def ours(names: tuple[str, ...], first: Places, second: Places) -> float:
    """Compute the eight measures with `graph`; return the modularity."""
    graph = indexed(names, first, second)
    found = communities(graph)
    search(graph)
    structure.holes(graph)
    structure.pagerank(graph)
    structure.cores(graph)
    return found.modularity or 0.0


def theirs(size: int, edges: Edges) -> float:
    """Compute the same with igraph; return the modularity."""
    graph = igraph.Graph(size, edges).simplify()
    degrees = graph.degree()
    graph.betweenness()
    graph.harmonic_centrality()
    graph.pagerank()
    graph.constraint()
    clustering = graph.transitivity_local_undirected(mode="zero")
    [degree - share * (degree - 1) for degree, share in zip(degrees, clustering, strict=True)]
    graph.coreness()
    found = 0.0
    for seed in SEEDS:
        random.seed(seed)  # igraph draws from it
        found = max(found, graph.community_multilevel().modularity)
    return found


def network(size: int, graph: "nx.Graph[int]") -> Network:
    """Make the network that `measure` is given."""
    names = _names(size)
    nodes = tuple(Node(name, "association", name) for name in names)
    return Network(nodes, tuple(Tie(names[one], names[other], "works_with") for one, other in graph.edges))


def _names(size: int) -> tuple[str, ...]:
    return tuple(f"n{number:05}" for number in range(size))


def _memory(name: str, size: int) -> str:
    """Measure in a fresh process."""
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", MEMORY.format(size=size, shape=name)],
        capture_output=True,
        text=True,
        check=True,
    )
    bare, before, peak = (int(kilobytes) / 1024 for kilobytes in answer.stdout.split())
    return (
        f"memory of measure() at {size} nodes, {name}: {peak - before:.0f} MiB above what was there "
        f"before ({before:.0f} MiB: the network, and igraph loaded too; `graph` alone is {bare:.0f} MiB)"
    )


def _layout(size: int) -> str:
    """Lay out a network, then again with one tie more and the places known."""
    graph = SHAPES[SCALE_FREE](size)
    begin = perf_counter()
    before = lay_out(network(size, graph), BOX)
    anew = perf_counter() - begin
    graph.add_edge(size // 3, size // 2)
    begin = perf_counter()
    after = lay_out(network(size, graph), BOX, before.positions)
    warm = perf_counter() - begin
    moves = [math.dist(before.positions[name], after.positions[name]) for name in after.positions]
    return (
        f"layout of {size} nodes: {anew:.1f} s; with a new tie {warm / anew:.2f} × that, and nodes then move "
        f"{median(moves):.1f} of {BOX.width:.0f} (at most {max(moves):.0f})"
    )


if __name__ == "__main__":
    for line in _lines():
        print(line, flush=True)
