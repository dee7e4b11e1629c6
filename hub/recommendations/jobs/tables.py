"""Each morning, what tables of past days have written and nobody closed is sent."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.mornings import morning
from hub.recommendations.operations import tables
from hub.recommendations.queries import tables as queries

JOB = "recommendations.close_tables"


@morning.connect
def plan(session: Session, *, day: date, now: datetime) -> None:
    """Have it done where something is left."""
    del day
    if session.scalar(queries.left_open().limit(1)) is not None:
        jobs.plan(session, JOB, now=now)


@jobs.job(JOB)
def close(context: jobs.JobContext) -> dict[str, Any]:
    """Send what is left; run again, it finds nothing."""
    with context.write() as session:
        return {"sent": tables.close_past(session, now=clock.now())}
