"""Workbooks and CSV files of two tables, actors and relations: our own form, and Kumu's.

Our own CSV form is a zip of `acteurs.csv` and `relations.csv`: UTF-8 with its mark, semicolons, as French and
Dutch spreadsheets expect. Either can be brought back alone. No text is taken for a formula (S6).
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles import Font

from graph.exchange import cells, kumu
from graph.exchange.model import Actor, Exchange, Tie
from graph.exchange.rows import (
    ACTOR_FIELDS,
    BAR,
    TIE_FIELDS,
    Field,
    Row,
    Rows,
    Shape,
    actor_read,
    actor_row,
    folded,
    tie_read,
    tie_row,
)

ACTORS, TIES, NOTE = "acteurs.csv", "relations.csv", "lisez-moi.txt"
ACTOR_SHEET, TIE_SHEET = "Acteurs", "Relations"
NOTE_SHEET = "À propos (ignore)"
"""Kumu passes over sheets whose name says « (ignore) »."""
MARK = "\ufeff"
MOMENT_OF_ZIP = (1980, 1, 1, 0, 0, 0)
"""The same network makes the same file."""
Cell: TypeAlias = str | int | float
ERRORS = frozenset(ERROR_CODES)
"""Texts that openpyxl takes for an error of Excel's; formulas are neutral already."""


def _cell(text: str, shape: Shape = Shape.TEXT) -> Cell:
    if not text:
        return ""
    if shape not in {Shape.WHOLE, Shape.NUMBER}:
        return cells.neutral(text)
    return int(text) if text.removeprefix("-").isdecimal() else float(text)


def _line(row: Row, told: Sequence[Field]) -> list[Cell]:
    return [_cell(row.get(one.name, ""), one.shape) for one in told]


def _actor_lines(actors: Iterable[Actor]) -> Iterator[list[Cell]]:
    return (_line(actor_row(actor), ACTOR_FIELDS) for actor in actors)


def _tie_lines(ties: Iterable[Tie]) -> Iterator[list[Cell]]:
    return (_line(tie_row(tie), TIE_FIELDS) for tie in ties)


def _titles(told: Sequence[Field]) -> list[str]:
    return [one.title for one in told]


def note(exchange: Exchange) -> list[str]:
    """Return the lines that say what the file is."""
    about = exchange.about
    return [line for line in (about.title, about.description, about.address) if line]


def write_csv(exchange: Exchange) -> bytes:
    """Return a zip of the two tables, and of a note that says what they are."""
    tables = {
        ACTORS: _csv(_titles(ACTOR_FIELDS), _actor_lines(exchange.actors)),
        TIES: _csv(_titles(TIE_FIELDS), _tie_lines(exchange.ties)),
        NOTE: iter(["\r\n".join(note(exchange)) + "\r\n"]),
    }
    return zipped(tables)


def _csv(header: list[str], lines: Iterable[list[Cell]]) -> Iterator[str]:
    yield MARK
    yield _csv_line(header)
    yield from map(_csv_line, lines)


def _csv_line(values: Sequence[Cell]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(values)
    return line.getvalue()


def zipped(files: Mapping[str, Iterable[str]]) -> bytes:
    """Return a zip of texts by their names, written piece by piece."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files.items():
            about = zipfile.ZipInfo(name, MOMENT_OF_ZIP)
            about.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(about, "w") as file:
                for piece in pieces:
                    file.write(piece.encode())
    return made.getvalue()


def write_xlsx(exchange: Exchange) -> bytes:
    """Return a workbook of the two tables."""
    return _book(
        {
            ACTOR_SHEET: (_titles(ACTOR_FIELDS), _actor_lines(exchange.actors)),
            TIE_SHEET: (_titles(TIE_FIELDS), _tie_lines(exchange.ties)),
        },
        exchange,
    )


def write_kumu(exchange: Exchange) -> bytes:
    """Return a workbook of elements and connections."""
    years = kumu.Years(exchange)
    elements, connections = kumu.element_headings(), kumu.connection_headings()
    return _book(
        {
            "Elements": (elements, (_kumu(kumu.element(one, years), elements) for one in exchange.actors)),
            "Connections": (
                connections,
                (_kumu(kumu.connection(one, years), connections) for one in exchange.ties),
            ),
        },
        exchange,
    )


def _kumu(told: dict[str, Any], headings: Sequence[str]) -> list[Cell]:
    return [
        _cell(BAR.join(value) if isinstance(value, list) else value)
        for value in (told.get(heading, "") for heading in headings)
    ]


def _book(tables: dict[str, tuple[list[str], Iterable[list[Cell]]]], exchange: Exchange) -> bytes:
    book = Workbook(write_only=True)
    for name, (header, lines) in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        sheet.append([_written(sheet, title, bold=True) for title in header])
        for line in lines:
            sheet.append(
                [None if one == "" else _written(sheet, one) if one in ERRORS else one for one in line]
            )
    sheet = book.create_sheet(NOTE_SHEET)
    for words in note(exchange):
        sheet.append([_written(sheet, cells.neutral(words))])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _written(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """Return a cell that holds text whatever the text looks like; None where there is none."""
    if not text:
        return None
    made = WriteOnlyCell(sheet, text)
    made.data_type = "s"
    if bold:
        made.font = Font(bold=True)
    return made


def is_actors(header: Sequence[str]) -> bool:
    """Say whether these are the columns of our own table of actors."""
    return {"identifiant", "nom", "code du type"} <= {folded(name) for name in header}


def is_ties(header: Sequence[str]) -> bool:
    """Say whether these are the columns of our own table of relations."""
    return {"de", "vers", "code de la relation"} <= {folded(name) for name in header}


def is_elements(header: Sequence[str]) -> bool:
    """Say whether a sheet begins as Kumu asks of elements: ID or Label first."""
    names = [folded(name) for name in header]
    return names[:1] == ["label"] or names[:2] == ["id", "label"]


def is_connections(header: Sequence[str]) -> bool:
    """Say whether a sheet begins as Kumu asks of connections: From and To, after an ID if there is one."""
    names = [folded(name) for name in header]
    return names[:2] == ["from", "to"] or names[:3] == ["id", "from", "to"]


Table: TypeAlias = Sequence[Sequence[str]]


def told(table: Table) -> Iterator[list[tuple[str, str]]]:
    """Yield the headings and texts of each line that isn't empty."""
    header = list(table[0]) if table else []
    for line in table[1:]:
        if any(line):
            yield [(name, cells.plain(text)) for name, text in zip(header, line, strict=False)]


def read(actors: Table, ties: Table) -> Rows:
    """Return what our own two tables hold, each with its header; either may be empty."""
    return Rows([actor_read(one) for one in told(actors)], [tie_read(one) for one in told(ties)])


def read_kumu(elements: Table, connections: Table) -> Rows:
    """Return what Kumu's two sheets hold; one cell of `To` may name several elements."""
    rows = Rows([kumu.read_element(one) for one in told(elements)])
    for row in map(kumu.read_connection, told(connections)):
        rows.ties.extend({**row, "vers": end} for end in row.get("vers", "").split(BAR))
    return rows
