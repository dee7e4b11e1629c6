"""Negations in French texts: « ne … pas », « sans », « aucun », « ni », and whether all together say no."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from memoranda.similarity.words import Word, listed, plain, words


@dataclass(frozen=True, slots=True)
class Negation:
    """One negation: the characters that say it, in one or two places, and its word (« sans », « ne pas »)."""

    spans: tuple[tuple[int, int], ...]
    word: str


_SENTENCE_END = re.compile(r"[.!?;:\n]")
_PARTNERS = listed("pas plus jamais aucun aucune rien personne guere nul nulle ni point")
_ALONE = listed("aucun aucune nul nulle jamais pas ni non sans rien")
_MERGED = listed("aucun aucune nul nulle jamais plus rien")
_REACH = 6
"""Words between « ne » and its partner."""
_NAMES = {
    "sans": listed(
        "papier papiers abri abris but emploi domicile titre logis doute cesse tarder delai frontieres"
    ),
    "non": listed("""accompagne accompagnes accompagnee accompagnees marchand marchands lucratif lucratifs
        discrimination recours gouvernemental gouvernementale gouvernementales europeen europeens seulement
        plus violence"""),
    "pas": listed("a"),
    "nul": listed("doute"),
}
"""Words after which these negate nothing: they belong to a name or an idiom."""


def negations(text: str) -> tuple[Negation, ...]:
    """Return the negations of a text, from left to right. « ne … que » and « ne » alone are none."""
    return tuple(_negations(text, words(text)))


def _negations(text: str, row: tuple[Word, ...]) -> Iterator[Negation]:
    names = [plain(word.small) for word in row]
    last_sentence, place, said = -1, 0, False
    ends = [found.start() for found in _SENTENCE_END.finditer(text)]
    passed = 0
    while place < len(row):
        while passed < len(ends) and ends[passed] < row[place].start:
            passed += 1
        if passed != last_sentence:
            last_sentence, said = passed, False
        until = ends[passed] if passed < len(ends) else len(text)
        found = _at(names, row, place, until, said=said)
        if found:
            yield Negation(tuple((row[each].start, row[each].end) for each in found), _word(names, found))
            said = True
        place = (found[-1] if found else place) + 1


def _at(names: list[str], row: tuple[Word, ...], place: int, until: int, *, said: bool) -> list[int]:
    """Return the places of the words of the negation that begins at a place, empty if none does."""
    name = names[place]
    if name in {"ne", "n"}:
        return _with_partner(names, row, place, until)
    follows = names[place + 1] if place + 1 < len(names) else ""
    if name == "plus" and follows in {"aucun", "aucune", "jamais"}:
        return [place, place + 1]
    if name not in _ALONE or follows in _NAMES.get(name, ()) or (name == "ni" and said):
        return []
    return [place, place + 1] if follows in _MERGED and name == "sans" else [place]


def _with_partner(names: list[str], row: tuple[Word, ...], place: int, until: int) -> list[int]:
    for other in range(place + 1, min(place + 1 + _REACH, len(names))):
        if row[other].start > until or names[other] in {"que", "qu"}:
            return []
        if names[other] in _PARTNERS:
            merged = other + 1 < len(names) and names[other] == "plus" and names[other + 1] in _MERGED
            return [place, other, *([other + 1] if merged else [])]
    return []


def _word(names: list[str], found: list[int]) -> str:
    return " ".join("ne" if names[each] == "n" else names[each] for each in found)
