"""What became of what: how recommendations came from one another, and through which states each one went."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.events.models.days import Event
from hub.recommendations.models.recommendations import Outcome, Recommendation, RecommendationState
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space


class DerivationKind(StrEnum):
    """How one recommendation comes from another."""

    TAKEN_OVER = "taken_over"  # reprise: asked again, as it stands or renewed
    MERGE = "merge"
    SPLIT = "split"
    INSPIRATION = "inspiration"


DERIVATION_KINDS = {
    DerivationKind.TAKEN_OVER: N_("Reprise"),
    DerivationKind.MERGE: N_("Fusion"),
    DerivationKind.SPLIT: N_("Scission"),
    DerivationKind.INSPIRATION: N_("Inspiration"),
}


class Derivation(Base):
    """`child` comes from `parent`. Undone, never erased; what stands has no cycle: the database refuses one.

    `gesture` names the one gesture that made several rows (a merge, a split), so that it is undone whole.
    """

    __tablename__ = "derivation"
    __table_args__ = (
        CheckConstraint("parent_id <> child_id", name="not_of_itself"),
        Index(
            "uq_derivation_standing",
            "parent_id",
            "child_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DerivationKind] = mapped_column(choice(DerivationKind, "derivation_kind"))
    parent_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    child_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    gesture: Mapped[str] = mapped_column(String(40), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)  # where decided
    reason: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(200), default="")
    # What undoing needs: how the parent stood before, and whether the gesture made the child.
    parent_state: Mapped[RecommendationState] = mapped_column(choice(RecommendationState, "parent_state"))
    parent_reason: Mapped[str] = mapped_column(Text, default="")
    parent_version: Mapped[int]  # the words from which it comes
    child_version: Mapped[int]  # the words that the gesture left
    made_child: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_reason: Mapped[str] = mapped_column(Text, default="")

    parent: Mapped[Recommendation] = relationship(foreign_keys="Derivation.parent_id")
    child: Mapped[Recommendation] = relationship(foreign_keys="Derivation.child_id")
    meeting: Mapped[Meeting | None] = relationship()


class RecommendationStep(Base):
    """A recommendation went from one state to the next: when, by whom, where decided. It never changes.

    It was decided at a meeting of a space or on a day of the network; `space` is the group it was given to.
    """

    __tablename__ = "recommendation_step"
    __table_args__ = (
        CheckConstraint("event_id IS NULL OR meeting_id IS NULL", name="one_place"),
        CheckConstraint(
            "outcome IS NULL OR \"after\" IN ('followed', 'closed')", name="outcome_once_followed"
        ),
        Index(None, "recommendation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    before: Mapped[RecommendationState | None] = mapped_column(choice(RecommendationState, "step_before"))
    after: Mapped[RecommendationState] = mapped_column(choice(RecommendationState, "step_after"))
    version: Mapped[int]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome, "step_outcome"))
    by: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    recommendation: Mapped[Recommendation] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    event: Mapped[Event | None] = relationship()
    decision: Mapped[Decision | None] = relationship()
    space: Mapped[Space | None] = relationship()
