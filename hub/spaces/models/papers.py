"""The papers of a meeting as PDF: what was asked for, and the file once it is printed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile
from hub.spaces.models.meetings import Meeting


class PaperKind(StrEnum):
    """What a paper is."""

    AGENDA = "agenda"
    MINUTES = "minutes"


class MeetingPaper(Base):
    """An agenda or minutes to print, known by the hash of all that the PDF depends on.

    `content` is its frozen content without the logo. The same content is printed once; a newer one takes
    its place. `undrawable` are the signs that no font of ours can draw.
    """

    __tablename__ = "meeting_paper"
    __table_args__ = (
        UniqueConstraint("meeting_id", "kind", "content_hash"),
        CheckConstraint("(file_id IS NULL) = (pages IS NULL)", name="pages_once_printed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    kind: Mapped[PaperKind] = mapped_column(choice(PaperKind, "paper_kind"))
    content: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    pages: Mapped[int | None]
    undrawable: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    meeting: Mapped[Meeting] = relationship()
    file: Mapped[StoredFile | None] = relationship()
