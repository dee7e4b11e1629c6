"""Each working morning, one mail to who facilitates a space in which amendments moved."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.mornings import morning
from hub.recommendations.operations import group_news
from hub.spaces.values.reminders import is_working_day, may_write

JOB = "recommendations.tell_groups"


@morning.connect
def plan(session: Session, *, day: date, now: datetime) -> None:
    """Have the day's mails written."""
    if is_working_day(day):
        jobs.enqueue(session, JOB, now=now, day=day.isoformat())


@jobs.job(JOB)
def tell(context: jobs.JobContext, day: str) -> dict[str, Any]:
    """Write what moved; run again, it finds the mails written, and on another day writes none."""
    now = clock.now()
    if day != clock.today(now).isoformat() or not may_write(now):
        return {"written": 0}
    with context.write() as session:
        return {"written": group_news.tell(session, now=now)}
