"""Tables from files that people bring: CSV in any usual dress, and xlsx, within limits (S12)."""

import csv
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from graph.exchange.errors import ExchangeError, Problem

MEBIBYTE = 1024 * 1024
MAX_CELL = 20_000  # signs
MAX_UNPACKED = 60 * MEBIBYTE
MAX_RATIO = 200
"""How many times larger than its file an archive may unpack; a list packs 10 to 30 times."""
RATIO_COUNTS_FROM = 5 * MEBIBYTE
MAX_MEMBERS = 300
MAX_SHEETS = 20
ZIP = b"PK\x03\x04"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = ";,\t|"
SNIFFED_LINES = 30


def is_archive(content: bytes) -> bool:
    """Say whether the content is a zip file, as an xlsx is."""
    return content.startswith(ZIP)


def members(content: bytes) -> list[str]:
    """Return the names of what an archive holds. Raises ExchangeError if it is broken or a bomb."""
    with _archive(content) as archive:
        found = archive.infolist()
    unpacked = sum(member.file_size for member in found)
    inflated = unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * len(content)
    if len(found) > MAX_MEMBERS or unpacked > MAX_UNPACKED or inflated:
        raise ExchangeError(Problem.UNPACKED)
    return [member.filename for member in found]


def member(content: bytes, name: str) -> bytes:
    """Return one file of an archive; it can't be larger than the archive says."""
    with _archive(content) as archive, archive.open(name) as file:
        return file.read(MAX_UNPACKED)


@contextmanager
def _archive(content: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ValueError, OSError, EOFError) as problem:
        raise ExchangeError(Problem.BROKEN_ARCHIVE) from problem
    except (NotImplementedError, RuntimeError, zlib.error) as problem:
        # A password, a way of packing that is not known, a member cut short.
        raise ExchangeError(Problem.BROKEN_ARCHIVE) from problem


# CSV


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8 or UTF-16 (with its mark), or in Windows' western code page."""
    if content.startswith(UTF16):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content:
        raise ExchangeError(Problem.NO_TABLE)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ExchangeError(Problem.NO_TABLE)


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


def rows_of_csv(text: str, *, delimiter: str, escape: str | None = None) -> Iterator[list[str]]:
    """Yield the rows of a CSV file. Raises ExchangeError.

    With `escape`, that sign before another takes it as it is, as Gephi reads.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False, escapechar=escape)
    try:
        for row in reader:
            if any(len(cell) > MAX_CELL for cell in row):
                raise ExchangeError(Problem.LONG_CELL)
            yield row
    except csv.Error as problem:
        raise ExchangeError(Problem.NO_TABLE) from problem


def header_of_csv(text: str, delimiter: str) -> list[str]:
    """Return the first line that holds anything, or nothing where it can't be cut."""
    with suppress(ExchangeError):
        return next((row for row in rows_of_csv(text, delimiter=delimiter) if any(row)), [])
    return []


# xlsx


def is_book(names: list[str]) -> bool:
    """Say whether an archive that holds these is a workbook."""
    return "xl/workbook.xml" in names


def sheets(content: bytes) -> list[Any]:
    """Return a workbook's sheets, in their order, for `rows_of_sheet`. Raises ExchangeError."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        return list(book.worksheets[:MAX_SHEETS])
    except Exception as problem:  # a broken file provokes errors of any kind in openpyxl
        raise ExchangeError(Problem.NO_TABLE) from problem


def rows_of_sheet(sheet: Any, *, limit: int, widest: int) -> Iterator[list[str]]:
    """Yield a sheet's rows as words, at most `limit` of them. Raises ExchangeError."""
    try:
        # A file may lie about its size: the limits are those of what is read.
        sheet.reset_dimensions()
        for row in islice(sheet.iter_rows(values_only=True), limit):
            yield _words(row, widest)
    except ExchangeError:
        raise
    except Exception as problem:  # as above
        raise ExchangeError(Problem.NO_TABLE) from problem


def _words(row: Sequence[Any], widest: int) -> list[str]:
    if len(row) > widest:
        raise ExchangeError(Problem.TOO_MANY_COLUMNS, limit=widest)
    return [word(value) for value in row]


def word(value: Any) -> str:
    """Return a cell's value as people see it."""
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
        raise ExchangeError(Problem.LONG_CELL)
    return text
