"""Tables from files that people bring: CSV in any usual dress, and xlsx, within limits (S12)."""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hub.core.errors import N_, DomainError

MEBIBYTE = 1024 * 1024
MAX_BYTES = 5 * MEBIBYTE
MAX_LINES = 10_000
MAX_COLUMNS = 60
MAX_CELL = 20_000  # signs
MAX_UNPACKED = 60 * MEBIBYTE
MAX_MEMBERS = 300
ZIP = b"PK\x03\x04"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = ";,\t|"
SNIFFED_LINES = 30
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
        raise DomainError(N_("Ce fichier est trop lourd : 5 Mo au plus."), field="file")
    rows = _rows_of_xlsx(content) if content.startswith(ZIP) else _rows_of_csv(content)
    return _sheet(rows)


def is_workbook(content: bytes) -> bool:
    """Say whether the content is a zip file, as an xlsx is."""
    return content.startswith(ZIP)


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


# CSV


def _rows_of_csv(content: bytes) -> Iterator[list[str]]:
    text = decode(content)
    delimiter = sniff(text)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False):
            if any(len(cell) > MAX_CELL for cell in row):
                raise DomainError(N_("Une cellule de ce fichier est trop longue."), field="file")
            yield row
    except csv.Error as problem:
        raise _no_table() from problem


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8 or UTF-16 (with its mark), or in Windows' western code page."""
    encodings: tuple[str, ...]
    if content.startswith(UTF16):
        encodings = ("utf-16",)
    elif b"\x00" in content:
        raise _no_table()
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _no_table()


def sniff(text: str) -> str:
    """Return the delimiter that cuts the first lines into the most columns, alike from line to line."""

    def fitness(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(row) for row in islice(rows, SNIFFED_LINES) if any(row))
        except csv.Error:
            return 0, 0
        if not widths:
            return 0, 0
        width, lines = widths.most_common(1)[0]
        return (lines if width > 1 else 0), width

    return max(DELIMITERS, key=fitness)


def _no_table() -> DomainError:
    return DomainError(
        N_("Ce fichier n’est ni un CSV ni un classeur Excel (.xlsx). Enregistrez-le dans un de ces formats."),
        field="file",
    )


# xlsx


def _rows_of_xlsx(content: bytes) -> Iterator[list[str]]:
    _check_archive(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # A file may lie about its size: the limits are those of what is read.
        sheet.reset_dimensions()
        for row in islice(sheet.iter_rows(values_only=True), MAX_LINES + MAX_COLUMNS):
            if len(row) > MAX_COLUMNS * 4:
                raise DomainError(
                    N_("Ce fichier a plus de %(limit)d colonnes."), field="file", limit=MAX_COLUMNS
                )
            yield [_cell(value) for value in row]
    except (
        InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, ParseError, OSError,
        TypeError, AttributeError,
    ) as problem:  # fmt: skip
        raise _no_table() from problem


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as problem:
        raise _no_table() from problem
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise _no_table()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise DomainError(N_("Ce classeur est trop grand une fois déplié."), field="file")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    if len(text) > MAX_CELL:
        raise DomainError(N_("Une cellule de ce fichier est trop longue."), field="file")
    return text
