"""The printed directory: PDFs that were made of the register, and what of whom each one shows."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile


class Arrangement(StrEnum):
    """By what the entries of a printed directory are grouped."""

    COMMUNE = "commune"
    THEME = "theme"


class DirectoryPrint(Base):
    """A directory that was printed. The same content gives the same bytes and is kept once.

    `shown` says which fields it shows of which organisation (identifier → fields that need an agreement):
    when one of them takes its agreement back, the PDF is no longer given out. `undrawable` names the entries
    that hold signs no font of ours can draw, and these signs.
    """

    __tablename__ = "directory_print"
    __table_args__ = (
        CheckConstraint("pages >= 1", name="has_pages"),
        CheckConstraint("entries >= 0", name="entries_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    arranged_by: Mapped[Arrangement] = mapped_column(choice(Arrangement, "arrangement"))
    day: Mapped[date] = mapped_column(Date)  # the date of its data
    entries: Mapped[int]
    pages: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    shown: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    undrawable: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    file: Mapped[StoredFile] = relationship()
