"""Where two texts that look alike differ: figures, negations, opposites, addressees, verbs, objects.

Rules of thumb over words, to be shown to a person: what is told is worth a look, what isn't told proves
nothing. Every mark has its place in its text, in characters, so that a page can highlight it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from rapidfuzz.distance import LCSseq

from memoranda.similarity.actions import ENDING, OPPOSITES, Act, acts
from memoranda.similarity.addressees import ADDRESSEES, Addressee, named
from memoranda.similarity.features import WEAK_STEMS
from memoranda.similarity.figures import Figure, figures
from memoranda.similarity.polarity import Negation, negations
from memoranda.similarity.sector import THESAURUS
from memoranda.similarity.thesaurus import Thesaurus
from memoranda.similarity.words import STOP_WORDS, TEXTS_REMEMBERED, kept, small, stem, words

LONGEST = 20_000
"""Characters of each text that are compared."""
COMMON_START = 5
"""Stems that begin with as many letters alike are taken for one family: « racism » and « raciste »."""


class Kind(StrEnum):
    """In what two texts differ."""

    FIGURE = "figure"
    NEGATION = "negation"
    OPPOSITE = "opposite"
    ADDRESSEE = "addressee"
    VERB = "verb"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of one text from `start` up to `end`, and what they mean.

    `value`: a figure with its unit (« 90 % »), a negation's words, an addressee's key, an act, a stem.
    """

    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What one text says and the other doesn't, or says otherwise; one side may be empty."""

    kind: Kind
    first: tuple[Mark, ...]
    second: tuple[Mark, ...]

    @property
    def is_mutual(self) -> bool:
        """Say whether both texts say something there, and not the same."""
        return bool(self.first and self.second)


class Step(StrEnum):
    """What happens to words from the first text to the second."""

    SAME = "same"
    REPLACED = "replaced"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words: characters from `start` up to `end` of each text; together they cover both texts."""

    step: Step
    first: tuple[int, int]
    second: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Differences:
    """Where two texts differ: one `Difference` of a kind, in the order of `Kind`; and word by word."""

    found: tuple[Difference, ...]
    changes: tuple[Change, ...]

    @property
    def kinds(self) -> frozenset[Kind]:
        """Return the kinds in which they differ."""
        return frozenset(each.kind for each in self.found)

    @property
    def contradict(self) -> bool:
        """Say whether the two may ask for opposite things, or for other figures."""
        return bool(self.kinds & {Kind.NEGATION, Kind.OPPOSITE}) or any(
            each.kind is Kind.FIGURE and each.is_mutual for each in self.found
        )


Sides: TypeAlias = tuple[tuple[Mark, ...], tuple[Mark, ...]]


def differences(
    first: str,
    second: str,
    *,
    thesaurus: Thesaurus = THESAURUS,
    addressees: Iterable[Addressee] = ADDRESSEES,
) -> Differences:
    """Return where two texts differ; nothing for equal texts."""
    return _differences(first[:LONGEST], second[:LONGEST], thesaurus, tuple(addressees))


@lru_cache(maxsize=TEXTS_REMEMBERED)
def _differences(one: str, other: str, thesaurus: Thesaurus, whom: tuple[Addressee, ...]) -> Differences:
    ways: tuple[tuple[Kind, Callable[[], Sides]], ...] = (
        (Kind.FIGURE, lambda: _figures(figures(one), figures(other))),
        (Kind.NEGATION, lambda: _negations(one, other)),
        (Kind.OPPOSITE, lambda: _opposites(_acts(one), _acts(other))),
        (Kind.ADDRESSEE, lambda: _unshared(_named(one, whom), _named(other, whom))),
        (Kind.VERB, lambda: _verbs(_acts(one), _acts(other))),
        (Kind.OBJECT, lambda: _objects(one, other, thesaurus, whom)),
    )
    sides = [(kind, way()) for kind, way in ways]
    found = tuple(Difference(kind, left, right) for kind, (left, right) in sides if left or right)
    return Differences(found, changes(one, other))


def _figures(first: Sequence[Figure], second: Sequence[Figure]) -> Sides:
    left, right = (
        Counter((each.value, each.unit) for each in side if not each.implied) for side in (first, second)
    )
    answered = left & right
    return (
        _unanswered(first, left - answered, {(each.value, each.unit) for each in second if each.implied}),
        _unanswered(second, right - answered, {(each.value, each.unit) for each in first if each.implied}),
    )


def _unanswered(
    found: Sequence[Figure], alone: Counter[tuple[str, str]], implied: set[tuple[str, str]]
) -> tuple[Mark, ...]:
    return tuple(
        Mark(each.start, each.end, f"{each.value} {each.unit}".strip())
        for each in found
        if not each.implied and (each.value, each.unit) in alone and (each.value, each.unit) not in implied
    )


def _negations(first: str, second: str) -> Sides:
    """Return what says no in both, where it does so oddly often in one text and evenly in the other.

    « Ne plus détenir » and « mettre fin à la détention » say no once each, « supprimer » and « ne pas
    supprimer » once and twice.
    """
    left, right = ((negations(text), _ends(text)) for text in (first, second))
    if (sum(map(len, left)) - sum(map(len, right))) % 2 == 0:
        return (), ()
    return _denials(*left), _denials(*right)


def _ends(text: str) -> tuple[Mark, ...]:
    return tuple(mark for mark in _acts(text) if mark.value in ENDING)


def _denials(found: Sequence[Negation], ends: Sequence[Mark]) -> tuple[Mark, ...]:
    words_of_no = [Mark(start, end, each.word) for each in found for start, end in each.spans]
    return tuple(sorted((*words_of_no, *ends), key=lambda mark: mark.start))


def _opposites(first: Sequence[Mark], second: Sequence[Mark]) -> Sides:
    """Return the acts of which one text asks this and the other its opposite, and neither asks both."""
    left, right = ({mark.value for mark in side} for side in (first, second))
    pairs = [
        (one, other)
        for one in left - right
        for other in right - left
        if frozenset({Act(one), Act(other)}) in OPPOSITES
    ]
    return (
        tuple(mark for mark in first if any(mark.value == one for one, _ in pairs)),
        tuple(mark for mark in second if any(mark.value == other for _, other in pairs)),
    )


def _verbs(first: Sequence[Mark], second: Sequence[Mark]) -> Sides:
    """Return the acts that only one text asks for, where each asks for one that the other doesn't."""
    left, right = _unshared(first, second)
    return (left, right) if left and right else ((), ())


@lru_cache(maxsize=TEXTS_REMEMBERED)
def _acts(text: str) -> tuple[Mark, ...]:
    row = words(text)
    hits = acts().hits([stem(word.small) for word in row])
    return tuple(Mark(row[hit.first].start, row[hit.last - 1].end, hit.names[0]) for hit in hits)


def _named(text: str, addressees: tuple[Addressee, ...]) -> tuple[Mark, ...]:
    return tuple(Mark(each.start, each.end, each.key) for each in named(text, addressees))


_Things: TypeAlias = Sequence[tuple[Mark, str]]
"""What a text speaks of, word by word: its mark, whose value is the term's name, and the word's own stem."""


def _objects(first: str, second: str, thesaurus: Thesaurus, addressees: tuple[Addressee, ...]) -> Sides:
    """Return what else each text speaks of and the other doesn't.

    A word that both have is none, though it belong to a longer term in one: « statut » de cohabitant.
    """
    one, other = (_things(text, thesaurus, addressees) for text in (first, second))
    common = {stem for _, stem in one} & {stem for _, stem in other}
    left, right = _unshared([mark for mark, _ in one], [mark for mark, _ in other], same=_related)
    left_stems, right_stems = dict(one), dict(other)
    return (
        tuple(mark for mark in left if left_stems[mark] not in common),
        tuple(mark for mark in right if right_stems[mark] not in common),
    )


def _things(text: str, thesaurus: Thesaurus, addressees: tuple[Addressee, ...]) -> _Things:
    """Return the terms of a text that are no figure, act, addressee, nor a word of every demand."""
    other = [*_acts(text), *_named(text, addressees)]
    taken = {place for mark in other for place in range(mark.start, mark.end)}
    taken |= {place for each in figures(text) for place in range(each.start, each.end)}
    row = [word for word in kept(text) if word.small not in STOP_WORDS]
    stems = [stem(word.small) for word in row]
    names = list(stems)
    for hit in thesaurus.lexicon.hits(stems):
        names[hit.first : hit.last] = hit.names * (hit.last - hit.first)
    return tuple(
        (Mark(word.start, word.end, name), each)
        for word, name, each in zip(row, names, stems, strict=True)
        if word.start not in taken and each not in WEAK_STEMS
    )


def _unshared(first: Sequence[Mark], second: Sequence[Mark], same: Callable[[str], str] = str) -> Sides:
    """Return the marks of each whose value the other has nowhere."""
    left, right = ({same(mark.value) for mark in side} for side in (first, second))
    return (
        tuple(mark for mark in first if same(mark.value) not in right),
        tuple(mark for mark in second if same(mark.value) not in left),
    )


def _related(value: str) -> str:
    """Return what a stem's family has in common."""
    return value if " " in value else value[:COMMON_START]


_PIECE = re.compile(r"\w+|[^\w\s]")


def changes(first: str, second: str) -> tuple[Change, ...]:
    """Return what changes from one text to another, word by word; letters' case and spaces change nothing.

    The longest common row of words and signs; what is alike between two changes counts as changed with them
    where it is made of stop-words and signs alone, for that reads better.
    """
    left, right = (list(_PIECE.finditer(text)) for text in (first, second))
    codes = LCSseq.opcodes(
        [small(piece.group()) for piece in left], [small(piece.group()) for piece in right]
    )
    runs = _joined(
        [
            (code.tag == "equal", code.src_start, code.src_end, code.dest_start, code.dest_end)
            for code in codes
        ],
        left,
    )
    return tuple(
        Change(_step(run), _span(left, len(first), run[1], run[2]), _span(right, len(second), run[3], run[4]))
        for run in runs
    )


_Run: TypeAlias = tuple[bool, int, int, int, int]
"""Whether it is alike, then the pieces of the first text and of the second, from and up to."""


def _joined(runs: Sequence[_Run], left: Sequence[re.Match[str]]) -> list[_Run]:
    """Return the runs, neighbours of a kind made one, slight likeness between changes taken away."""
    joined: list[_Run] = []
    for number, run in enumerate(runs):
        between = 0 < number < len(runs) - 1
        alike = run[0] and not (between and _says_little(left[run[1] : run[2]]))
        if joined and joined[-1][0] == alike:
            last = joined.pop()
            joined.append((alike, last[1], run[2], last[3], run[4]))
        else:
            joined.append((alike, *run[1:]))
    return joined


def _says_little(pieces: Sequence[re.Match[str]]) -> bool:
    return all(not piece.group()[0].isalnum() or small(piece.group()) in STOP_WORDS for piece in pieces)


def _step(run: _Run) -> Step:
    if run[0]:
        return Step.SAME
    if run[1] == run[2]:
        return Step.ADDED
    return Step.REMOVED if run[3] == run[4] else Step.REPLACED


def _span(pieces: Sequence[re.Match[str]], length: int, first: int, last: int) -> tuple[int, int]:
    """Return the characters of a run of pieces, up to where the next one begins: runs leave no gap.

    A text without any piece is blanks alone: they go with the one run there is.
    """
    start = 0 if first == 0 else pieces[first].start() if first < len(pieces) else length
    end = pieces[last].start() if last < len(pieces) else length
    return (start, end) if last > first or not pieces else (start, start)
