"""Answers to a survey made elsewhere, read from the table that its tool exports."""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default

from hub.actors.values.spreadsheets import Sheet
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.events.values.answers import Asked, field_of
from hub.recommendations.values import sheets

MOST_LINES = 1000
LONGEST = 10_000  # signs of one text
LARGEST = 10_000_000  # bytes of a table that the preview hands on,
LARGEST_PACKED = 1_500_000  # and once it is packed
SHORTEST_TITLE = 8  # signs of a column's title that may be a part of a question
YES, NO = (
    frozenset({"oui", "yes", "ja", "vrai", "true", "1", "x"}),
    frozenset({"non", "no", "nee", "faux", "false", "0"}),
)
DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y")
FIELDS = ("proposal", "finding", "organisation", "origin")
# Words by which the titles of columns are recognised, the surest first.
TITLES = {
    "proposal": ("recommandation", "proposition", "demande", "revendication", "mesure"),
    "finding": ("constat", "probleme", "difficulte", "observation"),
    "organisation": ("organisation", "association", "structure", "asbl", "institution"),
    "origin": ("realite", "terrain", "contexte"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: its number as a spreadsheet counts, and what it says."""

    number: int
    proposal: str
    finding: str = ""
    organisation: str = ""  # as typed in the survey
    origin: str = ""
    # What stands in the columns of the call's own questions: the question's number → as typed.
    typed: Mapping[int, str] = with_default(default_factory=dict)

    @property
    def problem(self) -> str:
        """Why it can't be taken; "" where it can."""
        if not self.proposal:
            return N_("Aucune recommandation à cette ligne.")
        if max(len(self.proposal), len(self.finding), len(self.origin)) > LONGEST:
            return N_("Un texte de cette ligne est trop long.")
        return ""


def guess(header: Sequence[str], questions: Sequence[Asked] = ()) -> dict[str, int | None]:
    """Return for each field, and each of the call's own questions, the column that seems to hold it.

    A column that asks a question in its words is that question's.
    """
    titles = [fold(title) for title in header]
    found: dict[str, int | None] = {}
    for question in questions:
        asked = fold(question.label)
        places = (place for place, title in enumerate(titles) if _asks(title, asked))
        found[field_of(question)] = next((place for place in places if place not in found.values()), None)
    for field, words in TITLES.items():
        places = (place for word in words for place, title in enumerate(titles) if word in title)
        found[field] = next((place for place in places if place not in found.values()), None)
    return found


def read(content: bytes) -> Sheet:
    """Return the table that a survey's file holds. Raises DomainError as `sheets.table`."""
    return sheets.table(content, most=MOST_LINES)


def lines(sheet: Sheet, columns: Mapping[str, int | None], questions: Sequence[Asked] = ()) -> list[Line]:
    """Return the answers of a table, its columns being these. Raises DomainError for too many."""
    sheets.check_length(sheet, MOST_LINES)
    return [
        Line(
            number,
            **{name: _cell(cells, columns.get(name)) for name in FIELDS},
            typed={
                question.id: text
                for question in questions
                if (text := _cell(cells, columns.get(field_of(question))))
            },
        )
        for number, cells in sheet.lines
    ]


def packed(sheet: Sheet) -> str:
    """Return a table as one text that a form hands on. Raises DomainError if it is too much for one."""
    told = json.dumps([sheet.header, sheet.lines], ensure_ascii=False).encode()
    text = base64.b64encode(zlib.compress(told)).decode()
    if len(told) > LARGEST or len(text) > LARGEST_PACKED:
        raise DomainError(N_("Ces réponses sont trop longues. Partagez le fichier."), field="file")
    return text


def unpacked(text: str) -> Sheet:
    """Return the table that `packed` handed on. Raises DomainError for anything else."""
    try:
        told = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), LARGEST + 1)
        header, rows = json.loads(told)
        width = len(header)
        found = [
            (int(number), [str(cell) for cell in cells][:width]) for number, cells in rows[: MOST_LINES + 1]
        ]
        return Sheet([str(title) for title in header], found)
    except (binascii.Error, zlib.error, ValueError, TypeError, RecursionError) as problem:
        raise DomainError(N_("Ce fichier n’a pas pu être relu. Choisissez-le à nouveau.")) from problem


def _cell(cells: Sequence[str], column: int | None) -> str:
    if column is None or not 0 <= column < len(cells):
        return ""
    return "".join(sign for sign in cells[column] if sign >= " " or sign in "\n\t").strip()


def _asks(title: str, asked: str) -> bool:
    return bool(title) and (asked in title or (len(title) >= SHORTEST_TITLE and title in asked))
