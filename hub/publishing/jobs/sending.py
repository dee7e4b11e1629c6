"""Sending an edition to its addressees, some in each transaction; and erasing candidates in time."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.errors import N_
from hub.core.sweeping import sweeping
from hub.publishing.models.editions import Edition
from hub.publishing.operations import recipients, sendings

STEP = N_("Les mails sont préparés, un par destinataire")


@jobs.job(sendings.JOB)
def send(context: jobs.JobContext, edition: int, recipients: list[int]) -> dict[str, Any]:
    """Write to each; done again after being killed, whoever was written to is left alone."""
    written = 0
    with context.read() as session:
        offered = sendings.offered(session, session.get_one(Edition, edition))
    for start in range(0, len(recipients), sendings.AT_ONCE):
        context.progress(100 * start // len(recipients), STEP)
        with context.write() as session:
            row = session.get_one(Edition, edition)
            some = recipients[start : start + sendings.AT_ONCE]
            written += sendings.send_some(session, row, some, offered, now=clock.now())
    return {"written": written}


@sweeping.connect
def forget_candidates(session: Session, *, now: datetime) -> None:
    """Erase candidates some months after the election."""
    recipients.forget(session, now=now)
