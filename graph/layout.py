"""Where to draw each actor: deterministic positions in a box.

Each component is laid out by stress majorisation: the distance on paper follows the number of steps
in the network, which shows hubs and their circles without the tangle that springs leave. Nodes too
close are then pushed apart, components are packed beside one another, and isolated nodes stand in
rows beneath.
"""

import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from graph.measures import connected_components
from graph.model import Network, SimpleGraph, simple_graph
from graph.sketch import HOLD, Lengths, scale_of, sketch, tamed

Points: TypeAlias = NDArray[np.float64]
"""One row (x, y) per node."""

SEED = 20230606
"""Seed of the small disturbance that separates nodes which stand alike in the network."""
ROUNDS = 60
"""Rounds of stress majorisation at most; fewer when nothing moves any more."""
GAP = 0.55
"""Least distance between two nodes of a component before it is scaled, in steps of the network."""
STRETCH = 1.3
"""How much more a picture may be stretched one way than the other to fill its box."""
ELBOWS = 1.0
"""How much of its room the best connected node has more, for its size and its label."""
PUSHES, TOLERANCE = 400, 1e-3
"""Rounds of pushing nodes apart at most, and how much may be lacking, as a share of the widest room."""
KNOWN, CLOSEST = 0.5, 0.05
"""Share of the tied nodes that an earlier layout must know to be begun with; share of them whose distance
to the next one may be less than they want, as that layout has a step of the network."""
SQUEEZE = 0.6
"""Share of the least distance that must be left when those outside the box are brought in."""
GROUND = 2.0
"""How much more ground a crowd is given than its nodes' rooms would take together."""
DENSE = 700
"""Nodes of a component up to which the distances between all of them are looked at."""
CROWD = 1.15
"""How much wider a hub's circle is than its nodes, side by side, need it."""
CELL, AROUND, DRAWN = 0.5, 2, 1000
"""Grid on which components are packed, in steps of the network, cells kept free around each, and edges
drawn on it at a time."""
ROW, ROW_HEIGHT, BAND, BREATH = 8, 0.08, 0.2, 0.07
"""Isolated nodes in a row at least; shares of the box's height: of one row and of all rows at most, of
the space above them."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle from (0, 0) to (width, height), y downwards, in any unit."""

    width: float
    height: float

    def __post_init__(self) -> None:
        if not (0 < self.width < math.inf and 0 < self.height < math.inf):
            raise ValueError(f"a box of {self.width} by {self.height} holds nothing")


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions (x, y) by node id, all inside the box.

    `clearance` is the distance between the two nodes that stand closest, in the unit of the box: drawn
    with a radius under half of it, nodes don't overlap. With fewer than two nodes it is the shorter
    side of the box.
    """

    box: Box
    positions: Mapping[str, tuple[float, float]]
    clearance: float


@dataclass(frozen=True, slots=True)
class _Patch:
    """A component laid out: its points from (0, 0) on, and its edges as places among the points."""

    points: Points
    edges: NDArray[np.int64]
    corner: Points | None = None
    """Where its corner was before, in steps of the network from the middle of the box."""


@dataclass(frozen=True, slots=True)
class _Before:
    """An earlier layout: positions from the middle of the box, and the length of a step of the network."""

    positions: Mapping[str, Points]
    step: float


def lay_out(network: Network, box: Box, previous: Mapping[str, tuple[float, float]] | None = None) -> Layout:
    """Place every node of a network in a box.

    The same network gives the same positions, in whatever order its nodes and ties were given. Up to
    `DENSE` nodes, time and memory are quadratic in the largest component; beyond, nearly linear.
    With the `previous` positions of its nodes in the same box it begins there: those known move little,
    newcomers come to their neighbours, and it takes fewer rounds. Nodes that are gone are ignored; if too
    few are known, it begins anew.
    """
    graph = simple_graph(network)
    components = connected_components(graph)
    tied = [names for names in components if len(names) > 1]
    alone = [names[0] for names in components if len(names) == 1]
    rows = _rows(alone, box, beneath=bool(tied))
    floor = min((y for _, y in rows.values()), default=box.height)
    above = Box(box.width, floor - box.height * BREATH if rows and tied else box.height)
    positions = rows | _place(graph, tied, above, _before(graph, above, previous or {}))
    ordered = {name: positions[name] for name in graph}
    return Layout(box, MappingProxyType(ordered), _clearance(ordered, box))


def _rows(names: Sequence[str], box: Box, *, beneath: bool) -> dict[str, tuple[float, float]]:
    """Put isolated nodes in rows: over the whole box, or along its lower edge, beneath the others."""
    if not names:
        return {}
    height = box.height * (BAND if beneath else 1.0)
    columns = math.ceil(math.sqrt(len(names) * box.width / height))
    lines = math.ceil(len(names) / min(len(names), max(columns, ROW)))
    columns = math.ceil(len(names) / lines)
    across = box.width / columns
    down = min(across, height / lines, box.height * ROW_HEIGHT if beneath else math.inf)
    top = box.height - down * lines if beneath else (box.height - down * lines) / 2
    positions = {}
    for place, name in enumerate(names):
        line, column = divmod(place, columns)
        in_line = min(columns, len(names) - line * columns)
        x = box.width / 2 + (column - (in_line - 1) / 2) * across
        positions[name] = (x, top + (line + 0.5) * down)
    return positions


def _before(graph: SimpleGraph, box: Box, previous: Mapping[str, tuple[float, float]]) -> _Before | None:
    """Read an earlier layout; None if it knows too few of the tied nodes to begin with."""
    tied = [name for name in graph if graph.degree[name]]
    known = [name for name in tied if name in previous]
    if len(known) < max(KNOWN * len(tied), 2):
        return None
    points = np.array([previous[name] for name in known]) - np.array([box.width, box.height]) / 2
    distances, places = cKDTree(points).query(points, k=2)
    rooms = _rooms(graph, known)
    ratios = distances[:, 1] / (rooms + rooms[places[:, 1]])
    step = float(np.quantile(ratios, CLOSEST))
    if not 0 < step < math.inf:
        return None
    return _Before(dict(zip(known, points, strict=True)), step)


def _place(
    graph: SimpleGraph, components: Sequence[tuple[str, ...]], box: Box, before: _Before | None
) -> dict[str, tuple[float, float]]:
    """Lay out the components, the largest first, and fit them together into the box."""
    if not components:
        return {}
    names = [name for component in components for name in component]
    patches = [_patch(graph, component, box, before) for component in components]
    points = np.vstack(_pack(patches, box, before.step if before else 0.0))
    points = _fit(points, box) if before is None else _keep(points * before.step, box)
    return {name: (float(x), float(y)) for name, (x, y) in zip(names, points, strict=True)}


def _patch(graph: SimpleGraph, names: tuple[str, ...], box: Box, before: _Before | None) -> _Patch:
    """Lay out one component in a rectangle that begins at (0, 0)."""
    places = {name: place for place, name in enumerate(names)}
    # Sorted, because a subgraph lists its edges in the order of a set, another one in every process.
    pairs = ((places[first], places[second]) for first, second in graph.subgraph(names).edges)
    edges = sorted((min(pair), max(pair)) for pair in pairs)
    rooms, lengths = _rooms(graph, names), _lengths(graph, names, edges)
    start = _resumed(graph, names, before) if before else None
    points = _separate(_arrange(lengths, start), rooms)
    if start is None:
        points = _turn(points, box)
    corner = points.min(axis=0)
    return _Patch(points - corner, np.array(edges), None if start is None else corner)


def _rooms(graph: SimpleGraph, names: Sequence[str]) -> NDArray[np.float64]:
    """Half the distance that each node wants to its likes, in steps: more for the well connected."""
    degrees = np.array([graph.degree[name] for name in names])
    most = max(1, max(degree for _, degree in graph.degree) - 1)
    return np.asarray(GAP / 2 * (1 + ELBOWS * np.sqrt((degrees - 1) / most)))


def _resumed(graph: SimpleGraph, names: tuple[str, ...], before: _Before) -> Points | None:
    """Begin where nodes were, in steps; newcomers amid their neighbours. None if nobody was there."""
    positions = {name: before.positions[name] / before.step for name in names if name in before.positions}
    known = np.array([name in positions for name in names])
    waiting = deque(name for name in names if name in positions)
    if not waiting:
        return None
    while waiting:  # step by step away from those known
        for other in sorted(graph[waiting.popleft()]):
            if other not in positions:
                near = [positions[third] for third in sorted(graph[other]) if third in positions]
                positions[other] = np.mean(near, axis=0)
                waiting.append(other)
    points = np.array([positions[name] for name in names])
    nudge = np.random.default_rng(SEED).normal(scale=0.05, size=points.shape)
    return np.asarray(points + nudge * ~known[:, None], dtype=np.float64)


def _lengths(graph: SimpleGraph, names: tuple[str, ...], edges: Sequence[tuple[int, int]]) -> Lengths:
    """Wanted lengths of the edges of a component, each given once.

    The circle of those who know only one hub is wide enough to stand in side by side; an edge
    between two hubs is long enough for both their circles.
    """
    reach = [_circle(graph, name) for name in names]
    wanted = [max(1.0, reach[first] + reach[second]) for first, second in edges]
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return csr_array((wanted, (ends[:, 0], ends[:, 1])), shape=(len(names), len(names)))


def _arrange(lengths: Lengths, start: Points | None) -> Points:
    """Lay out a component: by the distances between all nodes, or where they are many by a sample."""
    if lengths.shape[0] > DENSE:
        return sketch(lengths, start)
    return _majorise(tamed(dijkstra(lengths, directed=False)), start)


def _circle(graph: SimpleGraph, name: str) -> float:
    """Radius of the circle on which the nodes tied to this one only can stand side by side."""
    followers = sum(graph.degree[neighbour] == 1 for neighbour in graph[name])
    return CROWD * GAP * followers / math.tau


def _majorise(wanted: Points, start: Points | None) -> Points:
    """Find points whose distances come close to the wanted ones (SMACOF, weights 1/d^2)."""
    weights = 1 / np.square(wanted + np.eye(len(wanted)))
    np.fill_diagonal(weights, 0)
    pulls = weights.sum(axis=1)
    points, scale, hold = _start(wanted), 1.0, np.zeros(len(wanted))
    if start is not None:
        scale = scale_of(cdist(start, start), wanted, weights)
        points, hold = start * scale, pulls * HOLD / (1 - HOLD)
    held = hold[:, None] * points
    hold[0] += pulls[0] * (start is None)  # where nobody is held, the first point stays
    solve = scipy.linalg.inv(np.diag(pulls + hold) - weights)
    pull = weights * wanted
    for _ in range(ROUNDS):
        ratios = pull / np.maximum(cdist(points, points), TOLERANCE**2)
        target = ratios.sum(axis=1)[:, None] * points - ratios @ points + held
        moved = solve @ target
        step = np.abs(moved - points).max()
        points = moved
        if step < TOLERANCE:
            break
    return points / scale


def _start(wanted: Points) -> Points:
    """Begin with classical scaling, disturbed a little so that no two nodes coincide."""
    count = len(wanted)
    squares = np.square(wanted)
    means = squares.mean(axis=0)
    inner = -0.5 * (squares - means[:, None] - means[None, :] + squares.mean())
    # All eigenvalues, for the two largest: asked for these alone, LAPACK may find none where many are
    # equal, as those of a star are.
    values, vectors = np.linalg.eigh(inner)
    points = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0))
    disturbance = np.random.default_rng(SEED).normal(scale=0.05, size=(count, 2))
    return np.asarray(points[:, ::-1] + disturbance, dtype=np.float64)


def _separate(points: Points, rooms: NDArray[np.float64]) -> Points:
    """Push points apart until no two are closer than the sum of the rooms they want.

    All are spread first, where together they have less ground than their rooms take; a crowd has more
    ground, because it can't be packed as tightly in a few rounds.
    """
    widest = 2 * float(rooms.max())
    slack = widest / 4
    wanted = math.pi * float(np.square(rooms).sum()) * (GROUND if len(points) > DENSE else 1.0)
    spread = max(1.0, math.sqrt(wanted / float((np.ptp(points, axis=0) + widest).prod())))
    middle = points.mean(axis=0)
    points = middle + (points - middle) * spread
    seen, pairs = points, _near(points, widest + slack)
    for _ in range(PUSHES):
        if np.abs(points - seen).max() > slack / 3:  # nobody can have come near unseen
            seen, pairs = points, _near(points, widest + slack)
        first, second = pairs[:, 0], pairs[:, 1]
        apart = points[first] - points[second]
        distance = np.maximum(np.hypot(apart[:, 0], apart[:, 1]), 1e-6 * widest)
        lacking = rooms[first] + rooms[second] - distance
        near = np.flatnonzero(lacking > TOLERANCE * widest)
        if not len(near):
            break
        push = apart[near] * (lacking[near] / distance[near] / 2)[:, None]
        first, second = first[near], second[near]
        moves = [
            np.bincount(first, push[:, axis], len(points)) - np.bincount(second, push[:, axis], len(points))
            for axis in (0, 1)
        ]
        points = points + np.column_stack(moves)
    return points


def _near(points: Points, reach: float) -> NDArray[np.intp]:
    """List the pairs of points within reach of one another, in a fixed order."""
    pairs = cKDTree(points).query_pairs(reach, output_type="ndarray")
    found = np.divmod(np.sort(pairs[:, 0] * len(points) + pairs[:, 1]), len(points))
    return np.column_stack(found)


def _turn(points: Points, box: Box) -> Points:
    """Turn points so that they fill the box best."""
    best, best_scale = points, 0.0
    for angle in np.linspace(0, math.pi, 36, endpoint=False):
        cos, sin = math.cos(angle), math.sin(angle)
        turned = points @ np.array([[cos, -sin], [sin, cos]])
        width, height = np.ptp(turned, axis=0)
        scale = min(box.width / (width + GAP), box.height / (height + GAP))
        if scale > best_scale * (1 + 1e-9):
            best, best_scale = turned, scale
    return best


def _overlap(taken: NDArray[np.float64], mask: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each place of the mask's corner, how many of its cells are taken there.

    By Fourier transform; scipy.signal does the same, but takes longer to load than all else here.
    """
    spectrum = np.fft.rfft2(taken) * np.conj(np.fft.rfft2(mask, taken.shape))
    whole = np.fft.irfft2(spectrum, taken.shape)
    return whole[: taken.shape[0] - mask.shape[0] + 1, : taken.shape[1] - mask.shape[1] + 1]


def _pack(patches: Sequence[_Patch], box: Box, step: float) -> list[Points]:
    """Move the components, the first one aside, where they keep clear of those before them.

    One that was there before stays if its ground is still free. Each of the others goes to the free place
    that makes the whole grow least, in the proportions of the box: small components settle in the
    hollows of the large ones. `step` is the length of a step of the network in the box, if known.
    """
    masks = [_mask(patch) for patch in patches]
    side = 2 * max(max(mask.shape) for mask in masks) + math.ceil(2 * math.sqrt(sum(m.size for m in masks)))
    if step:
        side = max(side, math.ceil(2 * max(box.width, box.height) / step / CELL))
    taken = np.zeros((side, side))
    moved: dict[int, Points] = {}
    for place in sorted(range(len(patches)), key=lambda place: patches[place].corner is None):
        patch, mask = patches[place], masks[place]
        if patch.corner is not None and (cell := _ground(patch.corner, mask, taken)) is not None:
            corner = patch.corner
        else:
            cell = _free(mask, taken, box)
            corner = (np.array(cell) + AROUND - side / 2) * CELL
        left, top = cell
        taken[left : left + mask.shape[0], top : top + mask.shape[1]] += mask
        moved[place] = patch.points + corner
    return [moved[place] for place in range(len(patches))]


def _ground(corner: Points, mask: Points, taken: Points) -> tuple[int, int] | None:
    """Return the cell where a component's mask begins if it stays at its corner; None if that is taken."""
    left, top = (int(cell) for cell in np.round(corner / CELL) - AROUND + len(taken) // 2)
    width, height = mask.shape
    if min(left, top) < 0 or max(left + width, top + height) > len(taken):
        return None
    if (taken[left : left + width, top : top + height] * mask).any():
        return None
    return left, top


def _free(mask: Points, taken: Points, box: Box) -> tuple[int, int]:
    """Return the cell where a component's mask had best begin."""
    side = len(taken)
    free = _overlap(taken, mask) < 0.5  # noqa: PLR2004
    width, height = mask.shape
    x, y = np.indices(free.shape)
    across = np.maximum(np.abs(x - side / 2), np.abs(x + width - side / 2)) / box.width
    down = np.maximum(np.abs(y - side / 2), np.abs(y + height - side / 2)) / box.height
    cost = np.where(free, np.maximum(across, down) + 0.01 * (across + down), np.inf)
    left, top = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return int(left), int(top)


def _mask(patch: _Patch) -> Points:
    """Draw nodes and edges coarsely on a grid, with the margin that other components keep."""
    shape = np.floor(patch.points.max(axis=0) / CELL).astype(int) + 1 + 2 * AROUND
    mask = np.zeros(tuple(shape))
    for column, row in _cells(patch):
        mask[column + AROUND, row + AROUND] = 1
    return np.asarray(binary_dilation(mask, np.ones((3, 3)), iterations=AROUND), dtype=np.float64)


def _cells(patch: _Patch) -> Iterator[NDArray[np.intp]]:
    """Yield the columns and rows of the grid that edges run through, some edges at a time."""
    for first in range(0, len(patch.edges), DRAWN):
        ends = patch.points[patch.edges[first : first + DRAWN]]
        start, way = ends[:, 0], ends[:, 1] - ends[:, 0]
        steps = np.linspace(0, 1, max(2, math.ceil(2 * np.abs(way).max() / CELL)))
        dots = (start[:, None, :] + way[:, None, :] * steps[:, None]).reshape(-1, 2)
        yield np.floor(dots / CELL).astype(np.intp).T


def _fit(points: Points, box: Box) -> Points:
    """Scale and centre points into the box, stretched one way by `STRETCH` at most."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    scale = np.array([box.width, box.height]) / span
    scale = np.minimum(scale, scale.min() * STRETCH)
    centre = np.array([box.width, box.height]) / 2
    return np.asarray((points - (low + high) / 2) * scale + centre, dtype=np.float64)


def _keep(points: Points, box: Box) -> Points:
    """Leave points, given from the middle of the box, where they are; bring in those that stand outside.

    Those alone move, unless they would come too close to others: then all are drawn together.
    """
    room = np.array([box.width, box.height])
    clipped = np.clip(points + room / 2, 0, room)
    if _closest(clipped) > SQUEEZE * _closest(points):
        return np.asarray(clipped, dtype=np.float64)
    points = points * min(1.0, float((room / np.maximum(np.ptp(points, axis=0), 1e-9)).min()))
    points = points + room / 2
    points = points - np.minimum(points.min(axis=0), 0)
    return np.asarray(points - np.maximum(points.max(axis=0) - room, 0), dtype=np.float64)


def _closest(points: Points) -> float:
    nearest, _ = cKDTree(points).query(points, k=2)
    return float(nearest[:, 1].min())


def _clearance(positions: Mapping[str, tuple[float, float]], box: Box) -> float:
    if len(positions) <= 1:
        return min(box.width, box.height)
    return _closest(np.array(list(positions.values())))
