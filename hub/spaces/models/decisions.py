"""Decisions: what was decided, how, and where each organisation stood."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.spaces import Space, VoteRule


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
    read_along = ("space", "meeting")
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="says_something"),
        CheckConstraint("(state = 'replaced') = (replaced_by_id IS NOT NULL)", name="replaced_by_another"),
        CheckConstraint("replaced_by_id IS NULL OR replaced_by_id <> id", name="not_by_itself"),
        CheckConstraint("state <> 'withdrawn' OR length(state_reason) > 0", name="withdrawn_with_a_reason"),
        Index(None, "space_id", "taken_on"),
        Index(None, "taken_on", "id"),  # the register, the last ones first
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
    # How voices are counted where there was a vote: the space's rule on the day, whatever it is later.
    vote_rule: Mapped[VoteRule] = mapped_column(
        choice(VoteRule, "vote_rule"), default=VoteRule.SIMPLE, server_default=VoteRule.SIMPLE.value
    )
    # When a coordinator made it known: everybody signed in reads it then, without the positions.
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    state_reason: Mapped[str] = mapped_column(Text, default="")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)
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
    # Those that stand. `operations.positions` writes them; `queries.decisions.past_positions` has the others.
    positions: Mapped[list["Position"]] = relationship(
        primaryjoin="and_(Position.decision_id == Decision.id, Position.ended_at.is_(None))",
        order_by="Position.id",
        viewonly=True,
    )


class Stance(StrEnum):
    """Where an organisation stands."""

    FOR = "for"
    AGAINST = "against"
    ABSTENTION = "abstention"
    RESERVATION = "reservation"  # agrees, with a reservation that is kept


class Position(Base):
    """What an organisation said of a decision, with its reason, in its own words.

    It never changes: correcting it ends the row and adds another, withdrawing it ends the row. The one that
    has not ended is the organisation's one voice.
    """

    __tablename__ = "position"
    __table_args__ = (
        Index(
            "uq_position_one_voice",
            "decision_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("stance <> 'reservation' OR length(reason) > 0", name="reservation_says_which"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))  # spoke
    stance: Mapped[Stance] = mapped_column(choice(Stance, "stance"))
    reason: Mapped[str] = mapped_column(Text, default="")
    # Said after the meeting by the organisation itself, rather than noted by whoever held it.
    by_itself: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # corrected or withdrawn

    decision: Mapped[Decision] = relationship()
    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def counts(self) -> bool:
        """Whether it is a voice: a record made one with another leaves the voice to that one."""
        return self.ended_at is None and self.organisation.merged_into_id is None


class DecisionCounter(Base):
    """The last number given to a decision in a year: codes have no gap and no double."""

    __tablename__ = "decision_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
