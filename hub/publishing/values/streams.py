"""How demands run through memoranda, as a picture: a bar for each memorandum, a stream for what goes on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HIGH, WIDE, BAR = 240.0, 100.0, 16.0  # of the picture, of a column, of a bar
EMPTY = 14.0  # how high a bar is of whose demands nothing is known


@dataclass(frozen=True, slots=True)
class Bar:
    """A memorandum: its place, and how much of it was asked before."""

    x: float
    y: float
    height: float
    asked_before: float
    is_known: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The bars in the order of the memoranda, and the streams between them as SVG paths."""

    bars: list[Bar]
    streams: list[str]
    width: float
    height: float = HIGH


def draw(sizes: Sequence[int], known: Sequence[bool], flows: Mapping[tuple[int, int], int]) -> Picture:
    """Lay out memoranda of so many demands; `flows`: how many go on from one place to a later one."""
    unit = (HIGH - 20) / max([*sizes, 1])
    incoming, outgoing = Counter[int](), Counter[int]()
    for (_start, end), number in flows.items():
        incoming[end] += number
    bars = []
    for place, size in enumerate(sizes):
        height = size * unit if known[place] else EMPTY
        bars.append(
            Bar(
                place * WIDE + (WIDE - BAR) / 2, (HIGH - height) / 2, height,
                min(size, incoming[place]) * unit, known[place],
            )
        )  # fmt: skip
    streams = []
    into = Counter[int]()
    for (start, end), number in sorted(flows.items()):
        x0, x1 = bars[start].x + BAR, bars[end].x
        y0, y1 = bars[start].y + outgoing[start] * unit, bars[end].y + into[end] * unit
        outgoing[start] += number
        into[end] += number
        high, middle = number * unit, (x0 + x1) / 2
        streams.append(
            f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
            f"V{y1 + high:.1f}"
            f"C{middle:.1f} {y1 + high:.1f} {middle:.1f} {y0 + high:.1f} {x0:.1f} {y0 + high:.1f}Z"
        )
    return Picture(bars, streams, WIDE * max(1, len(sizes)))
