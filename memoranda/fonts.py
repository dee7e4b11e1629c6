"""The fonts of a memorandum: bundled, embedded, independent of what the system has installed.

They come from npm packages (see package.json) and are copied by the build of the assets into one
folder, which every function here is given.
"""

import contextlib
import functools
import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fontTools.ttLib import TTFont

from memoranda import plain

SERIF = "Source Serif 4"
SANS = "Source Sans 3"
ARABIC = "Noto Naskh Arabic"

EMPTY_CONFIGURATION = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>'
STAND_IN = "□"
_VARIABLE = "FONTCONFIG_FILE"

Document = TypeVar("Document")


@dataclass(frozen=True, slots=True)
class Face:
    """One font file and the family, weight and style it is used under."""

    file: str
    family: str
    weight: int
    style: str = "normal"


FACES = (
    Face("SourceSerif4_400Regular.ttf", SERIF, 400),
    Face("SourceSerif4_400Regular_Italic.ttf", SERIF, 400, "italic"),
    Face("SourceSerif4_600SemiBold.ttf", SERIF, 600),
    Face("SourceSerif4_600SemiBold_Italic.ttf", SERIF, 600, "italic"),
    Face("SourceSans3_400Regular.ttf", SANS, 400),
    Face("SourceSans3_600SemiBold.ttf", SANS, 600),
    Face("NotoNaskhArabic_400Regular.ttf", ARABIC, 400),
)
FILES = tuple(face.file for face in FACES)


def missing(folder: Path) -> list[str]:
    """Return the font files that the folder lacks."""
    return [name for name in FILES if not (folder / name).is_file()]


def unprintable(texts: Iterable[str], folder: Path) -> list[str]:
    """Return the characters of the texts that no bundled font can draw, in the order of their code."""
    known = _known(folder)
    used = set(unicodedata.normalize("NFC", "".join(texts)))
    return sorted(char for char in used if ord(char) not in known and not _draws_nothing(char))


def undrawable(thing: object, folder: Path) -> str:
    """Return the signs in all the texts of a document, or of a part of one, that no bundled font can draw."""
    return "".join(unprintable(plain.texts(thing), folder))


def drawable(thing: Document, folder: Path) -> Document:
    """Return a document with « □ » in the place of each sign that no bundled font can draw."""
    return plain.translated(thing, str.maketrans(dict.fromkeys(undrawable(thing, folder), STAND_IN)))


def name_of_letters(name: str, folder: Path) -> str:
    """Return a name without pictures (« 🙂 »); empty where none of its letters can be drawn."""
    unknown = set(unprintable([name], folder))
    if not unknown:
        return name
    kept = "".join(char for char in name if char not in unknown or char.isalnum())
    return " ".join(kept.split()) if any(char.isalnum() and char not in unknown for char in kept) else ""


@contextlib.contextmanager
def apart(folder: Path) -> Iterator[None]:
    """Point fontconfig of this process at an empty configuration in the folder, and back again.

    Without it the fonts of the system would fill in for a missing glyph, and the same content would
    give other bytes on another machine. WeasyPrint's FontConfiguration must be made inside.
    """
    before = os.environ.get(_VARIABLE)
    point(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_VARIABLE]
        else:
            os.environ[_VARIABLE] = before


def point(folder: Path) -> None:
    """Point fontconfig of this process at an empty configuration in the folder, for good."""
    path = folder / "fonts.conf"
    path.write_text(EMPTY_CONFIGURATION, encoding="utf-8")
    os.environ[_VARIABLE] = str(path)


@functools.cache
def _known(folder: Path) -> frozenset[int]:
    codes: set[int] = set()
    for name in FILES:
        with TTFont(folder / name, lazy=True) as font:
            codes.update(font.getBestCmap())
    return frozenset(codes)


def _draws_nothing(char: str) -> bool:
    return char in "\n\r\t" or unicodedata.category(char) == "Cf"
