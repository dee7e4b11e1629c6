"""Lists as CSV and xlsx that no spreadsheet takes for formulas (S6)."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from hub.core import clock

# Control characters but tab and line breaks, halves of pairs, and what XML forbids.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
DANGEROUS = set("=+-@\t\r\n|%")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 60


def neutral(text: str) -> str:
    """Return the text so that a spreadsheet reads it as text.

    An apostrophe goes before whatever begins like a formula, full-width forms and leading blanks included;
    what neither XML nor UTF-8 can hold is dropped.
    """
    clean = UNSTORABLE.sub("", text)
    plain = unicodedata.normalize("NFKC", clean).lstrip(" \u00a0\ufeff\u200b")
    if plain[:1] in DANGEROUS or clean[:1] in DANGEROUS:
        return "'" + clean
    return clean


def cell(value: Any) -> str | int | float:
    """Return a value as an export shows it: figures stay figures, dates are ISO in Brussels' time."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return neutral(str(value))


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return UTF-8 with its mark and semicolons, as French and Dutch spreadsheets expect it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([cell(name) for name in header])
    writer.writerows([cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def as_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet, its header bold and frozen."""
    return as_workbook([(title, header, rows)])


def as_workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """Return a workbook of several sheets (title, header, rows), each header bold and frozen."""
    # Several times as fast; what describes a sheet must come before its rows.
    book = Workbook(write_only=True)
    for title, header, rows in sheets:
        _add_sheet(book, title, header, rows)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _add_sheet(book: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    lines = [[cell(name) for name in header], *([cell(value) for value in row] for row in rows)]
    name = "".join(sign for sign in title if sign not in "[]:*?/\\")[:31] or "Liste"
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for column, values in enumerate(zip_longest(*lines, fillvalue=""), start=1):
        longest = max(len(str(value)) for value in values)
        sheet.column_dimensions[get_column_letter(column)].width = min(WIDEST, longest + 2)
    sheet.append([_text(sheet, str(value), bold=True) for value in lines[0]])
    for line in lines[1:]:
        sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in line])


def _text(sheet: Any, value: str, *, bold: bool = False) -> Any:
    """Return a cell that holds text whatever the text looks like; None where there is none."""
    if not value:
        return None
    made = WriteOnlyCell(sheet, value)
    made.data_type = "s"
    if bold:
        made.font = Font(bold=True)
    return made


def answer(kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Send the list as "csv" or "xlsx", named `name` and that ending. Raises ValueError for another kind."""
    if kind == "csv":
        content, media_type = as_csv(header, rows), CSV_TYPE
    elif kind == "xlsx":
        content, media_type = as_xlsx(name, header, rows), XLSX_TYPE
    else:
        raise ValueError(kind)
    return send(content, f"{name}.{kind}", media_type)


def send(content: bytes, file: str, media_type: str) -> Response:
    """Send a file that was made for this request alone, under that name."""
    response = Response(content, content_type=media_type)
    named = f'filename="{file}"' if file.isascii() else f"filename*=UTF-8''{quote(file, safe='')}"
    response.headers["Content-Disposition"] = f"attachment; {named}"
    response.headers["Cache-Control"] = "no-store"
    return response
