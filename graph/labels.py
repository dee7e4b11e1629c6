"""Where words may stand in a drawing without hiding one another.

No font is read here: widths are estimated for Source Sans 3, on the large side, so that a label takes
at most the room reserved for it; in a much wider type, labels would come closer than meant.
"""

import math
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LINE = 1.15
"""Height of a line of text, in sizes of its type."""
CHARACTERS, SHORT, LINES = 24, 13, 3
"""Characters in a line, the same in a label cut short, and lines in a label at most."""
WIDEST = 36
"""Characters in a line of a name that is too long for so many lines of the usual length."""
NARROW, WIDE = "fijlrtIJ.,;:!'’|()[]/-· \u00a0\u202f", "mwMWŒœÆæ@%&—…"
SLACK = 6
"""Characters by which a line may be longer than its share, so that words break well."""
PADDING = 2.5
"""Room between a node and its label, in the unit of the drawing."""
PREFERENCE = 0.25
"""How much of a thread, in sizes of type, a label rather covers than take the next place it may."""
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Frame") -> bool:
        """Say whether the two share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: "Frame") -> bool:
        """Say whether the other lies wholly inside this one."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """A node that wants a label: its centre, how far its shape reaches, the words.

    `sizes` of type are tried one after the other, then, if it `must` have a label, the words cut short;
    `beneath` asks for the place beneath the node only.
    """

    x: float
    y: float
    reach: float
    text: str
    sizes: tuple[float, ...]
    must: bool = False
    beneath: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A label in its place: `x` and `anchor` (start, middle or end) as in SVG, the first baseline `y`."""

    lines: tuple[str, ...]
    size: float
    x: float
    y: float
    anchor: str
    frame: Frame


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What is drawn already, one per row: nodes as (x, y, reach), threads as (x1, y1, x2, y2).

    A label must not cover a node, and should not cover a thread. Where `major` says which nodes matter
    most, a label that must stand and finds no free place may cover others.
    """

    nodes: NDArray[np.float64]
    threads: NDArray[np.float64]
    major: NDArray[np.bool_] | None = None

    def of_major_nodes(self) -> "Obstacles | None":
        """Return the same with the major nodes only; None where nobody said which they are."""
        return None if self.major is None else Obstacles(self.nodes[self.major], self.threads)

    def nearest_node(self, frame: Frame) -> float:
        """Measure the room between a frame and the node next to it; negative where it covers one."""
        x, y, reach = self.nodes.T
        across = np.maximum(np.maximum(frame.left - x, x - frame.right), 0)
        down = np.maximum(np.maximum(frame.top - y, y - frame.bottom), 0)
        return float((np.hypot(across, down) - reach).min())

    def covered_threads(self, frame: Frame) -> float:
        """Add up the length of the threads that lies inside the frame (Liang-Barsky)."""
        x1, y1, x2, y2 = self.threads.T
        enter, leave = np.zeros(len(x1)), np.ones(len(x1))
        sides = ((x1, x2 - x1, frame.left, frame.right), (y1, y2 - y1, frame.top, frame.bottom))
        for start, run, low, high in sides:
            still = np.abs(run) < TOLERANCE
            safe = np.where(still, 1.0, run)
            one, other = (low - start) / safe, (high - start) / safe
            outside = still & ((start < low) | (start > high))
            enter = np.maximum(enter, np.where(still, 0.0, np.minimum(one, other)))
            leave = np.minimum(leave, np.where(still, 1.0, np.maximum(one, other)))
            leave = np.where(outside, -1.0, leave)
        return float((np.maximum(leave - enter, 0) * np.hypot(x2 - x1, y2 - y1)).sum())


def text_width(text: str, size: float) -> float:
    """Estimate how wide a line of sans serif text is, on the large side."""
    return size * sum(_advance(character) for character in text)


def break_lines(text: str, characters: int = CHARACTERS) -> list[tuple[str, ...]]:
    """List the ways to break a text in one to `LINES` even lines, fewest lines first.

    A text that `LINES` lines of so many characters don't hold is cut, with an ellipsis.
    """
    words = " ".join(re.findall(r"[^ \t\n\r\v\f]+", text))  # a non-breaking space stays what it is
    if characters == CHARACTERS:
        characters = max(CHARACTERS, min(WIDEST, math.ceil(len(words) / LINES) + SLACK))
    ways: list[tuple[str, ...]] = []
    for lines in range(1, LINES + 1):
        even = min(characters, math.ceil(len(words) / lines) + (lines > 1) * SLACK)
        way = tuple(textwrap.wrap(words, max(even, SLACK), max_lines=LINES, placeholder="…"))
        if way and way not in ways:
            ways.append(way)
    return ways


def place_labels(spots: Sequence[Spot], obstacles: Obstacles, page: Frame) -> list[Label]:
    """Place labels one after the other, the first spots first; a label without a free place is left out.

    A label never covers a node or another label, never stands nearer to another node than to its own,
    nor leaves the page. Of the places left, the one that covers least of the threads is taken.
    """
    placed: list[Label] = []
    major = obstacles.of_major_nodes()
    for spot in spots:
        tries = [(size, CHARACTERS) for size in spot.sizes]
        if spot.must:
            tries.append((spot.sizes[-1], SHORT))
        found = (_best(_candidates(spot, *way), placed, obstacles, page) for way in tries)
        label = next(filter(None, found), None)
        if label is None and spot.must and major is not None:
            label = _best(_candidates(spot, spot.sizes[-1], CHARACTERS), placed, major, page, crowded=True)
        if label is not None:
            placed.append(label)
    return placed


def _best(
    candidates: Iterator[tuple[Label, float]],
    placed: Sequence[Label],
    obstacles: Obstacles,
    page: Frame,
    *,
    crowded: bool = False,
) -> Label | None:
    """Choose among labels, given with the room to their own node, the best liked first.

    In a crowd a label may stand nearer to another node than to its own, if it doesn't cover it.
    """
    best, best_cost = None, math.inf
    for preference, (label, room) in enumerate(candidates):
        frame = label.frame
        cost = preference * label.size * PREFERENCE
        if cost >= best_cost:
            break
        if not page.holds(frame) or any(frame.meets(other.frame) for other in placed):
            continue
        if obstacles.nearest_node(frame) < (0.0 if crowded else room) - TOLERANCE:
            continue
        cost += obstacles.covered_threads(frame)
        if cost < best_cost:
            best, best_cost = label, cost
    return best


def _room(spot: Spot, frame: Frame) -> float:
    """Measure the room between a node and its own label."""
    across = max(frame.left - spot.x, spot.x - frame.right, 0.0)
    down = max(frame.top - spot.y, spot.y - frame.bottom, 0.0)
    return math.hypot(across, down) - spot.reach


def _candidates(spot: Spot, size: float, characters: int) -> Iterator[tuple[Label, float]]:
    """Yield the places around a node, the best liked first: close by, few lines, on the right."""
    ways = break_lines(spot.text, characters)
    for away in (0.0, PADDING, 3 * PADDING):
        for lines in ways:
            for label in _around(spot, size, lines, spot.reach + PADDING + away):
                yield label, _room(spot, label.frame)


def _around(spot: Spot, size: float, lines: tuple[str, ...], near: float) -> Iterator[Label]:
    """Yield right, left, beneath and above, then the four corners, then the sides shifted."""
    width = max(text_width(line, size) for line in lines)
    height = len(lines) * LINE * size
    slant, shift = near * 0.75, width / 4
    beneath = ("middle", 0.0, near)
    places = (
        ("start", near, -height / 2),
        ("end", -near, -height / 2),
        beneath,
        ("middle", 0.0, -near - height),
        ("start", slant, slant),
        ("start", slant, -slant - height),
        ("end", -slant, slant),
        ("end", -slant, -slant - height),
        ("start", near, -height * 0.8),
        ("start", near, -height * 0.2),
        ("end", -near, -height * 0.8),
        ("end", -near, -height * 0.2),
        ("middle", shift, near),
        ("middle", -shift, near),
        ("middle", shift, -near - height),
        ("middle", -shift, -near - height),
    )
    for anchor, across, down in (beneath,) if spot.beneath else places:
        x, top = spot.x + across, spot.y + down
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        frame = Frame(left, top, left + width, top + height)
        yield Label(lines, size, x, top + 0.86 * size, anchor, frame)


def _advance(character: str) -> float:
    if character in NARROW:
        return 0.34
    if character in WIDE:
        return 0.92
    return 0.68 if character.isupper() else 0.57
