"""Long work, kept in the application's own database.

Enqueueing is adding a row, so it commits with the change that needs it. A worker takes a job under a lease
and renews it while it works; one killed by -9 loses nothing, for the lease lapses and another takes the job.
Hence jobs run at least once: they must be idempotent. Compute first, write briefly.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Engine, Index, Select, String, Text, and_, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core import clock
from hub.core.db import Base, UTCDateTime, briefly, choice, described, insert_plainly, reading, writing
from hub.core.errors import N_

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
RENEWAL_SECONDS = 8.0
IDLE_SECONDS = 1.0
ATTEMPTS = 5  # unless a kind of work says otherwise
FIRST_RETRY = timedelta(seconds=20)
DAY = timedelta(days=1)
LOST_WORKER = N_("Le travail s’est interrompu plusieurs fois sans dire pourquoi.")


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class Job(Base):
    """One piece of work: what, with which arguments, how far, and what came of it."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("progress >= 0 AND progress <= 100", name="progress_is_percent"),
        Index(None, "state", "run_at"),
        Index(None, "subject_type", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    subject_type: Mapped[str | None] = mapped_column(String(60))
    subject_id: Mapped[int | None]
    state: Mapped[JobState] = mapped_column(choice(JobState, "job_state"), default=JobState.QUEUED)
    progress: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(String(200), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str] = mapped_column(String(120), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None]

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in OVER


class JobCancelledError(Exception):
    """Raised inside a job whose cancelling was asked."""


class JobFailedError(Exception):
    """A failure that trying again won't mend; its text is shown to the person, in French."""


class JobContext:
    """What a running job is given: its database, and the way to say how far it is."""

    def __init__(self, engine: Engine, job_id: int, worker: str, info: dict[str, Any]) -> None:
        self.engine = engine
        self.job_id = job_id
        self.info = info
        self._worker = worker

    def read(self) -> AbstractContextManager[Session]:
        """Open a session for reading."""
        return reading(self.engine)

    def write(self) -> AbstractContextManager[Session]:
        """Open a short writing transaction."""
        return writing(self.engine, **self.info)

    def progress(self, percent: int, step: str) -> None:
        """Store how far the job is (0 to 100) and the step in words; raise if it was cancelled or lost."""
        values = {"progress": max(0, min(100, percent)), "step": step[:200]}
        if not self._touch(**values):
            raise JobCancelledError

    def should_stop(self) -> bool:
        """Say whether somebody asked to cancel, or another worker holds the job."""
        with reading(self.engine) as session:
            job = session.get(Job, self.job_id)
            return job is None or job.cancel_requested or job.worker != self._worker

    def renew(self) -> bool:
        """Lengthen the lease; return False when the job is no longer this worker's."""
        return self._touch()

    def _touch(self, **values: Any) -> bool:
        with writing(self.engine) as session:
            done = session.execute(
                update(Job)
                .where(
                    Job.id == self.job_id,
                    Job.worker == self._worker,
                    Job.state == JobState.RUNNING,
                    Job.cancel_requested.is_(False),
                )
                .values(lease_until=clock.now() + LEASE, **values)
            )
            return bool(done.rowcount == 1)  # type: ignore[attr-defined]


Handler = Callable[..., dict[str, Any] | None]
HANDLERS: dict[str, Handler] = {}
PATIENCE: dict[str, int] = {}


def job(name: str, *, attempts: int = ATTEMPTS) -> Callable[[Handler], Handler]:
    """Register a function `(context, **arguments) -> result` as the one that does jobs of that name.

    It is tried `attempts` times; the wait before each doubles, from 20 seconds on.
    """

    def register(function: Handler) -> Handler:
        if name in HANDLERS and HANDLERS[name].__qualname__ != function.__qualname__:
            raise ValueError(f"two functions for the job {name!r}")
        HANDLERS[name] = function
        PATIENCE[name] = attempts
        return function

    return register


def enqueue(
    session: Session,
    name: str,
    *,
    now: datetime,
    subject: Base | None = None,
    actor_id: int | None = None,
    run_at: datetime | None = None,
    **arguments: Any,
) -> Job:
    """Add a job to the transaction. Arguments must be JSON; `subject` is the row whose page shows it."""
    row = Job(
        name=name,
        arguments=arguments,
        subject_type=subject.__tablename__ if subject is not None else None,
        subject_id=subject.id if subject is not None else None,  # type: ignore[attr-defined]
        actor_id=actor_id,
        run_at=run_at or now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def plan(session: Session, name: str, *, now: datetime, **arguments: Any) -> None:
    """Add a job to the transaction that belongs to no page, and whose row nobody needs."""
    insert_plainly(session, Job, name=name, arguments=arguments, run_at=now, created_at=now)


def of(subject: Base, name: str) -> Select[Job]:
    """Select a thing's jobs of that name, newest first."""
    return (
        select(Job)
        .where(
            Job.subject_type == subject.__tablename__,
            Job.subject_id == subject.id,  # type: ignore[attr-defined]
            Job.name == name,
        )
        .order_by(Job.id.desc())
    )


def named(name: str) -> Select[Job]:
    """Select all jobs of that name, newest first: for work that belongs to no row."""
    return select(Job).where(Job.name == name).order_by(Job.id.desc())


def cancel(session: Session, row: Job, *, now: datetime) -> None:
    """Ask a job to stop: at once if it hasn't begun, at its next step if it runs."""
    session.execute(
        update(Job)
        .where(Job.id == row.id, Job.state == JobState.QUEUED)
        .values(state=JobState.CANCELLED, finished_at=now)
    )
    session.execute(update(Job).where(Job.id == row.id).values(cancel_requested=True))
    session.expire(row)


def retry(session: Session, row: Job, *, now: datetime) -> None:
    """Put a job that failed or was cancelled back into the queue, with all its attempts."""
    if row.is_over and row.state != JobState.DONE:
        row.state, row.attempts, row.error, row.run_at = JobState.QUEUED, 0, "", now
        row.cancel_requested, row.finished_at, row.progress, row.step = False, None, 0, ""
    session.flush()


def claim(session: Session, worker: str, *, now: datetime) -> Job | None:
    """Take the next job that is due, or whose worker has vanished.

    On PostgreSQL no two workers wait for one row.
    """
    due = or_(
        and_(Job.state == JobState.QUEUED, Job.run_at <= now),
        and_(Job.state == JobState.RUNNING, Job.lease_until < now),
    )
    row = session.scalar(
        select(Job).where(due).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.attempts += 1
    row.worker = worker
    row.state = JobState.RUNNING
    row.lease_until = now + LEASE
    session.flush()
    return row


def run_next(engine: Engine, worker: str, info: dict[str, Any] | None = None) -> bool:
    """Do one job that is due; return False if there was none."""
    with writing(engine) as session:
        row = claim(session, worker, now=clock.now())
        if row is None:
            return False
        job_id, name, arguments, attempts = row.id, row.name, dict(row.arguments), row.attempts
        cancelled = row.cancel_requested
    context = JobContext(engine, job_id, worker, info or {})
    if cancelled:
        _finish(engine, job_id, worker, JobState.CANCELLED)
    elif attempts > PATIENCE.get(name, ATTEMPTS):
        _finish(engine, job_id, worker, JobState.FAILED, error=LOST_WORKER)
    else:
        _perform(context, name, arguments, attempts, worker)
    return True


def _perform(context: JobContext, name: str, arguments: dict[str, Any], attempts: int, worker: str) -> None:
    over = threading.Event()
    keeper = threading.Thread(target=_keep_lease, args=(context, over), daemon=True)
    keeper.start()
    try:
        result = HANDLERS[name](context, **arguments)
    except JobCancelledError:
        _finish(context.engine, context.job_id, worker, JobState.CANCELLED)
    except JobFailedError as problem:
        _finish(context.engine, context.job_id, worker, JobState.FAILED, error=str(problem))
    except Exception as problem:  # noqa: BLE001 - whatever it is, it is written down and tried again
        log.error("job %s (%s) failed, attempt %s\n%s", context.job_id, name, attempts, described(problem))  # noqa: TRY400
        _fail(context, worker, problem, attempts=attempts, patience=PATIENCE.get(name, ATTEMPTS))
    else:
        _finish(context.engine, context.job_id, worker, JobState.DONE, result=result or {}, progress=100)
    finally:
        over.set()
        keeper.join()


def _keep_lease(context: JobContext, over: threading.Event) -> None:
    while not over.wait(RENEWAL_SECONDS):
        try:
            context.renew()
        except Exception:
            log.exception("the lease of job %s could not be renewed", context.job_id)


def _fail(context: JobContext, worker: str, problem: Exception, *, attempts: int, patience: int) -> None:
    error = briefly(problem)[:2000]
    if attempts >= patience:
        _finish(context.engine, context.job_id, worker, JobState.FAILED, error=error)
        return
    later = clock.now() + FIRST_RETRY * 2 ** (attempts - 1)
    _set(
        context.engine, context.job_id, worker,
        state=JobState.QUEUED, run_at=later, error=error, lease_until=None,
    )  # fmt: skip


def _finish(engine: Engine, job_id: int, worker: str, state: JobState, **values: Any) -> None:
    _set(engine, job_id, worker, state=state, finished_at=clock.now(), lease_until=None, **values)


def _set(engine: Engine, job_id: int, worker: str, **values: Any) -> None:
    with writing(engine) as session:
        session.execute(update(Job).where(Job.id == job_id, Job.worker == worker).values(**values))


def give_back(engine: Engine, worker: str) -> None:
    """Put what a worker holds back into the queue, as if it had never been taken."""
    with writing(engine) as session:
        session.execute(
            update(Job)
            .where(Job.worker == worker, Job.state == JobState.RUNNING)
            .values(state=JobState.QUEUED, attempts=Job.attempts - 1, worker="", lease_until=None)
        )


class Worker:
    """A thread that does jobs one after the other until told to stop.

    It does `daily` when it starts and every 24 hours; `morning` (`mornings.begin`) begins each day's work.
    """

    def __init__(
        self,
        engine: Engine,
        info: dict[str, Any] | None = None,
        daily: Callable[..., None] | None = None,
        morning: Callable[..., date | None] | None = None,
    ) -> None:
        self.engine = engine
        self.info = info or {}
        self.daily = daily
        self.daily_at = clock.now()
        self.morning = morning
        self.begun: date | None = None
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, name="jobs", daemon=True)
        self.name = f"{socket.gethostname()}:{os.getpid()}:{id(self)}"[:120]

    def start(self) -> None:
        """Begin to work."""
        self.thread.start()

    def run(self) -> None:
        """Work until `stop`; a database that is away for a while is waited for (R3)."""
        while not self.stopping.is_set():
            try:
                self._do_daily()
                busy = run_next(self.engine, self.name, self.info)
            except Exception:
                log.exception("the worker could not reach its queue")
                busy = False
            if not busy:
                self.stopping.wait(IDLE_SECONDS)

    def _do_daily(self) -> None:
        now = clock.now()
        if self.daily is not None and now >= self.daily_at:
            self.daily(self.engine, now=now)
            self.daily_at = now + DAY
        if self.morning is not None:
            self.begun = self.morning(self.engine, now=now, begun=self.begun)

    def join(self, seconds: float | None = None) -> None:
        """Wait until the thread has ended, at most that long."""
        self.thread.join(seconds)

    def stop(self, *, seconds: float) -> None:
        """Take no further job, let the one at hand end, and give it back if it takes longer than that."""
        self.stopping.set()
        self.join(seconds)
        if self.thread.is_alive():
            give_back(self.engine, self.name)
