"""The network as an SVG drawing, for print.

Plain SVG with presentation attributes only, so that WeasyPrint draws it and a strict content security
policy lets it through: no script, no style sheet, nothing fetched.
"""

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from graph.labels import LINE, Frame, Label, Obstacles, Spot, place_labels, text_width
from graph.layout import ROW, Layout
from graph.model import Network, NetworkError, SimpleGraph, UnknownNodeError, simple_graph
from graph.style import FAMILIES, INK, OUTLINE, PAPER, REACHES, SHAPES
from graph.style import THREADS as LINES_OF_TIES

Attributes: TypeAlias = Mapping[str, str | float]

MARGIN = 36.0
"""Room around the layout's box, for labels and for the shapes at its edge."""
SMALL, CROWDED, GROWTH = 4.4, 0.2, 1.8
"""Radius of a node with one neighbour, the same as a share of the clearance in a crowd, and by how
much of itself the radius of the best connected is larger, where there is room."""
LABEL_SIZE, HUB_LABEL_SIZE, LEGEND_SIZE = 9.0, 11.5, 10.0
HUBS, HUB_DEGREE = 8, 3
"""As many of the best connected nodes, with so many neighbours at least, are labelled in larger type,
or cut short rather than not at all."""
CROWD, NAMED_IN_CROWD, SHARE_NAMED = 400, 40, 3
"""In a network of so many nodes, as many of the best connected are named even if they cover others; of the
rest, one in so many may be named where there is room, most of them at the rim."""
ROOMY = 0.2
"""Radius of a node with one neighbour at least, as a share of the side of the square that each would have."""
KEY_RADIUS = 4.6
THREAD, THREAD_INK = "#a3b3ae", "#74857f"
PLAIN_LINE = "work"
"""The line of a kind of tie that has none of its own."""
APART, WIDE_PAIR = 3.0, 12.0
"""Room between two ties of one pair, and that of all of them at most."""
THREAD_WIDTH, THREAD_WIDEST, MANY = 0.9, 2.6, 400
"""Width of a thread for one tie and at most; beyond so `MANY` threads all become finer."""
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 can't hold, even escaped."""


NEW, LOST = "#0f5c5c", "#b3382c"
"""Hues of what came and what is gone; line and mark say the same (see `Changes`)."""
THREADS: Mapping[str, Attributes] = MappingProxyType(
    {
        "lost": {"stroke": LOST, "stroke-width": 1.6, "stroke-dasharray": "5 4"},
        "new": {"stroke": NEW, "stroke-width": 2.6},
    }
)
STATES = ("came", "left", "new", "lost")


@dataclass(frozen=True, slots=True)
class Changes:
    """What is shown as changed in a picture of two days together.

    `came` and `left` are ids of nodes, `new` and `lost` pairs of ids, the lesser first. Never by hue
    alone: who came wears a ring and a plus, who left is hollow with a cross through it; a new tie is a thick
    line, a lost one is broken. `words` say so in the legend, by the names in `STATES`.
    """

    came: frozenset[str]
    left: frozenset[str]
    new: frozenset[tuple[str, str]]
    lost: frozenset[tuple[str, str]]
    words: Mapping[str, str]

    @property
    def nodes(self) -> frozenset[str]:
        """The nodes that a reader looks for: changed themselves, or an end of a changed tie."""
        return self.came | self.left | {end for pair in self.new | self.lost for end in pair}

    @property
    def present(self) -> tuple[str, ...]:
        """The kinds of change that there are, in the order of the legend."""
        return tuple(state for state in STATES if getattr(self, state))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A node as drawn: centre, radius, and how far its shape reaches from the centre."""

    x: float
    y: float
    radius: float
    reach: float


def draw(
    network: Network,
    layout: Layout,
    families: Mapping[str, str],
    *,
    title: str,
    legend: Mapping[str, str],
    description: str = "",
    labels: int = 120,
    threads: Mapping[str, str] | None = None,
    thread_words: Mapping[str, str] | None = None,
    font: str = "Source Sans 3, sans-serif",
    changes: Changes | None = None,
) -> str:
    """Draw a network as SVG and return it as text; the same arguments give the same text.

    `families` gives the family of each node by node id, `legend` the words for each family (both by
    the names in `graph.style.FAMILIES`); the legend lists the families present, in that table's order.
    `title` and `description` are for people who can't see the picture. At most `labels` nodes are
    labelled, the best connected first, and besides them the isolated ones where they fill no more than a
    row; each only where its label hides no node and no other label. With `changes`, those that changed come
    first, and how they did is drawn and told in the legend. With `threads`, the line of each kind of tie (a
    name in `graph.style.THREADS`), every tie is drawn by itself, beside the others of its pair;
    `thread_words` name the lines in the legend.
    The unit is the CSS pixel; the drawing is the layout's box, `MARGIN` around it, the legend beneath.

    Raises `UnknownNodeError` when the layout lacks a node, `NetworkError` when a node has no family
    or a family has no look or no words.
    """
    _check(network, layout, families, legend)
    graph = simple_graph(network)
    marks = _marks(graph, layout, families)
    present = {families[name] for name in graph}
    keys = [(family, legend[family]) for family in FAMILIES if family in present]
    width = layout.box.width + 2 * MARGIN
    top = layout.box.height + 2 * MARGIN
    columns, rows, pitch = _legend_grid(keys, width)
    told = [(state, changes.words[state]) for state in changes.present] if changes else []
    beneath = top + rows * LEGEND_SIZE * 1.9
    changed_columns, changed_rows, changed_pitch = _legend_grid(told, width)
    lowest = beneath + changed_rows * LEGEND_SIZE * 1.9
    lines = _lines_present(network, threads or {}, thread_words or {})
    line_columns, line_rows, line_pitch = _legend_grid(lines, width, 4 * KEY_RADIUS)
    root = _root(width, lowest + line_rows * LEGEND_SIZE * 1.9, font)
    _add(root, "title").text = _printable(title)
    if description:
        _add(root, "desc").text = _printable(description)
    if threads:
        _draw_ties(root, network, marks, threads)
    else:
        _draw_threads(root, graph, marks, changes)
    _draw_nodes(root, graph, marks, families, changes)
    spots = _spots(network, graph, marks, labels, changes.nodes if changes else frozenset())
    _draw_labels(root, place_labels(spots, _obstacles(graph, marks), Frame(0, 0, width, top)))
    _draw_legend(root, keys, (columns, pitch, top), _draw_family_key)
    if told:
        _draw_legend(root, told, (changed_columns, changed_pitch, beneath), _draw_change_key)
    if lines:
        _draw_legend(root, lines, (line_columns, line_pitch, lowest), _draw_line_key)
    return ET.tostring(root, encoding="unicode")


def _check(network: Network, layout: Layout, families: Mapping[str, str], legend: Mapping[str, str]) -> None:
    for node in network.nodes:
        if node.id not in layout.positions:
            raise UnknownNodeError(f"the layout has no position for the node {node.id!r}")
        if node.id not in families:
            raise NetworkError(f"the node {node.id!r} has no family")
        family = families[node.id]
        if family not in FAMILIES:
            raise NetworkError(f"the node {node.id!r} is of the family {family!r}, which has no look")
        if family not in legend:
            raise NetworkError(f"the legend has no words for the family {family!r}")


def _marks(graph: SimpleGraph, layout: Layout, families: Mapping[str, str]) -> dict[str, _Mark]:
    """Size the nodes by their degree, less where they would touch."""
    if not graph:
        return {}
    square = math.sqrt(layout.box.width * layout.box.height / len(graph))
    least = min(SMALL, max(CROWDED * layout.clearance, ROOMY * square / 2))
    most = max(degree for _, degree in graph.degree)
    points = [layout.positions[name] for name in graph]
    shapes = [REACHES[FAMILIES[families[name]].shape] for name in graph]
    growth = GROWTH * least / SMALL
    reaches = [
        shape * least * (1 + growth * math.sqrt(max(0, graph.degree[name] - 1) / max(1, most - 1)))
        for name, shape in zip(graph, shapes, strict=True)
    ]
    _shrink(reaches, points)
    return {
        name: _Mark(x + MARGIN, y + MARGIN, reach / shape, reach)
        for name, (x, y), reach, shape in zip(graph, points, reaches, shapes, strict=True)
    }


def _shrink(reaches: list[float], points: Sequence[tuple[float, float]]) -> None:
    """Make the larger of two nodes smaller until no two can touch, in place."""
    pairs = cKDTree(points).query_pairs(2 * max(reaches))
    for first, second in sorted(pairs):
        room = 0.96 * math.dist(points[first], points[second])
        if reaches[first] + reaches[second] > room:
            larger, smaller = sorted((first, second), key=lambda place: -reaches[place])
            reaches[smaller] = min(reaches[smaller], room / 2)
            reaches[larger] = room - reaches[smaller]


def _draw_threads(
    root: ET.Element, graph: SimpleGraph, marks: Mapping[str, _Mark], changes: Changes | None
) -> None:
    fine = THREAD_WIDTH * min(1.0, math.sqrt(MANY / max(1, graph.number_of_edges())))
    group = _add(root, "g", {"stroke": THREAD, "stroke-linecap": "round"})
    # What changed is drawn last, above what stayed.
    for first, second in sorted(graph.edges, key=lambda pair: _thread_state(pair, changes)):
        start, end = marks[first], marks[second]
        ends: Attributes = {"x1": start.x, "y1": start.y, "x2": end.x, "y2": end.y}
        width = min(THREAD_WIDEST, fine * math.sqrt(graph.edges[first, second]["ties"]))
        look = THREADS.get(_thread_state((first, second), changes), {"stroke-width": width})
        _add(group, "line", {**ends, **look})


def _lines_present(
    network: Network, threads: Mapping[str, str], words: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return the lines that are drawn, with their words, in the order of the table."""
    drawn = {threads[tie.kind] for tie in network.ties if tie.kind in threads}
    return [(line, words[line]) for line in LINES_OF_TIES if line in drawn and line in words]


def _draw_ties(
    root: ET.Element, network: Network, marks: Mapping[str, _Mark], threads: Mapping[str, str]
) -> None:
    """Draw every tie as a line of its own, dashed as its kind asks, beside the others of its pair."""
    fine = min(1.0, math.sqrt(MANY / max(1, len(network.ties))))
    pairs: dict[tuple[str, str], list[str]] = {}
    for tie in network.ties:
        if tie.source != tie.target:
            pairs.setdefault(tie.pair, []).append(threads.get(tie.kind, PLAIN_LINE))
    group = _add(root, "g", {"stroke": THREAD_INK})
    for (first, second), lines in pairs.items():
        start, end = marks[first], marks[second]
        length = math.dist((start.x, start.y), (end.x, end.y)) or 1.0
        gap = min(APART, WIDE_PAIR / len(lines))
        for number, line in enumerate(lines):
            aside = (number - (len(lines) - 1) / 2) * gap
            x, y = aside * (end.y - start.y) / length, -aside * (end.x - start.x) / length
            look = LINES_OF_TIES[line]
            attributes: dict[str, str | float] = {
                "x1": start.x + x, "y1": start.y + y, "x2": end.x + x, "y2": end.y + y,
                "stroke-width": look.width * fine,
            }  # fmt: skip
            if look.dasharray:
                attributes["stroke-dasharray"] = look.dasharray
            _add(group, "line", attributes)


def _draw_line_key(group: ET.Element, line: str, x: float, y: float) -> None:
    look = LINES_OF_TIES[line]
    ends: dict[str, str | float] = {"x1": x - 4 * KEY_RADIUS, "y1": y, "x2": x + 1.6 * KEY_RADIUS, "y2": y}
    if look.dasharray:
        ends["stroke-dasharray"] = look.dasharray
    _add(group, "line", {**ends, "stroke": THREAD_INK, "stroke-width": look.width})


def _thread_state(pair: tuple[str, str], changes: Changes | None) -> str:
    ends = (min(pair), max(pair))
    if changes and ends in changes.new:
        return "new"
    return "lost" if changes and ends in changes.lost else ""


def _draw_nodes(
    root: ET.Element,
    graph: SimpleGraph,
    marks: Mapping[str, _Mark],
    families: Mapping[str, str],
    changes: Changes | None,
) -> None:
    group = _add(root, "g", {"stroke": OUTLINE, "stroke-width": 0.7, "stroke-linejoin": "round"})
    for name in graph:
        if changes and name in changes.came:
            _draw_shape(group, families[name], marks[name])
            _draw_came(group, marks[name])
        elif changes and name in changes.left:
            _draw_shape(group, families[name], marks[name], fill=PAPER)
            _draw_left(group, marks[name])
        else:
            _draw_shape(group, families[name], marks[name])


def _draw_came(group: ET.Element, mark: _Mark) -> None:
    """Draw a ring, and a plus at its upper right."""
    ring = mark.reach + 2.4
    look: Attributes = {"fill": "none", "stroke": NEW, "stroke-width": 1.5}
    _add(group, "circle", {"cx": mark.x, "cy": mark.y, "r": ring, **look})
    x, y, arm = mark.x + ring + 1.6, mark.y - ring - 1.6, 2.8
    length = _number(2 * arm)
    path = f"M{_number(x - arm)} {_number(y)}h{length}M{_number(x)} {_number(y - arm)}v{length}"
    _add(group, "path", {"d": path, **look, "stroke-width": 1.7})


def _draw_left(group: ET.Element, mark: _Mark) -> None:
    """Draw a cross through the node."""
    arm = mark.reach * 0.95 + 1.5
    left, right = _number(mark.x - arm), _number(mark.x + arm)
    top, bottom = _number(mark.y - arm), _number(mark.y + arm)
    path = f"M{left} {top}L{right} {bottom}M{right} {top}L{left} {bottom}"
    _add(group, "path", {"d": path, "fill": "none", "stroke": LOST, "stroke-width": 1.5})


def _draw_shape(group: ET.Element, family: str, mark: _Mark, *, fill: str = "") -> None:
    style = FAMILIES[family]
    fill = fill or style.colour
    corners = SHAPES[style.shape]
    if not corners:
        _add(group, "circle", {"cx": mark.x, "cy": mark.y, "r": mark.radius, "fill": fill})
        return
    points = (f"{_number(mark.x + mark.radius * x)},{_number(mark.y + mark.radius * y)}" for x, y in corners)
    _add(group, "polygon", {"points": " ".join(points), "fill": fill})


def _spots(
    network: Network, graph: SimpleGraph, marks: Mapping[str, _Mark], count: int, changed: frozenset[str]
) -> list[Spot]:
    """Say which nodes want a label, in the order in which places are given away."""
    crowd = len(network.nodes) > CROWD
    hubs = NAMED_IN_CROWD if crowd else HUBS
    count = max(count, len(network.nodes) // SHARE_NAMED) if crowd else count
    ranked = sorted(network.nodes, key=lambda node: (node.id not in changed, -graph.degree[node.id], node.id))
    alone = [node for node in ranked[count:] if not graph.degree[node.id]]
    chosen = ranked[:count] + (alone if len(alone) <= ROW else [])
    spots = []
    for rank, node in enumerate(chosen):
        mark, degree = marks[node.id], graph.degree[node.id]
        hub = rank < hubs and degree >= HUB_DEGREE
        sizes = (HUB_LABEL_SIZE, LABEL_SIZE) if hub else (LABEL_SIZE,)
        label = _printable(node.label)
        spots.append(Spot(mark.x, mark.y, mark.reach, label, sizes, must=hub, beneath=not degree))
    return spots


def _obstacles(graph: SimpleGraph, marks: Mapping[str, _Mark]) -> Obstacles:
    nodes = [(mark.x, mark.y, mark.reach) for mark in marks.values()]
    threads = [(marks[a].x, marks[a].y, marks[b].x, marks[b].y) for a, b in graph.edges]
    return Obstacles(
        np.array(nodes).reshape(-1, 3), np.array(threads, dtype=np.float64).reshape(-1, 4), _major(graph)
    )


def _major(graph: SimpleGraph) -> NDArray[np.bool_] | None:
    """Say in a crowd which nodes no label may cover: the best connected, which are named themselves."""
    if len(graph) <= CROWD:
        return None
    ranked = sorted(graph, key=lambda name: (-graph.degree[name], name))
    first = set(ranked[:NAMED_IN_CROWD])
    return np.array([name in first for name in graph])


def _draw_labels(root: ET.Element, labels: Sequence[Label]) -> None:
    """Write the labels, each on a ground that lets the threads beneath it shine through a little."""
    group = _add(root, "g", {"fill": INK})
    for label in labels:
        frame = label.frame
        corner: Attributes = {"x": frame.left, "y": frame.top, "rx": 2}
        size: Attributes = {"width": frame.right - frame.left, "height": frame.bottom - frame.top}
        _add(group, "rect", {**corner, **size, "fill": PAPER, "fill-opacity": 0.82})
        weight = "bold" if label.size > LABEL_SIZE else "normal"
        look: Attributes = {"text-anchor": label.anchor, "font-size": label.size, "font-weight": weight}
        for number, line in enumerate(label.lines):
            place: Attributes = {"x": label.x, "y": label.y + number * LINE * label.size}
            _add(group, "text", {**place, **look}).text = line


def _legend_grid(
    keys: Sequence[tuple[str, str]], width: float, longer: float = 0.0
) -> tuple[int, int, float]:
    """Return columns, rows and width of a column, so that every entry has room in its column.

    `longer` is how much longer than a shape its sign is.
    """
    longest = max((text_width(_printable(words), LEGEND_SIZE) for _, words in keys), default=0.0)
    pitch = longest + 4 * KEY_RADIUS + 14 + longer
    columns = max(1, min(len(keys), int((width - 2 * KEY_RADIUS) // pitch)))
    rows = math.ceil(len(keys) / columns)
    columns = math.ceil(len(keys) / rows) if rows else 1
    return columns, rows, min(pitch, width / columns)


def _draw_family_key(group: ET.Element, family: str, x: float, y: float) -> None:
    _draw_shape(group, family, _Mark(x, y, KEY_RADIUS, KEY_RADIUS))


def _draw_change_key(group: ET.Element, state: str, x: float, y: float) -> None:
    if state in THREADS:
        ends: Attributes = {"x1": x - 2 * KEY_RADIUS, "y1": y, "x2": x + 1.4 * KEY_RADIUS, "y2": y}
        _add(group, "line", {**ends, **THREADS[state]})
        return
    mark = _Mark(x, y, 3.2, 3.2)
    _add(group, "circle", {"cx": x, "cy": y, "r": 3.2, "fill": PAPER if state == "left" else THREAD})
    (_draw_left if state == "left" else _draw_came)(group, mark)


def _draw_legend(
    root: ET.Element,
    keys: Sequence[tuple[str, str]],
    grid: tuple[int, float, float],
    draw_key: Callable[[ET.Element, str, float, float], None],
) -> None:
    """Draw a legend; the grid is its columns, their width and its upper edge."""
    columns, pitch, top = grid
    shapes = _add(root, "g", {"stroke": OUTLINE, "stroke-width": 0.7, "stroke-linejoin": "round"})
    words = _add(root, "g", {"fill": INK, "font-size": LEGEND_SIZE})
    left = max(2 * KEY_RADIUS, (float(root.attrib["width"]) - columns * pitch) / 2)
    for number, (key, text) in enumerate(keys):
        row, column = divmod(number, columns)
        x, y = left + column * pitch, top + row * LEGEND_SIZE * 1.9
        draw_key(shapes, key, x, y)
        entry = _add(words, "text", {"x": x + 2.6 * KEY_RADIUS, "y": y + 0.36 * LEGEND_SIZE})
        entry.text = _printable(text)


def _root(width: float, height: float, font: str) -> ET.Element:
    view = f"0 0 {_number(width)} {_number(height)}"
    size = {"width": _number(width), "height": _number(height), "viewBox": view}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size})
    root.set("font-family", font)
    return root


def _add(parent: ET.Element, tag: str, attributes: Attributes | None = None) -> ET.Element:
    texts = {
        name: value if isinstance(value, str) else _number(value)
        for name, value in (attributes or {}).items()
    }
    return ET.SubElement(parent, tag, texts)


def _number(value: float) -> str:
    """Write a number with two decimals at most, enough for print."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _printable(text: str) -> str:
    return UNPRINTABLE.sub("\ufffd", text)
