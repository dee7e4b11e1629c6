"""A memorandum belongs to an election, and has editions; numbers given once are never given again."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.reference import Territory
from hub.core.db import Base, UTCDateTime, choice
from hub.publishing.models.elections import Election
from hub.recommendations.models.documents import SourceDocument

if TYPE_CHECKING:
    from hub.publishing.models.composition import Chapter, EditionSection, Signatory


class Memorandum(Base):
    """What a network hands over before an election: for a territory, to addressees.

    `year` is the first half of its items' stable numbers (« 2024/12 »). `previous` is the one that it comes
    after (2006 → 2007 → 2018 → …). One that was made elsewhere is known by its `document` alone.
    """

    __tablename__ = "memorandum"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint("previous_id <> id", name="previous_is_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    subtitle: Mapped[str] = mapped_column(String(250), default="")
    election_id: Mapped[int | None] = mapped_column(ForeignKey("election.id"), index=True)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"))
    addressees: Mapped[str] = mapped_column(Text, default="")  # one a line
    year: Mapped[int | None]
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("memorandum.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("source_document.id"), index=True)
    # For how many months after the election the candidates that it is sent to are kept.
    candidate_months: Mapped[int] = mapped_column(default=6, server_default="6")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    election: Mapped[Election | None] = relationship()
    territory: Mapped[Territory | None] = relationship()
    previous: Mapped["Memorandum | None"] = relationship(remote_side="Memorandum.id")
    document: Mapped[SourceDocument | None] = relationship()
    editions: Mapped[list["Edition"]] = relationship(
        back_populates="memorandum", order_by="Edition.number.desc()"
    )


class EditionState(StrEnum):
    """Composed, read over, frozen with its PDF, published, replaced by a later edition.

    A frozen one is not yet public: it is published, or composed again. What was public no longer changes.
    """

    DRAFT = "draft"
    REVIEW = "review"
    FROZEN = "frozen"
    PUBLISHED = "published"
    REPLACED = "replaced"


IN_COMPOSITION = (EditionState.DRAFT, EditionState.REVIEW)
PUBLIC = (EditionState.PUBLISHED, EditionState.REPLACED)


class Layout(StrEnum):
    """How a PDF is laid out: for the screen, for A4 paper, as an A5 booklet."""

    SCREEN = "screen"
    PRINT = "print"
    BOOKLET = "booklet"


class Edition(Base):
    """A version of a memorandum. One at a time is in the making, one at a time is the published one.

    `frozen_at` is the moment when its contents were fixed, and the date that it bears. `starts_from` is the
    edition that it was begun from, of this memorandum or of an earlier one. `build_problems` are French
    sentences: what kept the last PDF from being built.
    """

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("memorandum_id", "number"),
        CheckConstraint(
            "(state IN ('published', 'replaced')) = (published_at IS NOT NULL)", name="published_has_date"
        ),
        CheckConstraint("(state IN ('draft', 'review')) = (frozen_at IS NULL)", name="frozen_has_date"),
        CheckConstraint("(state = 'replaced') = (replaced_at IS NOT NULL)", name="replaced_has_date"),
        Index(
            "uq_edition_one_in_work", "memorandum_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'review', 'frozen')"),
            postgresql_where=text("state IN ('draft', 'review', 'frozen')"),
        ),
        Index(
            "uq_edition_one_published", "memorandum_id",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
        CheckConstraint("number >= 1", name="number_from_one"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    memorandum_id: Mapped[int] = mapped_column(ForeignKey("memorandum.id"), index=True)
    number: Mapped[int]
    state: Mapped[EditionState] = mapped_column(
        choice(EditionState, "edition_state"), default=EditionState.DRAFT
    )
    layout: Mapped[Layout] = mapped_column(choice(Layout, "edition_layout"), default=Layout.SCREEN)
    starts_from_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"), index=True)
    build_problems: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    frozen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    memorandum: Mapped[Memorandum] = relationship(back_populates="editions")
    starts_from: Mapped["Edition | None"] = relationship(remote_side="Edition.id")
    chapters: Mapped[list["Chapter"]] = relationship(
        back_populates="edition", order_by="Chapter.position", cascade="all, delete-orphan"
    )
    sections: Mapped[list["EditionSection"]] = relationship(
        back_populates="edition", order_by="EditionSection.position", cascade="all, delete-orphan"
    )
    signatories: Mapped[list["Signatory"]] = relationship(
        back_populates="edition", order_by="Signatory.position", cascade="all, delete-orphan"
    )


class StableNumber(Base):
    """The number that a recommendation bears in all editions of a memorandum, given at the first freezing.

    It is never given to another recommendation, not even after this one left the memorandum.
    """

    __tablename__ = "stable_number"
    __table_args__ = (
        UniqueConstraint("memorandum_id", "number"),
        UniqueConstraint("memorandum_id", "recommendation_id"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    memorandum_id: Mapped[int] = mapped_column(ForeignKey("memorandum.id", ondelete="CASCADE"), index=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    number: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)


class EditionErratum(Base):
    """A correction of a published edition, shown beside it and taken up by the next; never erased.

    `recommendation_id` says which item it is about, None for the edition as a whole. Numbered from 1.
    """

    __tablename__ = "edition_erratum"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("length(text) > 0", name="has_text"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    recommendation_id: Mapped[int | None] = mapped_column(ForeignKey("recommendation.id"), index=True)
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)

    edition: Mapped[Edition] = relationship()


class ErratumTakenUp(Base):
    """That an edition in composition now says right what an erratum of an earlier one corrects.

    Guarded like the rest of the edition: told and taken back while it is composed, never afterwards.
    """

    __tablename__ = "erratum_taken_up"
    __table_args__ = (UniqueConstraint("erratum_id", "edition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    erratum_id: Mapped[int] = mapped_column(ForeignKey("edition_erratum.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    actor_label: Mapped[str] = mapped_column(String(200))
    taken_up_at: Mapped[datetime] = mapped_column(UTCDateTime)
