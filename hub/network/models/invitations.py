"""What coordinators decided about proposals: whom to invite to a thing, which two actors to bring together.

A decision is replaced, never overwritten: who decided what and when stays readable, and two people who
decide at the same time can't undo each other unseen.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.events.models.days import Event
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.recommendations import Recommendation
from hub.spaces.models.spaces import Space

THINGS = ("space_id", "event_id", "campaign_id", "recommendation_id")
ONE_THING = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in THINGS) + " = 1"


def _one_in_force(name: str, *columns: str, condition: str = "replaced_at IS NULL") -> Index:
    return Index(name, *columns, unique=True, sqlite_where=text(condition), postgresql_where=text(condition))


class Decision(StrEnum):
    """What was decided of somebody proposed: to invite, not to invite (why is told), not yet."""

    CHOSEN = "chosen"
    SET_ASIDE = "set_aside"
    LATER = "later"


class InvitationChoice(Base):
    """A decision about inviting an organisation to one space, day, call or recommendation.

    `replaced_at` is set once another decision took its place, or it was taken back.
    """

    __tablename__ = "invitation_choice"
    __table_args__ = (
        CheckConstraint(ONE_THING, name="one_thing"),
        CheckConstraint("decision <> 'set_aside' OR length(reason) > 0", name="set_aside_says_why"),
        *(
            _one_in_force(f"uq_invitation_choice_{column.removesuffix('_id')}", column, "organisation_id")
            for column in THINGS
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    recommendation_id: Mapped[int | None] = mapped_column(ForeignKey("recommendation.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    decision: Mapped[Decision] = mapped_column(choice(Decision, "invitation_decision"))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    space: Mapped[Space | None] = relationship()
    event: Mapped[Event | None] = relationship()
    campaign: Mapped[Campaign | None] = relationship()
    recommendation: Mapped[Recommendation | None] = relationship()
    organisation: Mapped[Organisation] = relationship()
    decided_by: Mapped[User | None] = relationship()


class LinkDecision(StrEnum):
    """What was decided of two actors that could work together; a tie that is made stands in the register."""

    PROPOSED = "proposed"
    IRRELEVANT = "irrelevant"


class LinkChoice(Base):
    """A decision about bringing two actors together; the lesser number comes first."""

    __tablename__ = "link_choice"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="lesser_first"),
        _one_in_force("uq_link_choice_pair", "first_id", "second_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    decision: Mapped[LinkDecision] = mapped_column(choice(LinkDecision, "link_decision"))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    replaced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    decided_by: Mapped[User | None] = relationship()
