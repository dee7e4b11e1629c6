"""Work of accounts that a request must not wait for."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.operations import links, sessions
from hub.core import clock
from hub.core.jobs import Job, JobContext, job
from hub.core.sweeping import sweeping


@job("accounts.sign_in_link")
def sign_in_link(context: JobContext, email: str, target: str = "") -> dict[str, Any]:
    """Mail a sign-in link if the address has an account.

    The request enqueues this job for any address, so that its answer and its time tell nothing (S10). The
    address is forgotten in the transaction that used it: it may be a stranger's, and a second run then does
    nothing.
    """
    with context.write() as session:
        links.mail_sign_in_link(
            session, email, version=f"job-{context.job_id}", target=target, now=clock.now()
        )
        session.get_one(Job, context.job_id).arguments = {"email": ""}
    return {}


@sweeping.connect
def forget_sessions(session: Session, *, now: datetime) -> None:
    """Delete sessions that have expired."""
    sessions.forget_expired(session, now=now)
