"""Testimonies: what somebody has lived, under another name, with their consent (requirement 63)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.core.errors import N_
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import Recommendation


class ConsentForm(StrEnum):
    """How consent was given."""

    WRITTEN = "written"
    ORAL = "oral"  # before a witness of the organisation
    RECORDED = "recorded"


CONSENT_FORMS = {
    ConsentForm.WRITTEN: N_("Par écrit"),
    ConsentForm.ORAL: N_("De vive voix, devant une personne de l’organisation"),
    ConsentForm.RECORDED: N_("Enregistré"),
}


class Testimony(Base):
    """What somebody told, without what identifies them. Nobody reads it elsewhere before it was checked.

    `pseudonym` is never the person's own name. Consent is dated and says for what; taken back, the words go
    (`erased_at`) and the row stays to say that there was one.
    """

    __tablename__ = "testimony"
    __table_args__ = (
        CheckConstraint("checked_at IS NULL OR consented_on IS NOT NULL", name="checked_with_consent"),
        CheckConstraint("erased_at IS NOT NULL OR length(text) > 0", name="says_something"),
        CheckConstraint("erased_at IS NULL OR (text = '' AND pseudonym = '')", name="erased_is_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)  # gathered it
    text: Mapped[str] = mapped_column(Text)
    pseudonym: Mapped[str] = mapped_column(String(80), default="")
    consented_on: Mapped[date | None] = mapped_column(Date)
    consent_form: Mapped[ConsentForm | None] = mapped_column(choice(ConsentForm, "consent_form"))
    consent_note: Mapped[str] = mapped_column(String(300), default="", server_default="")  # where it is kept
    may_print: Mapped[bool] = mapped_column(default=False)  # in a memorandum
    may_post: Mapped[bool] = mapped_column(default=False)  # on a public page
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # nothing in it identifies anybody
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    organisation: Mapped[Organisation] = relationship()


class TestimonyTie(Base):
    """What a testimony shows: a contribution, or a recommendation. Detached, never erased."""

    __tablename__ = "testimony_tie"
    __table_args__ = (
        CheckConstraint("(recommendation_id IS NULL) <> (contribution_id IS NULL)", name="one_of_both"),
        UniqueConstraint("testimony_id", "recommendation_id"),
        UniqueConstraint("testimony_id", "contribution_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    testimony_id: Mapped[int] = mapped_column(ForeignKey("testimony.id"), index=True)
    recommendation_id: Mapped[int | None] = mapped_column(ForeignKey("recommendation.id"), index=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    detached_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    testimony: Mapped[Testimony] = relationship()
    recommendation: Mapped[Recommendation | None] = relationship()
    contribution: Mapped[Contribution | None] = relationship()
