"""What waiting lists do by themselves: offers end on time, sign-up closes, a nightly recount."""

from typing import Any

from hub.core import clock, jobs
from hub.events.models.days import Event
from hub.events.operations import waitlist


@jobs.job(waitlist.SETTLE_JOB)
def settle(context: jobs.JobContext, event: int) -> dict[str, Any]:
    """End the offers that are over and give their seats on; at closing, tell who waited in vain.

    Done late or twice it does no harm: it looks at what is due by then, and each is written to once.
    """
    with context.write() as session:
        row = session.get_one(Event, event)
        return {"told": waitlist.close(session, row, now=clock.now())}
