"""Tables from files that people bring: CSV in any usual dress, and xlsx, within limits (S12)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graph.exchange import tables
from graph.exchange.errors import ExchangeError, Problem
from hub.actors.values import networks
from hub.core.errors import N_, DomainError

MEBIBYTE = 1024 * 1024
MAX_BYTES = 5 * MEBIBYTE
MAX_LINES = 10_000
MAX_COLUMNS = 60
TOO_LONG = N_("Ce fichier a plus de %(limit)d lignes. Partagez-le en plusieurs fichiers.")


@dataclass(frozen=True)
class Sheet:
    """A header and the lines under it, each with its number as a spreadsheet counts.

    Empty lines are left out; every line is as long as the header.
    """

    header: list[str]
    lines: list[tuple[int, list[str]]]


def read(content: bytes) -> Sheet:
    """Return the table that a file holds. Its kind is told by its content, not by its name.

    Raises DomainError if it is no table, or larger than the limits.
    """
    if len(content) > MAX_BYTES:
        raise DomainError(N_("Ce fichier est trop lourd : 5 Mo au plus."), field="file")
    try:
        return _sheet(_rows(content))
    except ExchangeError as problem:
        raise networks.refusal(problem) from problem


def is_workbook(content: bytes) -> bool:
    """Say whether the content is a zip file, as an xlsx is."""
    return tables.is_archive(content)


def _rows(content: bytes) -> Iterator[list[str]]:
    if not tables.is_archive(content):
        text = tables.decode(content)
        return tables.rows_of_csv(text, delimiter=tables.sniff(text))
    sheets = tables.sheets(content) if tables.is_book(tables.members(content)) else []
    if not sheets:
        raise ExchangeError(Problem.NO_TABLE)
    return tables.rows_of_sheet(sheets[0], limit=MAX_LINES + MAX_COLUMNS, widest=MAX_COLUMNS * 4)


def _sheet(rows: Iterable[list[str]]) -> Sheet:
    header: list[str] = []
    lines: list[tuple[int, list[str]]] = []
    for number, raw in enumerate(rows, start=1):
        row = [cell.strip() for cell in raw]
        if not any(row):
            continue
        if not header and not any(sign.isalnum() for sign in "".join(row)):
            continue  # rulers and stray delimiters above the titles
        if not header:
            header = _trimmed(row)
            continue
        if len(lines) == MAX_LINES:
            raise DomainError(TOO_LONG, field="file", limit=MAX_LINES)
        cells = row[: len(header)]
        lines.append((number, cells + [""] * (len(header) - len(cells))))
    if not header:
        raise DomainError(N_("Ce fichier est vide."), field="file")
    if len(header) > MAX_COLUMNS:
        raise DomainError(N_("Ce fichier a plus de %(limit)d colonnes."), field="file", limit=MAX_COLUMNS)
    return Sheet(header, lines)


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row
