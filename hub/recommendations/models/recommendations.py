"""What the network asks, and from whose words it was made."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.reference import Level, Theme
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.recommendations.models.contributions import Beneficiaries, Contribution

recommendation_level = Table(
    "recommendation_level",
    Base.metadata,
    Column("recommendation_id", ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True),
    Column("level_id", ForeignKey("level.id"), primary_key=True, index=True),
)


class RecommendationState(StrEnum):
    """Where a recommendation stands."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    DROPPED = "dropped"


RECOMMENDATION_STATES = {
    RecommendationState.DRAFT: N_("En travail"),
    RecommendationState.ADOPTED: N_("Adoptée"),
    RecommendationState.DROPPED: N_("Écartée"),
}


class Recommendation(Base):
    """What the network asks: finding, text, justification, theme and levels of power."""

    __tablename__ = "recommendation"
    __table_args__ = (CheckConstraint("length(title) > 0", name="has_title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)  # stable: « R-2023-014 »
    title: Mapped[str] = mapped_column(String(250))
    text: Mapped[str] = mapped_column(Text, default="")
    finding: Mapped[str] = mapped_column(Text, default="")
    justification: Mapped[str] = mapped_column(Text, default="")
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    beneficiaries: Mapped[Beneficiaries] = mapped_column(
        choice(Beneficiaries, "recommendation_beneficiaries"), default=Beneficiaries.EVERYONE
    )
    state: Mapped[RecommendationState] = mapped_column(
        choice(RecommendationState, "recommendation_state"), default=RecommendationState.DRAFT, index=True
    )
    state_reason: Mapped[str] = mapped_column(Text, default="")
    adopted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")

    theme: Mapped[Theme | None] = relationship()
    levels: Mapped[list[Level]] = relationship(secondary=recommendation_level, order_by=Level.position)
    # Only what it is made of now; what was taken back stays in the table.
    sources: Mapped[list["RecommendationSource"]] = relationship(
        back_populates="recommendation",
        primaryjoin=(
            "and_(Recommendation.id == RecommendationSource.recommendation_id, "
            "RecommendationSource.detached_at.is_(None))"
        ),
        order_by="RecommendationSource.id",
    )


class RecommendationSource(Base):
    """The thread: this recommendation was made from that contribution. Taken back, never erased."""

    __tablename__ = "recommendation_source"
    __table_args__ = (UniqueConstraint("recommendation_id", "contribution_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    detached_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    detached_reason: Mapped[str] = mapped_column(Text, default="")

    recommendation: Mapped[Recommendation] = relationship(back_populates="sources")
    contribution: Mapped[Contribution] = relationship(back_populates="sources")


class CodeCounter(Base):
    """The last number given to a recommendation in a year: codes have no gap and no double."""

    __tablename__ = "recommendation_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
