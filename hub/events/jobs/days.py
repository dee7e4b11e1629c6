"""What happens after a day without anybody waiting for it."""

from typing import Any

from hub.core import clock, jobs
from hub.events.models.days import Event
from hub.events.operations import days


@jobs.job("events.forget_needs")
def forget_needs(context: jobs.JobContext, event: int) -> dict[str, Any]:
    """Forget diets, needs and meals once the day is over; a day that moved meanwhile has a later job (G3)."""
    with context.write() as session:
        row = session.get_one(Event, event)
        return {"forgotten": days.forget_all_needs(session, row, now=clock.now())}
