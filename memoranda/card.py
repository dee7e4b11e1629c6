"""The picture that a memorandum is shared with: 1200 × 630, its title, who asks, how much."""

import io
import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from memoranda import colour

WIDTH, HEIGHT = 1200, 630
EDGE = 72
PAPER, INK, MUTED, LINE, ACCENT = "#fbfaf6", "#1d2b2a", "#4d5c5a", "#d5dedb", "#d9822b"
SERIF, SANS, BOLD = (
    "SourceSerif4_600SemiBold.ttf",
    "SourceSans3_400Regular.ttf",
    "SourceSans3_600SemiBold.ttf",
)
SIZES = (76, 66, 58, 50, 44)  # of the title: the first at which it fits
MOST_LINES, LINE_HEIGHT, TITLE_HEIGHT = 4, 1.18, 300
KNOTS, CORNER = 9, 250


def draw(*, title: str, kicker: str, facts: str, network: str, primary: str, fonts_folder: Path) -> bytes:
    """Return the picture as a PNG: the same words give the same bytes.

    `kicker` stands above the title, `facts` below. Raises OSError where the fonts are not built.
    """
    tone = colour.readable(primary)
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    _threads(pen, tone)
    pen.rectangle((0, 0, 16, HEIGHT), fill=tone)
    room = WIDTH - 2 * EDGE
    small, strong = (ImageFont.truetype(fonts_folder / face, 30) for face in (SANS, BOLD))
    pen.text((EDGE, EDGE), _cut(kicker, small, room), font=small, fill=MUTED)
    face, lines = _fitted(title, fonts_folder / SERIF, room)
    top = float(EDGE + 62)
    for line in lines:
        pen.text((EDGE, top), line, font=face, fill=INK)
        top += face.size * LINE_HEIGHT
    pen.rectangle((EDGE, HEIGHT - 170, EDGE + 96, HEIGHT - 165), fill=ACCENT)
    pen.text((EDGE, HEIGHT - 148), _cut(facts, strong, room - CORNER), font=strong, fill=tone)
    pen.text((EDGE, HEIGHT - 104), _cut(network, strong, room - CORNER), font=strong, fill=INK)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _fitted(title: str, path: Path, room: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest face in which the title fits, and its lines; the last is cut where none does."""
    for size in SIZES:
        face = ImageFont.truetype(path, size)
        lines = _wrapped(title, face, room)
        if len(lines) * size * LINE_HEIGHT <= TITLE_HEIGHT:
            return face, lines
    cut = [*lines[: MOST_LINES - 1], " ".join(lines[MOST_LINES - 1 :])] if len(lines) > MOST_LINES else lines
    return face, [_cut(line, face, room) for line in cut]


def _wrapped(text: str, face: ImageFont.FreeTypeFont, room: int) -> list[str]:
    lines: list[str] = []
    # Words are kept together by the spaces that French puts before its signs.
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(_cut(word, face, room))
    return lines


def _cut(text: str, face: ImageFont.FreeTypeFont, room: int) -> str:
    if face.getlength(text) <= room:
        return text
    while text and face.getlength(text + "…") > room:
        text = text[:-1]
    return text.rstrip() + "…"


def _threads(pen: ImageDraw.ImageDraw, tone: str) -> None:
    """Draw a few threads meeting in knots in the corner: the one ornament."""
    middle = (WIDTH - 150, HEIGHT - 96)
    ends: Sequence[tuple[float, float]] = [
        (
            middle[0] + (76 + 22 * (place % 3)) * math.cos(2 * math.pi * place / KNOTS),
            middle[1] + (54 + 18 * (place % 2)) * math.sin(2 * math.pi * place / KNOTS),
        )
        for place in range(KNOTS)
    ]
    for place, end in enumerate(ends):
        pen.line((middle, end), fill=LINE, width=2)
        pen.line((end, ends[(place + 2) % KNOTS]), fill=LINE, width=2)
    for place, (x, y) in enumerate([*ends, middle]):
        size = 5 + 2 * (place % 3)
        fill = ACCENT if (x, y) == middle else tone
        pen.ellipse((x - size, y - size, x + size, y + size), fill=fill)
