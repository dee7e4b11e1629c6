"""Where recommendations come up elsewhere: meetings, conclusions of workshops, actions of spaces."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime
from hub.events.models.outcomes import Conclusion
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import Recommendation
from hub.spaces.models.actions import Action
from hub.spaces.models.meetings import AgendaItem


class MeetingSource(Base):
    """What was asked for at a meeting, at which point: a recommendation, or what an organisation contributed.

    `client_key` is what the page that captured it called it: sending the same gesture twice makes one.
    """

    __tablename__ = "meeting_source"
    __table_args__ = (
        CheckConstraint("(recommendation_id IS NULL) <> (contribution_id IS NULL)", name="one_of_both"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    recommendation_id: Mapped[int | None] = mapped_column(ForeignKey("recommendation.id"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), index=True)
    client_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    item: Mapped[AgendaItem] = relationship()
    recommendation: Mapped[Recommendation | None] = relationship()
    contribution: Mapped[Contribution | None] = relationship()


class RecommendationAction(Base):
    """An action of a space carries a recommendation further. Detached, never erased; a pair has one row."""

    __tablename__ = "recommendation_action"
    __table_args__ = (UniqueConstraint("recommendation_id", "action_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    detached_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    recommendation: Mapped[Recommendation] = relationship()
    action: Mapped[Action] = relationship()


class ConclusionTie(Base):
    """A workshop's conclusion and what came of it: a recommendation, or what an organisation contributed.

    Detached, never erased; a pair has one row.
    """

    __tablename__ = "conclusion_tie"
    __table_args__ = (
        CheckConstraint("(recommendation_id IS NULL) <> (contribution_id IS NULL)", name="one_of_both"),
        UniqueConstraint("conclusion_id", "recommendation_id"),
        UniqueConstraint("conclusion_id", "contribution_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conclusion_id: Mapped[int] = mapped_column(
        ForeignKey("event_conclusion.id", ondelete="CASCADE"), index=True
    )
    recommendation_id: Mapped[int | None] = mapped_column(ForeignKey("recommendation.id"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    detached_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    conclusion: Mapped[Conclusion] = relationship()
    recommendation: Mapped[Recommendation | None] = relationship()
    contribution: Mapped[Contribution | None] = relationship()
