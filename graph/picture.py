"""The network as an SVG drawing, for print.

Plain SVG with presentation attributes only, so that WeasyPrint draws it and a strict content security
policy lets it through: no script, no style sheet, nothing fetched.
"""

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.spatial import cKDTree

from graph.labels import LINE, Frame, Label, Obstacles, Spot, place_labels, text_width
from graph.layout import ROW, Layout
from graph.model import Network, NetworkError, SimpleGraph, UnknownNodeError, simple_graph
from graph.style import FAMILIES, INK, OUTLINE, PAPER, REACHES, SHAPES

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
KEY_RADIUS = 4.6
THREAD = "#a3b3ae"
THREAD_WIDTH, THREAD_WIDEST, MANY = 0.9, 2.6, 400
"""Width of a thread for one tie and at most; beyond so `MANY` threads all become finer."""
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 can't hold, even escaped."""


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
    font: str = "Source Sans 3, sans-serif",
) -> str:
    """Draw a network as SVG and return it as text; the same arguments give the same text.

    `families` gives the family of each node by node id, `legend` the words for each family (both by
    the names in `graph.style.FAMILIES`); the legend lists the families present, in that table's order.
    `title` and `description` are for people who can't see the picture. At most `labels` nodes are
    labelled, the best connected first, and besides them the isolated ones where they fill no more than a
    row; each only where its label hides no node and no other label.
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
    root = _root(width, top + rows * LEGEND_SIZE * 1.9, font)
    _add(root, "title").text = _printable(title)
    if description:
        _add(root, "desc").text = _printable(description)
    _draw_threads(root, graph, marks)
    _draw_nodes(root, graph, marks, families)
    spots = _spots(network, graph, marks, labels)
    _draw_labels(root, place_labels(spots, _obstacles(graph, marks), Frame(0, 0, width, top)))
    _draw_legend(root, keys, columns, pitch, top)
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
    least = min(SMALL, CROWDED * layout.clearance)
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


def _draw_threads(root: ET.Element, graph: SimpleGraph, marks: Mapping[str, _Mark]) -> None:
    fine = THREAD_WIDTH * min(1.0, math.sqrt(MANY / max(1, graph.number_of_edges())))
    group = _add(root, "g", {"stroke": THREAD, "stroke-linecap": "round"})
    for first, second in graph.edges:
        start, end = marks[first], marks[second]
        width = min(THREAD_WIDEST, fine * math.sqrt(graph.edges[first, second]["ties"]))
        ends: Attributes = {"x1": start.x, "y1": start.y, "x2": end.x, "y2": end.y}
        _add(group, "line", {**ends, "stroke-width": width})


def _draw_nodes(
    root: ET.Element, graph: SimpleGraph, marks: Mapping[str, _Mark], families: Mapping[str, str]
) -> None:
    group = _add(root, "g", {"stroke": OUTLINE, "stroke-width": 0.7, "stroke-linejoin": "round"})
    for name in graph:
        _draw_shape(group, families[name], marks[name])


def _draw_shape(group: ET.Element, family: str, mark: _Mark) -> None:
    style = FAMILIES[family]
    corners = SHAPES[style.shape]
    if not corners:
        _add(group, "circle", {"cx": mark.x, "cy": mark.y, "r": mark.radius, "fill": style.colour})
        return
    points = (f"{_number(mark.x + mark.radius * x)},{_number(mark.y + mark.radius * y)}" for x, y in corners)
    _add(group, "polygon", {"points": " ".join(points), "fill": style.colour})


def _spots(network: Network, graph: SimpleGraph, marks: Mapping[str, _Mark], count: int) -> list[Spot]:
    """Say which nodes want a label, in the order in which places are given away."""
    ranked = sorted(network.nodes, key=lambda node: (-graph.degree[node.id], node.id))
    alone = [node for node in ranked[count:] if not graph.degree[node.id]]
    chosen = ranked[:count] + (alone if len(alone) <= ROW else [])
    spots = []
    for rank, node in enumerate(chosen):
        mark, degree = marks[node.id], graph.degree[node.id]
        hub = rank < HUBS and degree >= HUB_DEGREE
        sizes = (HUB_LABEL_SIZE, LABEL_SIZE) if hub else (LABEL_SIZE,)
        label = _printable(node.label)
        spots.append(Spot(mark.x, mark.y, mark.reach, label, sizes, must=hub, beneath=not degree))
    return spots


def _obstacles(graph: SimpleGraph, marks: Mapping[str, _Mark]) -> Obstacles:
    nodes = [(mark.x, mark.y, mark.reach) for mark in marks.values()]
    threads = [(marks[a].x, marks[a].y, marks[b].x, marks[b].y) for a, b in graph.edges]
    return Obstacles(np.array(nodes).reshape(-1, 3), np.array(threads, dtype=np.float64).reshape(-1, 4))


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


def _legend_grid(keys: Sequence[tuple[str, str]], width: float) -> tuple[int, int, float]:
    """Return columns, rows and width of a column, so that every entry has room in its column."""
    longest = max((text_width(_printable(words), LEGEND_SIZE) for _, words in keys), default=0.0)
    pitch = longest + 4 * KEY_RADIUS + 14
    columns = max(1, min(len(keys), int((width - 2 * KEY_RADIUS) // pitch)))
    rows = math.ceil(len(keys) / columns)
    columns = math.ceil(len(keys) / rows) if rows else 1
    return columns, rows, min(pitch, width / columns)


def _draw_legend(
    root: ET.Element, keys: Sequence[tuple[str, str]], columns: int, pitch: float, top: float
) -> None:
    shapes = _add(root, "g", {"stroke": OUTLINE, "stroke-width": 0.7, "stroke-linejoin": "round"})
    words = _add(root, "g", {"fill": INK, "font-size": LEGEND_SIZE})
    left = max(2 * KEY_RADIUS, (float(root.attrib["width"]) - columns * pitch) / 2)
    for number, (family, text) in enumerate(keys):
        row, column = divmod(number, columns)
        x, y = left + column * pitch, top + row * LEGEND_SIZE * 1.9
        _draw_shape(shapes, family, _Mark(x, y, KEY_RADIUS, KEY_RADIUS))
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
