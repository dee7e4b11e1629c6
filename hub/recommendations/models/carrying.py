"""Who stands behind a recommendation: positions, dots, co-signatures; one voice an organisation."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.events.models.workshops import Workshop
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.recommendations import Recommendation


class CampaignRecommendation(Base):
    """A recommendation on which a call consults its organisations, at its place in the list."""

    __tablename__ = "campaign_recommendation"
    __table_args__ = (UniqueConstraint("campaign_id", "recommendation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    campaign: Mapped[Campaign] = relationship()
    recommendation: Mapped[Recommendation] = relationship()


class VoiceChannel(StrEnum):
    """How an organisation's voice came in."""

    LINK = "link"
    ACCOUNT = "account"
    PHONE = "phone"
    PAPER = "paper"
    MEETING = "meeting"


VOICE_CHANNELS = {
    VoiceChannel.LINK: N_("Par son lien"),
    VoiceChannel.ACCOUNT: N_("Par son compte"),
    VoiceChannel.PHONE: N_("Par téléphone"),
    VoiceChannel.PAPER: N_("Sur papier"),
    VoiceChannel.MEETING: N_("En réunion"),
}


class Support(StrEnum):
    """Where an organisation stands on a recommendation."""

    SUPPORT = "support"
    RESERVATIONS = "reservations"
    NEUTRAL = "neutral"
    OPPOSE = "oppose"


SUPPORTS = {
    Support.SUPPORT: N_("Soutient"),
    Support.RESERVATIONS: N_("Soutient avec réserves"),
    Support.NEUTRAL: N_("Sans avis"),
    Support.OPPOSE: N_("S’oppose"),
}


class RecommendationPosition(Base):
    """Where an organisation stands on one version. It never changes: another one ends it.

    The one that has not ended is the organisation's one current voice on that version.
    """

    __tablename__ = "recommendation_position"
    __table_args__ = (
        Index(
            "uq_recommendation_position_one_voice",
            "recommendation_id",
            "version",
            "organisation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("support <> 'reservations' OR length(reason) > 0", name="reservations_say_which"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    version: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    support: Mapped[Support] = mapped_column(choice(Support, "support"))
    reason: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[VoiceChannel] = mapped_column(choice(VoiceChannel, "position_channel"))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    recommendation: Mapped[Recommendation] = relationship()
    organisation: Mapped[Organisation] = relationship()


class DotRound(Base):
    """A vote by dots: each ballot spreads `budget` dots, at most `most_each` on one recommendation.

    It belongs to a call (one ballot an organisation) or to a workshop (one a table or tablet).
    """

    __tablename__ = "dot_round"
    __table_args__ = (
        CheckConstraint("(campaign_id IS NULL) <> (workshop_id IS NULL)", name="one_of_both"),
        CheckConstraint("budget >= 1", name="has_dots"),
        CheckConstraint("most_each >= 1 AND most_each <= budget", name="most_within_budget"),
        CheckConstraint("closes_at IS NULL OR closes_at > opens_at", name="closes_after_opening"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    budget: Mapped[int]
    most_each: Mapped[int]
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    campaign: Mapped[Campaign | None] = relationship()
    workshop: Mapped[Workshop | None] = relationship()

    @property
    def last_day(self) -> date | None:
        """The last day, in Brussels, on which one votes; None: until somebody closes it."""
        return clock.today(self.closes_at - timedelta(microseconds=1)) if self.closes_at else None


class Ballot(Base):
    """The dots that one organisation, or one tablet of a workshop, has put down; `budget` is the round's.

    One that the coordination struck out keeps its dots and has spent none: it counts nowhere.
    """

    __tablename__ = "ballot"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (voter IS NULL)", name="one_of_both"),
        CheckConstraint("spent >= 0 AND spent <= budget", name="within_budget"),
        UniqueConstraint("round_id", "organisation_id"),
        UniqueConstraint("round_id", "voter"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("dot_round.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    voter: Mapped[str | None] = mapped_column(String(40))  # a tablet's own random number, nobody's name
    channel: Mapped[VoiceChannel] = mapped_column(choice(VoiceChannel, "ballot_channel"))
    budget: Mapped[int]
    spent: Mapped[int] = mapped_column(default=0)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    round: Mapped[DotRound] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    dots: Mapped[list["Dot"]] = relationship(cascade="all, delete-orphan", order_by="Dot.id")

    @property
    def is_struck(self) -> bool:
        """Whether the coordination struck it out."""
        return self.spent == 0 and bool(self.dots)


class Dot(Base):
    """How many dots of a ballot stand on one recommendation."""

    __tablename__ = "dot"
    __table_args__ = (
        UniqueConstraint("ballot_id", "recommendation_id"),
        CheckConstraint("dots >= 1", name="at_least_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    dots: Mapped[int]

    recommendation: Mapped[Recommendation] = relationship()


class Endorsement(Base):
    """A co-signature: which body of an organisation decided when to stand for which version, signed by whom.

    It lapses with a substantive version and is asked for again; it is withdrawn until publication; never
    erased. `signed_by` is the name of who has the mandate to sign, `body` the deciding body.
    """

    __tablename__ = "endorsement"
    __table_args__ = (
        Index(
            "uq_endorsement_standing",
            "recommendation_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("lapsed_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("lapsed_at IS NULL AND withdrawn_at IS NULL"),
        ),
        CheckConstraint("length(body) > 0", name="decided_by_a_body"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"))
    version: Mapped[int]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    body: Mapped[str] = mapped_column(String(200))
    decided_on: Mapped[date] = mapped_column(Date)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    signed_by: Mapped[str] = mapped_column(String(120), default="")
    channel: Mapped[VoiceChannel] = mapped_column(choice(VoiceChannel, "endorsement_channel"))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lapsed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked_again_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")

    recommendation: Mapped[Recommendation] = relationship()
    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person | None] = relationship()


class WorkshopRecommendation(Base):
    """A recommendation on which a workshop of a day works, with the wording edited live on its screens.

    `wording_version` counts the saves, `saved_by_page` names the open page of the last one: two tablets never
    overwrite each other unseen.
    """

    __tablename__ = "workshop_recommendation"
    __table_args__ = (UniqueConstraint("workshop_id", "recommendation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    wording: Mapped[str] = mapped_column(Text, default="")
    wording_version: Mapped[int] = mapped_column(default=0)
    saved_by_page: Mapped[str] = mapped_column(String(40), default="")
    saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # became a version
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    workshop: Mapped[Workshop] = relationship()
    recommendation: Mapped[Recommendation] = relationship()
