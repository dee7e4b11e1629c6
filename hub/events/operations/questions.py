"""The questions that a day asks: adding, ordering, changing, retiring. What was answered is never lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event
from hub.events.models.registrations import Question, QuestionKind, QuestionPurpose, Unmet
from hub.events.queries import questions as queries
from hub.events.values import answers

OPTIONS_LEAST, OPTIONS_MOST = 2, 40
OPTION_LONGEST = 200
CHOOSING = {QuestionKind.ONE, QuestionKind.MANY}


@dataclass(frozen=True)
class Draft:
    """A question as it is written. « {seuil} » in the label of an eligibility question is its threshold."""

    label: str
    kind: QuestionKind = QuestionKind.TEXT
    purpose: QuestionPurpose = QuestionPurpose.SIGN_UP
    help: str = ""
    options: tuple[str, ...] = ()
    is_required: bool = False
    threshold: int | None = None
    expected: bool | None = None
    unmet: Unmet = Unmet.CHECK


# Who may come (requirement 90) and why one enrols (requirement 92): a beginning, to be changed at will.
PRESETS = {
    "permit": Draft(
        label="Avez-vous un titre de séjour depuis moins de {seuil} ans ?",
        help="Seul votre « oui » ou votre « non » est noté, pas votre situation.",
        kind=QuestionKind.YES_NO,
        purpose=QuestionPurpose.ELIGIBILITY,
        is_required=True,
        threshold=5,
        expected=True,
    ),
    "outside_union": Draft(
        label="Avez-vous la nationalité d’un pays hors de l’Union européenne ?",
        help="Seul votre « oui » ou votre « non » est noté, pas votre nationalité.",
        kind=QuestionKind.YES_NO,
        purpose=QuestionPurpose.ELIGIBILITY,
        is_required=True,
        expected=True,
    ),
    "french": Draft(
        label="Parlez-vous et comprenez-vous le français ?",
        kind=QuestionKind.YES_NO,
        purpose=QuestionPurpose.ELIGIBILITY,
        is_required=True,
        expected=True,
    ),
    "reason": Draft(
        label="Pourquoi vous inscrivez-vous ?",
        kind=QuestionKind.ONE,
        options=(
            "Dans mon parcours d’accueil",
            "Pour une demande de nationalité",
            "Par intérêt personnel",
            "Autre raison",
        ),
    ),
}


def add(session: Session, event: Event, draft: Draft, *, actor: User | str, now: datetime) -> Question:
    """Add a question at the end. Raises DomainError for one that can't be asked."""
    check(draft)
    last = session.scalar(
        select(func.max(Question.position)).where(
            Question.event_id == event.id, Question.purpose == draft.purpose
        )
    )
    question = Question(
        event_id=event.id, purpose=draft.purpose, kind=draft.kind, position=0 if last is None else last + 1
    )
    _write(question, draft)
    session.add(question)
    session.flush()
    _told(session, event, "event.question_added", question, actor=actor, now=now)
    return question


def change(
    session: Session, event: Event, question: Question, draft: Draft, *, actor: User | str, now: datetime
) -> None:
    """Write a question anew; what it is for stays.

    Raises DomainError for one that can't be asked, or another kind, threshold or expected answer once
    somebody answered: those answers were given to another question.
    """
    check(draft)
    if draft.purpose != question.purpose:
        raise DomainError(N_("Ajoutez plutôt une nouvelle question."), field="purpose")
    meant = ("kind", "threshold", "expected")
    if any(getattr(draft, name) != getattr(question, name) for name in meant) and _count(session, question):
        raise DomainError(
            N_("Des personnes ont déjà répondu : retirez cette question et ajoutez-en une autre."),
            field=next(name for name in meant if getattr(draft, name) != getattr(question, name)),
        )
    question.kind = draft.kind
    _write(question, draft)
    session.flush()
    _told(session, event, "event.question_changed", question, actor=actor, now=now)


def retire(session: Session, event: Event, question: Question, *, actor: User | str, now: datetime) -> bool:
    """Ask it no more. Returns whether it stays, for its answers; one without any is gone."""
    if question.retired_at is not None:
        return True
    stays = _count(session, question) > 0
    _told(session, event, "event.question_retired", question, actor=actor, now=now)
    if stays:
        question.retired_at = now
    else:
        session.delete(question)
    session.flush()
    return stays


def bring_back(
    session: Session, event: Event, question: Question, *, actor: User | str, now: datetime
) -> None:
    """Ask a retired question again."""
    if question.retired_at is None:
        return
    question.retired_at = None
    session.flush()
    _told(session, event, "event.question_brought_back", question, actor=actor, now=now)


def reorder(session: Session, event: Event, purpose: QuestionPurpose, numbers: Sequence[int]) -> None:
    """Put the questions of a purpose in that order; those not named come after, as they stood."""
    rows = list(session.scalars(queries.of_purpose(event, purpose)))
    wanted = {number: place for place, number in enumerate(numbers)}
    rows.sort(key=lambda row: (wanted.get(row.id, len(wanted)), row.position, row.id))
    for place, row in enumerate(rows):
        row.position = place
    session.flush()


def move(session: Session, event: Event, question: Question, steps: int) -> None:
    """Move a question up (-1) or down (1) among those of its purpose."""
    order = [row.id for row in session.scalars(queries.of_purpose(event, question.purpose))]
    if question.id not in order:
        return
    here = order.index(question.id)
    there = min(max(here + steps, 0), len(order) - 1)
    order.insert(there, order.pop(here))
    reorder(session, event, question.purpose, order)


def copy(session: Session, event: Event, other: Event) -> None:
    """Give a day the questions that another one asks; not its answers."""
    for row in session.scalars(
        queries.asked(other, tuple(QuestionPurpose)).execution_options(autoflush=False)
    ):
        session.add(
            Question(
                event_id=event.id, purpose=row.purpose, kind=row.kind, label=row.label, help=row.help,
                options=list(row.options), is_required=row.is_required, threshold=row.threshold,
                expected=row.expected, unmet=row.unmet, position=row.position,
            )
        )  # fmt: skip
    session.flush()


def check(draft: Draft) -> None:
    """Raise DomainError, with the field at fault, for a question that can't be asked."""
    if not draft.label.strip():
        raise DomainError(N_("Écrivez la question."), field="label")
    if draft.kind in CHOOSING and not OPTIONS_LEAST <= len(set(draft.options)) <= OPTIONS_MOST:
        raise DomainError(
            N_("Écrivez de %(least)s à %(most)s réponses possibles, une par ligne."),
            field="options",
            least=OPTIONS_LEAST,
            most=OPTIONS_MOST,
        )
    if any(len(option) > OPTION_LONGEST for option in draft.options):
        raise DomainError(
            N_("Chaque réponse possible reste sous %(most)s signes."), field="options", most=OPTION_LONGEST
        )
    if draft.purpose != QuestionPurpose.ELIGIBILITY:
        return
    if draft.kind != QuestionKind.YES_NO or draft.expected is None:
        raise DomainError(N_("Dites quelle réponse il faut pour venir : oui ou non."), field="expected")
    if ("{seuil}" in draft.label) != (draft.threshold is not None):
        raise DomainError(
            N_("Un seuil va avec « {seuil} » dans la question, et l’inverse."), field="threshold"
        )
    if draft.threshold is not None and draft.threshold < 1:
        raise DomainError(N_("Le seuil commence à 1."), field="threshold")


def _write(question: Question, draft: Draft) -> None:
    is_gate = draft.purpose == QuestionPurpose.ELIGIBILITY
    question.label, question.help = draft.label.strip(), draft.help.strip()
    question.options = list(dict.fromkeys(draft.options)) if draft.kind in CHOOSING else []
    question.is_required = draft.is_required or is_gate
    question.threshold, question.expected = draft.threshold, draft.expected
    question.unmet = draft.unmet


def _count(session: Session, question: Question) -> int:
    return session.scalar(queries.answers_to(question)) or 0


def _told(
    session: Session, event: Event, act: str, question: Question, *, actor: User | str, now: datetime
) -> None:
    changes = {"question": [None, answers.wording(question)]}
    audit.record(session, act, event, actor=actor, now=now, changes=changes)
