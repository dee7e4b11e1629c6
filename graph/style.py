"""How each family of actors looks, as plain data for the printed picture and for the web page.

Never by colour alone: each of the eight Okabe-Ito hues, which people with any kind of colour
blindness tell apart, has a shape of its own. Yellow and sky blue are pale on paper, so every shape is
drawn with an outline in `OUTLINE`; black would vanish on a dark ground, where `on_dark` takes its place.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

Outline: TypeAlias = tuple[tuple[float, float], ...]

INK = "#1d2b2a"
PAPER = "#ffffff"
OUTLINE = INK
OUTLINE_ON_DARK = "#e9e6dc"


@dataclass(frozen=True, slots=True)
class Style:
    """The look of a family: fill on a light and on a dark ground (hex), name of the shape."""

    colour: str
    on_dark: str
    shape: str


FAMILIES: Mapping[str, Style] = MappingProxyType(
    {
        "coordination": Style("#0072b2", "#0072b2", "circle"),
        "authority": Style("#000000", "#e9e6dc", "square"),
        "association": Style("#e69f00", "#e69f00", "triangle"),
        "citizens": Style("#d55e00", "#d55e00", "diamond"),
        "learning": Style("#009e73", "#009e73", "hexagon"),
        "health": Style("#cc79a7", "#cc79a7", "cross"),
        "culture": Style("#f0e442", "#f0e442", "star"),
        "party": Style("#56b4e9", "#56b4e9", "pentagon"),
    }
)
"""The eight families, in the order in which a legend names them."""


def _regular(corners: int, *, turn: float = 0.0) -> Outline:
    """Corners of a regular polygon as large as the unit circle, the first one straight up."""
    radius = math.sqrt(2 * math.pi / (corners * math.sin(2 * math.pi / corners)))
    angles = (turn + 2 * math.pi * corner / corners for corner in range(corners))
    return tuple((round(radius * math.sin(a), 4), round(-radius * math.cos(a), 4)) for a in angles)


def _star(points: int, *, outer: float, inner: float) -> Outline:
    angles = (math.pi * corner / points for corner in range(2 * points))
    return tuple(
        (round(radius * math.sin(a), 4), round(-radius * math.cos(a), 4))
        for corner, a in enumerate(angles)
        for radius in (inner if corner % 2 else outer,)
    )


def _cross(reach: float, half: float) -> Outline:
    arm = ((half, -reach), (half, -half), (reach, -half))
    quarter = [*arm]
    outline: list[tuple[float, float]] = []
    for _ in range(4):
        outline.extend(quarter)
        quarter = [(-y, x) for x, y in quarter]
    return tuple(outline)


SHAPES: Mapping[str, Outline] = MappingProxyType(
    {
        "circle": (),
        "square": _regular(4, turn=math.pi / 4),
        "triangle": _regular(3),
        "diamond": _regular(4),
        "pentagon": _regular(5),
        "hexagon": _regular(6, turn=math.pi / 6),
        "star": _star(5, outer=1.5, inner=0.68),
        "cross": _cross(1.2, 0.42),
    }
)
"""Corners of each shape around (0, 0), y downwards, each about as large as a circle of radius 1.

The circle itself has none."""

REACHES: Mapping[str, float] = MappingProxyType(
    {name: max((math.hypot(x, y) for x, y in outline), default=1.0) for name, outline in SHAPES.items()}
)
"""How far the farthest corner of each shape lies from its centre, for a radius of 1."""


@dataclass(frozen=True, slots=True)
class Line:
    """How a tie is drawn: width, then stroke, gap, stroke and gap of its dashes, all 0 for a whole line."""

    width: float
    dashes: tuple[float, float, float, float] = (0, 0, 0, 0)

    @property
    def dasharray(self) -> str:
        """The dashes as SVG writes them, "" for a whole line."""
        return " ".join(f"{part:g}" for part in self.dashes if part)


THREADS: Mapping[str, Line] = MappingProxyType(
    {
        "steer": Line(2.2),
        "belong": Line(1.2),
        "work": Line(1.3, (9, 3, 0, 0)),
        "means": Line(1.3, (9, 3, 2, 3)),
        "refer": Line(1.3, (5, 4, 0, 0)),
        "speak": Line(1.6, (1.6, 3, 0, 0)),
        "place": Line(1.6, (1.5, 2, 1.5, 6)),
        "project": Line(1.6, (14, 3, 0, 0)),
        "hosting": Line(1.4, (6, 2, 6, 6)),
        "cosigning": Line(1.3, (14, 3, 2, 3)),
        "space": Line(1.1, (3, 3, 0, 0)),
        "day": Line(1.3, (1.4, 5, 0, 0)),
    }
)
"""The line of each group of ties, in the order in which a legend names them."""
