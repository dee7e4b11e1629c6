"""Each working morning, one mail to whoever sent something whose fate has changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.errors import N_
from hub.core.mornings import morning
from hub.recommendations.operations import fates
from hub.recommendations.queries import fates as queries
from hub.spaces.values.reminders import is_working_day, may_write

JOB = "recommendations.tell_fates"
BATCH = 25  # invitations in one short transaction
STEP = N_("Nouvelles des contributions")


@morning.connect
def plan(session: Session, *, day: date, now: datetime) -> None:
    """Have the day's mails written."""
    if is_working_day(day):
        jobs.enqueue(session, JOB, now=now, day=day.isoformat())


@jobs.job(JOB)
def tell(context: jobs.JobContext, day: str) -> dict[str, Any]:
    """Write what changed; run again, it finds the mails written, and on another day writes none."""
    now = clock.now()
    if day != clock.today(now).isoformat() or not may_write(now):
        return {"written": 0}
    with context.read() as session:
        concerned = list(session.scalars(queries.concerned(now - fates.LOOKED_BACK)))
    written = 0
    for start in range(0, len(concerned), BATCH):
        context.progress(100 * start // len(concerned), STEP)
        with context.write() as session:
            written += fates.tell(session, concerned[start : start + BATCH], now=now)
    return {"written": written}
