"""What may be answered to a question, by its kind: read once, stored as JSON can hold it."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any, Protocol

from hub.core.errors import N_, DomainError
from hub.events.models.registrations import Question, QuestionKind, QuestionPurpose, Unmet

SHORT, LONG = 300, 2000
LARGEST = 10**12
SCALE = range(1, 6)
YEARS = range(1900, 2201)  # beyond these a year was not typed to its end


class Asked(Protocol):
    """A question that a form asks: a day's own, or a call's."""

    @property
    def id(self) -> int: ...  # noqa: D102 - what the model says of it
    @property
    def kind(self) -> QuestionKind: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def help(self) -> str: ...  # noqa: D102
    @property
    def options(self) -> list[str]: ...  # noqa: D102
    @property
    def is_required(self) -> bool: ...  # noqa: D102
    @property
    def purpose(self) -> QuestionPurpose: ...  # noqa: D102
    @property
    def threshold(self) -> int | None: ...  # noqa: D102


def field_of(question: Asked) -> str:
    """Return the name of a question's field in a form."""
    return f"q{question.id}"


def wording(question: Asked) -> str:
    """Return the question as it is asked, « {seuil} » replaced by the threshold."""
    return question.label.replace("{seuil}", "" if question.threshold is None else str(question.threshold))


def clean(questions: Sequence[Asked], given: Mapping[int, Any], *, complete: bool = True) -> dict[int, Any]:
    """Return the answers (question number → value), the empty ones left out.

    Raises DomainError for one that its question doesn't allow, one to another question, and, if they are to
    be `complete`, one that lacks.
    """
    known = {question.id for question in questions}
    if not set(given) <= known:
        raise DomainError(N_("Les questions ont changé entre-temps : relisez vos réponses."))
    found = {}
    for question in questions:
        value = given.get(question.id)
        if is_empty(value):
            if complete and must_answer(question):
                raise DomainError(lacking(question), field=field_of(question))
            continue
        if not _fits(question, value):
            raise DomainError(N_("Cette réponse ne convient pas à la question."), field=field_of(question))
        found[question.id] = value.isoformat() if isinstance(value, date) else value
    return found


def must_answer(question: Asked) -> bool:
    """Say whether one can't go on without an answer; who may come is always asked."""
    return question.is_required or question.purpose == QuestionPurpose.ELIGIBILITY


def lacking(question: Asked) -> str:
    """Return the sentence that asks for an answer, a French msgid."""
    if question.kind in {QuestionKind.ONE, QuestionKind.YES_NO, QuestionKind.SCALE}:
        return N_("Choisissez une réponse.")
    if question.kind == QuestionKind.MANY:
        return N_("Choisissez au moins une réponse.")
    return N_("Répondez à cette question.")


def as_date(value: Any) -> date | None:
    """Return a stored date as a date; None where it is none."""
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def is_empty(value: Any) -> bool:
    """Say whether nothing was answered; a no and a zero are answers."""
    return value is None or value in ("", [])


def _fits(question: Asked, value: Any) -> bool:  # noqa: PLR0911 - one kind, one line
    match question.kind:
        case QuestionKind.TEXT:
            return isinstance(value, str) and len(value) <= SHORT
        case QuestionKind.LONG_TEXT:
            return isinstance(value, str) and len(value) <= LONG
        case QuestionKind.ONE:
            return value in question.options
        case QuestionKind.MANY:
            return (
                isinstance(value, list)
                and len(set(value)) == len(value) <= len(question.options)
                and (set(value) <= set(question.options))
            )
        case QuestionKind.YES_NO:
            return isinstance(value, bool)
        case QuestionKind.NUMBER:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return is_number and isfinite(value) and abs(value) <= LARGEST
        case QuestionKind.DATE:
            return isinstance(value, date) and value.year in YEARS
        case QuestionKind.SCALE:
            return value in SCALE


def unmet(questions: Sequence[Question], answers: Mapping[int, Any]) -> list[Question]:
    """Return the eligibility questions that were not answered as expected."""
    return [
        question
        for question in questions
        if question.purpose == QuestionPurpose.ELIGIBILITY and answers.get(question.id) != question.expected
    ]


def refusing(questions: Sequence[Question]) -> Question | None:
    """Return the first of those whose answer closes the door, None where a coordinator decides."""
    return next((question for question in questions if question.unmet == Unmet.REFUSE), None)
