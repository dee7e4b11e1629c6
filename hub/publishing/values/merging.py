"""Letters with blanks: « Bonjour {nom} » becomes a letter to somebody."""

import re
from collections.abc import Mapping

from hub.core.errors import N_

# What may stand between braces, with what it says.
BLANKS = {
    "nom": N_("le nom"),
    "liste": N_("la liste ou le parti"),
    "commune": N_("la commune"),
    "titre": N_("le titre du mémorandum"),
    "lien": N_("l’adresse du mémorandum, ou de son feuillet"),
}
_BLANK = re.compile(r"\{\s*([^{}\s][^{}]{0,60}?)\s*\}")


def unknown(text: str) -> list[str]:
    """Return what stands between braces and means nothing, each once, in order."""
    return [name for name in dict.fromkeys(_BLANK.findall(text)) if name.casefold() not in BLANKS]


def fill(text: str, words: Mapping[str, str]) -> str:
    """Return the text with its blanks filled; what nobody knows is left empty, without doubled spaces."""

    def said(found: re.Match[str]) -> str:
        return words.get(found.group(1).casefold(), "")

    filled = _BLANK.sub(said, text)
    # « Bonjour , » says that a word is missing.
    return re.sub(r"(?<=\S) +(?=[,.])", "", re.sub(r"(?<=\S)  +(?=\S)", " ", filled))
