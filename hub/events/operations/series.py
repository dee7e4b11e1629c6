"""Series of days: the plenaries of a plan, the information sessions of a season."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.search import slug
from hub.events.models.days import EventSeries

# Parts of addresses below /journees/series that no series may be called.
RESERVED = {"nouvelle"}


def create(
    session: Session, title: str, description: str, *, actor: User | str, now: datetime
) -> EventSeries:
    """Make a series; its address comes from its title."""
    row = EventSeries(slug=_free_slug(session, title), title=title, description=description, created_at=now)
    session.add(row)
    session.flush()
    audit.record(session, "event_series.created", row, actor=actor, now=now)
    return row


def edit(
    session: Session, row: EventSeries, title: str, description: str, *, actor: User | str, now: datetime
) -> None:
    """Change a series' title and description; its address stays."""
    before = {"title": row.title, "description": row.description}
    row.title, row.description = title, description
    session.flush()
    changes = audit.differences(before, {"title": title, "description": description})
    if changes:
        audit.record(session, "event_series.changed", row, actor=actor, now=now, changes=changes)


def _free_slug(session: Session, title: str) -> str:
    base = slug(title)
    taken = set(
        session.scalars(select(EventSeries.slug).where(EventSeries.slug.startswith(base, autoescape=True)))
    )
    taken |= RESERVED
    number = 1
    while (candidate := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return candidate
