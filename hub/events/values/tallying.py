"""What came of an evaluation, counted without database and protected as it is counted (G8)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.core.search import fold
from hub.events.models.registrations import Question, QuestionKind
from hub.events.values import answers
from hub.events.values.protecting import LEAST, Cells, exclusive, several

YES, NO, SILENT = "yes", "no", "silent"
WORDS = {QuestionKind.TEXT, QuestionKind.LONG_TEXT}


@dataclass(frozen=True, slots=True)
class Row:
    """An answer and how many gave it: None where so few did that it is not told.

    `label` is the option as it was written, a step of the scale, or YES, NO, SILENT.
    """

    label: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What was answered to one question.

    `together` is how many those not told make, 0 where that would tell it; `mean` is the scale's. `words`
    stand in the order of the alphabet, which says nothing of who wrote them or when.
    """

    question: str
    kind: QuestionKind
    rows: tuple[Row, ...] = ()
    together: int = 0
    mean: float | None = None
    words: tuple[str, ...] = ()
    is_retired: bool = False


def tally(questions: Sequence[Question], replies: Sequence[dict[str, Any]]) -> list[Tally]:
    """Count the answers of at least five replies, question by question. Raises ValueError for fewer."""
    if len(replies) < LEAST:
        raise ValueError("too few replies to be told")
    return [_of(question, [reply.get(str(question.id)) for reply in replies]) for question in questions]


def _of(question: Question, given: Sequence[Any]) -> Tally:
    label, retired = answers.wording(question), question.retired_at is not None
    if question.kind in WORDS:
        said = sorted(
            (text.strip() for text in given if isinstance(text, str) and text.strip()), key=_alphabet
        )
        return Tally(label, question.kind, words=tuple(said), is_retired=retired)
    if question.kind == QuestionKind.MANY:
        counted = Counter(option for chosen in given if isinstance(chosen, list) for option in set(chosen))
        cells = several([counted[option] for option in question.options], len(given))
        return Tally(label, question.kind, _rows(question.options, cells), is_retired=retired)
    options, of = _options(question, given)
    cells = exclusive([of[option] for option in options])
    mean = None
    if question.kind == QuestionKind.SCALE:
        steps = [step for step in given if step in answers.SCALE]
        mean = round(sum(steps) / len(steps), 1) if len(steps) >= LEAST else None
    return Tally(label, question.kind, _rows(options, cells), cells.together, mean, is_retired=retired)


def _options(question: Question, given: Sequence[Any]) -> tuple[list[str], Counter[str]]:
    """Return the answers that exclude each other, who gave none among them, with how many gave each."""
    if question.kind == QuestionKind.YES_NO:
        names, said = [YES, NO], {True: YES, False: NO}
        counted = Counter(said[value] if isinstance(value, bool) else SILENT for value in given)
    elif question.kind == QuestionKind.SCALE:
        names = [str(step) for step in answers.SCALE]
        counted = Counter(str(value) if value in answers.SCALE else SILENT for value in given)
    else:
        names = list(question.options)
        counted = Counter(value if value in names else SILENT for value in given)
    return ([*names, SILENT] if counted[SILENT] else names), counted


def _rows(options: Sequence[str], cells: Cells) -> tuple[Row, ...]:
    return tuple(Row(option, count) for option, count in zip(options, cells.counts, strict=True))


def _alphabet(text: str) -> tuple[str, str]:
    return fold(text), text
