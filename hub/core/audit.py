"""What happened to a thing, when and by whom. Rows are never changed or deleted: the database refuses it."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import JSON, Index, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core.db import Base, UTCDateTime, insert_plainly


class Actor(Protocol):
    """Whoever acts with an account."""

    id: Any
    name: Any


class AuditEntry(Base):
    """One line of history. `changes` holds field → [before, after] without personal contents (S16)."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    action: Mapped[str] = mapped_column(String(80))
    subject_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    # No foreign key: an account may be erased, its acts stay.
    actor_id: Mapped[int | None]
    actor_label: Mapped[str] = mapped_column(String(200))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def record(
    session: Session,
    action: str,
    subject: Base,
    *,
    actor: Actor | str | None,
    now: datetime,
    changes: dict[str, Any] | None = None,
) -> None:
    """Write one line of history for a flushed row, in the transaction of the change itself.

    `actor` is an account, or words for whoever acts without one («lien personnel», «commande»).
    """
    insert_plainly(
        session,
        AuditEntry,
        at=now,
        action=action,
        subject_type=subject.__tablename__,
        subject_id=subject.id,  # type: ignore[attr-defined]
        actor_id=None if actor is None or isinstance(actor, str) else actor.id,
        actor_label=label(actor),
        changes=changes or {},
    )


def label(actor: Actor | str | None) -> str:
    """Return how history names who acts."""
    return actor if isinstance(actor, str) else (actor.name if actor else "")


def history(subject: Base) -> Select[AuditEntry]:
    """Select the lines of a thing's history, newest first."""
    return (
        select(AuditEntry)
        .where(
            AuditEntry.subject_type == subject.__tablename__,
            AuditEntry.subject_id == subject.id,  # type: ignore[attr-defined]
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Return field → [before, after] for the fields that differ, as JSON can hold them."""
    return {
        field: [_plain(before.get(field)), _plain(value)]
        for field, value in after.items()
        if before.get(field) != value
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
