"""The catalogues: French holds every text of code and templates, the others are wired."""

import re
from pathlib import Path
from typing import Any

import polib
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from flask_babel import force_locale, ngettext

from hub.app import create_app
from hub.core import i18n

ROOT = Path(__file__).parent.parent.parent
LINE = re.compile(r"\[(\w+): (\S+)\]")


def texts() -> set[str]:
    """Return every text that `make messages` would find."""
    mapping = [(m[2], m[1]) for m in LINE.finditer((ROOT / "setup/babel.cfg").read_text(encoding="utf-8"))]
    keywords = DEFAULT_KEYWORDS | {"_l": None}
    found = set()
    for folder in ("hub", "templates"):
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder), mapping, {}, keywords
        ):
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


@pytest.fixture(scope="module")
def french() -> polib.POFile:
    return polib.pofile(str(ROOT / "hub/translations/fr/LC_MESSAGES/messages.po"))


def test_french_is_complete(french: polib.POFile) -> None:
    known = {entry.msgid for entry in french}
    assert texts() - known == set(), "run: make messages"
    assert [entry.msgid for entry in french if not entry.translated()] == []


def test_the_catalogues_say_nothing_of_who_or_where(french: polib.POFile) -> None:
    for name in i18n.LANGUAGES:
        text = (ROOT / f"hub/translations/{name}/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
        assert "FULL NAME" not in text
    assert french.metadata["Plural-Forms"] == "nplurals=2; plural=(n > 1);"


@pytest.mark.parametrize(("count", "words"), [(0, "0 espace"), (1, "1 espace"), (2, "2 espaces")])
def test_nothing_is_singular_in_french(app: Any, count: int, words: str) -> None:
    with app.test_request_context():
        assert ngettext("%(num)s espace", "%(num)s espaces", count) == words


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_text_that_is_not_translated_yet_stays_french(app: Any, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        assert ngettext("%(num)s espace", "%(num)s espaces", 2) == "2 espaces"


def test_a_reader_chooses_among_the_languages_that_the_network_offers(tmp_path: Path) -> None:
    app = create_app({"DEMO": True, "DATA_FOLDER": str(tmp_path), "LANGUAGES": ["fr", "nl"]})
    for cookie, language in (("", "fr"), ("nl", "nl"), ("en", "fr"), ("xx", "fr")):
        with app.test_request_context(headers={"Cookie": f"language={cookie}"}):
            assert i18n.chosen_language() == language
