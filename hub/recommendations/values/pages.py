"""The words of a printed page: put together again, cut into sentences, compared with a quotation."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from hub.core.search import fold

ENDS = ".!?:;»”…"
BULLET = re.compile(r"^(?:[•●▪■◦‣–—✓➢»*-]|\d{1,2}[.)]|[a-z]\))\s")
SENTENCE = re.compile(r"(?<=[.!?…])(?:\s?[»”])?\s+(?=[«“A-ZÀ-ÖØ-Þ0-9•–—-])")
SHORT = 0.75
EXCERPT = 240
LEFT_OUT = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a page whose lines end where the paper did.

    A new one begins after a blank line, at a bullet, and after a short line that ends a sentence or a title.
    """
    # Bullets that the file tells apart from their lines say nothing.
    lines = [line.strip() if any(map(str.isalnum, line)) else "" for line in text.split("\n")]
    longest = max(map(len, lines))
    found: list[str] = []
    before = ""
    for line in lines:
        if line and before and not BULLET.match(line) and not _ends(before, line, longest):
            found[-1] = _joined(found[-1], line)
        elif line:
            found.append(line)
        before = line
    return found


def _ends(before: str, line: str, longest: int) -> bool:
    return len(before) < SHORT * longest and (before[-1] in ENDS or line[0].isupper())


def _joined(before: str, line: str) -> str:
    """Return two lines as one; a word that was divided at the end of the first is whole again."""
    divided = re.search(r"[^\W\d_]-$", before) and line[0].islower()
    return before[:-1] + line if divided else f"{before} {line}"


def sentences(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph; joined by a blank they make it again."""
    cuts = [0, *(found.end() for found in SENTENCE.finditer(paragraph)), len(paragraph)]
    return [paragraph[start:end].strip() for start, end in pairwise(cuts) if start < end]


def found(pages: Iterable[tuple[int, str]], wanted: str) -> list[tuple[int, str]]:
    """Return (number, words around) of the pages that hold all words looked for, wherever lines end."""
    words = fold(wanted).split()
    return [
        (number, _around(text, words))
        for number, text in ((number, " ".join(paragraphs(text))) for number, text in pages)
        if words and all(word in fold(text) for word in words)
    ]


def _around(text: str, words: list[str]) -> str:
    parts = sentences(text)
    best = max(parts, key=lambda part: sum(word in fold(part) for word in words))
    return best if len(best) <= EXCERPT else best[:EXCERPT].rsplit(" ", 1)[0] + " …"


def marked(sentence: str, wanted: str) -> list[tuple[str, bool]]:
    """Return a sentence in pieces, each with whether it is a word looked for."""
    words = fold(wanted).split()
    pieces = re.split(r"(\w+)", sentence) if words else [sentence]
    return [(piece, any(word in fold(piece) for word in words)) for piece in pieces if piece]


def stands(quote: str, text: str) -> bool:
    """Say whether a text holds the words of a quotation, in their order; « […] » leaves some out.

    Letters and figures count, not signs, blanks, capitals, ligatures or where a line ended.
    """
    whole, place = _plain(text), 0
    for piece in map(_plain, LEFT_OUT.split(quote)):
        found = whole.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return True


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())
