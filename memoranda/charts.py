"""Charts of a report as plain SVG: presentation attributes only, so that a strict policy lets them through.

Drawn for paper: dark on white. Never by hue alone: each bar, circle and curve has its figure beside it. The
unit is the CSS pixel; every chart is `WIDTH` wide and as high as it needs. The same data give the same text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape, quoteattr

WIDTH = 640
INK, MUTED, RULE, GROUND = "#1d2b2a", "#5a6664", "#dcd8cb", "#ffffff"
MAIN, SECOND = "#0f5c5c", "#c9a36a"
FONT = "Source Sans 3"
SIZE, SMALL = 13.0, 11.0
ADVANCE = 0.54
"""How wide a letter is on average, as a share of the size of the type, on the large side."""
BAR_HEIGHT, BAR_PITCH = 18, 30
PLOT_HEIGHT = 200
MOST_MATRIX_ROWS = 24
MOST_FIGURED = 14
"""So many bars, and each bears its figure."""
REGULAR = 400
STEPS = 4
WIDEST_LABEL = 190
SENTENCE, SENTENCE_PITCH = 290, 40
NAMES, SLANTED, MATRIX_PITCH = 226, 116, 30
"""Room for the names of rows, for names of columns that lean, and from row to row."""
SPARK_HEIGHT = 84
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Row:
    """What is drawn of one line: its name and its values, as many as there are series."""

    label: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """A name, dated values, the oldest first, and an aim, where there is one; `unit` stands after figures."""

    label: str
    points: tuple[tuple[date, float], ...]
    target: float | None = None


def bars(rows: Sequence[Row], series: Sequence[str]) -> str:
    """Draw upright bars, the series side by side: the first filled, the second hollow."""
    most = max((value for row in rows for value in row.values), default=0.0)
    top, left = 46.0, 34.0
    step = (WIDTH - left - 6) / max(1, len(rows))
    wide = min(26.0, step * 0.8 / max(1, len(series)))
    parts = [_key(series, 16.0)]
    for mark in _marks(most):
        y = top + PLOT_HEIGHT * (1 - mark / _ceiling(most))
        parts += [
            _line(left, y, WIDTH - 6, y, RULE),
            _text(_figure(mark), left - 6, y + 4, SMALL, MUTED, "end"),
        ]
    every = max(1, round(60 / step))
    for place, row in enumerate(rows):
        middle = left + step * (place + 0.5)
        for number, value in enumerate(row.values):
            height = PLOT_HEIGHT * value / _ceiling(most)
            x = middle + (number - len(row.values) / 2) * wide
            if value:
                parts.append(_bar(x + 1, top + PLOT_HEIGHT - height, wide - 2, height, number))
                if len(rows) <= MOST_FIGURED:
                    parts.append(
                        _text(_figure(value), x + wide / 2, top + PLOT_HEIGHT - height - 4, 10, INK, "middle")
                    )
        if place % every == 0:
            parts.append(_text(row.label, middle, top + PLOT_HEIGHT + 16, SMALL, INK, "middle"))
    parts.append(_line(left, top + PLOT_HEIGHT, WIDTH - 6, top + PLOT_HEIGHT, MUTED))
    return _svg(parts, top + PLOT_HEIGHT + 28)


def lying(rows: Sequence[Row]) -> str:
    """Draw one lying bar for each row, its figure at the end."""
    most = max((row.values[0] for row in rows), default=0.0) or 1.0
    left = min(WIDEST_LABEL, max((_width(row.label, SIZE) for row in rows), default=0.0)) + 14
    parts = []
    for place, row in enumerate(rows):
        y = 8.0 + place * BAR_PITCH
        length = (WIDTH - left - 60) * row.values[0] / most
        parts.append(_text(_cut(row.label, WIDEST_LABEL, SIZE), left - 10, y + 14, SIZE, INK, "end"))
        if row.values[0]:
            parts.append(_bar(left, y, max(2.0, length), BAR_HEIGHT, 0))
        parts.append(
            _text(_figure(row.values[0]), left + max(2.0, length) + 8, y + 14, SIZE, INK, weight=600)
        )
    return _svg(parts, 8 + len(rows) * BAR_PITCH + 4)


def lying_in_full(rows: Sequence[Row], *, fill: str = MAIN) -> str:
    """Draw the same with names that take two lines, for what is called by a sentence; `fill` is a colour."""
    most = max((row.values[0] for row in rows), default=0.0) or 1.0
    left = SENTENCE + 14.0
    parts = []
    for place, row in enumerate(rows):
        y = 8.0 + place * SENTENCE_PITCH
        length = (WIDTH - left - 60) * row.values[0] / most
        lines = _wrapped(row.label, SENTENCE, SMALL + 1, 2)
        first = y + 20 - 7.5 * (len(lines) - 1)
        parts += [
            _text(line, left - 10, first + 15 * at, SMALL + 1, INK, "end") for at, line in enumerate(lines)
        ]
        if row.values[0]:
            parts.append(_bar(left, y + 7, max(2.0, length), BAR_HEIGHT, 0, fill=fill))
        parts.append(
            _text(_figure(row.values[0]), left + max(2.0, length) + 8, y + 21, SIZE, INK, weight=600)
        )
    return _svg(parts, 8 + len(rows) * SENTENCE_PITCH + 4)


def matrix(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """Draw a circle where a row has something in a column, with its figure; the first rows only."""
    shown = [row for row in rows[:MOST_MATRIX_ROWS] if any(row.values)]
    most = max((value for row in shown for value in row.values), default=0.0) or 1.0
    step = (WIDTH - NAMES - SLANTED) / max(1, len(columns))
    top = float(SLANTED)
    parts = []
    for place, name in enumerate(columns):
        x = NAMES + step * (place + 0.5)
        head = _text(_cut(name, 1.3 * SLANTED, SMALL), x, top - 8, SMALL, MUTED, weight=600)
        parts.append(f'<g transform="rotate(-35 {x:.1f} {top - 8:.1f})">{head}</g>')
    for place, row in enumerate(shown):
        y = top + MATRIX_PITCH * (place + 0.5)
        lines = _wrapped(row.label, NAMES - 20, SMALL, 2)
        first = y + 4 - 6.5 * (len(lines) - 1)
        parts.append(_line(0, y + MATRIX_PITCH / 2, WIDTH - SLANTED / 2, y + MATRIX_PITCH / 2, RULE))
        parts += [
            _text(line, NAMES - 14, first + 13 * at, SMALL, INK, "end") for at, line in enumerate(lines)
        ]
        for column, value in enumerate(row.values):
            if value:
                parts += _circle(NAMES + step * (column + 0.5), y, 3.5 + 7.5 * (value / most) ** 0.5, value)
    return _svg(parts, top + MATRIX_PITCH * len(shown) + 6)


def _circle(x: float, y: float, radius: float, value: float) -> list[str]:
    drawn = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{MAIN}"/>'
    return [drawn, _text(_figure(value), x + radius + 4, y + 4, SMALL, INK)]


def curves(all_of: Sequence[Curve]) -> str:
    """Draw each indicator in a strip of its own, with its own scale; the aim is a broken line."""
    left, right = 236.0, 96.0
    dates = [day.toordinal() for curve in all_of for day, _ in curve.points]
    first, last = min(dates, default=0), max(dates, default=1)
    span = max(1, last - first)
    parts = []
    for place, curve in enumerate(all_of):
        top = place * SPARK_HEIGHT + 10.0
        low, high = _range(
            [value for _, value in curve.points] + ([curve.target] if curve.target is not None else [])
        )

        def at(
            day: date, value: float, top: float = top, low: float = low, high: float = high
        ) -> tuple[float, float]:
            x = left + (WIDTH - left - right) * (day.toordinal() - first) / span
            return x, top + 8 + (SPARK_HEIGHT - 32) * (1 - (value - low) / (high - low))

        for number, line in enumerate(_wrapped(curve.label, left - 20, SIZE, 3)):
            parts.append(_text(line, 0, top + 22 + 16 * number, SIZE, INK))
        places = [at(day, value) for day, value in curve.points]
        if curve.target is not None:
            y = at(curve.points[0][0], curve.target)[1]
            parts.append(_line(left, y, WIDTH - right, y, MUTED, dashes="4 4"))
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        parts.append(f'<path d="{path}" fill="none" stroke="{MAIN}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{MAIN}"/>' for x, y in places]
        x, y = places[-1]
        parts.append(_text(_figure(curve.points[-1][1]), x + 9, y + 5, SIZE, INK, weight=600))
        if curve.target is not None:
            # At the end of its line, where no curve runs; out of the way of the last figure.
            aim = at(curve.points[-1][0], curve.target)[1] + 4
            if x > WIDTH - 2 * right:
                aim = _apart(aim, y + 5, top + 12, top + 66)
            parts.append(_text(f"cible {_figure(curve.target)}", WIDTH - right + 9, aim, 10, MUTED))
        parts.append(_line(0, top + SPARK_HEIGHT - 12, WIDTH, top + SPARK_HEIGHT - 12, RULE))
    below = len(all_of) * SPARK_HEIGHT + 14.0
    if dates:
        parts.append(_text(f"{date.fromordinal(first):%d/%m/%Y}", left, below, SMALL, MUTED))
        parts.append(_text(f"{date.fromordinal(last):%d/%m/%Y}", WIDTH - right, below, SMALL, MUTED, "end"))
    return _svg(parts, below + 8)


def _apart(y: float, other: float, low: float, high: float) -> float:
    """Return `y`, moved away from `other` by the height of a figure where they would touch."""
    if abs(y - other) >= SIZE:
        return y
    moved = other + SIZE if y > other else other - SIZE
    return moved if low <= moved <= high else 2 * other - moved


# --- Marks --------------------------------------------------------------------------------------


def _svg(parts: Sequence[str], height: float) -> str:
    ground = f'<rect width="{WIDTH}" height="{height:.0f}" fill="{GROUND}"/>'
    size = f'viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}">{ground}{"".join(parts)}</svg>'
    )


def _key(series: Sequence[str], y: float) -> str:
    parts, x = [], 34.0
    for number, word in enumerate(series):
        parts += [_bar(x, y - 11, 13, 13, number), _text(word, x + 20, y, SMALL + 1, INK)]
        x += 44 + _width(word, SMALL + 1)
    return "".join(parts)


def _bar(x: float, y: float, width: float, height: float, series: int, *, fill: str = MAIN) -> str:
    look = f'fill="{fill}"' if series == 0 else f'fill="{GROUND}" stroke="{SECOND}" stroke-width="1.5"'
    inset = 0.75 if series else 0.0
    return (
        f'<rect x="{x + inset:.1f}" y="{y + inset:.1f}" width="{max(0.5, width - 2 * inset):.1f}" '
        f'height="{max(0.5, height - inset):.1f}" {look}/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str, *, dashes: str = "") -> str:
    broken = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{stroke}" stroke-width="1"{broken}/>'
    )


def _text(  # noqa: PLR0917 - words, a place and a look, as SVG has them
    words: str, x: float, y: float, size: float, fill: str, anchor: str = "start", weight: int = REGULAR
) -> str:
    heavy = f' font-weight="{weight}"' if weight != REGULAR else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" '
        f"text-anchor={quoteattr(anchor)}{heavy}>"
        f"{escape(UNPRINTABLE.sub('', words))}</text>"
    )


def _figure(value: float) -> str:
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    whole, _, rest = text.partition(".")
    grouped = f"{int(whole):,}".replace(",", "\u202f")
    return f"{grouped},{rest}" if rest else grouped


def _marks(most: float) -> list[float]:
    ceiling = _ceiling(most)
    return (
        [ceiling * share / STEPS for share in range(STEPS + 1)]
        if ceiling >= STEPS
        else [float(n) for n in range(int(ceiling) + 1)]
    )


def _ceiling(most: float) -> float:
    """Return the next round figure that four steps divide."""
    step = 1.0
    while step * STEPS < most:
        step = step * 2 if str(step)[0] != "2" else step * 2.5
    return step * STEPS if most >= STEPS else max(1.0, float(-(-most // 1)))


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 1, high + 1)


def _width(text: str, size: float) -> float:
    return len(text) * size * ADVANCE


def _cut(text: str, room: float, size: float) -> str:
    letters = int(room / (size * ADVANCE))
    return text if len(text) <= letters else text[: max(1, letters - 1)].rstrip() + "…"


def _wrapped(text: str, room: float, size: float, most: int) -> list[str]:
    """Break a text into lines that fit the room; the last is cut where more would follow."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1] + "…"]
    return [_cut(line, room, size) for line in lines]
