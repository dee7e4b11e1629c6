"""Actions: who does what by when, after a meeting or a decision."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
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
OVER = (ActionState.DONE, ActionState.DROPPED)


class Action(Base):
    """Something an organisation took upon itself in a space, by a day.

    Its person answers for it while they speak for the organisation in that space (`queries.seats`); once they
    no longer do, it is the organisation's again.
    """

    __tablename__ = "action"
    read_along = ("space",)
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_on_a_day"),
        CheckConstraint("state NOT IN ('blocked', 'dropped') OR length(reason) > 0", name="says_why"),
        Index(None, "state", "due_on"),
        Index(None, "state", "updated_at"),  # what is over, the latest first
        Index(None, "organisation_id", "state"),
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
    # How often its day was moved later, without what was undone: `ActionChange` tells each time.
    times_postponed: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    search_text: Mapped[str] = mapped_column(Text, default="", server_default="")  # its words, folded
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

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do."""
        return self.state in OPEN

    def is_late(self, today: date) -> bool:
        """Say whether its day (Brussels' date) has passed while it is still open."""
        return self.state in OPEN and self.due_on is not None and self.due_on < today


class ActionChange(Base):
    """One change of an action's state or day: from what to what, why, who, when. It stays as it was written.

    `undone_at` says that whoever made it took it back within the time for that; what then stood again is told
    by a change of its own, whose `undoes_id` names this one.
    """

    __tablename__ = "action_change"
    __table_args__ = (
        CheckConstraint(
            "undoes_id IS NOT NULL OR state_before = state_after "
            "OR state_after NOT IN ('blocked', 'dropped') OR length(reason) > 0",
            name="says_why",
        ),
        CheckConstraint(
            "undoes_id IS NOT NULL OR due_before IS NULL "
            "OR (due_after IS NOT NULL AND due_after <= due_before) OR length(reason) > 0",
            name="says_why_later",
        ),
        UniqueConstraint("undoes_id"),
        Index(None, "action_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    state_before: Mapped[ActionState] = mapped_column(choice(ActionState, "state_before"))
    state_after: Mapped[ActionState] = mapped_column(choice(ActionState, "state_after"))
    due_before: Mapped[date | None] = mapped_column(Date)
    due_after: Mapped[date | None] = mapped_column(Date)
    reason_before: Mapped[str] = mapped_column(Text, default="")  # what the action said until then
    done_before: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text, default="")
    # Who: an account, a person behind a link, or words for neither (a command, the demonstration).
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    by_words: Mapped[str] = mapped_column(String(120), default="")
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("action_change.id"))

    action: Mapped[Action] = relationship()
    user: Mapped[User | None] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def postpones(self) -> bool:
        """Whether it moves the day later, or takes it away."""
        if self.due_before is None or self.undoes_id is not None:
            return False
        return self.due_after is None or self.due_after > self.due_before

    @property
    def by(self) -> str:
        """Who made it; "" once the account or the person is forgotten."""
        known = self.user or self.person
        return known.name if known else self.by_words
