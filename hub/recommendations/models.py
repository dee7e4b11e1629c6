"""From a call to a recommendation, with the thread kept: who asked for what, from which reality."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Theme
from hub.core import clock
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.events.models.outcomes import Conclusion
from hub.spaces.models.actions import Action
from hub.spaces.models.meetings import AgendaItem


class Campaign(Base):
    """A call for recommendations (« sondage ») and its period; `closes_at` is the first moment after it."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="closes_after_opening"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    introduction: Mapped[str] = mapped_column(Text, default="")
    is_published: Mapped[bool] = mapped_column(default=False)
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @property
    def last_day(self) -> date:
        """The last day, in Brussels, on which contributions are taken."""
        return clock.today(self.closes_at - timedelta(seconds=1))

    def is_open(self, now: datetime) -> bool:
        """Say whether contributions are taken at that moment."""
        return self.is_published and self.opens_at <= now < self.closes_at

    def state(self, now: datetime) -> str:
        """Say where the call stands: draft, planned, open or closed."""
        if not self.is_published:
            return "draft"
        if now < self.opens_at:
            return "planned"
        return "open" if now < self.closes_at else "closed"


class Invitation(Base):
    """An organisation asked to answer a call, through a link of its own."""

    __tablename__ = "campaign_invitation"
    __table_args__ = (UniqueConstraint("campaign_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    times_sent: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    campaign: Mapped[Campaign] = relationship()
    organisation: Mapped[Organisation] = relationship()


class ContributionState(StrEnum):
    """brouillon → soumise → confirmée → reprise / fusionnée / hors champ / retirée."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    TAKEN_UP = "taken_up"
    MERGED = "merged"
    OUT_OF_SCOPE = "out_of_scope"
    WITHDRAWN = "withdrawn"


CONTRIBUTION_STATES = {
    ContributionState.DRAFT: N_("Brouillon"),
    ContributionState.SUBMITTED: N_("À lire"),
    ContributionState.CONFIRMED: N_("Confirmée"),
    ContributionState.TAKEN_UP: N_("Reprise"),
    ContributionState.MERGED: N_("Rejointe"),
    ContributionState.OUT_OF_SCOPE: N_("Hors champ"),
    ContributionState.WITHDRAWN: N_("Retirée"),
}


class Channel(StrEnum):
    """How a contribution came in."""

    LINK = "link"
    PHONE = "phone"
    PAPER = "paper"
    MEETING = "meeting"
    DOCUMENT = "document"  # taken from another actor's memorandum


CHANNELS = {
    Channel.LINK: N_("Par son lien"),
    Channel.PHONE: N_("Par téléphone"),
    Channel.PAPER: N_("Sur papier"),
    Channel.MEETING: N_("En réunion"),
    Channel.DOCUMENT: N_("Dans un document public"),
}


class Beneficiaries(StrEnum):
    """Whom a measure is for: a specific one often serves everybody."""

    SPECIFIC = "specific"
    EVERYONE = "everyone"


BENEFICIARIES = {
    Beneficiaries.SPECIFIC: N_("Les personnes étrangères ou d’origine étrangère"),
    Beneficiaries.EVERYONE: N_("Tous les habitants et toutes les habitantes"),
}


contribution_level = Table(
    "contribution_level",
    Base.metadata,
    Column("contribution_id", ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True),
    Column("level_id", ForeignKey("level.id"), primary_key=True, index=True),
)
recommendation_level = Table(
    "recommendation_level",
    Base.metadata,
    Column("recommendation_id", ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True),
    Column("level_id", ForeignKey("level.id"), primary_key=True, index=True),
)


class Contribution(Base):
    """What an organisation sent. Once sent, its words never change: the database refuses it."""

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name="sent_when_not_draft"),
        CheckConstraint("state = 'draft' OR length(proposal) > 0", name="says_something"),
        # One draft at a time behind an organisation's link: coming back opens the same one.
        Index(
            "uq_contribution_open_draft",
            "invitation_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("campaign_invitation.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[ContributionState] = mapped_column(
        choice(ContributionState, "contribution_state"), default=ContributionState.DRAFT, index=True
    )
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"), default=Channel.LINK)
    finding: Mapped[str] = mapped_column(Text, default="")
    proposal: Mapped[str] = mapped_column(Text, default="")
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    beneficiaries: Mapped[Beneficiaries | None] = mapped_column(
        choice(Beneficiaries, "contribution_beneficiaries")
    )
    origin: Mapped[str] = mapped_column(Text, default="")  # from which reality, or which document and page
    source_title: Mapped[str] = mapped_column(String(250), default="")  # title of the other memorandum
    source_year: Mapped[int | None]
    source_url: Mapped[str] = mapped_column(Text, default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # How often the draft was saved, and by which open page: two devices never overwrite each other unseen.
    version: Mapped[int] = mapped_column(default=1)
    saved_by_page: Mapped[str] = mapped_column(String(40), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    triage_reason: Mapped[str] = mapped_column(Text, default="")
    triaged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")  # its words, folded

    campaign: Mapped[Campaign | None] = relationship()
    organisation: Mapped[Organisation] = relationship()
    theme: Mapped[Theme | None] = relationship()
    levels: Mapped[list[Level]] = relationship(secondary=contribution_level, order_by=Level.position)
    # Only what was made from it and still is; a thread that was taken back stays in the table.
    sources: Mapped[list["RecommendationSource"]] = relationship(
        back_populates="contribution",
        primaryjoin=lambda: and_(
            Contribution.id == RecommendationSource.contribution_id,
            RecommendationSource.detached_at.is_(None),
        ),
        order_by="RecommendationSource.id",
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
        primaryjoin=lambda: and_(
            Recommendation.id == RecommendationSource.recommendation_id,
            RecommendationSource.detached_at.is_(None),
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


class CodeCounter(Base):
    """The last number given to a recommendation in a year: codes have no gap and no double."""

    __tablename__ = "recommendation_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


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
