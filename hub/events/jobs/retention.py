"""Each night, what the days' rules ask to be erased is erased (G6)."""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.db import described
from hub.core.sweeping import sweeping
from hub.events.models.days import Event
from hub.events.operations import retention
from hub.events.queries.retention import over

log = logging.getLogger(__name__)


@sweeping.connect
def plan_erasing(session: Session, *, now: datetime) -> None:
    """Have the rules looked at once a day, apart from the sweep: one that fails is seen and tried again."""
    if session.scalar(over(now).limit(1)) is not None:
        jobs.enqueue(session, "events.erase_due", now=now)


@jobs.job("events.erase_due")
def erase_due(context: jobs.JobContext) -> dict[str, Any]:
    """Do what the rules ask for, one day after the other, each in a transaction of its own.

    A day where it fails keeps no other from being done; then the job fails, is seen, and tries again.
    """
    now = clock.now()
    with context.read() as session:
        numbers = session.scalars(over(now)).all()
    erased: dict[str, int] = {}
    failed: list[int] = []
    for place, number in enumerate(numbers, start=1):
        try:
            with context.write() as session:
                done = retention.erase_due(session, session.get_one(Event, number), now=now)
        except Exception as problem:  # noqa: BLE001 - written down, tried again
            log.error("the rules of event %s failed\n%s", number, described(problem))  # noqa: TRY400
            failed.append(number)
        else:
            for kept, count in done.items():
                erased[kept] = erased.get(kept, 0) + count
        context.progress(100 * place // len(numbers), "")
    if failed:
        raise UnerasedError(failed)
    return {"erased": erased}


class UnerasedError(Exception):
    """Some days' rules could not be done this time; those of the others were."""

    def __init__(self, failed: list[int]) -> None:
        super().__init__(f"events {failed}")
