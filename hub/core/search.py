"""Words made comparable: without accents, case or punctuation, the same on SQLite and PostgreSQL."""

import re
import unicodedata

EDGES = re.compile(r"^\W+|\W+$")
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "Œ": "oe", "Æ": "ae"})


def fold(text: str) -> str:
    """Return the text in lower case, without accents, punctuation turned into single spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", letters.casefold()).strip()


def asked(text: str) -> tuple[list[str], list[str]]:
    """Return the words that somebody looks for: those that fold, and those in letters that folding drops.

    The first are for what was folded, the second for a name as it stands (Arabic, Cyrillic…).
    """
    words = (EDGES.sub("", word) for word in text.split())
    return fold(text).split(), [word for word in words if word and not fold(word)]


def slug(text: str) -> str:
    """Return the text as a part of an address: words joined by hyphens, at most 80 signs."""
    return fold(text).replace(" ", "-")[:80].strip("-") or "x"
