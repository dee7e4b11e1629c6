"""What the papers of a day hold: lists to read, tick and sign; name badges; table signs.

Nothing is computed or looked up here: dates, hours and numbers come in words, so that the same content gives
the same bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from memoranda import letter, plain
from memoranda.content import LONGEST_TITLE
from memoranda.errors import ContentError, Problem
from memoranda.letter import Letterhead

MOST_ROWS = 20_000
MOST_BADGES = 5_000
MOST_SIGNS = 500
LONGEST_NAME = 200
PAGE = (210.0, 297.0)  # A4, in millimetres


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day as its papers name it; `when` and `place` in words."""

    title: str
    day: date
    when: str
    place: str = ""
    online: str = ""


class Kind(StrEnum):
    """What a column of a list is for, which says how wide it is."""

    NUMBER = "number"  # the row's place
    NAME = "name"  # what names the row
    TEXT = "text"
    SHORT = "short"  # a word or two
    BOX = "box"  # a square to tick
    SIGN = "sign"  # room for a signature
    FIGURE = "figure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: what stands above it, and what it is for."""

    label: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is told above a list: « Salle », « Salle bleue »."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list: its rows, then as many blank ones as asked for.

    A row has a cell for each column that is neither a number nor something to tick or sign.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    facts: tuple[Fact, ...] = ()
    note: str = ""
    blank: int = 0
    empty: str = "Personne n’est inscrit."
    is_apart: bool = True  # begins a page

    @property
    def cells(self) -> int:
        """How many cells a row has."""
        return sum(column.kind not in DRAWN for column in self.columns)


DRAWN = (Kind.NUMBER, Kind.BOX, Kind.SIGN)
"""What is drawn rather than told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """Lists of a day: each begins a page."""

    letterhead: Letterhead
    day: Day
    title: str
    sheets: tuple[Sheet, ...]
    language: str = "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """Cards on a sheet of A4, centred, in millimetres; `width` and `height` are a card's.

    `gap` lies between the columns; rows touch each other.
    """

    columns: int
    rows: int
    width: float
    height: float
    gap: float = 0.0

    @property
    def each(self) -> int:
        """How many cards a sheet holds."""
        return self.columns * self.rows

    @property
    def corner(self) -> tuple[float, float]:
        """Where the first card begins, from the left and from the top of the sheet."""
        across = self.columns * self.width + (self.columns - 1) * self.gap
        return (PAGE[0] - across) / 2, (PAGE[1] - self.rows * self.height) / 2

    @property
    def lefts(self) -> tuple[float, ...]:
        """Where each column begins, from the left of the sheet."""
        return tuple(self.corner[0] + column * (self.width + self.gap) for column in range(self.columns))

    @property
    def tops(self) -> tuple[float, ...]:
        """Where each row begins, from the top of the sheet."""
        return tuple(self.corner[1] + row * self.height for row in range(self.rows))


# Sheets cut beforehand, as they are sold: inserts for badge holders, cards (15 mm at both sides and 10 mm
# between the columns: Avery Zweckform 32010 and its like), labels over the whole sheet.
FORMATS = {
    "90x54": Format(columns=2, rows=5, width=90, height=54),
    "85x54": Format(columns=2, rows=5, width=85, height=54, gap=10),
    "105x74": Format(columns=2, rows=4, width=105, height=74),
    "105x148": Format(columns=2, rows=2, width=105, height=148),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """Somebody's badge; without a name a line is left to write on. `code` is what its QR says."""

    name: str = ""
    organisation: str = ""
    lines: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badges:
    """Badges, several on a sheet. `marks`: hairlines to cut along, of no use where cards are cut already."""

    letterhead: Letterhead
    day: Day
    badges: tuple[Badge, ...]
    format: str = "90x54"
    marks: bool = True
    language: str = "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What stands on a table: a name, what it is of (« Atelier 2 »), and a line below (« Salle bleue »)."""

    name: str
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Table signs: a sheet each, to be folded in the middle, so that both sides can be read."""

    letterhead: Letterhead
    day: Day
    signs: tuple[Sign, ...]
    language: str = "fr"


Paper = Sheets | Badges | Signs


def title_of(paper: Paper) -> str:
    """Return what the PDF is called."""
    if isinstance(paper, Sheets):
        return f"{paper.title} : {paper.day.title}"
    return f"{'Badges' if isinstance(paper, Badges) else 'Chevalets de table'} : {paper.day.title}"


def validate(paper: Paper) -> None:
    """Raise `ContentError` with all that keeps a paper from being printed."""
    problems = (*_frame_problems(paper), *_own_problems(paper))
    if problems:
        raise ContentError(problems)


def _frame_problems(paper: Paper) -> Iterator[Problem]:
    yield from letter.problems(paper.letterhead, "La journée")
    if not paper.day.title.strip():
        yield Problem("", "La journée : le titre manque.")
    if len(paper.day.title) > LONGEST_TITLE:
        yield Problem("", f"La journée : le titre dépasse {LONGEST_TITLE} caractères.")
    yield from plain.text_problems("", "La journée", paper.day)


def _own_problems(paper: Paper) -> Iterator[Problem]:
    if isinstance(paper, Sheets):
        yield from _sheet_problems(paper)
    elif isinstance(paper, Badges):
        yield from _count_problems(len(paper.badges), MOST_BADGES, "badges")
        if paper.format not in FORMATS:
            yield Problem("", f"Le format « {paper.format} » n’est pas connu.")
        for badge in paper.badges:
            yield from _name_problems(badge.name)
        yield from plain.text_problems("", "Les badges", paper.badges)
    else:
        yield from _count_problems(len(paper.signs), MOST_SIGNS, "chevalets")
        for sign in paper.signs:
            yield from _name_problems(sign.name)
            if not sign.name.strip():
                yield Problem("", "Un chevalet n’a pas de nom.")
        yield from plain.text_problems("", "Les chevalets", paper.signs)


def _sheet_problems(paper: Sheets) -> Iterator[Problem]:
    if not paper.title.strip() or not paper.sheets:
        yield Problem("", "Les listes : il faut un titre et au moins une liste.")
    rows = sum(len(sheet.rows) + sheet.blank for sheet in paper.sheets)
    if rows > MOST_ROWS:
        yield Problem("", f"Les listes dépassent {MOST_ROWS} lignes.")
    for sheet in paper.sheets:
        if not sheet.title.strip():
            yield Problem("", "Une liste n’a pas de titre.")
        if any(len(row) != sheet.cells for row in sheet.rows):
            yield Problem("", f"{sheet.title} : une ligne n’a pas autant de cases que la tête.")
        yield from plain.text_problems("", sheet.title, sheet)


def _count_problems(number: int, most: int, word: str) -> Iterator[Problem]:
    if not number:
        yield Problem("", f"Il n’y a pas de {word} à imprimer.")
    if number > most:
        yield Problem("", f"Plus de {most} {word}.")


def _name_problems(name: str) -> Iterator[Problem]:
    if len(name) > LONGEST_NAME:
        yield Problem("", f"Le nom « {name[:40]}… » dépasse {LONGEST_NAME} caractères.")
