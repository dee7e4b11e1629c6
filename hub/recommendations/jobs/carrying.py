"""Asking again those whose co-signature lapsed, and forgetting who signed long ago."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.mornings import morning
from hub.core.sweeping import sweeping
from hub.recommendations.operations import endorsements

JOB = "recommendations.ask_again"


@morning.connect
def each_morning(session: Session, *, day: date, now: datetime) -> None:
    """Have those asked again whose co-signature lapsed since yesterday: one mail for all that changed."""
    jobs.enqueue(session, JOB, now=now, day=day.isoformat())


@jobs.job(JOB)
def ask_again(context: jobs.JobContext, day: str) -> dict[str, Any]:
    """Write the mails; run again, it finds them written."""
    del day
    with context.write() as session:
        return {"written": endorsements.ask_again(session, now=clock.now())}


@sweeping.connect
def forget(session: Session, *, now: datetime) -> None:
    """Forget who signed long ago."""
    endorsements.forget_names(session, now=now)
