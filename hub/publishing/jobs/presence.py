"""Who was in an edition is forgotten (G6)."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core.sweeping import sweeping
from hub.publishing.operations import presence


@sweeping.connect
def sweep(session: Session, *, now: datetime, **_more: Any) -> None:
    """Forget who closed their page without anybody else opening one."""
    presence.forget(session, now=now)
