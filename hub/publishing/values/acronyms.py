"""The acronyms that texts use: words that a reader may not know."""

import re
from collections import Counter

_WORD = re.compile(r"(?<![\w/-])[A-ZÉÈ]{2,8}(?![\w/-])")
_ROMAN = re.compile(r"[IVXLCDM]+")
MOST = 12


def acronyms(text: str) -> list[str]:
    """Return the acronyms of a text, those used most first; numbers of kings and centuries are none."""
    found = Counter(word for word in _WORD.findall(text) if not _ROMAN.fullmatch(word))
    return [word for word, _ in found.most_common(MOST)]
