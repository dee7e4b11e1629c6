"""Where two texts that look alike differ: their words with marks, and the same in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from memoranda.similarity.actions import ENDING
from memoranda.similarity.differences import Difference, Kind, Mark, differences
from memoranda.similarity.thesaurus import Thesaurus

# What is written beside a marked word; objects are told in a sentence, there are too many to be marked.
LABELS = {
    Kind.FIGURE: _l("chiffre"),
    Kind.NEGATION: _l("négation"),
    Kind.OPPOSITE: _l("contraire"),
    Kind.ADDRESSEE: _l("destinataire"),
    Kind.VERB: _l("verbe"),
}
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text; `label` says in what it differs from the other text, "" for what isn't marked."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """Two texts beside each other, their differences marked, and told in sentences."""

    first: tuple[Piece, ...]
    second: tuple[Piece, ...]
    sentences: tuple[str, ...]
    contradict: bool


def beside(first: str, second: str, thesaurus: Thesaurus) -> Beside:
    """Return two texts with what differs."""
    found = differences(first, second, thesaurus=thesaurus)
    return Beside(
        pieces(first, [(each.kind, mark) for each in found.found for mark in each.first]),
        pieces(second, [(each.kind, mark) for each in found.found for mark in each.second]),
        tuple(sentence(each, first, second) for each in found.found),
        found.contradict,
    )


def pieces(text: str, marks: Sequence[tuple[Kind, Mark]]) -> tuple[Piece, ...]:
    """Return a text cut at its marks; of two that overlap the first kind told stays."""
    taken: list[tuple[int, int, str]] = []
    for kind, mark in marks:
        if kind in LABELS and all(mark.end <= start or end <= mark.start for start, end, _ in taken):
            taken.append((mark.start, mark.end, str(LABELS[_told_as(kind, mark)])))
    made: list[Piece] = []
    last = 0
    for start, end, label in sorted(taken):
        made += [Piece(text[last:start]), Piece(text[start:end], label)]
        last = end
    return tuple(each for each in (*made, Piece(text[last:])) if each.text)


def _told_as(kind: Kind, mark: Mark) -> Kind:
    """Return as what a mark is labelled: a verb that ends or forbids negates nothing."""
    return Kind.OPPOSITE if kind is Kind.NEGATION and mark.value in ENDING else kind


def sentence(difference: Difference, first: str, second: str) -> str:
    """Return a difference in a sentence, with the very words of both texts."""
    # Dots that leave words out end a sentence by themselves.
    return _said(difference, first, second).replace("….", "…")


def _said(difference: Difference, first: str, second: str) -> str:
    one, other = _words(first, difference.first), _words(second, difference.second)
    if difference.kind is Kind.NEGATION:
        return _denial(difference, first, second)
    if not difference.is_mutual:
        return str(_ALONE[difference.kind] % {"words": one or other})
    return str(_BOTH[difference.kind] % {"one": one, "other": other})


def _denial(difference: Difference, first: str, second: str) -> str:
    """Return which text says no, or which one asks to end or to forbid what the other doesn't.

    A verb such as « supprimer » is no negation: words that say no are told first, such verbs without them.
    """
    sides = (first, difference.first), (second, difference.second)
    said = [_words(text, [mark for mark in marks if mark.value not in ENDING]) for text, marks in sides]
    if any(said) and not all(said):
        return str(gettext("L’une dit non, l’autre pas : %(words)s.", words=said[0] or said[1]))
    if all(said):
        return str(
            gettext(
                "Elles ne disent pas non à la même chose : %(one)s ; %(other)s.", one=said[0], other=said[1]
            )
        )
    ends = [_words(text, marks) for text, marks in sides]
    if all(ends):
        return str(
            gettext(
                "Elles ne suppriment ou n’interdisent pas la même chose : %(one)s ; %(other)s.",
                one=ends[0],
                other=ends[1],
            )
        )
    return str(
        gettext(
            "L’une veut mettre fin à quelque chose ou l’interdire, l’autre pas : %(words)s.",
            words=ends[0] or ends[1],
        )
    )


_BOTH = {
    Kind.FIGURE: _l("L’une dit %(one)s, l’autre %(other)s."),
    Kind.OPPOSITE: _l("Elles semblent demander le contraire : %(one)s, %(other)s."),
    Kind.ADDRESSEE: _l("L’une s’adresse à : %(one)s ; l’autre à : %(other)s."),
    Kind.VERB: _l("Elles n’emploient pas le même verbe : %(one)s, %(other)s."),
    Kind.OBJECT: _l("L’une parle de : %(one)s ; l’autre de : %(other)s."),
}
_ALONE = {
    Kind.FIGURE: _l("Une seule donne ce chiffre : %(words)s."),
    Kind.OPPOSITE: _l("Une seule demande : %(words)s."),
    Kind.ADDRESSEE: _l("Une seule nomme à qui elle s’adresse : %(words)s."),
    Kind.VERB: _l("Une seule emploie ce verbe : %(words)s."),
    Kind.OBJECT: _l("Une seule parle de : %(words)s."),
}


def _words(text: str, marks: Sequence[Mark]) -> str:
    """Return the marked words, each once, the first few of them."""
    named = list(dict.fromkeys(" ".join(text[mark.start : mark.end].split()) for mark in marks))
    more = ["…"] if len(named) > MOST_NAMED else []
    return ", ".join([f"« {word} »" for word in named[:MOST_NAMED]] + more)
