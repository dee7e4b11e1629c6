"""What holding a meeting leaves behind: texts written at the same time, gestures that have counted."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.core.db import Base, UTCDateTime, choice
from hub.spaces.models.meetings import AgendaItem


class NoteConflict(Base):
    """Notes that started from an older version than the stored one: kept beside them until both are made one.

    Never overwritten by anybody but who wrote it; deleted long after it was resolved (`operations.running`).
    """

    __tablename__ = "note_conflict"
    __table_args__ = (
        CheckConstraint("base_version < found_version", name="started_from_an_older_one"),
        Index(
            "ix_note_conflict_open",
            "item_id",
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)  # how often its writer went on with it
    base_version: Mapped[int]  # what its writer had read
    found_version: Mapped[int]  # what stood when it came
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    item: Mapped[AgendaItem] = relationship()
    author: Mapped[User | None] = relationship()


class GestureKind(StrEnum):
    """What was done from the page that runs a meeting."""

    OPEN = "open"
    NOTES = "notes"
    KEPT_NOTES = "kept_notes"
    MERGE = "merge"
    PRESENCE = "presence"
    GUEST = "guest"
    POINT = "point"


class Gesture(Base):
    """A gesture that has counted, by the key that its page gave it: sent again, it changes nothing.

    Decisions, actions and recommendations carry their key themselves.
    """

    __tablename__ = "meeting_gesture"

    client_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    kind: Mapped[GestureKind] = mapped_column(choice(GestureKind, "gesture_kind"))
    # The row it made or changed: a point, an attendance, a kept text. For notes, the version that it became,
    # none where the text was kept aside.
    subject_id: Mapped[int | None]
    version: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
