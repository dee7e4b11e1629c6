"""A day with a workshop on which tables work, for tests."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.core import tokens
from hub.events.models.days import Event, EventState
from hub.events.models.workshops import Workshop, WorkshopBlock
from hub.recommendations.operations import tables


def workshop(session: Session, *, now: datetime, days: int = 0, title: str = "Le logement") -> Workshop:
    """Return a workshop of a published day that was, or is, so many days from now."""
    starts = now + timedelta(days=days)
    event = Event(
        slug=f"journee-{title.lower().replace(' ', '-')}", title="Une journée plénière", starts_at=starts,
        ends_at=starts + timedelta(hours=4), sign_up_closes_at=starts - timedelta(days=3),
        state=EventState.PUBLISHED, created_at=now, updated_at=now,
    )  # fmt: skip
    block = WorkshopBlock(event=event)
    row = Workshop(event=event, block=block, title=title, capacity=20)
    session.add_all([event, block, row])
    session.flush()
    return row


def link(session: Session, row: Workshop, *, now: datetime) -> str:
    """Return the path of a live link of the workshop's tables."""
    raw = tokens.issue(session, tables.PURPOSE, row, now=now, until=tables.closes_at(row.event))
    return f"/atelier/{raw}"
