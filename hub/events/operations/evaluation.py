"""The evaluation of a day: asked once of each who was there, answered without name (G8).

What joins a person to an answer is never stored: a reply has a random name and no moment, history says
nothing of it, and all replies of a day are written anew, under new names in their order, each time one comes
in. So neither the order of the rows nor the transaction that wrote them tells which came when; of the person
only `has_evaluated` stays. Results are told once the evaluation is closed: whoever looked before and after a
reply would read it by comparing.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock, jobs, tokens
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventState
from hub.events.models.letters import LetterKind
from hub.events.models.outcomes import EvaluationReply
from hub.events.models.registrations import QuestionKind, QuestionPurpose, Registration
from hub.events.operations import letters, questions
from hub.events.operations.questions import Draft
from hub.events.queries import evaluation as queries
from hub.events.queries import questions as question_queries
from hub.events.values import answers, tallying
from hub.events.values.protecting import LEAST
from hub.events.values.tallying import Tally

PURPOSE = "events.evaluation"
JOB = "events.ask_evaluation"
WRITES_AT = time(9)
USUAL_DAYS = 21
MOST_DAYS = 180
KINDS = (
    QuestionKind.SCALE,
    QuestionKind.ONE,
    QuestionKind.MANY,
    QuestionKind.YES_NO,
    QuestionKind.TEXT,
    QuestionKind.LONG_TEXT,
)
NO_NAMES = "Sans nom, le vôtre ou celui d’autres personnes."


class Standing(StrEnum):
    """How an evaluation stands at a moment."""

    NONE = "none"  # nobody is asked yet
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Results:
    """What came of an evaluation; `tallies` are empty while it is open, and for fewer than five replies."""

    replies: int
    asked: int
    tallies: tuple[Tally, ...] = ()


def usual_questions() -> tuple[Draft, ...]:
    """Return a set to begin with: what helped, what to change, and who could take part."""

    def ask(label: str, kind: QuestionKind, *options: str, help_text: str = "") -> Draft:
        return Draft(label, kind, QuestionPurpose.EVALUATION, help_text, options)

    scale = "De 1 (pas du tout) à 5 (tout à fait)."
    return (
        ask("Cette journée vous a-t-elle été utile ?", QuestionKind.SCALE, help_text=scale),
        ask("L’accueil, le lieu et les horaires vous convenaient-ils ?", QuestionKind.SCALE, help_text=scale),
        ask(
            "Avez-vous pu vous exprimer autant que vous le souhaitiez ?", QuestionKind.ONE,
            "Oui", "En partie", "Non", "Je ne le souhaitais pas",
        ),
        ask(
            "Qu’en retirez-vous ?", QuestionKind.MANY,
            "Des informations", "Des contacts", "Des idées pour agir", "L’envie de poursuivre avec d’autres",
        ),
        ask("Qu’est-ce qui vous a le plus servi ?", QuestionKind.LONG_TEXT, help_text=NO_NAMES),
        ask("Que devrions-nous changer ?", QuestionKind.LONG_TEXT, help_text=NO_NAMES),
        ask("Reviendriez-vous à une prochaine journée ?", QuestionKind.YES_NO),
    )  # fmt: skip


# --- Preparing ------------------------------------------------------------------------------------


def standing(event: Event, now: datetime) -> Standing:
    """Return how the evaluation stands."""
    if event.evaluation_closes_at is None:
        return Standing.NONE
    if now >= event.evaluation_closes_at:
        return Standing.CLOSED
    return Standing.OPEN if now >= event.ends_at else Standing.PLANNED


def add_usual(session: Session, event: Event, *, actor: User | str, now: datetime) -> None:
    """Add the usual questions where there are none yet."""
    check_unanswered(session, event)
    if session.scalar(question_queries.of_purpose(event, QuestionPurpose.EVALUATION).limit(1)) is not None:
        return
    for draft in usual_questions():
        questions.add(session, event, draft, actor=actor, now=now)


def check_unanswered(session: Session, event: Event) -> None:
    """Raise DomainError once somebody replied: those answers were given to these questions."""
    if session.scalar(queries.number_of_replies(event)):
        raise DomainError(N_("Des personnes ont déjà répondu : les questions ne changent plus."))


def open_until(session: Session, event: Event, last_day: date, *, actor: User | str, now: datetime) -> None:
    """Ask for opinions until the end of a day, by a mail on the morning after the event (or now).

    Raises DomainError without questions, for a day that comes too early or late, for an event that does not
    take place, and once results have been told: whoever read them would see what is added.
    """
    session.refresh(event, with_for_update=True)
    if event.state != EventState.PUBLISHED:
        raise DomainError(N_("Seule une journée publiée peut être évaluée."))
    if session.scalar(question_queries.of_purpose(event, QuestionPurpose.EVALUATION).limit(1)) is None:
        raise DomainError(N_("Écrivez d’abord les questions."))
    if are_told(session, event, now=now):
        raise DomainError(N_("Les résultats ont été montrés : l’évaluation ne se rouvre plus."))
    earliest = max(event.last_day + timedelta(days=1), clock.today(now))
    if last_day < earliest:
        raise DomainError(
            N_("Laissez le temps de répondre : au plus tôt le %(day)s."), field="last_day",
            day=f"{earliest:%d/%m/%Y}",
        )  # fmt: skip
    if last_day > earliest + timedelta(days=MOST_DAYS):
        raise DomainError(N_("Au plus %(days)s jours."), field="last_day", days=MOST_DAYS)
    before = event.evaluation_closes_at
    event.evaluation_closes_at = clock.end_of_day(last_day)
    session.flush()
    changes = audit.differences(
        {"evaluation_closes_at": before}, {"evaluation_closes_at": event.evaluation_closes_at}
    )
    if changes:
        audit.record(session, "event.evaluation_opened", event, actor=actor, now=now, changes=changes)
    plan(session, event, now=now)


def plan(session: Session, event: Event, *, now: datetime) -> None:
    """Have the mail written to whom it wasn't yet, on the morning after the event at the earliest."""
    jobs.enqueue(session, JOB, now=now, run_at=writes_at(event, now), subject=event, event=event.id)


def last_day(event: Event) -> date | None:
    """Return the last day, included, on which answers are taken."""
    closes_at = event.evaluation_closes_at
    return clock.today(closes_at - timedelta(microseconds=1)) if closes_at is not None else None


def writes_at(event: Event, now: datetime) -> datetime:
    """Return when the mail goes out."""
    return max(now, clock.at(event.last_day + timedelta(days=1), WRITES_AT))


def close(session: Session, event: Event, *, actor: User | str, now: datetime) -> None:
    """Take no more answers. Raises DomainError if it isn't open."""
    session.refresh(event, with_for_update=True)
    if standing(event, now) not in {Standing.OPEN, Standing.PLANNED}:
        raise DomainError(N_("Cette évaluation n’est pas ouverte."))
    event.evaluation_closes_at = now
    session.flush()
    audit.record(session, "event.evaluation_closed", event, actor=actor, now=now)


# --- Asking and answering -------------------------------------------------------------------------


def issue_link(session: Session, registration: Registration, *, now: datetime) -> str:
    """Return a new raw token for somebody's questionnaire; it ends when the evaluation does."""
    closes_at = registration.event.evaluation_closes_at
    return tokens.issue(session, PURPOSE, registration, now=now, until=closes_at or now)


def ask(session: Session, numbers: Sequence[int], *, now: datetime) -> None:
    """Write to some people, each once whatever happens."""
    for row in session.scalars(queries.with_groups(list(numbers))).unique():
        if letters.recipient(row) is None:
            continue
        letters.send(
            session, row, LetterKind.EVALUATION, now=now,
            path=f"/evaluation/{issue_link(session, row, now=now)}", until=_last_minute(row.event),
        )  # fmt: skip


def _last_minute(event: Event) -> datetime | None:
    """Return the end as people read it: « à 23 h 59 », not midnight of the day after."""
    closes_at = event.evaluation_closes_at
    return closes_at - timedelta(minutes=1) if closes_at is not None else None


def may_reply(session: Session, registration: Registration, *, now: datetime) -> bool:
    """Say whether somebody is asked for an opinion now, and has not given it."""
    event = registration.event
    if event.state != EventState.PUBLISHED or standing(event, now) != Standing.OPEN:
        return False
    mine = queries.asked(event).where(Registration.id == registration.id)
    return not registration.has_evaluated and session.scalar(select(exists(mine))) is True


def reply(session: Session, registration: Registration, given: Mapping[int, Any], *, now: datetime) -> None:
    """Keep an answer without its giver; each link gives one.

    Raises DomainError once closed, a second time, for an answer that its question doesn't allow, for none.
    """
    event = registration.event
    session.refresh(event, with_for_update=True)
    if event.state != EventState.PUBLISHED or standing(event, now) != Standing.OPEN:
        raise DomainError(N_("Cette évaluation est close."))
    asked = session.scalars(question_queries.of_purpose(event, QuestionPurpose.EVALUATION)).all()
    clean = answers.clean(asked, given)
    if not clean:
        raise DomainError(N_("Répondez à une question au moins."))
    # Nothing but the mark: no moment, no version of the row.
    used = session.execute(
        update(Registration)
        .where(Registration.id == registration.id, Registration.has_evaluated.is_(False))
        .values(has_evaluated=True)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(N_("Vous avez déjà donné votre avis. Merci !"))
    _mix_in(session, event, {str(number): value for number, value in clean.items()})


def _mix_in(session: Session, event: Event, answer: dict[str, Any]) -> None:
    """Add an answer and write all of the day anew, under new random names and in the order of these."""
    mine = EvaluationReply.event_id == event.id
    known = session.scalars(select(EvaluationReply.answers).where(mine)).all()
    session.execute(delete(EvaluationReply).where(mine))
    rows = [
        {"id": str(uuid.uuid4()), "event_id": event.id, "answers": dict(sorted(one.items()))}
        for one in (*known, answer)
    ]
    session.execute(insert(EvaluationReply), sorted(rows, key=lambda row: str(row["id"])))
    session.expire_all()


# --- Reading --------------------------------------------------------------------------------------


def are_told(session: Session, event: Event, *, now: datetime) -> bool:
    """Say whether results are told: closed, with five replies at least."""
    if standing(event, now) != Standing.CLOSED:
        return False
    return (session.scalar(queries.number_of_replies(event)) or 0) >= LEAST


def results(session: Session, event: Event, *, now: datetime, asked: int | None = None) -> Results:
    """Return what came of an evaluation, as much as may be told. `asked`: of how many, if it was counted."""
    if asked is None:
        people = queries.there(event).order_by(None).with_only_columns(Registration.id).subquery()
        asked = session.scalar(select(func.count()).select_from(people)) or 0
    rows = session.scalars(queries.replies(event)).all()
    if standing(event, now) != Standing.CLOSED or len(rows) < LEAST:
        return Results(len(rows), asked)
    every = session.execute(question_queries.every(event, (QuestionPurpose.EVALUATION,))).all()
    found = tallying.tally([question for question, _number in every], [row.answers for row in rows])
    return Results(len(rows), asked, tuple(found))
