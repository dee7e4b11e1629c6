"""What others have published: memoranda, reports, from which demands are taken with their page and words."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.core.files import StoredFile


class DocumentKind(StrEnum):
    """What kind of document it is."""

    MEMORANDUM = "memorandum"
    REPORT = "report"
    STUDY = "study"
    PRESS = "press"
    OTHER = "other"


DOCUMENT_KINDS = {
    DocumentKind.MEMORANDUM: N_("Mémorandum"),
    DocumentKind.REPORT: N_("Rapport"),
    DocumentKind.STUDY: N_("Étude"),
    DocumentKind.PRESS: N_("Presse"),
    DocumentKind.OTHER: N_("Autre document"),
}


class ReadingState(StrEnum):
    """Whether the words of its file can be looked at here."""

    NONE = "none"  # no file
    WAITING = "waiting"
    READ = "read"
    WORDLESS = "wordless"  # a scan: no text in it
    FAILED = "failed"


class SourceDocument(Base):
    """A memorandum or another text of an organisation, from which demands are taken. `pages`: of its file."""

    __tablename__ = "source_document"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint("(file_id IS NULL) = (reading = 'none')", name="reads_a_file"),
        UniqueConstraint("organisation_id", "title", "year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(250))
    kind: Mapped[DocumentKind] = mapped_column(
        choice(DocumentKind, "document_kind"), default=DocumentKind.MEMORANDUM
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    year: Mapped[int | None]
    url: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    reading: Mapped[ReadingState] = mapped_column(
        choice(ReadingState, "reading_state"), default=ReadingState.NONE
    )
    reading_problem: Mapped[str] = mapped_column(String(20), default="", server_default="")  # why not
    pages: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")

    organisation: Mapped[Organisation] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class SourcePage(Base):
    """The words of one page of a document's file; `number` counts from 1, `label` is printed on it."""

    __tablename__ = "source_page"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("source_document.id", ondelete="CASCADE"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(20), default="", server_default="")
    text: Mapped[str] = mapped_column(Text, default="")
