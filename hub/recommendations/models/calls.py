"""A call for recommendations, its period, and whom it asks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory
from hub.core import clock
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.events.models.registrations import QuestionKind, QuestionPurpose

COLLECTING = N_("Collecte des contributions")


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of a campaign, the collecting or a phase, with its first and last day."""

    code: str
    label: str
    starts_on: date
    ends_on: date

    def when(self, day: date) -> str:
        """Say whether it is "over", "now" or "next" on that day."""
        if day > self.ends_on:
            return "over"
        return "now" if day >= self.starts_on else "next"


class Campaign(Base):
    """A call for recommendations (« sondage ») and its period; `closes_at` is the first moment after it."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="closes_after_opening"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    introduction: Mapped[str] = mapped_column(Text, default="")
    is_published: Mapped[bool] = mapped_column(default=False)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    territory: Mapped[Territory | None] = relationship()
    phases: Mapped[list["CampaignPhase"]] = relationship(
        cascade="all, delete-orphan", order_by="CampaignPhase.starts_on"
    )
    questions: Mapped[list["CampaignQuestion"]] = relationship(order_by="CampaignQuestion.position")

    @property
    def last_day(self) -> date:
        """The last day, in Brussels, on which contributions are taken."""
        return clock.today(self.closes_at - timedelta(seconds=1))

    @property
    def stages(self) -> list["Stage"]:
        """The collecting and the phases after it, in their order."""
        collecting = Stage("collect", COLLECTING, clock.today(self.opens_at), self.last_day)
        rank = list(PhaseKind)
        rows = sorted(self.phases, key=lambda row: rank.index(row.kind))
        return [
            collecting,
            *(Stage(row.kind.value, PHASES[row.kind], row.starts_on, row.ends_on) for row in rows),
        ]

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


class PhaseKind(StrEnum):
    """What follows the collecting, which is the call's own period (`opens_at` to `closes_at`)."""

    WORK = "work"  # in spaces and at the plenary
    CONSULT = "consult"
    ADOPT = "adopt"
    PUBLISH = "publish"


PHASES = {
    PhaseKind.WORK: N_("Travail dans les espaces et en plénière"),
    PhaseKind.CONSULT: N_("Consultation des organisations"),
    PhaseKind.ADOPT: N_("Adoption"),
    PhaseKind.PUBLISH: N_("Publication"),
}


class CampaignPhase(Base):
    """A dated phase of a campaign after the collecting; both days belong to it (Brussels' dates)."""

    __tablename__ = "campaign_phase"
    __table_args__ = (
        UniqueConstraint("campaign_id", "kind"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    kind: Mapped[PhaseKind] = mapped_column(choice(PhaseKind, "phase_kind"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)


class CampaignQuestion(Base):
    """A question of a call's own, beside finding and recommendation. `options`: what can be chosen."""

    __tablename__ = "campaign_question"
    __table_args__ = (CheckConstraint("length(label) > 0", name="has_label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    kind: Mapped[QuestionKind] = mapped_column(choice(QuestionKind, "campaign_question_kind"))
    label: Mapped[str] = mapped_column(String(300))
    help: Mapped[str] = mapped_column(String(300), default="")
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_required: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # no longer asked; answers stay
    # What the questions of a day know besides: a call asks nobody who may come.
    purpose: ClassVar[QuestionPurpose] = QuestionPurpose.SIGN_UP
    threshold: ClassVar[int | None] = None


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
    # Since when the organisation wants no mails on what becomes of what it sent.
    news_stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    read_along = ("campaign", "organisation")

    campaign: Mapped[Campaign] = relationship()
    organisation: Mapped[Organisation] = relationship()


class InvitationNote(Base):
    """What a coordinator notes of a call by phone or a visit while following who has answered."""

    __tablename__ = "invitation_note"
    __table_args__ = (CheckConstraint("length(text) > 0", name="says_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("campaign_invitation.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(String(500))
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    invitation: Mapped[Invitation] = relationship()
