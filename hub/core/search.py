"""Words made comparable: without accents, case or punctuation, the same on SQLite and PostgreSQL."""

import re
import unicodedata

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "Œ": "oe", "Æ": "ae"})


def fold(text: str) -> str:
    """Return the text in lower case, without accents, punctuation turned into single spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", letters.casefold()).strip()


def slug(text: str) -> str:
    """Return the text as a part of an address: words joined by hyphens, at most 80 signs."""
    return fold(text).replace(" ", "-")[:80].strip("-") or "x"
