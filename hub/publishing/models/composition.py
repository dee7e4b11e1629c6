"""What an edition is composed of."""

from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core.db import Base, choice
from hub.core.files import StoredFile
from hub.publishing.models.editions import Edition
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import RecommendationVersion


class SectionKind(StrEnum):
    """The parts of a memorandum, in the order in which an edition begins with them."""

    COVER = "cover"
    SIGNATORIES = "signatories"
    PREAMBLE = "preamble"  # values, definitions
    CONSULTED = "consulted"  # who was consulted, and how
    PRIORITIES = "priorities"
    CHAPTERS = "chapters"
    CROSS_CUTTING = "cross_cutting"
    LEVELS = "levels"
    DESCENT = "descent"  # new, repeated, obtained
    NETWORK = "network"
    GLOSSARY = "glossary"
    SOURCES = "sources"
    INDEX = "index"
    SPONSORS = "sponsors"
    CONTACT = "contact"
    OWN = "own"


class EditionSection(Base):
    """A part of an edition at its place: renamed by its `title`, left out, opened by its `text` (Markdown).

    An empty title means the usual one. All but the edition's own parts stand in it once.
    """

    __tablename__ = "edition_section"
    __table_args__ = (
        Index(
            "uq_edition_section_kind", "edition_id", "kind",
            unique=True,
            sqlite_where=text("kind <> 'own'"),
            postgresql_where=text("kind <> 'own'"),
        ),
        CheckConstraint("kind <> 'own' OR length(title) > 0", name="own_has_title"),
        CheckConstraint("NOT is_left_out OR kind NOT IN ('cover', 'chapters')", name="body_stays"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    kind: Mapped[SectionKind] = mapped_column(choice(SectionKind, "section_kind"))
    title: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    is_left_out: Mapped[bool] = mapped_column(default=False)

    edition: Mapped[Edition] = relationship(back_populates="sections")


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


class Descent(StrEnum):
    """What an item is beside an earlier memorandum."""

    NEW = "new"
    REPEATED = "repeated"
    CHANGED = "changed"
    OBTAINED = "obtained"
    DROPPED = "dropped"


class Item(Base):
    """A recommendation at its place in an edition; it stands in an edition once.

    `priority` is its rank among the edition's priorities, None for no priority. `version_id` is the version
    that was frozen, None while the edition is composed. `descent` is what somebody said of it where what is
    computed from the earlier edition would be wrong.
    """

    __tablename__ = "edition_item"
    __table_args__ = (
        UniqueConstraint("edition_id", "recommendation_id"),
        CheckConstraint("priority BETWEEN 1 AND 12", name="priority_bounded"),
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
    priority: Mapped[int | None]
    is_cross_cutting: Mapped[bool] = mapped_column(default=False)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("recommendation_version.id"), index=True)
    descent: Mapped[Descent | None] = mapped_column(choice(Descent, "item_descent"))

    chapter: Mapped[Chapter] = relationship(back_populates="items")
    recommendation: Mapped[Recommendation] = relationship()
    version: Mapped[RecommendationVersion | None] = relationship()


class Signatory(Base):
    """An organisation that signs an edition."""

    __tablename__ = "signatory"
    __table_args__ = (UniqueConstraint("edition_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    edition: Mapped[Edition] = relationship(back_populates="signatories")
    organisation: Mapped[Organisation] = relationship()
    logo: Mapped[StoredFile | None] = relationship()


class Sponsor(Base):
    """Who supports the making of an edition, and the mention that they ask for."""

    __tablename__ = "sponsor"
    __table_args__ = (CheckConstraint("length(name) > 0", name="has_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    mention: Mapped[str] = mapped_column(String(500), default="")
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    position: Mapped[int] = mapped_column(default=0)

    logo: Mapped[StoredFile | None] = relationship()


class EditionTerm(Base):
    """A word of an edition's glossary."""

    __tablename__ = "edition_term"
    __table_args__ = (
        UniqueConstraint("edition_id", "term"),
        CheckConstraint("length(term) > 0 AND length(definition) > 0", name="is_defined"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    term: Mapped[str] = mapped_column(String(120))
    definition: Mapped[str] = mapped_column(Text)


class FigureKind(StrEnum):
    """What a figure of an edition shows: drawn from the register, or a picture that was sent."""

    COVERAGE = "coverage"
    POSITIONS = "positions"
    IMAGE = "image"


class EditionFigure(Base):
    """A figure at the end of a chapter or of a part; the network has a part of its own.

    `alternative` says it to whoever can't see it, `source` where it comes from.
    """

    __tablename__ = "edition_figure"
    __table_args__ = (
        CheckConstraint("(kind = 'image') = (file_id IS NOT NULL)", name="image_has_file"),
        CheckConstraint("chapter_id IS NULL OR section_id IS NULL", name="one_place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    chapter_id: Mapped[int | None] = mapped_column(ForeignKey("chapter.id", ondelete="CASCADE"), index=True)
    section_id: Mapped[int | None] = mapped_column(
        ForeignKey("edition_section.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[FigureKind] = mapped_column(choice(FigureKind, "figure_kind"))
    caption: Mapped[str] = mapped_column(String(500), default="")
    alternative: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(500), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    position: Mapped[int] = mapped_column(default=0)

    file: Mapped[StoredFile | None] = relationship()


class CandidateQuestion(Base):
    """A question to candidates: eight of at most 300 characters an edition, on one of its items or on all."""

    __tablename__ = "candidate_question"
    __table_args__ = (
        UniqueConstraint("edition_id", "position"),
        CheckConstraint("position BETWEEN 1 AND 8", name="at_most_eight"),
        CheckConstraint("length(text) BETWEEN 1 AND 300", name="short"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int | None] = mapped_column(
        ForeignKey("edition_item.id", ondelete="SET NULL"), index=True
    )
    text: Mapped[str] = mapped_column(String(300))
    position: Mapped[int]

    item: Mapped[Item | None] = relationship()
