"""Asking for dates, reminding, and what is forgotten of guests. Done twice, nobody is written to twice."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.errors import N_
from hub.core.sweeping import sweeping
from hub.spaces.models.polls import DatePoll, DateVoter
from hub.spaces.operations import forgetting, polls

BATCH = 10  # people in one short transaction
WRITING = N_("Les mails s’écrivent")


@jobs.job(polls.ASK_JOB)
def ask(context: jobs.JobContext, poll: int) -> dict[str, Any]:
    """Write to who was not written to yet."""
    with context.read() as session:
        waiting = select(DateVoter.id).where(DateVoter.poll_id == poll, DateVoter.invited_at.is_(None))
        numbers = list(session.scalars(waiting.order_by(DateVoter.id)))
    return _each(context, numbers, polls.write)


@jobs.job(polls.REMIND_JOB)
def remind(context: jobs.JobContext, poll: int, day: str) -> dict[str, Any]:
    """Write that day's reminder to who has not answered."""
    with context.read() as session:
        row = session.get_one(DatePoll, poll)
        numbers = [voter.id for voter in session.scalars(polls.silent(row)).all()]

    def write(session: Session, voter: DateVoter, *, now: datetime) -> bool:
        return polls.write_reminder(session, voter, day, now=now)

    return _each(context, numbers, write)


def _each(context: jobs.JobContext, numbers: list[int], write: Callable[..., bool]) -> dict[str, Any]:
    written = 0
    for start in range(0, len(numbers), BATCH):
        context.progress(100 * start // len(numbers), WRITING)
        with context.write() as session:
            for number in numbers[start : start + BATCH]:
                voter = session.get_one(DateVoter, number)
                if voter.poll.is_open(clock.now()):
                    written += write(session, voter, now=clock.now())
    return {"written": written}


@sweeping.connect
def forget(session: Session, *, now: datetime) -> None:
    """Forget guests' addresses and what was said beside the dates, once they have no use."""
    forgetting.forget(session, now=now)
