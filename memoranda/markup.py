"""The Jinja environment of the PDF and of the page: same macros, same words, same order."""

import functools
from datetime import date
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from memoranda import markdown
from memoranda.content import LEVEL_ORDER, Level

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "print"
LONGEST_EDGE = 70
DRAFT_MARK = "Projet – ne pas diffuser"
ICON_CODES = (*LEVEL_ORDER, "other")


@functools.cache
def environment() -> Environment:
    """Return the environment: HTML escaped by itself; filters french, markdown, shortened, day, icon_code."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["french"] = markdown.typography
    env.filters["markdown"] = _safe_markdown
    env.filters["shortened"] = shortened
    env.filters["day"] = day_in_words
    env.filters["icon_code"] = _icon_code
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


def _safe_markdown(text: str, under: int) -> Markup:
    return Markup(markdown.to_html(text, under=under))  # noqa: S704 - cleaned by nh3 just before


def _icon_code(level: Level) -> str:
    return level.code if level.code in ICON_CODES else "other"
