"""Reminders of actions: what was sent to whom, and who asked for no more."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.mandates import Person
from hub.core.db import Base, UTCDateTime, choice
from hub.spaces.models.actions import Action


class Step(StrEnum):
    """Which of the six reminders of a day: two before it, four after."""

    WEEK_BEFORE = "week_before"
    DAY_BEFORE = "day_before"
    DAY_AFTER = "day_after"
    WEEK_AFTER = "week_after"
    TWO_WEEKS_AFTER = "two_weeks_after"
    THREE_WEEKS_AFTER = "three_weeks_after"


class ActionReminder(Base):
    """That a person was reminded of an action's day, once a step. A day that moves is reminded of anew."""

    __tablename__ = "action_reminder"
    __table_args__ = (UniqueConstraint("action_id", "person_id", "due_on", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    due_on: Mapped[date] = mapped_column(Date)
    step: Mapped[Step] = mapped_column(choice(Step, "reminder_step"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    action: Mapped[Action] = relationship()
    person: Mapped[Person] = relationship()


class ReminderStop(Base):
    """That a person wants no reminders, of one action or of any (no action), until they want them again."""

    __tablename__ = "reminder_stop"
    __table_args__ = (
        Index(
            "uq_reminder_stop_all",
            "person_id",
            unique=True,
            sqlite_where=text("action_id IS NULL"),
            postgresql_where=text("action_id IS NULL"),
        ),
        Index(
            "uq_reminder_stop_one",
            "person_id",
            "action_id",
            unique=True,
            sqlite_where=text("action_id IS NOT NULL"),
            postgresql_where=text("action_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), index=True)
    stopped_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()
    action: Mapped[Action | None] = relationship()
