"""What parties answered to recommendations."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.publishing.models.editions import Edition
from hub.recommendations.models.recommendations import Recommendation


class PartyStance(StrEnum):
    """What a party says it will do with a recommendation."""

    COMMITS = "commits"
    PARTLY = "partly"
    REFUSES = "refuses"
    POSTPONES = "postpones"


class PartyAnswer(Base):
    """What a party answered to a recommendation, on a day. Taken back with a reason, never erased.

    `words` are the party's own or a summary of them, without names of persons; `edition` is the memorandum
    that it answers, if one is told; `source` a web address, shown and never fetched.
    """

    __tablename__ = "party_answer"
    __table_args__ = (
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_has_reason"),
        Index(
            "uq_party_answer_edition", "recommendation_id", "organisation_id", "edition_id", "answered_on",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND edition_id IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NULL AND edition_id IS NOT NULL"),
        ),
        Index(
            "uq_party_answer_without_edition", "recommendation_id", "organisation_id", "answered_on",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND edition_id IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL AND edition_id IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)  # the party
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"), index=True)
    stance: Mapped[PartyStance] = mapped_column(choice(PartyStance, "party_stance"))
    words: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(1000), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    recommendation: Mapped[Recommendation] = relationship()
    organisation: Mapped[Organisation] = relationship()
    edition: Mapped[Edition | None] = relationship()
