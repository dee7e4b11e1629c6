"""A memorandum belongs to an election; its editions hold chapters and items, and the PDFs that were built."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Territory
from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile
from hub.recommendations.models.recommendations import Recommendation

election_level = Table(
    "election_level",
    Base.metadata,
    Column("election_id", ForeignKey("election.id", ondelete="CASCADE"), primary_key=True),
    Column("level_id", ForeignKey("level.id"), primary_key=True, index=True),
)


class Election(Base):
    """An election day and the levels of power that are elected; `date_note` says what isn't fixed yet.

    `code` names those that every installation begins with.
    """

    __tablename__ = "election"
    __table_args__ = (CheckConstraint("length(label) > 0", name="has_label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
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
    """A draft is marked as such on every page; a published edition no longer changes.

    In between it is frozen and not yet public: it becomes public with its PDF, or a draft again.
    """

    DRAFT = "draft"
    PUBLISHING = "publishing"
    PUBLISHED = "published"


class Edition(Base):
    """A version of a memorandum. One at a time is in the making.

    `published_at` is the moment when somebody decided to publish it. `build_problems` are French sentences:
    what kept the last PDF from being built.
    """

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("memorandum_id", "number"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published_has_date"),
        Index(
            "uq_edition_one_in_work",
            "memorandum_id",
            unique=True,
            sqlite_where=text("state <> 'published'"),
            postgresql_where=text("state <> 'published'"),
        ),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    memorandum_id: Mapped[int] = mapped_column(ForeignKey("memorandum.id"), index=True)
    number: Mapped[int]
    state: Mapped[EditionState] = mapped_column(
        choice(EditionState, "edition_state"), default=EditionState.DRAFT
    )
    preamble: Mapped[str] = mapped_column(Text, default="")
    with_network: Mapped[bool] = mapped_column(default=True)  # the network as a figure
    build_problems: Mapped[list[str]] = mapped_column(JSON, default=list)
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


class Chapter(Base):
    """A chapter, by right or by theme."""

    __tablename__ = "chapter"
    __table_args__ = (
        UniqueConstraint("id", "edition_id"),
        CheckConstraint("length(title) > 0", name="has_title"),
    )

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
    __table_args__ = (
        UniqueConstraint("edition_id", "recommendation_id"),
        # The chapter is one of the same edition.
        ForeignKeyConstraint(
            ["chapter_id", "edition_id"], ["chapter.id", "chapter.edition_id"], ondelete="CASCADE"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    chapter_id: Mapped[int] = mapped_column(index=True)
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
    """A PDF that was built, with the very content it was built from: the same content gives the same bytes.

    `content_hash` is the fingerprint of that content (see operations.content), `content` its JSON, which the
    public page shows. `places` says on which page each recommendation stands: identifier → page.
    """

    __tablename__ = "build"
    __table_args__ = (
        UniqueConstraint("edition_id", "content_hash"),
        CheckConstraint("pages >= 1", name="has_pages"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text, deferred=True)
    is_draft: Mapped[bool]
    pages: Mapped[int]
    places: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    edition: Mapped[Edition] = relationship()
    file: Mapped[StoredFile] = relationship()
