"""Reading tables from files: any usual CSV, xlsx, and what pretends to be one (S12)."""

import csv
import io
import zipfile
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from graph.exchange.tables import sniff
from hub.actors.models.imports import ImportKind
from hub.actors.values import columns, spreadsheets
from hub.core.errors import DomainError

words = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), min_size=1, max_size=12).map(
    str.strip
)
cells = words.filter(lambda word: word and word[0] != "\ufeff")


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 6))
    rows = draw(st.integers(2, 12))
    header = [draw(st.text("abcéèXYZ019", min_size=1, max_size=9)) for _ in range(width)]
    return [header, *([draw(cells) for _ in range(width)] for _ in range(rows))]


def as_csv(table: list[list[str]], delimiter: str, encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    return text.getvalue().encode(encoding)


@given(tables(), st.sampled_from(";,\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
@settings(max_examples=150)
def test_a_csv_reads_back_whatever_its_dress(table: list[list[str]], delimiter: str, encoding: str) -> None:
    content = as_csv(table, delimiter, encoding)
    if encoding == "cp1252" and _is_utf8(content):
        return  # nobody could tell them apart
    sheet = spreadsheets.read(content)
    assert sheet.header == table[0]
    assert [row for _number, row in sheet.lines] == table[1:]


def _is_utf8(content: bytes) -> bool:
    try:
        return content.decode("utf-8") != content.decode("cp1252")
    except UnicodeDecodeError:
        return False


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    try:
        sheet = spreadsheets.read(content)
    except DomainError:
        return
    assert all(len(row) == len(sheet.header) for _number, row in sheet.lines)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_the_one_that_cuts_all_lines_alike(delimiter: str) -> None:
    text = (
        delimiter.join(["Nom", "Note"])
        + "\n"
        + "\n".join(delimiter.join([f"Maison {number}", '"a, b; c"']) for number in range(5))
    )
    assert sniff(text) == delimiter


def test_lines_are_numbered_as_a_spreadsheet_does_and_empty_ones_left_out() -> None:
    sheet = spreadsheets.read(b'\n\nNom;Note;;\nA;"deux\nlignes"\n;;\nB\n')
    assert sheet.header == ["Nom", "Note"]
    assert sheet.lines == [(4, ["A", "deux\nlignes"]), (6, ["B", ""])]


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_an_xlsx_gives_the_words_that_people_see() -> None:
    content = workbook(
        [
            ["Nom", "Année", "Depuis", "Note"],
            ["A", 1998, datetime.combine(date(2020, 5, 1), time()), None],
            ["B", 2.5, date(2021, 1, 2), True],
        ]
    )
    assert spreadsheets.is_workbook(content)
    assert spreadsheets.read(content).lines == [
        (2, ["A", "1998", "2020-05-01", ""]),
        (3, ["B", "2.5", "2021-01-02", "oui"]),
    ]


def archive(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n;;\n",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"%PDF-1.7\x00",
        b"PK\x03\x04 broken",
        archive({"word/document.xml": b"<x/>"}),
        archive({"xl/workbook.xml": b"<not closed"}),
        archive({"xl/workbook.xml": b"<workbook/>"}),
        archive({"xl/workbook.xml": b"<workbook/>", "xl/bomb.xml": b"0" * (61 * 1024 * 1024)}),
        archive({"xl/workbook.xml": b"<workbook/>"} | {f"x{number}": b"" for number in range(301)}),
        b"a;b\n" * 10_002,
        b";".join([b"a"] * 61),
        b"a;b\n" + b"x" * 20_001,
        b"x" * (spreadsheets.MAX_BYTES + 1),
    ],
    ids=[
        "nothing", "blank", "picture", "pdf", "broken zip", "word", "bad xml", "no sheets", "bomb",
        "many members", "many lines", "many columns", "long cell", "heavy",
    ],
)  # fmt: skip
def test_what_is_no_table_or_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError) as found:
        spreadsheets.read(content)
    assert found.value.field == "file"


def test_columns_are_guessed_in_french_and_english() -> None:
    header = ["Dénomination", "N° BCE", "Commune", "Tél.", "Bidule"]
    assert columns.guess(ImportKind.ORGANISATIONS, header) == {
        "name": 0, "enterprise_number": 1, "commune": 2, "phone": 3,
    }  # fmt: skip
    assert columns.guess(ImportKind.RELATIONS, ["source_id", "type", "target_id", "start", "source"]) == {
        "source": 0, "kind": 1, "target": 2, "start": 3, "origin": 4,
    }  # fmt: skip


def test_a_header_is_the_same_whatever_its_accents() -> None:
    one = columns.signature(ImportKind.ORGANISATIONS, ["Thèmes", "NOM"])
    assert one == columns.signature(ImportKind.ORGANISATIONS, ["themes", "Nom"])
    assert one != columns.signature(ImportKind.RELATIONS, ["themes", "Nom"])
    assert one != columns.signature(ImportKind.ORGANISATIONS, ["nom", "themes"])
