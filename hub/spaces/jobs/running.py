"""What a meeting leaves behind and needs no longer is deleted by the daily sweep."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.core.sweeping import sweeping
from hub.spaces.operations import running


@sweeping.connect
def sweep(session: Session, *, now: datetime) -> None:
    """Delete keys of gestures, texts made one long ago, and the names of guests of old meetings."""
    running.forget(session, now=now)
