"""Dated ties between two actors."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Confidence, Organisation
from hub.core.db import Base, UTCDateTime, choice


class RelationKind(Base):
    """A kind of tie: its words in both directions (« pilote » / « est piloté par »)."""

    __tablename__ = "relation_kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    reverse_label: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


class Precision(StrEnum):
    """How exactly a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    BEFORE = "before"  # some day up to this one


def _live_tie(name: str, *more: str, condition: str) -> Index:
    return Index(
        name,
        "source_id",
        "kind_id",
        "target_id",
        *more,
        unique=True,
        sqlite_where=text(condition),
        postgresql_where=text(condition),
    )


class Relation(Base):
    """A dated tie between two actors, with its source. It is ended, never erased; a wrong one is withdrawn.

    `start_on` is the first day of the period known, `end_on` its last day, included.
    """

    __tablename__ = "relation"
    __table_args__ = (
        CheckConstraint("source_id <> target_id", name="two_actors"),
        CheckConstraint("start_on IS NULL OR end_on IS NULL OR end_on >= start_on", name="ends_after_start"),
        # The same fact stands once; one that was withdrawn may be told again.
        _live_tie("uq_relation_dated", "start_on", condition="withdrawn_at IS NULL"),
        _live_tie("uq_relation_undated", condition="withdrawn_at IS NULL AND start_on IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("relation_kind.id"), index=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    start_on: Mapped[date | None] = mapped_column(Date)
    start_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "start_precision"), default=Precision.DAY
    )
    end_on: Mapped[date | None] = mapped_column(Date)
    end_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "end_precision"), default=Precision.DAY
    )
    origin: Mapped[str] = mapped_column(Text, default="")  # where the fact was read
    confidence: Mapped[Confidence] = mapped_column(
        choice(Confidence, "relation_confidence"), default=Confidence.HIGH
    )
    note: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_batch.id", ondelete="SET NULL"), index=True
    )

    kind: Mapped[RelationKind] = relationship()
    source: Mapped[Organisation] = relationship(foreign_keys=source_id)
    target: Mapped[Organisation] = relationship(foreign_keys=target_id)
