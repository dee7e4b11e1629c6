"""An organisation and its own record: changes, and rounds that ask whether it is still right."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice


class ChangeOrigin(StrEnum):
    """From whom a change of a record comes."""

    ORGANISATION = "organisation"  # itself: its representative, or whoever holds its personal link
    COORDINATOR = "coordinator"


class ChangeState(StrEnum):
    """Where a change stands."""

    PROPOSED = "proposed"  # waits for a coordinator
    APPLIED = "applied"  # took effect at once
    ACCEPTED = "accepted"  # a coordinator took it, or some of its fields
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by whom it came from, before it was decided
    REVERTED = "reverted"  # it had taken effect; the record says again what it said before


class ChangeAnswer(StrEnum):
    """What an organisation says of a coordinator's rewrite."""

    WAITING = "waiting"
    AGREED = "agreed"
    CONTESTED = "contested"


class RecordChange(Base):
    """Fields of a record, old and new, by whom, and what became of them."""

    __tablename__ = "record_change"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('proposed', 'applied')) = (decided_at IS NULL)", name="decided_when_no_longer_open"
        ),
        CheckConstraint("answer IS NULL OR origin = 'coordinator'", name="answer_to_a_coordinator"),
        CheckConstraint("state <> 'refused' OR length(reason) > 0", name="refused_with_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    origin: Mapped[ChangeOrigin] = mapped_column(choice(ChangeOrigin, "change_origin"))
    state: Mapped[ChangeState] = mapped_column(choice(ChangeState, "change_state"), index=True)
    # Field → [old, new] as JSON holds them (`hub.actors.values.changes`).
    fields: Mapped[dict[str, list[Any]]] = mapped_column(JSON, default=dict)
    # Field → whether a coordinator took it.
    decisions: Mapped[dict[str, bool]] = mapped_column(JSON, default=dict)
    remark: Mapped[str] = mapped_column(Text, default="")  # of whom it comes from
    reason: Mapped[str] = mapped_column(Text, default="")  # of whoever decided
    answer: Mapped[ChangeAnswer | None] = mapped_column(choice(ChangeAnswer, "change_answer"))
    answer_words: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Nobody: a personal link.
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    organisation: Mapped[Organisation] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)

    @property
    def waits(self) -> bool:
        """Whether a coordinator has to answer: it is proposed, or their own rewrite is contested."""
        contested = self.state is ChangeState.APPLIED and self.answer is ChangeAnswer.CONTESTED
        return self.state is ChangeState.PROPOSED or contested


class RoundState(StrEnum):
    """Where a round of checking stands."""

    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"
    CLOSED = "closed"


class CheckRound(Base):
    """« Est-ce encore juste ? »: one mail to each of some organisations, and what they answer."""

    __tablename__ = "check_round"
    __table_args__ = (CheckConstraint("length(title) > 0", name="has_title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text, default="")  # the coordinator's own, in the mail
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # how the list was made
    state: Mapped[RoundState] = mapped_column(choice(RoundState, "round_state"), default=RoundState.DRAFT)
    last_day: Mapped[date] = mapped_column(Date)  # that links open, included
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    created_by: Mapped[User | None] = relationship()


class RequestState(StrEnum):
    """What came of a round for one organisation."""

    WAITING = "waiting"  # its mail has not been written
    ASKED = "asked"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    GONE = "gone"  # it says that it no longer exists


ANSWERED = frozenset({RequestState.CONFIRMED, RequestState.CORRECTED, RequestState.GONE})


class CheckRequest(Base):
    """One organisation of a round: asked once, reminded once at most."""

    __tablename__ = "check_request"
    __table_args__ = (
        UniqueConstraint("round_id", "organisation_id", name="uq_check_request_organisation"),
        CheckConstraint(
            "(state IN ('confirmed', 'corrected', 'gone')) = (answered_at IS NOT NULL)",
            name="answered_when_it_answers",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("check_round.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[RequestState] = mapped_column(
        choice(RequestState, "request_state"), default=RequestState.WAITING
    )
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    round: Mapped[CheckRound] = relationship()
    organisation: Mapped[Organisation] = relationship()
