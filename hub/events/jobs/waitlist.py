"""What waiting lists do by themselves: offers end on time, sign-up closes, a nightly recount."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import clock, jobs, mornings
from hub.events.models.days import Event
from hub.events.models.registrations import Registration
from hub.events.operations import recounting, waitlist

BATCH = 25
RECOUNT_JOB = "events.recount"


@jobs.job(waitlist.SETTLE_JOB)
def settle(context: jobs.JobContext, event: int) -> dict[str, Any]:
    """End the offers that are over and give their seats on; at closing, tell who waited in vain.

    Done late or twice it does no harm: it looks at what is due by then, and each is written to once.
    """
    with context.write() as session:
        numbers = waitlist.to_tell(session, session.get_one(Event, event), now=clock.now())
    for start in range(0, len(numbers), BATCH):
        with context.write() as session:
            for row in session.scalars(
                select(Registration).where(Registration.id.in_(numbers[start : start + BATCH]))
            ):
                waitlist.tell_closing(session, row, now=clock.now())
    return {"told": len(numbers)}


@jobs.job(RECOUNT_JOB)
def recount(context: jobs.JobContext) -> dict[str, Any]:
    """Compare the seats counted of every day to come with those held; nothing is changed but the report."""
    with context.read() as session:
        numbers = session.scalars(select(Event.id).where(Event.ends_at > clock.now())).all()
    found = 0
    for number in numbers:
        with context.write() as session:
            found += recounting.recount(session, session.get_one(Event, number), now=clock.now())
    return {"days": len(numbers), "found": found}


def each_morning(session: Session, *, day: date, now: datetime) -> None:
    """Plan the recount."""
    del day
    jobs.enqueue(session, RECOUNT_JOB, now=now)


mornings.morning.connect(each_morning)
