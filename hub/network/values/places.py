"""Places that last: whoever stood somewhere stays there when the network grows."""

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np
from scipy.spatial import cKDTree

from graph.layout import Box, Layout
from graph.model import Network, SimpleGraph, simple_graph

STRANGERS = 0.3
"""Beyond this share of actors without a place of their own, the whole is laid out anew."""
GOLDEN = math.pi * (3 - math.sqrt(5))
TRIES = 200
LOOKED_FOR = 300
"""As many newcomers get ground of their own; beyond, looking for it would take longer than a page may."""
Point = tuple[float, float]


def must_lay_out(network: Network, known: Mapping[str, Point], moved: int) -> bool:
    """Say whether so many actors have no place of their own that all should be laid out anew."""
    strangers = sum(node.id not in known for node in network.nodes)
    return strangers + moved > STRANGERS * len(network.nodes)


def settle(network: Network, known: Mapping[str, Point], box: Box) -> Layout:
    """Leave everybody known where they are, and put newcomers near their neighbours, on free ground.

    More than `LOOKED_FOR` of them are spread evenly instead, for want of better: then all should be laid out.
    """
    graph = simple_graph(network)
    positions: dict[str, Point] = {node.id: known[node.id] for node in network.nodes if node.id in known}
    clearance = _clearance(positions, box, len(network.nodes))
    newcomers = [node.id for node in network.nodes if node.id not in known]
    # Those with placed neighbours first: others may then stand near them.
    newcomers.sort(key=lambda name: (-sum(other in known for other in graph[name]), name))
    grid = _Grid(clearance, positions.values())
    crowd = len(newcomers) > LOOKED_FOR
    for number, name in enumerate(newcomers):
        if crowd:
            positions[name] = _spread(number, len(newcomers), box)
            continue
        point = _free(grid, _wanted(graph, name, positions, box, number), box)
        grid.add(point)
        positions[name] = point
    ordered = {node.id: positions[node.id] for node in network.nodes}
    return Layout(box, MappingProxyType(ordered), _clearance(ordered, box, len(ordered)))


def _wanted(graph: SimpleGraph, name: str, positions: Mapping[str, Point], box: Box, number: int) -> Point:
    near = [positions[other] for other in graph[name] if other in positions]
    if near:
        return (sum(x for x, _ in near) / len(near), sum(y for _, y in near) / len(near))
    if graph.degree[name]:
        return (box.width / 2, box.height / 2)
    return (box.width * ((number * 0.618) % 1), box.height * 0.97)  # beneath, where the isolated stand


def _spread(number: int, count: int, box: Box) -> Point:
    """Return a place among so many that fill the box like the seeds of a sunflower."""
    reach, angle = 0.5 * math.sqrt((number + 0.5) / count), number * GOLDEN
    return (box.width * (0.5 + reach * math.cos(angle)), box.height * (0.5 + reach * math.sin(angle)))


def _free(grid: "_Grid", wanted: Point, box: Box) -> Point:
    """Return the nearest free ground on a spiral round the place wanted."""
    best, room = wanted, -1.0
    for step in range(TRIES):
        reach = grid.cell * math.sqrt(step) * 0.8
        x = min(max(wanted[0] + reach * math.cos(step * GOLDEN), 0.0), box.width)
        y = min(max(wanted[1] + reach * math.sin(step * GOLDEN), 0.0), box.height)
        here = grid.room((x, y))
        if here >= grid.cell:
            return (x, y)
        if here > room:
            best, room = (x, y), here
    return best


class _Grid:
    """Points by cells as wide as the room that each should have."""

    def __init__(self, cell: float, points: Iterable[Point]) -> None:
        self.cell = cell
        self.cells: dict[tuple[int, int], list[Point]] = {}
        for point in points:
            self.add(point)

    def _at(self, point: Point) -> tuple[int, int]:
        return (int(point[0] // self.cell), int(point[1] // self.cell))

    def add(self, point: Point) -> None:
        self.cells.setdefault(self._at(point), []).append(point)

    def room(self, point: Point) -> float:
        """Return how far the nearest point is, at most a cell."""
        column, row = self._at(point)
        around = (
            other
            for x in (column - 1, column, column + 1)
            for y in (row - 1, row, row + 1)
            for other in self.cells.get((x, y), ())
        )
        return min((math.dist(point, other) for other in around), default=self.cell)


def _clearance(positions: Mapping[str, Point], box: Box, count: int) -> float:
    """Return the distance of the two that stand closest; where too few stand, what so many could have."""
    if len(positions) <= 1:
        return math.sqrt(box.width * box.height / max(count, 1)) / 2
    points = np.array(list(positions.values()))
    nearest, _ = cKDTree(points).query(points, k=2)
    return max(float(nearest[:, 1].min()), 1e-3)
