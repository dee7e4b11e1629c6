"""What organisations sent: once sent, its words never change."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Theme
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.events.models.workshops import Workshop
from hub.recommendations.models.calls import Campaign, CampaignQuestion
from hub.recommendations.models.documents import SourceDocument

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
    ContributionState.SUBMITTED: N_("Soumise"),
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
    WORKSHOP = "workshop"  # at a table of a day's workshop
    SURVEY = "survey"  # an answer to a survey made elsewhere


CHANNELS = {
    Channel.LINK: N_("Par son lien"),
    Channel.PHONE: N_("Par téléphone"),
    Channel.PAPER: N_("Sur papier"),
    Channel.MEETING: N_("En réunion"),
    Channel.DOCUMENT: N_("Dans un document public"),
    Channel.WORKSHOP: N_("En atelier"),
    Channel.SURVEY: N_("Dans une enquête"),
}


class Beneficiaries(StrEnum):
    """Whom a measure is for: a specific one often serves everybody."""

    SPECIFIC = "specific"
    EVERYONE = "everyone"


BENEFICIARIES = {
    Beneficiaries.SPECIFIC: N_("Les personnes étrangères ou d’origine étrangère"),
    Beneficiaries.EVERYONE: N_("Tous les habitants et toutes les habitantes"),
}


class Confirmation(StrEnum):
    """How we know that a contribution is the organisation's own."""

    LINK = "link"  # sent or confirmed behind the link that went to its own address
    ACCOUNT = "account"  # by somebody with a mandate for it
    WORD = "word"  # told to a coordinator, who noted it
    DOCUMENT = "document"  # it stands in what the organisation has published


CONFIRMATIONS = {
    Confirmation.LINK: N_("par son lien"),
    Confirmation.ACCOUNT: N_("par son compte"),
    Confirmation.WORD: N_("de vive voix"),
    Confirmation.DOCUMENT: N_("par le document publié"),
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
    read_along = ("organisation", "campaign", "theme", "document", "workshop")
    __table_args__ = (
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name="sent_when_not_draft"),
        CheckConstraint("state = 'draft' OR length(proposal) > 0", name="says_something"),
        # A table of a workshop, or a survey without names, speaks for no organisation.
        CheckConstraint(
            "organisation_id IS NOT NULL OR channel IN ('workshop', 'survey')", name="somebody_says_it"
        ),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_once"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_how IS NULL)", name="confirmed_in_some_way"),
        CheckConstraint("part_of_id IS NULL OR part_of_id <> id", name="part_of_another"),
        # The inbox by organisation and by state, and which organisations have sent something.
        Index(None, "organisation_id", "state"),
        Index(None, "state", "submitted_at"),
        Index("uq_contribution_client_key", "client_key", unique=True),
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
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
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
    origin: Mapped[str] = mapped_column(Text, default="")  # from which reality
    # The document of another actor that it stands in, with the page as printed and the very words.
    document_id: Mapped[int | None] = mapped_column(ForeignKey("source_document.id"), index=True)
    source_page: Mapped[str] = mapped_column(String(20), default="")
    quote: Mapped[str] = mapped_column(Text, default="")
    # The workshop at which it was said, and the table there.
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(60), default="")
    # One of several demands that a text held: the text stays as it was sent, this is a part of it.
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), index=True)
    unsplit_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # no longer a part: the whole is read
    # What the page that captured it called it: sending the same gesture twice makes one.
    client_key: Mapped[str | None] = mapped_column(String(40))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # How often the draft was saved, and by which open page: two devices never overwrite each other unseen.
    version: Mapped[int] = mapped_column(default=1)
    saved_by_page: Mapped[str] = mapped_column(String(40), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    # When the organisation said that it is its own; nothing is shown publicly as an organisation's before.
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_how: Mapped[Confirmation | None] = mapped_column(choice(Confirmation, "confirmation"))
    triage_reason: Mapped[str] = mapped_column(Text, default="")
    triaged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")  # its words, folded

    campaign: Mapped[Campaign | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    document: Mapped[SourceDocument | None] = relationship()
    workshop: Mapped[Workshop | None] = relationship()
    answers: Mapped[list["ContributionAnswer"]] = relationship(cascade="all, delete-orphan")
    theme: Mapped[Theme | None] = relationship()
    # What it was split into, where that wasn't undone.
    parts: Mapped[list["Contribution"]] = relationship(
        primaryjoin=(
            "and_(foreign(remote(Contribution.part_of_id)) == Contribution.id, "
            "remote(Contribution.unsplit_at).is_(None))"
        ),
        order_by="Contribution.id",
        viewonly=True,
    )
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

    @property
    def is_confirmed(self) -> bool:
        """Whether the organisation said that these words are its own."""
        return self.confirmed_at is not None

    @property
    def may_be_named(self) -> bool:
        """Whether a public page may say who asks this: confirmed, or said by no organisation."""
        return self.is_confirmed or self.organisation_id is None

    @property
    def awaits_confirmation(self) -> bool:
        """Whether its organisation has still to say that these words are its own."""
        over = (ContributionState.DRAFT, ContributionState.WITHDRAWN)
        return not self.may_be_named and self.state not in over

    @property
    def author(self) -> str:
        """Who says it: the organisation, or the workshop where it was said; "" for a survey's answer."""
        if self.organisation is not None:
            return self.organisation.name
        return self.workshop.title if self.workshop is not None else ""

    @property
    def short_author(self) -> str:
        """The same, in short."""
        return self.organisation.short_label if self.organisation is not None else self.author


class ContributionAnswer(Base):
    """What was answered to a question of the call: text, number, list or yes/no, as its kind says."""

    __tablename__ = "contribution_answer"
    __table_args__ = (UniqueConstraint("contribution_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("campaign_question.id"), index=True)
    value: Mapped[Any] = mapped_column(JSON)

    question: Mapped[CampaignQuestion] = relationship(lazy="joined")
