"""Reports on the state of the network, made once and kept as they were made."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.core.db import Base, UTCDateTime
from hub.core.files import StoredFile


class StatusReport(Base):
    """The state of the network on a day beside that of an earlier one; its PDF comes with the job.

    It is public once published; what it says doesn't change any more, whatever the register says later.
    """

    __tablename__ = "status_report"
    __table_args__ = (
        CheckConstraint("since < day", name="since_before"),
        CheckConstraint("published_at IS NULL OR file_id IS NOT NULL", name="published_is_built"),
        CheckConstraint("(file_id IS NULL) = (pages IS NULL)", name="built_has_pages"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    since: Mapped[date] = mapped_column(Date)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    pages: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    file: Mapped[StoredFile | None] = relationship()
    created_by: Mapped[User | None] = relationship()
