"""What was noted while following a call is erased a year after it (G6)."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.core.sweeping import sweeping
from hub.recommendations.operations import notes


@sweeping.connect
def forget_notes(session: Session, *, now: datetime) -> None:
    """Erase them; run again, it finds nothing."""
    notes.forget(session, now=now)
