"""How a recommendation's words came to be: its versions, and what others propose to change in them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.recommendations.models.carrying import VoiceChannel
from hub.recommendations.models.recommendations import Recommendation
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space


class Weight(StrEnum):
    """How much a new version changes."""

    MINOR = "minor"  # wording only: who stands for it still does
    SUBSTANTIVE = "substantive"  # what is asked changes: co-signatures lapse


WEIGHTS = {Weight.MINOR: N_("Mineure : la forme"), Weight.SUBSTANTIVE: N_("De fond : ce qui est demandé")}


class RecommendationVersion(Base):
    """What a recommendation said from a moment on. It never changes: the database refuses it.

    `levels` are codes; `note` says what changed and why.
    """

    __tablename__ = "recommendation_version"
    __table_args__ = (
        UniqueConstraint("recommendation_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    number: Mapped[int]
    weight: Mapped[Weight] = mapped_column(choice(Weight, "version_weight"))
    note: Mapped[str] = mapped_column(String(500), default="")
    title: Mapped[str] = mapped_column(String(250))
    text: Mapped[str] = mapped_column(Text, default="")
    finding: Mapped[str] = mapped_column(Text, default="")
    justification: Mapped[str] = mapped_column(Text, default="")
    indicator: Mapped[str] = mapped_column(Text, default="")
    short_text: Mapped[str] = mapped_column(String(300), default="")
    plain_text: Mapped[str] = mapped_column(Text, default="")
    levels: Mapped[list[str]] = mapped_column(JSON, default=list)
    by: Mapped[str] = mapped_column(String(200), default="")  # as history names who did it
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    recommendation: Mapped[Recommendation] = relationship()


class AmendedPart(StrEnum):
    """Which part of a recommendation an amendment is about."""

    TITLE = "title"
    TEXT = "text"
    FINDING = "finding"
    JUSTIFICATION = "justification"
    INDICATOR = "indicator"


class AmendmentState(StrEnum):
    """proposé → repris / adapté / écarté; or taken back by who proposed it."""

    PROPOSED = "proposed"
    TAKEN = "taken"
    ADAPTED = "adapted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


AMENDMENT_STATES = {
    AmendmentState.PROPOSED: N_("Proposé"),
    AmendmentState.TAKEN: N_("Repris"),
    AmendmentState.ADAPTED: N_("Repris autrement"),
    AmendmentState.DECLINED: N_("Écarté"),
    AmendmentState.WITHDRAWN: N_("Retiré"),
}


class Amendment(Base):
    """What an organisation or a space proposes to change in one paragraph of one version.

    `paragraph` counts from 0; `before` holds its words then, `after` those proposed (empty: leave it out).
    `answer` is read by who proposed it; `result` is the version in which it was taken.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (space_id IS NULL)", name="one_of_both"),
        CheckConstraint("before <> after", name="changes_something"),
        CheckConstraint("paragraph >= 0", name="paragraph_from_zero"),
        CheckConstraint(
            "state NOT IN ('adapted', 'declined') OR length(answer) > 0", name="answered_with_a_reason"
        ),
        CheckConstraint("(state IN ('taken', 'adapted')) = (result IS NOT NULL)", name="taken_in_a_version"),
        Index(None, "recommendation_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    version: Mapped[int]
    part: Mapped[AmendedPart] = mapped_column(choice(AmendedPart, "amended_part"))
    paragraph: Mapped[int] = mapped_column(default=0)
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    state: Mapped[AmendmentState] = mapped_column(
        choice(AmendmentState, "amendment_state"), default=AmendmentState.PROPOSED
    )
    # By which way it came, and in which meeting it was proposed.
    channel: Mapped[VoiceChannel] = mapped_column(
        choice(VoiceChannel, "amendment_channel"),
        default=VoiceChannel.LINK,
        server_default=VoiceChannel.LINK.value,
    )
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # What the page that proposed it called it: sending the same form twice makes one.
    client_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    recommendation: Mapped[Recommendation] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    space: Mapped[Space | None] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
