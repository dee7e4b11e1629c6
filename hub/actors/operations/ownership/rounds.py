"""Rounds of « Est-ce encore juste ? »: one mail to each organisation, one reminder at most."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import CheckRequest, CheckRound, RequestState, RoundState
from hub.actors.queries import ownership as queries
from hub.actors.values import consent
from hub.core import audit, clock, jobs, mail, settings, tokens
from hub.core.errors import N_, DomainError

PURPOSE = "actors.check"
SEND_JOB, REMIND_JOB = "actors.send_round", "actors.remind_round"
# What small mail servers let through without taking it for unwanted mail.
BATCH, PAUSE = 30, timedelta(minutes=1)
LONGEST_DAYS = 180
MOST = 1000
ACTION = N_("Relire la fiche")


def prepare(
    session: Session,
    found: Sequence[Organisation],
    *,
    title: str,
    words: str,
    last_day: date,
    filters: dict[str, Any],
    actor: User,
    now: datetime,
) -> CheckRound:
    """Make a round of those organisations; nothing is sent yet.

    Raises DomainError for nobody, too many, or a last day that is past or too far.
    """
    if not found:
        raise DomainError(N_("Aucune organisation ne correspond : il n’y a personne à qui écrire."))
    if len(found) > MOST:
        raise DomainError(N_("Cette tournée compte plus de %(max)d organisations. Faites-en deux."), max=MOST)
    _check_last_day(last_day, now)
    row = CheckRound(
        title=title.strip(), words=words.strip(), filters=filters, last_day=last_day,
        created_at=now, created_by_id=actor.id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(CheckRequest(round_id=row.id, organisation_id=one.id) for one in found)
    session.flush()
    audit.record(session, "round.prepared", row, actor=actor, now=now, changes={"count": [None, len(found)]})
    return row


def _check_last_day(last_day: date, now: datetime) -> None:
    today = clock.today(now)
    if last_day <= today:
        raise DomainError(N_("Laissez au moins un jour pour répondre."), field="last_day")
    if last_day > today + timedelta(days=LONGEST_DAYS):
        raise DomainError(
            N_("Les liens s’ouvrent pendant %(max)d jours au plus."), field="last_day", max=LONGEST_DAYS
        )


def change(
    session: Session, row: CheckRound, *, title: str, words: str, last_day: date, now: datetime
) -> None:
    """Change the words of a round that hasn't left.

    Raises DomainError for one that has, or a bad last day.
    """
    _lock(session, row, RoundState.DRAFT)
    _check_last_day(last_day, now)
    row.title, row.words, row.last_day = title.strip(), words.strip(), last_day
    session.flush()


def leave_out(session: Session, request: CheckRequest) -> None:
    """Take an organisation off a round that hasn't left. Raises DomainError for one that has."""
    _lock(session, request.round, RoundState.DRAFT)
    session.delete(request)
    session.flush()


def discard(session: Session, row: CheckRound) -> None:
    """Forget a round that never left. Raises DomainError for one that did."""
    _lock(session, row, RoundState.DRAFT)
    session.execute(delete(CheckRequest).where(CheckRequest.round_id == row.id))
    session.delete(row)
    session.flush()


def _lock(session: Session, row: CheckRound, *states: RoundState) -> None:
    session.refresh(row, with_for_update=True)
    if row.state not in states:
        raise DomainError(N_("Cette tournée a changé d’état entre-temps. Rouvrez sa page."))


def start(session: Session, row: CheckRound, *, actor: User, now: datetime) -> None:
    """Let the mails leave, by a job. Raises DomainError if nobody can be written to, or if they left already.

    A round that is sent can be started again for those who have got an address since.
    """
    _lock(session, row, RoundState.DRAFT, RoundState.SENT)
    _check_last_day(row.last_day, now)
    if session.scalar(queries.to_ask(row).limit(1)) is None:
        raise DomainError(N_("Aucune organisation de cette tournée n’attend de mail à une adresse connue."))
    row.state, row.sent_at = RoundState.SENDING, row.sent_at or now
    session.flush()
    audit.record(session, "round.started", row, actor=actor, now=now)
    jobs.enqueue(session, SEND_JOB, now=now, subject=row, actor_id=actor.id, round=row.id)


def send_batch(session: Session, row: CheckRound, *, now: datetime) -> int:
    """Write the next mails of a round and, if there are more, plan the job that follows; return how many.

    Taken up again after a crash, nobody is written to twice: each request is taken once.
    """
    session.refresh(row, with_for_update=True)
    if row.state is not RoundState.SENDING:
        return 0
    batch = session.scalars(queries.to_ask(row).limit(BATCH)).unique().all()
    sent = sum(_ask(session, one, now=now) for one in batch)
    if session.scalar(queries.to_ask(row).limit(1)) is None:
        row.state = RoundState.SENT
    else:
        jobs.enqueue(session, SEND_JOB, now=now, subject=row, run_at=now + PAUSE, round=row.id)
    session.flush()
    return sent


def _ask(session: Session, request: CheckRequest, *, now: datetime) -> bool:
    taken = session.execute(
        update(CheckRequest)
        .where(CheckRequest.id == request.id, CheckRequest.state == RequestState.WAITING)
        .values(state=RequestState.ASKED, asked_at=now)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    _write(session, request, "actors.check", now=now)
    return True


def remind(session: Session, row: CheckRound, *, actor: User, now: datetime) -> None:
    """Remind all who haven't answered, once in the life of a round.

    Raises DomainError if that was done, if all have answered, or if the links no longer open.
    """
    _lock(session, row, RoundState.SENT)
    if row.reminded_at is not None:
        raise DomainError(N_("Le rappel est déjà parti : il n’y en a qu’un par tournée."))
    if clock.today(now) > row.last_day:
        raise DomainError(N_("Les liens de cette tournée ne s’ouvrent plus : préparez-en une nouvelle."))
    if session.scalar(queries.to_remind(row).limit(1)) is None:
        raise DomainError(N_("Tout le monde a répondu : il n’y a personne à rappeler."))
    row.reminded_at = now
    session.flush()
    audit.record(session, "round.reminded", row, actor=actor, now=now)
    jobs.enqueue(session, REMIND_JOB, now=now, subject=row, actor_id=actor.id, round=row.id)


def remind_batch(session: Session, row: CheckRound, *, now: datetime) -> int:
    """Write the next reminders and, if there are more, plan the job that follows; return how many."""
    session.refresh(row, with_for_update=True)
    if row.reminded_at is None:
        return 0
    batch = session.scalars(queries.to_remind(row).limit(BATCH)).unique().all()
    for one in batch:
        one.reminded_at = now
        session.flush()
        _write(session, one, "actors.check_reminder", now=now)
    if session.scalar(queries.to_remind(row).limit(1)) is not None:
        jobs.enqueue(session, REMIND_JOB, now=now, subject=row, run_at=now + PAUSE, round=row.id)
    return len(batch)


def _write(session: Session, request: CheckRequest, kind: str, *, now: datetime) -> None:
    """Write a mail with a link of its own; it ends with the round's last day."""
    row, organisation = request.round, request.organisation
    raw = tokens.issue(session, PURPOSE, request, now=now, until=clock.end_of_day(row.last_day))
    mail.queue(
        session, kind, request, organisation.email, now=now, version=str(row.id),
        reply_to=settings.get(session).contact_email, action=(ACTION, f"/verification/{raw}"),
        **content(session, row, organisation),
    )  # fmt: skip


def content(session: Session, row: CheckRound, organisation: Organisation) -> dict[str, Any]:
    """Return what the round's mails tell of an organisation; the preview shows the same."""
    return {
        "organisation": organisation.name,
        "words": row.words,
        "checked_on": organisation.checked_on,
        "last_day": row.last_day,
        "shown": [
            consent.FIELDS[field]
            for field in consent.in_order(organisation.public_fields)
            if consent.is_told(organisation, field)
        ],
        "contact": settings.get(session).contact_email,
    }


def close(session: Session, row: CheckRound, *, actor: User, now: datetime) -> None:
    """End a round: its links no longer open. Raises DomainError for one that hasn't left or is closed."""
    _lock(session, row, RoundState.SENDING, RoundState.SENT)
    row.state = RoundState.CLOSED
    for one in session.scalars(select(CheckRequest).where(CheckRequest.round_id == row.id)):
        tokens.revoke(session, PURPOSE, one, now=now)
    session.flush()
    audit.record(session, "round.closed", row, actor=actor, now=now)
