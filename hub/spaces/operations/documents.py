"""Documents of a point: known by their content, withdrawn rather than erased."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, files, uploads
from hub.core.errors import N_, DomainError
from hub.core.files import Store
from hub.spaces.models.meetings import AgendaItem, ItemDocument, MeetingState

MOST = 10
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Handed:
    """A file as it was handed in; without a title, its name is one."""

    content: bytes
    name: str
    title: str = ""


def add(
    session: Session,
    store: Store,
    item: AgendaItem,
    handed: Handed,
    *,
    actor: User | str | None,
    now: datetime,
) -> ItemDocument:
    """Add a file to a point.

    Raises DomainError for a file that isn't taken, too many of them, or a meeting that is called off.
    """
    if item.meeting.state is MeetingState.CANCELLED:
        raise DomainError(N_("Cette réunion est annulée : rien ne s’y ajoute plus."), field="file")
    session.refresh(item, with_for_update=True)
    live = select(func.count()).where(ItemDocument.item_id == item.id, ItemDocument.withdrawn_at.is_(None))
    if (session.scalar(live) or 0) >= MOST:
        raise DomainError(N_("Un point a %(max)d documents au plus."), field="file", max=MOST)
    known = uploads.recognise(handed.content, handed.name)
    row = ItemDocument(
        item_id=item.id,
        file_id=files.keep(session, store, handed.content, handed.name, known.media_type, now=now).id,
        title=(handed.title.strip() or _stem(handed.name))[:LONGEST_TITLE],
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.expire(item, ["documents"])
    audit.record(
        session, "document.added", item.meeting, actor=actor, now=now, changes={"title": [None, row.title]}
    )
    return row


def _stem(name: str) -> str:
    return PurePath(name.replace("\\", "/")).stem.strip() or "Document"


def withdraw(session: Session, document: ItemDocument, *, actor: User | str | None, now: datetime) -> None:
    """Take a document away from those who read the agenda; the file is kept, as history."""
    if document.withdrawn_at is None:
        document.withdrawn_at = now
        session.flush()
        audit.record(
            session, "document.withdrawn", document.item.meeting, actor=actor, now=now,
            changes={"title": [document.title, None]},
        )  # fmt: skip


def bring_back(session: Session, document: ItemDocument, *, actor: User | str | None, now: datetime) -> None:
    """Show a document again that was withdrawn."""
    if document.withdrawn_at is not None:
        document.withdrawn_at = None
        session.flush()
        audit.record(
            session, "document.added", document.item.meeting, actor=actor, now=now,
            changes={"title": [None, document.title]},
        )  # fmt: skip
