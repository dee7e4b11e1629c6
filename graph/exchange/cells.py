"""Texts in tables that a spreadsheet opens: no text there is taken for a formula (S6)."""

import unicodedata

SIGNS = frozenset("=+-@\t\n|%")
BLANKS = " \u00a0\ufeff\u200b"


def neutral(text: str) -> str:
    """Return the text with an apostrophe before it where a spreadsheet would calculate.

    Full-width forms and leading blanks are seen through; so are apostrophes that stand there already, so that
    `plain` gives back exactly what went in.
    """
    return f"'{text}" if _calculates(text) else text


def plain(text: str) -> str:
    """Return the text without the apostrophe that `neutral` puts before it."""
    return text[1:] if text.startswith("'") and _calculates(text) else text


def _calculates(text: str) -> bool:
    bare = text.lstrip("'")
    seen = unicodedata.normalize("NFKC", bare.lstrip(BLANKS)[:4]).lstrip(BLANKS)
    return seen[:1] in SIGNS or bare[:1] in SIGNS
