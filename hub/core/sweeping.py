"""What is over for long is deleted: a worker sweeps when it starts and once a day (G6)."""

from datetime import datetime, timedelta

from blinker import signal
from sqlalchemy import Engine, delete, or_

from hub.core.db import writing
from hub.core.jobs import OVER, Job
from hub.core.tokens import Token

KEPT = timedelta(days=30)

sweeping = signal("core.sweeping")
"""Asks features to delete what nobody needs any more of their rows.

Receivers are called with the session and `now`, and must be idempotent. Connect where jobs are registered.
"""


def sweep(engine: Engine, *, now: datetime) -> None:
    """Delete jobs and links that were over 30 days ago, and what features say of their own."""
    limit = now - KEPT
    with writing(engine) as session:
        session.execute(delete(Job).where(Job.state.in_(OVER), Job.finished_at < limit))
        # Until then the page of a link can say that it has expired, rather than that it is unknown.
        session.execute(delete(Token).where(or_(Token.expires_at < limit, Token.revoked_at < limit)))
        sweeping.send(session, now=now)
