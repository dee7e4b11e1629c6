"""Who is where in an edition: said every twenty seconds by an open page, forgotten soon after."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.publishing.models.editions import Edition
from hub.publishing.models.writing import EditionPresence

GONE_AFTER = timedelta(minutes=2)
LONGEST_PLACE = 80


def seen(session: Session, edition: Edition, user_id: int, place: str, *, now: datetime) -> None:
    """Note where somebody is, once for each person and edition, and forget who has gone."""
    session.execute(
        delete(EditionPresence).where(
            EditionPresence.edition_id == edition.id, EditionPresence.seen_at <= now - GONE_AFTER
        )
    )
    told: dict[str, Any] = {"place": place[:LONGEST_PLACE], "seen_at": now}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(
        insert(EditionPresence)
        .values(edition_id=edition.id, user_id=user_id, **told)
        .on_conflict_do_update(index_elements=["edition_id", "user_id"], set_=told)
    )


def forget(session: Session, *, now: datetime) -> None:
    """Delete who was seen longer ago, in all editions."""
    session.execute(delete(EditionPresence).where(EditionPresence.seen_at <= now - GONE_AFTER))
