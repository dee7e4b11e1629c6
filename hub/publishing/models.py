"""A memorandum belongs to an election; its editions hold chapters and items, and the PDFs that were built."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models import Level, Organisation, Territory
from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile
from hub.recommendations.models import Recommendation

election_level = Table(
    "election_level",
    Base.metadata,
    Column("election_id", ForeignKey("election.id", ondelete="CASCADE"), primary_key=True),
    Column("level_id", ForeignKey("level.id"), primary_key=True, index=True),
)


class Election(Base):
    """An election day and the levels of power that are elected; `date_note` says what isn't fixed yet."""

    __tablename__ = "election"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date] = mapped_column(Date, unique=True)
    date_note: Mapped[str] = mapped_column(String(200), default="")

    levels: Mapped[list[Level]] = relationship(secondary=election_level, order_by=Level.position)


class Memorandum(Base):
    """What a network hands over before an election: for a territory, to addressees."""

    __tablename__ = "memorandum"
    __table_args__ = (CheckConstraint("length(title) > 0", name="has_title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    subtitle: Mapped[str] = mapped_column(String(250), default="")
    election_id: Mapped[int | None] = mapped_column(ForeignKey("election.id"), index=True)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"))
    addressees: Mapped[str] = mapped_column(Text, default="")  # one a line
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    election: Mapped[Election | None] = relationship()
    territory: Mapped[Territory | None] = relationship()
    editions: Mapped[list["Edition"]] = relationship(
        back_populates="memorandum", order_by="Edition.number.desc()"
    )


class EditionState(StrEnum):
    """A draft is marked as such on every page; a published edition no longer changes."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Edition(Base):
    """A version of a memorandum. One draft at a time."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("memorandum_id", "number"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published_has_date"),
        Index(
            "uq_edition_one_draft",
            "memorandum_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    memorandum_id: Mapped[int] = mapped_column(ForeignKey("memorandum.id"), index=True)
    number: Mapped[int]
    state: Mapped[EditionState] = mapped_column(
        choice(EditionState, "edition_state"), default=EditionState.DRAFT
    )
    preamble: Mapped[str] = mapped_column(Text, default="")
    with_network: Mapped[bool] = mapped_column(default=True)  # the network as a figure
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    memorandum: Mapped[Memorandum] = relationship(back_populates="editions")
    chapters: Mapped[list["Chapter"]] = relationship(
        back_populates="edition", order_by="Chapter.position", cascade="all, delete-orphan"
    )
    signatories: Mapped[list["Signatory"]] = relationship(
        back_populates="edition", order_by="Signatory.position", cascade="all, delete-orphan"
    )
    builds: Mapped[list["Build"]] = relationship(back_populates="edition", order_by="Build.id.desc()")


class Chapter(Base):
    """A chapter, by right or by theme."""

    __tablename__ = "chapter"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    introduction: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)

    edition: Mapped[Edition] = relationship(back_populates="chapters")
    items: Mapped[list["Item"]] = relationship(
        back_populates="chapter", order_by="Item.position", cascade="all, delete-orphan"
    )


class Item(Base):
    """A recommendation at its place in an edition; it stands in an edition once."""

    __tablename__ = "edition_item"
    __table_args__ = (UniqueConstraint("edition_id", "recommendation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapter.id", ondelete="CASCADE"), index=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)

    chapter: Mapped[Chapter] = relationship(back_populates="items")
    recommendation: Mapped[Recommendation] = relationship()


class Signatory(Base):
    """An organisation that signs an edition."""

    __tablename__ = "signatory"
    __table_args__ = (UniqueConstraint("edition_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)

    edition: Mapped[Edition] = relationship(back_populates="signatories")
    organisation: Mapped[Organisation] = relationship()


class Build(Base):
    """A PDF that was built, and the hash of what it was built from: the same content gives the same bytes."""

    __tablename__ = "build"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    is_draft: Mapped[bool]
    pages: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    edition: Mapped[Edition] = relationship(back_populates="builds")
    file: Mapped[StoredFile] = relationship()
