"""How the network keeps its records."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, settings

FIELDS = ("stale_months", "own_changes_at_once")


def set_rules(
    session: Session, *, stale_months: int, own_changes_at_once: bool, actor: User, now: datetime
) -> None:
    """Set after how many months a record is out of date, and whether own changes wait for a coordinator."""
    row = settings.get_for_update(session)
    before = {name: getattr(row, name) for name in FIELDS}
    row.stale_months, row.own_changes_at_once = stale_months, own_changes_at_once
    session.flush()
    changes = audit.differences(before, {name: getattr(row, name) for name in FIELDS})
    audit.record(session, "network.changed", row, actor=actor, now=now, changes=changes)
