"""Each night, what the days' rules ask to be erased is erased (G6)."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.sweeping import sweeping
from hub.events.models.days import Event
from hub.events.operations import retention
from hub.events.queries.retention import over


@sweeping.connect
def plan_erasing(session: Session, *, now: datetime) -> None:
    """Have the rules looked at once a day, apart from the sweep: one that fails is seen and tried again."""
    if session.scalar(over(now).limit(1)) is not None:
        jobs.enqueue(session, "events.erase_due", now=now)


@jobs.job("events.erase_due")
def erase_due(context: jobs.JobContext) -> dict[str, Any]:
    """Do what the rules ask for, one day after the other, each in a transaction of its own."""
    now = clock.now()
    with context.read() as session:
        numbers = session.scalars(over(now)).all()
    erased: dict[str, int] = {}
    for place, number in enumerate(numbers, start=1):
        with context.write() as session:
            for kept, count in retention.erase_due(session, session.get_one(Event, number), now=now).items():
                erased[kept] = erased.get(kept, 0) + count
        context.progress(100 * place // len(numbers), "")
    return {"erased": erased}
