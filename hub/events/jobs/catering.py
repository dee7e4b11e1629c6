"""Freezing the meals of a day at the caterer's deadline, whether anybody thinks of it or not."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.mornings import morning
from hub.events.models.days import Event
from hub.events.operations import catering
from hub.events.queries import catering as queries

AHEAD = timedelta(hours=26)  # until well past the next morning, on the longest day of the year too


@morning.connect
def plan_freezing(session: Session, *, day: date, now: datetime) -> None:
    """Plan for the very moment what comes due until the next morning, and make up for what was missed."""
    del day
    for event in session.scalars(queries.to_freeze(now + AHEAD, now)):
        run_at = max(now, event.meals_close_at or now)
        jobs.enqueue(session, catering.JOB, now=now, run_at=run_at, subject=event, event=event.id)


@jobs.job(catering.JOB)
def freeze_meals(context: jobs.JobContext, event: int) -> dict[str, Any]:
    """Freeze a day's meals if its deadline has come; one that moved meanwhile is planned anew."""
    with context.write() as session:
        row = session.get_one(Event, event)
        return {"frozen": catering.freeze_due(session, row, now=clock.now())}
