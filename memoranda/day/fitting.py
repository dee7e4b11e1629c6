"""Words that must fit a card: measured with the bundled fonts, broken into lines, made small enough."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont

POINT = 25.4 / 72  # millimetres
LEADING, TALL = 1.16, 1.7
"""From line to line, as a share of the size; Arabic letters stand higher and hang lower."""
SAFETY = 1.04
"""Widths are summed letter by letter: ligatures and kerning only narrow them, shaped Arabic by some more."""
ELLIPSIS = "…"
UNKNOWN = 0.6
"""How wide a letter that no font knows is taken to be, as a share of the size."""
_FILES = {600: "SourceSans3_600SemiBold.ttf", 400: "SourceSans3_400Regular.ttf"}
_FALLBACK = "NotoNaskhArabic_400Regular.ttf"
# A line ends after a space where it can, else after a hyphen or a slash, and nowhere else.
_WORDS = re.compile(r"[^ \n]*[ \n]+|[^ \n]+")
_PIECES = re.compile(r"[^ \n\-\u2010\u2013/]*[ \n\-\u2010\u2013/]+|[^ \n\-\u2010\u2013/]+")
_WORTH_KEEPING = 0.7
"""Down to what share of the largest size a name is made smaller rather than broken at its hyphen."""
_NARROWER = tuple(share / 20 for share in range(10, 20))
"""What share of a room's width lines may do with, tried from the narrowest: lines of one length read best."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where a text must fit: millimetres, sizes in points, the largest first; the weight of the type."""

    width: float
    height: float
    sizes: tuple[float, ...]
    weight: int = 400


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text laid out: its size in points and its lines; `is_tall` where lines stand further apart."""

    size: float
    lines: tuple[str, ...]
    is_tall: bool = False

    @property
    def height(self) -> float:
        """How high it is, in millimetres."""
        return len(self.lines) * self.size * POINT * (TALL if self.is_tall else LEADING)


def fit(text: str, room: Room, fonts_folder: Path) -> Fitted:
    """Return the text at the largest size at which it fits, at words' ends, in lines of about one length.

    Names keep their hyphens on a line where they can. A word too long for the smallest size is broken where
    the line ends; what is still too much is cut, with an ellipsis.
    """
    text = text.strip()
    if not text:
        return Fitted(room.sizes[-1], ())
    is_tall = _is_tall(text, fonts_folder)
    for size, ends in _ways(room.sizes):
        lines = _lines(text, ends, room.width, size, room.weight, fonts_folder)
        if lines is not None and len(lines) <= _most(room, size, is_tall=is_tall):
            return Fitted(size, _balanced(text, ends, lines, room, size, fonts_folder), is_tall)
    smallest = room.sizes[-1]
    lines = _broken(text, room, smallest, fonts_folder)
    most = _most(room, smallest, is_tall=is_tall)
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(lines[most - 1] + ELLIPSIS, room, smallest, fonts_folder)]
    return Fitted(smallest, tuple(lines), is_tall)


def fit_lines(texts: Sequence[str], room: Room, fonts_folder: Path) -> Fitted:
    """Return texts of a line each, at the largest size at which all fit; else cut, with an ellipsis."""
    if not texts:
        return Fitted(room.sizes[-1], ())
    is_tall = any(_is_tall(text, fonts_folder) for text in texts)
    widest = max(width(text, 1, room.weight, fonts_folder) for text in texts)
    for size in room.sizes:
        if widest * size <= room.width and len(texts) <= _most(room, size, is_tall=is_tall):
            return Fitted(size, tuple(texts), is_tall)
    smallest = room.sizes[-1]
    most = _most(room, smallest, is_tall=is_tall)
    shown = list(texts[:most])
    if len(texts) > most:
        shown[-1] += ELLIPSIS
    cut = tuple(_cut(text, room, smallest, fonts_folder) for text in shown)
    return Fitted(smallest, cut, is_tall)


def _is_tall(text: str, fonts_folder: Path) -> bool:
    latin = _advances(fonts_folder / _FILES[400])
    return any(letter not in latin for letter in text)


def _most(room: Room, size: float, *, is_tall: bool) -> int:
    return max(1, int(room.height / (size * POINT * (TALL if is_tall else LEADING))))


def _ways(sizes: Sequence[float]) -> Iterator[tuple[float, re.Pattern[str]]]:
    """Yield at which size to try, and where lines may end: rather smaller than broken at a hyphen."""
    yield from ((size, _WORDS) for size in sizes if size >= sizes[0] * _WORTH_KEEPING)
    yield from ((size, ends) for size in sizes for ends in (_WORDS, _PIECES))


def _lines(  # noqa: PLR0917 - where to break, and by what measure
    text: str, ends: re.Pattern[str], most: float, size: float, weight: int, fonts_folder: Path
) -> list[str] | None:
    """Break a text at such ends into lines of at most `most` millimetres; None if a word is too long."""
    lines = [""]
    for piece in ends.findall(text):
        longer = lines[-1] + piece
        if lines[-1] and width(longer.rstrip(), size, weight, fonts_folder) > most:
            lines.append(piece)
        else:
            lines[-1] = longer
        if width(lines[-1].rstrip(), size, weight, fonts_folder) > most:
            return None
    return [line.strip() for line in lines]


def _balanced(  # noqa: PLR0917 - as above
    text: str, ends: re.Pattern[str], lines: list[str], room: Room, size: float, fonts_folder: Path
) -> tuple[str, ...]:
    """Return as many lines, of about one length."""
    for share in _NARROWER if len(lines) > 1 else ():
        narrow = _lines(text, ends, room.width * share, size, room.weight, fonts_folder)
        if narrow is not None and len(narrow) == len(lines):
            return tuple(narrow)
    return tuple(lines)


def _broken(text: str, room: Room, size: float, fonts_folder: Path) -> list[str]:
    """Break a text at words' ends where it can be, else between letters."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and width((lines[-1] + piece).rstrip(), size, room.weight, fonts_folder) > room.width:
            lines.append("")
        for letter in piece:
            if lines[-1] and width(lines[-1] + letter, size, room.weight, fonts_folder) > room.width:
                lines.append("")
            lines[-1] += letter
    return [line.strip() for line in lines if line.strip()]


def _cut(text: str, room: Room, size: float, fonts_folder: Path) -> str:
    """Return the text, or as much of it as fits a line, with an ellipsis."""
    if width(text, size, room.weight, fonts_folder) <= room.width:
        return text
    while text and width(text + ELLIPSIS, size, room.weight, fonts_folder) > room.width:
        text = text[:-1]
    return text.rstrip(f" {ELLIPSIS}") + ELLIPSIS


def width(text: str, size: float, weight: int, fonts_folder: Path) -> float:
    """Return how wide a text is at that size in points, in millimetres, on the safe side."""
    advances, others = _advances(fonts_folder / _FILES[weight]), _advances(fonts_folder / _FALLBACK)
    em = sum(advances.get(letter, others.get(letter, UNKNOWN)) for letter in text)
    return em * size * POINT * SAFETY


@functools.cache
def _advances(file: Path) -> dict[str, float]:
    """Return how wide each letter of a font is, as a share of its size."""
    with TTFont(file, lazy=True) as font:
        em = font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        return {chr(code): widths[name][0] / em for code, name in font.getBestCmap().items()}
