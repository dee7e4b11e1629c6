"""Tables of texts that people bring as CSV or xlsx: columns known by their titles, lines by what they say.

Cells are text: a formula is never reckoned, and what an export put before one is taken off again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.actors.values import spreadsheets
from hub.actors.values.spreadsheets import Sheet
from hub.core.errors import N_, DomainError
from hub.core.exports import DANGEROUS
from hub.core.search import fold


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is called in the template, what else its title may be; no table lacks a needed one."""

    name: str
    title: str
    also: tuple[str, ...] = ()
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line, numbered as a spreadsheet does: name of column → text, "" where it says nothing."""

    number: int
    said: Mapping[str, str]


def table(content: bytes, *, most: int) -> Sheet:
    """Return the table that a file holds, whatever its columns; its cells as they were before an export.

    Raises DomainError (field "file") for no table, no line, or more lines than `most`.
    """
    sheet = spreadsheets.read(content)
    if not sheet.lines:
        raise DomainError(N_("Ce fichier n’a aucune ligne sous ses titres."), field="file")
    check_length(sheet, most)
    return Sheet(sheet.header, [(number, [_plain(cell) for cell in cells]) for number, cells in sheet.lines])


def check_length(sheet: Sheet, most: int) -> None:
    """Raise DomainError (field "file") for more lines than `most`."""
    if len(sheet.lines) > most:
        raise DomainError(
            N_("Ce fichier a plus de %(limit)d lignes. Partagez-le en plusieurs fichiers."),
            field="file", limit=most,
        )  # fmt: skip


def read(content: bytes, columns: Sequence[Column], *, most: int) -> list[Line]:
    """Return the lines of a file; columns that nobody asked for are left out.

    Raises DomainError (field "file") for no table, no needed column, no line, or more lines than `most`.
    """
    sheet = table(content, most=most)
    places = _places(sheet.header, columns)
    missing = [column.title for column in columns if column.is_needed and column.name not in places]
    if missing:
        raise DomainError(
            N_("Il manque la colonne « %(title)s ». Partez du modèle."), field="file", title=missing[0]
        )
    return [
        Line(number, {name: cells[place] for name, place in places.items()}) for number, cells in sheet.lines
    ]


def unread(content: bytes, columns: Sequence[Column], *, most: int) -> list[str]:
    """Return the titles of a file's columns that `read` leaves out, as they are written."""
    header = table(content, most=most).header
    taken = set(_places(header, columns).values())
    return [title.strip() for place, title in enumerate(header) if place not in taken and title.strip()]


def _places(header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Return where each column stands: the first of its titles that is there."""
    titles = {fold(title): place for place, title in reversed(list(enumerate(header)))}
    found = {}
    for column in columns:
        names = [fold(each) for each in (column.title, column.name, *column.also)]
        place = next((titles[name] for name in names if name in titles), None)
        if place is not None:
            found[column.name] = place
    return found


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that an export put before what looks like a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in DANGEROUS else cell
