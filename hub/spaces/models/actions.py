"""Actions: who does what by when, after a meeting or a decision."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.spaces import Space


class ActionState(StrEnum):
    """Where an action stands; late is no state, it is a date that has passed."""

    TO_DO = "to_do"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    DONE = "done"
    DROPPED = "dropped"


OPEN = (ActionState.TO_DO, ActionState.IN_PROGRESS, ActionState.BLOCKED)


class Action(Base):
    """Something an organisation took upon itself in a space, by a day."""

    __tablename__ = "action"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_on_a_day"),
        CheckConstraint("state NOT IN ('blocked', 'dropped') OR length(reason) > 0", name="says_why"),
        Index(None, "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)
    title: Mapped[str] = mapped_column(String(250))
    detail: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)  # owner
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[ActionState] = mapped_column(choice(ActionState, "action_state"), default=ActionState.TO_DO)
    reason: Mapped[str] = mapped_column(Text, default="")  # of the delay, the block or the dropping
    done_on: Mapped[date | None] = mapped_column(Date)
    # What the page that captured it called it: sending the same gesture twice makes one action.
    client_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    space: Mapped[Space] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    item: Mapped[AgendaItem | None] = relationship()
    decision: Mapped[Decision | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    person: Mapped[Person | None] = relationship()

    def is_late(self, today: date) -> bool:
        """Say whether its day (Brussels' date) has passed while it is still open."""
        return self.state in OPEN and self.due_on is not None and self.due_on < today
