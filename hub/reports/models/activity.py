"""The yearly activity: what figures don't say of a space, and exports that were too large for a request."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.core.db import Base, UTCDateTime
from hub.core.files import StoredFile
from hub.spaces.models.spaces import Space


class ActivityNote(Base):
    """What a space made in a year, and what its figures don't tell: told by a coordinator, for the export."""

    __tablename__ = "activity_note"
    __table_args__ = (
        UniqueConstraint("space_id", "year"),
        CheckConstraint("year BETWEEN 1900 AND 2999", name="year_reasonable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    year: Mapped[int]
    outputs: Mapped[str] = mapped_column(Text, default="")  # publications, proposals, tools
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    space: Mapped[Space] = relationship()


class ActivityExport(Base):
    """An export asked for: what it covers; its files come with the job."""

    __tablename__ = "activity_export"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="ends_after_start"),
        CheckConstraint("(workbook_id IS NULL) = (archive_id IS NULL)", name="both_files"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"))
    theme_code: Mapped[str] = mapped_column(String(40), default="")
    workbook_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    archive_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    workbook: Mapped[StoredFile | None] = relationship(foreign_keys=[workbook_id])
    archive: Mapped[StoredFile | None] = relationship(foreign_keys=[archive_id])
    created_by: Mapped[User | None] = relationship()
