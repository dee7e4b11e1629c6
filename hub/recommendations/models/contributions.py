"""What organisations sent: once sent, its words never change."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Theme
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.recommendations.models.calls import Campaign

if TYPE_CHECKING:
    from hub.recommendations.models.recommendations import RecommendationSource


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
        primaryjoin=(
            "and_(Contribution.id == RecommendationSource.contribution_id, "
            "RecommendationSource.detached_at.is_(None))"
        ),
        order_by="RecommendationSource.id",
    )
