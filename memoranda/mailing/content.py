"""What letters for the post hold: French texts, Markdown, a letter each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from memoranda import letter, plain
from memoranda.errors import ContentError, Problem
from memoranda.letter import Letterhead

MOST = 400
LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedLetter:
    """One letter: to whom, as lines of an address; `text` is Markdown."""

    to: tuple[str, ...]
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Letters of one day, each on pages of its own; `written` says the day in words."""

    letterhead: Letterhead
    letters: tuple[PostedLetter, ...]
    day: date
    written: str
    language: str = "fr"


def title_of(document: Letters) -> str:
    """Return what the PDF is called; nobody's name stands in it."""
    return f"Lettres : {document.letters[0].subject}"


def validate(document: Letters) -> None:
    """Raise `ContentError` with all that keeps the letters from being printed."""
    problems = tuple(_problems(document))
    if problems:
        raise ContentError(problems)


def _problems(document: Letters) -> Iterator[Problem]:
    yield from letter.problems(document.letterhead, "Les lettres")
    if not document.letters:
        yield Problem("", "Il n’y a pas de lettre à imprimer.")
    if len(document.letters) > MOST:
        yield Problem("", f"Plus de {MOST} lettres : imprimez-les en plusieurs fois.")
    for number, one in enumerate(document.letters, start=1):
        name = f"Lettre {number}"
        if not one.to or not one.subject.strip() or not one.text.strip():
            yield Problem("", f"{name} : le destinataire, l’objet ou le texte manque.")
        if len(one.text) > LONGEST:
            yield Problem("", f"{name} : le texte dépasse {LONGEST} caractères.")
        yield from plain.text_problems("", name, (*one.to, one.subject, one.text))
