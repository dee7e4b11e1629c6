"""Asking for opinions after a day, a few people in each transaction."""

from typing import Any

from hub.core import clock, jobs
from hub.events.models.days import Event, EventState
from hub.events.operations import evaluation
from hub.events.operations.evaluation import Standing
from hub.events.queries import evaluation as queries

BATCH = 25


@jobs.job(evaluation.JOB)
def ask_evaluation(context: jobs.JobContext, event: int) -> dict[str, Any]:
    """Write to everybody who was there; done twice, or killed halfway, each still gets one mail.

    A day that moved is asked about on the morning after its new end; one called off, or closed, not at all.
    """
    now = clock.now()
    with context.read() as session:
        row = session.get(Event, event)
        if row is None or row.state != EventState.PUBLISHED:
            return {"asked": 0}
        standing = evaluation.standing(row, now)
        too_early = now < evaluation.writes_at(row, row.ends_at)
        numbers = list(session.scalars(queries.to_write_to(row)))
    if standing in {Standing.NONE, Standing.CLOSED}:
        return {"asked": 0}
    if too_early:
        with context.write() as session:
            evaluation.plan(session, session.get_one(Event, event), now=now)
        return {"asked": 0}
    for start in range(0, len(numbers), BATCH):
        with context.write() as session:
            evaluation.ask(session, numbers[start : start + BATCH], now=now)
        context.progress(100 * (start + BATCH) // len(numbers), "")
    return {"asked": len(numbers)}
