"""Work of light members and lost links that a request must not wait for."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.jobs import Job, JobContext, job
from hub.core.sweeping import sweeping
from hub.spaces.operations import followers, personal


@job("spaces.send_link")
def send_link(context: JobContext, email: str) -> dict[str, Any]:
    """Mail their personal links to whoever sits somewhere and is reached at that address.

    The request enqueues this job for any address, so that its answer and its time tell nothing (S10). The
    address is forgotten in the transaction that used it: a second run does nothing.
    """
    now = clock.now()
    with context.write() as session:
        # Once an hour at most: nobody can flood a letter box.
        personal.send_link(session, email, version=f"{now:%Y-%m-%dT%H}", now=now)
        session.get_one(Job, context.job_id).arguments = {"email": ""}
    return {}


@sweeping.connect
def forget_unconfirmed(session: Session, *, now: datetime) -> None:
    """Delete the addresses that asked for a space's announcements and were never confirmed."""
    followers.forget_unconfirmed(session, now=now)
