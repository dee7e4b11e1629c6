"""Lists as CSV and xlsx that no spreadsheet takes for formulas (S6)."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask import Response
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from hub.core import clock

DANGEROUS = set("=+-@\t\r\n|%")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 60


def neutral(text: str) -> str:
    """Return the text so that a spreadsheet reads it as text.

    An apostrophe goes before whatever begins like a formula, full-width forms and leading blanks included;
    control characters, which xlsx can't hold, are dropped.
    """
    clean = "".join(
        sign for sign in text if sign in "\t\n" or unicodedata.category(sign) != "Cc" or sign == "\r"
    )
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
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "".join(sign for sign in title if sign not in "[]:*?/\\")[:31] or "Liste"
    lines = [[cell(name) for name in header], *([cell(value) for value in row] for row in rows)]
    for number, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            target = sheet.cell(number, column)
            target.value = value or None if isinstance(value, str) else value
            if isinstance(value, str) and value:
                target.data_type = "s"
    for place in sheet[1]:
        place.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for column in range(1, len(header) + 1):
        longest = max(len(str(line[column - 1])) for line in lines if len(line) >= column)
        sheet.column_dimensions[get_column_letter(column)].width = min(WIDEST, longest + 2)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def answer(kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Send the list as "csv" or "xlsx", named `name` and that ending. Raises ValueError for another kind."""
    if kind == "csv":
        content, media_type = as_csv(header, rows), CSV_TYPE
    elif kind == "xlsx":
        content, media_type = as_xlsx(name, header, rows), XLSX_TYPE
    else:
        raise ValueError(kind)
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response
