"""Which levels of power can answer a demand: read from its words, so that a wrong address is noticed.

Two sources: what each level is competent for, as the network writes it of the level (`Level.competences`,
phrases between semicolons), and `reference/matters.csv`: matters by the words with which demands name them,
with who decides and who applies. A rule of thumb that suggests and warns: people decide.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from memoranda.similarity import addressees
from memoranda.similarity.addressees import singular
from memoranda.similarity.thesaurus import Form, Lexicon
from memoranda.similarity.words import kept

MATTERS = Path(__file__).parents[1] / "reference" / "matters.csv"
# Whom a text names, as levels of power.
NAMED = {"cpas": ("commune",), "region_bruxelloise": ("cocof", "cocom")}
BRUSSELS = frozenset({"cocof", "cocom"})


@dataclass(frozen=True, slots=True)
class Matter:
    """Something for which levels of power are competent: who decides, who applies what others decide."""

    label: str
    decides: frozenset[str]
    applies: frozenset[str] = frozenset()

    @property
    def competent(self) -> frozenset[str]:
        """Return all who can do something about it."""
        return self.decides | self.applies


@dataclass(frozen=True, slots=True)
class Demand:
    """What is looked at: its title and text, the code of its theme, the codes of the levels chosen."""

    words: str
    theme: str = ""
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a demand's words say: its matters, levels that they suggest, chosen ones that don't fit."""

    matters: tuple[Matter, ...] = ()
    suggested: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()

    def why(self, level: str) -> tuple[Matter, ...]:
        """Return the matters for which a level is competent."""
        return tuple(each for each in self.matters if level in each.competent)


def read(demand: Demand, competences: Mapping[str, str]) -> Reading:
    """Return what a demand's words say of its levels; `competences` by the codes of levels, in their order.

    Nothing is suggested, and nothing doubted, where no matter is recognised.
    """
    matrix = _matrix(tuple(competences.items()))
    matters = matrix.matters(demand)
    named = _named(demand.words)
    competent = frozenset[str]().union(*(each.competent for each in matters)) | named
    suggested = frozenset[str]().union(*(_who_acts(each, named) for each in matters))
    return Reading(
        matters,
        tuple(code for code in competences if code in _here(suggested, named)),
        _doubtful(demand.levels, competent, len(competences)) if matters else (),
    )


def _doubtful(chosen: tuple[str, ...], competent: frozenset[str], of: int) -> tuple[str, ...]:
    """Return the chosen levels that aren't competent; what is asked of nearly everybody is meant so."""
    if len(chosen) > of / 2:
        return ()
    return tuple(code for code in chosen if code not in competent)


def _who_acts(matter: Matter, named: frozenset[str]) -> frozenset[str]:
    """Return who decides, and of those who apply it only whom the words name."""
    return matter.decides | (matter.applies & named)


def _here(levels: frozenset[str], named: frozenset[str]) -> frozenset[str]:
    """Return the levels without those of Brussels, unless they are named or no other one is left."""
    if named & BRUSSELS:
        return (levels - {"region_wallonne"}) | (levels & named)
    return (levels - BRUSSELS) or levels


def _named(text: str) -> frozenset[str]:
    found = {each.key for each in addressees.named(text)}
    return frozenset(code for key in found for code in NAMED.get(key, (key,)))


class _Matrix:
    """Matters by the words that name them, and by theme."""

    def __init__(self, competences: Iterable[tuple[str, str]]) -> None:
        self._by_name: dict[str, Matter] = {}
        self._by_theme: dict[str, list[str]] = {}
        names: dict[Form, tuple[str, ...]] = {}
        for row in _rows():
            self._add(
                names, row["label"], _codes(row["decides"]), _codes(row["applies"]), _codes(row["words"])
            )
            for theme in _codes(row["themes"]):
                self._by_theme.setdefault(theme, []).append(row["label"])
        for level, said in competences:
            for phrase in said.split(";"):
                self._learn(names, level, phrase.strip())
        self._lexicon = Lexicon(names)

    def _add(
        self, names: dict[Form, tuple[str, ...]], label: str, decides: Sequence[str],
        applies: Sequence[str], words: Sequence[str],
    ) -> None:  # fmt: skip
        self._by_name[label] = Matter(label, frozenset(decides), frozenset(applies))
        for term in words:
            form = _form(term)
            if form:
                names[form] = (*names.get(form, ()), label)

    def _learn(self, names: dict[Form, tuple[str, ...]], level: str, phrase: str) -> None:
        """Take in what the network writes of a level: a matter of its own, or a known one's further level."""
        form = _form(phrase)
        if not form:
            return
        for label in names.get(form, ()):
            known = self._by_name[label]
            if level not in known.competent:
                self._by_name[label] = Matter(label, known.decides, known.applies | {level})
        if form not in names:
            label = phrase[:1].upper() + phrase[1:]
            self._by_name[label] = Matter(label, frozenset({level}))
            names[form] = (label,)

    def matters(self, demand: Demand) -> tuple[Matter, ...]:
        """Return the matters that a demand's words name; where they name none, those of its theme."""
        hits = self._lexicon.hits(_form(demand.words))
        labels = list(dict.fromkeys(name for hit in hits for name in hit.names))
        return tuple(self._by_name[label] for label in labels or self._by_theme.get(demand.theme, []))


@lru_cache(maxsize=8)
def _matrix(competences: tuple[tuple[str, str], ...]) -> _Matrix:
    return _Matrix(competences)


def _form(text: str) -> Form:
    """Return the words that say something, without accents and plural.

    Stems would be too few here: those of « loyer » and « loi » are one, and a single word names a matter.
    """
    return tuple(singular(word.small) for word in kept(text))


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.split("|") if code.strip()]


def _rows() -> list[dict[str, str]]:
    with MATTERS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
