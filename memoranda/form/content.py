"""What the paper form of a call holds: its questions, room to write, where it goes back to.

Texts are French; days come in words. Nothing is computed or looked up here, so that the same form gives the
same bytes at any time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from memoranda import letter, plain
from memoranda.content import LONGEST_TITLE
from memoranda.errors import ContentError, Problem
from memoranda.letter import Letterhead

MOST_QUESTIONS = 60
MOST_OPTIONS = 60
MOST_LINES = 40


class Room(StrEnum):
    """How one answers on paper."""

    LINES = "lines"
    ONE = "one"  # one box to tick
    SEVERAL = "several"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with room for its answer: `lines` to write on, or `options` to tick."""

    label: str
    help: str = ""
    room: Room = Room.LINES
    lines: int = 1
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperForm:
    """The form of a call. `organisation` is printed where the form is one organisation's own.

    `url` is printed as a QR code, with `url_words` beside it; `back` says where the paper goes and until
    when, `becomes` what happens with the answer, a sentence each.
    """

    letterhead: Letterhead
    title: str
    period: str
    questions: tuple[Question, ...]
    url: str
    url_words: str
    back: tuple[str, ...]
    becomes: tuple[str, ...]
    day: date
    introduction: str = ""
    organisation: str = ""
    language: str = "fr"


def title_of(form: PaperForm) -> str:
    """Return what the PDF is called."""
    return f"Formulaire : {form.title}"


def validate(form: PaperForm) -> None:
    """Raise `ContentError` with all that keeps a form from being printed."""
    problems = tuple(_problems(form))
    if problems:
        raise ContentError(problems)


def _problems(form: PaperForm) -> Iterator[Problem]:
    yield from letter.problems(form.letterhead, "Le formulaire")
    if not form.title.strip():
        yield Problem("", "Le titre de l’appel manque.")
    if len(form.title) > LONGEST_TITLE:
        yield Problem("", f"Le titre de l’appel dépasse {LONGEST_TITLE} caractères.")
    if not form.url.strip():
        yield Problem("", "L’adresse de l’appel manque.")
    if not 1 <= len(form.questions) <= MOST_QUESTIONS:
        yield Problem("", f"Un formulaire a de 1 à {MOST_QUESTIONS} questions.")
    for question in form.questions:
        if not question.label.strip():
            yield Problem("", "Une question n’a pas de texte.")
        if question.room is Room.LINES and not 1 <= question.lines <= MOST_LINES:
            yield Problem("", f"« {question.label} » : de 1 à {MOST_LINES} lignes pour écrire.")
        if question.room is not Room.LINES and not 1 <= len(question.options) <= MOST_OPTIONS:
            yield Problem("", f"« {question.label} » : de 1 à {MOST_OPTIONS} réponses à cocher.")
    yield from plain.text_problems("", "Le formulaire", form)
