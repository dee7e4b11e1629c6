"""Keeping what was computed: derived data only, so nothing here is recorded as a change."""

from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core import jobs
from hub.core.errors import N_, DomainError
from hub.core.jobs import Job, JobState
from hub.network.models.results import ResultKind, StoredResult
from hub.network.queries import results as queries
from hub.network.values.results import Question

JOB = "network.compute"
KEPT = {ResultKind.ANALYSIS: 60, ResultKind.LAYOUT: 5}
"""Results of a kind that are kept, the newest; older ones are computed again where they are missed."""
LIFE = timedelta(days=30)
WAITING = 8
"""Results that may wait for a job at the same time: whoever asks for more may ask again later."""


def keep(
    session: Session, kind: ResultKind, key: str, *, series: str, day: date, content: str, now: datetime
) -> None:
    """Store a result. One that is there already stays: the same key means the same result."""
    row = _claimed(session, kind, key)
    if row is None:
        row = StoredResult(kind=kind, key=key, series=series, day=day, asked_at=now)
        row.content, row.computed_at = content, now
        if not _added(session, row):
            return
    elif row.content is None:
        row.content, row.computed_at, row.day = content, now, day
        session.flush()
    _prune(session, kind)


def ask(session: Session, question: Question, key: str, *, now: datetime) -> StoredResult:
    """Have a result computed by a job, unless it is there or somebody else has asked already.

    A claim is one row under a unique key: however many ask at once, one job is enqueued. Raises DomainError
    where too many wait.
    """
    row = _claimed(session, question.kind, key)
    if row is not None and (row.content is not None or not _lost(session, row)):
        return row
    if row is not None:
        row.job_id = _enqueue(session, question, now=now).id
        session.flush()
        return row
    if (session.scalar(select(func.count()).where(StoredResult.content.is_(None))) or 0) >= WAITING:
        raise DomainError(N_("Plusieurs calculs sont déjà en attente. Réessayez dans quelques minutes."))
    claim = StoredResult(
        kind=question.kind, key=key, series=question.series, day=question.wanted.day, asked_at=now
    )
    try:
        with session.begin_nested():  # a job that nobody claims goes with its claim
            claim.job_id = _enqueue(session, question, now=now).id
            session.add(claim)
            session.flush()
    except IntegrityError:
        return session.scalars(queries.result(question.kind, key)).one()
    return claim


def forget_claims_of(session: Session, job_id: int) -> None:
    """Forget what a job was to compute and did not: the network had become another one meanwhile."""
    session.execute(delete(StoredResult).where(StoredResult.job_id == job_id, StoredResult.content.is_(None)))


def sweep(session: Session, *, now: datetime) -> None:
    """Delete results of a month ago but the newest layout, and claims that nobody met within a day."""
    newest = session.scalar(
        select(func.max(StoredResult.id)).where(
            StoredResult.kind == ResultKind.LAYOUT, StoredResult.content.is_not(None)
        )
    )
    session.execute(
        delete(StoredResult).where(StoredResult.computed_at < now - LIFE, StoredResult.id != (newest or 0))
    )
    session.execute(
        delete(StoredResult).where(StoredResult.content.is_(None), StoredResult.asked_at < now - jobs.DAY)
    )


def _claimed(session: Session, kind: ResultKind, key: str) -> StoredResult | None:
    return session.scalar(queries.result(kind, key).with_for_update())


def _lost(session: Session, row: StoredResult) -> bool:
    """Say whether the job that was to compute it has failed, or is no more."""
    job = session.get(Job, row.job_id) if row.job_id else None
    return job is None or job.state in {JobState.FAILED, JobState.CANCELLED, JobState.DONE}


def _enqueue(session: Session, question: Question, *, now: datetime) -> Job:
    return jobs.enqueue(session, JOB, now=now, question=question.as_json())


def _added(session: Session, row: StoredResult) -> bool:
    """Add a row unless another transaction has just added it."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def _prune(session: Session, kind: ResultKind) -> None:
    newest = (
        select(StoredResult.id)
        .where(StoredResult.kind == kind, StoredResult.content.is_not(None))
        .order_by(StoredResult.id.desc())
        .offset(KEPT[kind])
    )
    old = session.scalars(newest).all()
    if old:
        session.execute(delete(StoredResult).where(StoredResult.id.in_(old)))
