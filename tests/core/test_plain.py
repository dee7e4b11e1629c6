"""The small parts: exports, colours, clock, words, links, files."""

import csv
import errno
import io
import threading
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy.orm import Session
from werkzeug.http import parse_options_header

from hub.core import clock, colour, exports, files, i18n, search, text, tokens
from hub.core.files import Store
from tests import factories
from tests.conftest import both_databases

FORMULAS = ["=1", "+1", "-1", "@S(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", " =1", "\u200b=1", "|c"]


@pytest.mark.parametrize("value", FORMULAS)
def test_a_formula_becomes_text(value: str) -> None:
    assert exports.neutral(value).startswith("'")
    sheet = load_workbook(io.BytesIO(exports.as_xlsx("x", ["a"], [[value]]))).worksheets[0]
    assert sheet["A2"].data_type == "s"
    rows = list(csv.reader(io.StringIO(exports.as_csv(["a"], [[value]]).decode("utf-8-sig")), delimiter=";"))
    assert rows[1][0].startswith("'")


@given(st.text(max_size=30))
def test_no_text_at_all_is_read_as_a_formula(value: str) -> None:
    assert exports.neutral(value)[:1] not in exports.DANGEROUS
    sheet = load_workbook(io.BytesIO(exports.as_xlsx("x", ["a"], [[value]]))).worksheets[0]
    assert sheet["A2"].data_type in {"s", "n"}
    assert sheet["A2"].data_type == "s" or sheet["A2"].value is None


@pytest.mark.parametrize("sign", ["\ufffe", "\uffff", "\ud800", "\x00", "\x0b"])
def test_signs_that_no_file_can_hold_are_dropped(sign: str) -> None:
    sheet = load_workbook(io.BytesIO(exports.as_xlsx("x", ["a"], [[f"a{sign}b"]]))).worksheets[0]
    assert sheet["A2"].value == "ab"
    assert b"ab" in exports.as_csv(["a"], [[f"a{sign}b"]])


def test_a_sheet_has_its_header_fixed_its_columns_wide_enough_and_its_kinds() -> None:
    content = exports.as_xlsx("Liste: é/x", ["Nom", "Nombre"], [["Une association au nom long", 3], ["", 0]])
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert (sheet.title, sheet.freeze_panes) == ("Liste éx", "A2")
    assert sheet["A1"].font.bold
    assert not sheet["A2"].font.bold
    assert sheet.column_dimensions["A"].width >= len("Une association au nom long")
    assert [cell.value for cell in sheet[2]] == ["Une association au nom long", 3]
    assert [cell.value for cell in sheet[3]] == [None, 0]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_with_accents_in_its_name_can_be_downloaded(kind: str) -> None:
    answer = exports.answer(kind, "liste d’été – 2026", ["a"], [["x"]])
    answer.headers["Content-Disposition"].encode("ascii")
    assert parse_options_header(answer.headers["Content-Disposition"]) == (
        "attachment", {"filename": f"liste d’été – 2026.{kind}"},
    )  # fmt: skip


def test_figures_stay_figures_and_moments_are_brussels_time() -> None:
    moment = datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    assert [exports.cell(value) for value in (-3, 1.5, True, None, moment, date(2026, 7, 1))] == [
        -3, 1.5, "oui", "", "2026-07-01 09:30", "2026-07-01",
    ]  # fmt: skip


@given(st.integers(0, 0xFFFFFF))
def test_any_colour_of_a_network_stays_legible(number: int) -> None:
    theme = colour.theme(f"#{number:06x}")
    assert colour.contrast(theme.light, colour.LIGHT_PAPER) >= colour.TEXT_CONTRAST
    assert colour.contrast(theme.light, "#ffffff") >= colour.TEXT_CONTRAST
    assert colour.contrast(theme.dark, colour.DARK_SURFACE) >= colour.TEXT_CONTRAST
    assert colour.contrast(theme.light, theme.light_soft) >= colour.TEXT_CONTRAST
    assert colour.contrast(theme.dark, theme.dark_soft) >= colour.TEXT_CONTRAST


@pytest.mark.parametrize("words", ["red", "#12345", "#gggggg", "#0f5c5c;x"])
def test_what_is_no_colour_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        colour.channels(words)


def test_a_deadline_includes_its_day_through_both_clock_changes() -> None:
    assert clock.end_of_day(date(2025, 2, 14)) == datetime(2025, 2, 14, 23, tzinfo=UTC)
    assert clock.end_of_day(date(2026, 3, 29)) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert clock.end_of_day(date(2026, 3, 28)) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert clock.end_of_day(date(2026, 10, 25)) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert clock.at(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_dates_and_figures_are_written_as_here() -> None:
    start, end = datetime(2023, 6, 6, 7, 0, tzinfo=UTC), datetime(2023, 6, 6, 14, 0, tzinfo=UTC)
    assert i18n.format_range(start, end) == "mardi 6 juin 2023, de 9\u00a0h à 16\u00a0h"
    assert i18n.format_date(date(2026, 4, 1)) == "mercredi 1er avril 2026"
    assert i18n.format_time(time(9, 30)) == "9\u00a0h\u00a030"
    assert i18n.format_number(1250) == "1\u202f250"
    assert i18n.format_percent(0.125) == "12,5\u202f%"
    assert i18n.format_percent(0.125, "nl") == "12,5%"
    assert i18n.format_percent(0.125, "en") == "12.5%"
    assert i18n.format_range(start, end, "nl") == "dinsdag 6 juni 2023, 09:00–16:00"
    assert i18n.format_range(start, end, "en") == "Tuesday 6 June 2023, 09:00–16:00"


def test_words_are_found_without_accents() -> None:
    assert search.fold("  Hébergement d’urgence, Œuvre – CŒUR ") == "hebergement d urgence oeuvre coeur"
    assert search.slug("Espace été & Cie !") == "espace-ete-cie"
    assert search.slug("؟") == "x"


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://evil.example/a.png)",
        '<img src=x onerror="alert(1)">',
        "[x](data:text/html,<script>1</script>)",
    ],
)
def test_what_people_write_can_not_run(source: str) -> None:
    html = str(text.markdown(source))
    for danger in ("<script", "<img", 'href="javascript', 'href="data'):
        assert danger not in html


@both_databases
def test_a_link_is_stored_hashed_for_one_purpose_and_can_be_taken_back(session: Session) -> None:
    user = factories.user(session)
    now = factories.NOW
    raw = tokens.issue(session, "test.do", user, now=now, lifetime=timedelta(minutes=30))
    found = tokens.find(session, raw, "test.do")
    assert found is not None
    assert raw not in (found.hash, found.purpose)
    assert tokens.is_live(found, now + timedelta(minutes=29))
    assert not tokens.is_live(found, now + timedelta(minutes=30))
    assert tokens.find(session, raw, "test.other") is None
    assert tokens.find(session, "é\ud800", "test.do") is None
    assert tokens.consume(session, found, now=now)
    assert not tokens.consume(session, found, now=now)
    again = tokens.issue(session, "test.do", user, now=now, lifetime=timedelta(days=1))
    tokens.revoke(session, "test.do", user, now=now)
    session.expire_all()
    found = tokens.find(session, again, "test.do")
    assert found is not None
    assert not tokens.is_live(found, now)


def test_a_file_is_kept_once_and_read_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first, second = store.write(b"same"), store.write(b"same")
    assert first == second
    assert store.read(first) == b"same"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [first]


def test_a_write_that_fails_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("hub.core.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        Store(tmp_path).write(b"content")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_many_writers_of_the_same_content_make_one_file(tmp_path: Path) -> None:
    store, content = Store(tmp_path), b"x" * 100_000
    start = threading.Barrier(8)

    def write() -> None:
        start.wait()
        store.write(content)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "name", ["été – l’édition.pdf", "../../etc/passwd", "a\r\nSet-Cookie: x=1", "", "x" * 500]
)
def test_a_file_is_sent_under_its_name_as_an_attachment_of_its_reader(
    app: Any, session: Session, name: str
) -> None:
    with app.test_request_context():
        row = files.keep(session, files.store(), b"%PDF-", name, "application/pdf", now=factories.NOW)
        with closing(files.answer(row)) as answer:
            headers = answer.get_wsgi_headers({"REQUEST_METHOD": "GET"})
    disposition = headers["Content-Disposition"]
    disposition.encode("ascii")
    assert disposition.startswith("attachment")
    assert not set(row.name) & set("/\\\r\n")
    assert row.name
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["X-Content-Type-Options"] == "nosniff"
