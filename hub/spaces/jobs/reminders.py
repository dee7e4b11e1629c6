"""Each working morning, one mail to whoever has an action whose day comes or has passed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.errors import N_
from hub.core.mornings import morning
from hub.core.sweeping import sweeping
from hub.spaces.operations import reminders
from hub.spaces.queries import reminders as queries
from hub.spaces.values.reminders import is_working_day, may_write

JOB = "spaces.remind"
BATCH = 25  # people in one short transaction
STEP = N_("Rappels des actions")


@morning.connect
def plan(session: Session, *, day: date, now: datetime) -> None:
    """Have the day's reminders written."""
    if is_working_day(day):
        jobs.enqueue(session, JOB, now=now, day=day.isoformat())


@jobs.job(JOB)
def remind(context: jobs.JobContext, day: str) -> dict[str, Any]:
    """Write the reminders of that day; run again, it finds them written, and on another day writes none."""
    now = clock.now()
    if day != clock.today(now).isoformat() or not may_write(now):
        return {"written": 0}
    with context.read() as session:
        people = sorted(queries.due(session, date.fromisoformat(day)))
    written = 0
    for start in range(0, len(people), BATCH):
        context.progress(100 * start // len(people), STEP)
        with context.write() as session:
            some = people[start : start + BATCH]
            written += reminders.remind(session, some, date.fromisoformat(day), now=now)
    return {"written": written}


@sweeping.connect
def forget(session: Session, *, now: datetime) -> None:
    """Forget reminders and reasons that are old."""
    reminders.forget(session, now=now)
