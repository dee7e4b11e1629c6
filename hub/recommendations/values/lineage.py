"""Where the threads of a lineage run: a line for each recommendation, an arc from what it comes from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

ROW = 100  # height of a line, in the picture's own units
WIDTH = 100  # of the rail in which the arcs stand
DOT = 88  # where the dots stand


@dataclass(frozen=True, slots=True)
class Arc:
    """A thread from one line to one further down, as an SVG path, and its kind."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The lines in their order (identifiers) and the arcs between them; `height` in the picture's units."""

    order: list[int]
    arcs: list[Arc]

    @property
    def height(self) -> int:
        """How high the picture is."""
        return ROW * len(self.order)


def draw(nodes: Iterable[int], ties: Sequence[tuple[int, int, str]]) -> Drawing:
    """Lay out a lineage; `ties` are (parent, child, kind). Raises ValueError for a ring."""
    order = in_order(nodes, [(parent, child) for parent, child, _kind in ties])
    place = {node: number for number, node in enumerate(order)}
    spans = sorted(
        ((place[parent], place[child], kind) for parent, child, kind in ties),
        key=lambda span: (span[1] - span[0], span),
    )
    depths: list[tuple[int, int, int]] = []
    for first, last, _kind in spans:
        # Arcs that lie inside of this one are nearer to the dots.
        inside = [depth for start, end, depth in depths if start < last and end > first]
        depths.append((first, last, max(inside, default=0) + 1))
    deepest = max((depth for _first, _last, depth in depths), default=1)
    step = min(24.0, (DOT - 6) / deepest)
    return Drawing(
        order,
        [
            Arc(_path(first, last, DOT - step * depth), kind)
            for (first, last, kind), (_start, _end, depth) in zip(spans, depths, strict=True)
        ],
    )


def in_order(nodes: Iterable[int], ties: Sequence[tuple[int, int]]) -> list[int]:
    """Return the nodes, each below all it comes from, the oldest first. Raises ValueError for a ring."""
    waits = dict.fromkeys(nodes, 0)
    below: dict[int, list[int]] = {node: [] for node in waits}
    for parent, child in ties:
        waits[child] += 1
        below[parent].append(child)
    free = [node for node, number in waits.items() if not number]
    heapify(free)
    order: list[int] = []
    while free:
        node = heappop(free)
        order.append(node)
        for child in below[node]:
            waits[child] -= 1
            if not waits[child]:
                heappush(free, child)
    if len(order) < len(waits):
        raise ValueError("a lineage without end")
    return order


def _path(first: int, last: int, x: float) -> str:
    top, bottom = first * ROW + ROW / 2, last * ROW + ROW / 2
    bend = min(30.0, (bottom - top) / 3)
    return (
        f"M{DOT} {top:g}C{x:g} {top:g} {x:g} {top + bend / 2:g} {x:g} {top + bend:g}V{bottom - bend:g}"
        f"C{x:g} {bottom - bend / 2:g} {x:g} {bottom:g} {DOT} {bottom:g}"
    )
