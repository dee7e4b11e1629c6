"""The named blanks of a mail's own words: « {titre} » stands for the day's title."""

import re
import unicodedata
from collections.abc import Mapping

BLANK = re.compile(r"\{([^{}\n]{0,60})\}")
# What blanks there are, with what each stands for in the mail of an example.
NAMES = (
    "prénom-nom",
    "titre",
    "date",
    "jour",
    "accueil",
    "lieu",
    "organisation",
    "ateliers",
    "atelier",
    "atelier-rendu",
    "séances",
    "lien",
    "lien-en-ligne",
    "infos-pratiques",
    "contact",
    "clôture",
    "échéance",
    "rang",
    "motif",
    "texte",
    "places",
    "numéro",
    "détails",
)
# What never stands in a mail: it can tell of health or belief (G3).
PRIVATE = ("régime", "diète", "besoin", "allergie", "repas", "handicap", "santé", "menu")
# A subject holds words and dates, not links or lists.
NOT_IN_SUBJECT = frozenset({"lien", "lien-en-ligne", "infos-pratiques", "détails", "séances"})


def plain(name: str) -> str:
    """Return a blank's name without accents, capitals and the sign between its words."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    words = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\s_’'-]+", "-", words.strip())


KNOWN = {plain(name): name for name in NAMES}
_PRIVATE = tuple(plain(name) for name in PRIVATE)


def used(text: str) -> list[str]:
    """Return the blanks of a text as they are written, in order."""
    return [found.group(1) for found in BLANK.finditer(text)]


def unknown(text: str) -> list[str]:
    """Return the blanks of a text that stand for nothing."""
    return [name for name in used(text) if plain(name) not in KNOWN]


def private(text: str) -> list[str]:
    """Return the blanks that ask for what never stands in a mail."""
    return [name for name in unknown(text) if any(word in plain(name) for word in _PRIVATE)]


def outside_subject(text: str) -> list[str]:
    """Return the blanks that a subject can't hold."""
    return [name for name in used(text) if KNOWN.get(plain(name)) in NOT_IN_SUBJECT]


def is_torn(text: str) -> bool:
    """Say whether a brace stands alone: a blank that was not closed, or not opened."""
    rest = BLANK.sub("", text)
    return "{" in rest or "}" in rest


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its blanks filled, in one pass: what a value holds is not read again."""

    def value(found: re.Match[str]) -> str:
        name = KNOWN.get(plain(found.group(1)))
        return found.group(0) if name is None else values.get(name, "")

    return BLANK.sub(value, text)
