"""What the network asks, and from whose words it was made."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Territory, Theme
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.plans.models.outline import Way
from hub.recommendations.models.contributions import Beneficiaries, Contribution

recommendation_level = Table(
    "recommendation_level",
    Base.metadata,
    Column("recommendation_id", ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True),
    Column("level_id", ForeignKey("level.id"), primary_key=True, index=True),
)


recommendation_authority = Table(
    "recommendation_authority",
    Base.metadata,
    Column("recommendation_id", ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True),
    Column("organisation_id", ForeignKey("organisation.id"), primary_key=True, index=True),
)


class RecommendationState(StrEnum):
    """proposée → en groupe → stabilisée → en consultation → adoptée … → publiée → suivie → close."""

    PROPOSED = "proposed"
    IN_GROUP = "in_group"
    STABILISED = "stabilised"
    IN_CONSULTATION = "in_consultation"
    ADOPTED = "adopted"
    ADOPTED_WITH_RESERVATIONS = "adopted_with_reservations"
    POSTPONED = "postponed"
    DROPPED = "dropped"
    MERGED = "merged"
    PUBLISHED = "published"
    FOLLOWED = "followed"
    CLOSED = "closed"


RECOMMENDATION_STATES = {
    RecommendationState.PROPOSED: N_("Proposée"),
    RecommendationState.IN_GROUP: N_("En groupe"),
    RecommendationState.STABILISED: N_("Stabilisée"),
    RecommendationState.IN_CONSULTATION: N_("En consultation"),
    RecommendationState.ADOPTED: N_("Adoptée"),
    RecommendationState.ADOPTED_WITH_RESERVATIONS: N_("Adoptée avec réserves"),
    RecommendationState.POSTPONED: N_("Reportée"),
    RecommendationState.DROPPED: N_("Écartée"),
    RecommendationState.MERGED: N_("Fusionnée"),
    RecommendationState.PUBLISHED: N_("Publiée"),
    RecommendationState.FOLLOWED: N_("Suivie"),
    RecommendationState.CLOSED: N_("Close"),
}
LONGEST_SHORT = 300  # signs, for parties
# The network works on it, and its words may still change.
IN_WORK = frozenset(
    {
        RecommendationState.PROPOSED,
        RecommendationState.IN_GROUP,
        RecommendationState.STABILISED,
        RecommendationState.IN_CONSULTATION,
        RecommendationState.POSTPONED,
    }
)
# The network stands for it: it may stand in a memorandum, and has a level of power.
AGREED = frozenset(
    {
        RecommendationState.ADOPTED,
        RecommendationState.ADOPTED_WITH_RESERVATIONS,
        RecommendationState.PUBLISHED,
        RecommendationState.FOLLOWED,
        RecommendationState.CLOSED,
    }
)
# The network no longer asks it, or asks it by another one.
SET_ASIDE = frozenset({RecommendationState.DROPPED, RecommendationState.MERGED})


class Scope(StrEnum):
    """Whether a finding is of one place or found everywhere (requirement 29)."""

    LOCAL = "local"
    STRUCTURAL = "structural"


SCOPES = {
    Scope.LOCAL: N_("Un constat d’ici"),
    Scope.STRUCTURAL: N_("Un constat que l’on retrouve partout"),
}


class Outcome(StrEnum):
    """What came of a demand that was handed over."""

    OBTAINED = "obtained"
    PARTLY = "partly"
    NOT_OBTAINED = "not_obtained"


OUTCOMES = {
    Outcome.OBTAINED: N_("Obtenue"),
    Outcome.PARTLY: N_("Obtenue en partie"),
    Outcome.NOT_OBTAINED: N_("Non obtenue"),
}


class Recommendation(Base):
    """What the network asks: finding, text, justification, theme and levels of power."""

    __tablename__ = "recommendation"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint("length(short_text) <= 300", name="short_is_short"),
        CheckConstraint("version >= 1", name="version_from_one"),
        # For each order of the list, one page of it is found without reading the rest.
        Index(None, "state", "code"),
        Index(None, "theme_id", "code"),
        Index(None, "title", "code"),
        Index(None, "updated_at", "code"),
        # Whether any text changed, asked by each page that shows what resembles it.
        Index(None, "state", "version"),
        CheckConstraint("outcome IS NULL OR state IN ('followed', 'closed')", name="outcome_once_followed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)  # stable: « R-2023-014 »
    title: Mapped[str] = mapped_column(String(250))
    text: Mapped[str] = mapped_column(Text, default="")
    finding: Mapped[str] = mapped_column(Text, default="")
    justification: Mapped[str] = mapped_column(Text, default="")
    indicator: Mapped[str] = mapped_column(Text, default="")  # by what one will see that it is done
    short_text: Mapped[str] = mapped_column(String(300), default="")  # for parties
    plain_text: Mapped[str] = mapped_column(Text, default="")  # in plain French
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    right_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    # Requirement 28: the person's own way, the opening of the host society, or both.
    way: Mapped[Way | None] = mapped_column(choice(Way, "recommendation_way"))
    scope: Mapped[Scope | None] = mapped_column(choice(Scope, "recommendation_scope"))
    # Codes of levels that are kept although the words of the demand speak for others.
    kept_levels: Mapped[list[str]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)  # the number of its last version
    beneficiaries: Mapped[Beneficiaries] = mapped_column(
        choice(Beneficiaries, "recommendation_beneficiaries"), default=Beneficiaries.EVERYONE
    )
    state: Mapped[RecommendationState] = mapped_column(
        choice(RecommendationState, "recommendation_state"), default=RecommendationState.PROPOSED, index=True
    )
    # Why it stands there: the reservations, the reason, once it is closed what came of it in words.
    state_reason: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome, "recommendation_outcome"), index=True)
    adopted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")

    theme: Mapped[Theme | None] = relationship(foreign_keys="Recommendation.theme_id")
    right: Mapped[Theme | None] = relationship(foreign_keys="Recommendation.right_id")
    territory: Mapped[Territory | None] = relationship()
    # Public actors that it addresses by name, beside the levels of power.
    authorities: Mapped[list[Organisation]] = relationship(
        secondary=recommendation_authority, order_by=Organisation.search_text
    )
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
