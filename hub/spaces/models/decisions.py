"""Decisions: what was decided, how, and where each organisation stood."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.spaces import Space


class Method(StrEnum):
    """How a decision was taken."""

    CONSENSUS = "consensus"
    CONSENT = "consent"  # nobody objects; reservations are kept
    VOTE = "vote"  # one voice for each organisation


class DecisionState(StrEnum):
    """In force, or no longer."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"  # by a later one
    WITHDRAWN = "withdrawn"


class Decision(Base):
    """What a space decided at a meeting. It is replaced or withdrawn, never erased."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="says_something"),
        CheckConstraint("(state = 'replaced') = (replaced_by_id IS NOT NULL)", name="replaced_by_another"),
        CheckConstraint("replaced_by_id IS NULL OR replaced_by_id <> id", name="not_by_itself"),
        CheckConstraint("state <> 'withdrawn' OR length(state_reason) > 0", name="withdrawn_with_a_reason"),
        Index(None, "space_id", "taken_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)  # stable: « D-2025-014 »
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    method: Mapped[Method] = mapped_column(choice(Method, "method"), default=Method.CONSENSUS)
    state: Mapped[DecisionState] = mapped_column(
        choice(DecisionState, "decision_state"), default=DecisionState.IN_FORCE, index=True
    )
    state_reason: Mapped[str] = mapped_column(Text, default="")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    taken_on: Mapped[date] = mapped_column(Date)
    # What the page that captured it called it: sending the same gesture twice makes one decision.
    client_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")

    space: Mapped[Space] = relationship()
    meeting: Mapped[Meeting] = relationship()
    item: Mapped[AgendaItem | None] = relationship()
    replaced_by: Mapped["Decision | None"] = relationship(remote_side="Decision.id")
    positions: Mapped[list["Position"]] = relationship(back_populates="decision", order_by="Position.id")


class Stance(StrEnum):
    """Where an organisation stands."""

    FOR = "for"
    AGAINST = "against"
    ABSTENTION = "abstention"
    RESERVATION = "reservation"  # agrees, with a reservation that is kept


class Position(Base):
    """The one voice of an organisation on a decision, with its reason, in its own words."""

    __tablename__ = "position"
    __table_args__ = (
        UniqueConstraint("decision_id", "organisation_id"),
        CheckConstraint("stance <> 'reservation' OR length(reason) > 0", name="reservation_says_which"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))  # spoke
    stance: Mapped[Stance] = mapped_column(choice(Stance, "stance"))
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    decision: Mapped[Decision] = relationship(back_populates="positions")
    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person | None] = relationship()


class DecisionCounter(Base):
    """The last number given to a decision in a year: codes have no gap and no double."""

    __tablename__ = "decision_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
