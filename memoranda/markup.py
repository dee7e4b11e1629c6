"""The Jinja environment of the PDF and of the page: same macros, same words, same order."""

import functools
import unicodedata
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from memoranda import index, markdown
from memoranda.content import LEVEL_ORDER, Descent, Level

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "print"
LONGEST_EDGE = 70
DRAFT_MARK = "Projet – ne pas diffuser"
ICON_CODES = (*LEVEL_ORDER, "other")


@functools.cache
def environment() -> Environment:
    """Return the environment: HTML escaped by itself.

    Filters: french, names, markdown, shortened, day, icon_code, descent, numbers (of an index entry).
    Test: leftward (written from right to left).
    `footnotes(medium, mark)` keeps the notes of a chapter.
    """
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["french"] = french
    env.filters["names"] = names
    env.filters["markdown"] = _safe_markdown
    env.filters["shortened"] = shortened
    env.filters["day"] = day_in_words
    env.filters["icon_code"] = _icon_code
    env.filters["descent"] = descent_in_words
    env.filters["numbers"] = index.numbers
    env.tests["leftward"] = markdown.is_leftward
    env.globals["footnotes"] = _footnotes
    env.globals["icon_codes"] = ICON_CODES
    env.globals["draft_mark"] = DRAFT_MARK
    return env


def day_in_words(day: date) -> str:
    """Write a date in French: « 1er juin 2023 »."""
    words = format_date(day, "d MMMM y", locale="fr")
    return "1er" + words[1:] if day.day == 1 else words


def shortened(text: str) -> str:
    """Cut a text that must stand on one line of a page's edge, at a word, with an ellipsis."""
    if len(text) <= LONGEST_EDGE:
        return text
    return text[:LONGEST_EDGE].rpartition(" ")[0] + "…"


def descent_in_words(descent: Descent) -> str:
    """Say what an item is beside earlier memoranda: « Demandée depuis 2019 (2019/12) »."""
    words = _DESCENTS[descent.kind]
    if descent.since is not None and descent.kind != "new":
        words += (
            f" depuis {descent.since}" if descent.kind == "repeated" else f", demandée depuis {descent.since}"
        )
    return f"{words} ({descent.earlier})" if descent.earlier else words


def names(all_of: Iterable[str]) -> str:
    """List names with commas; one written from right to left keeps its signs and figures to itself."""
    return ", ".join(_isolated(name) for name in all_of)


def _isolated(name: str) -> str:
    leftward = any(unicodedata.bidirectional(char) in {"R", "AL"} for char in name)
    return f"\u2068{name}\u2069" if leftward else name


def french(text: str) -> str:
    """Set a text of one paragraph as French asks for, with places where an endless word may break."""
    return markdown.divided(markdown.typography(text))


def _footnotes(medium: str, mark: str = "") -> markdown.Notes:
    return markdown.Notes(markdown.Medium(medium), mark)


def _safe_markdown(text: str, under: int, notes: markdown.Notes | None = None) -> Markup:
    html = notes.to_html(text, under=under) if notes else markdown.to_html(text, under=under)
    return Markup(html)  # noqa: S704 - cleaned by nh3 just before


def _icon_code(level: Level) -> str:
    return level.code if level.code in ICON_CODES else "other"


_DESCENTS = {
    "new": "Nouvelle demande",
    "repeated": "Déjà demandée",
    "changed": "Reformulée",
    "obtained": "Obtenue",
    "dropped": "Abandonnée",
}
