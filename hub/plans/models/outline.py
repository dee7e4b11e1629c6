"""What a plan says: axes and plan actions, each in dated versions, so that any day can be read again.

A version holds from its first day to the day before `until_on`; no first day means since the plan began.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, Theme
from hub.core.db import Base, UTCDateTime, choice
from hub.plans.models.frames import FrameEntry
from hub.plans.models.plans import Plan, links
from hub.spaces.models.actions import Action
from hub.spaces.models.spaces import Space

plan_axis_theme = links("plan_axis", "theme")
plan_axis_plan_frame_entry = links("plan_axis", "plan_frame_entry")
plan_action_theme = links("plan_action", "theme")
plan_action_territory = links("plan_action", "territory")
plan_action_plan_frame_entry = links("plan_action", "plan_frame_entry")


def _until_after_from() -> CheckConstraint:
    return CheckConstraint(
        "until_on IS NULL OR from_on IS NULL OR until_on >= from_on", name="until_after_from"
    )


def _one_current(name: str, *columns: str) -> Index:
    return Index(
        name, *columns, unique=True,
        sqlite_where=text("until_on IS NULL"), postgresql_where=text("until_on IS NULL"),
    )  # fmt: skip


class Axis(Base):
    """An axis of a plan; what it is called stands in its versions."""

    __tablename__ = "plan_axis"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    plan: Mapped[Plan] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=plan_axis_theme, order_by=Theme.position)
    entries: Mapped[list[FrameEntry]] = relationship(
        secondary=plan_axis_plan_frame_entry, order_by=FrameEntry.position
    )
    versions: Mapped[list["AxisVersion"]] = relationship(
        back_populates="axis", order_by="AxisVersion.id", cascade="all, delete-orphan"
    )


class AxisVersion(Base):
    """How an axis reads from a day on, by which revision, until which."""

    __tablename__ = "plan_axis_version"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        _until_after_from(),
        CheckConstraint("ended_by_id IS NULL OR until_on IS NOT NULL", name="ended_on_a_day"),
        _one_current("uq_plan_axis_version_current", "axis_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    axis_id: Mapped[int] = mapped_column(ForeignKey("plan_axis.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(250))
    goal: Mapped[str] = mapped_column(Text, default="")
    from_on: Mapped[date | None] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)  # the first day on which it no longer holds
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("plan_revision.id"), index=True)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("plan_revision.id"), index=True)

    axis: Mapped[Axis] = relationship(back_populates="versions")


class Way(StrEnum):
    """Integration goes both ways: what an action works at."""

    PATHWAY = "pathway"  # of the persons
    OPENING = "opening"  # of the host society
    BOTH = "both"


class PlanAction(Base):
    """An action of a plan; what it says stands in its versions, how far it is in its states."""

    __tablename__ = "plan_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    plan: Mapped[Plan] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=plan_action_theme, order_by=Theme.position)
    territories: Mapped[list[Territory]] = relationship(
        secondary=plan_action_territory, order_by=Territory.name
    )
    entries: Mapped[list[FrameEntry]] = relationship(
        secondary=plan_action_plan_frame_entry, order_by=FrameEntry.position
    )
    versions: Mapped[list["PlanActionVersion"]] = relationship(
        back_populates="plan_action", order_by="PlanActionVersion.id", cascade="all, delete-orphan"
    )
    states: Mapped[list["PlanActionState"]] = relationship(
        back_populates="plan_action", order_by="PlanActionState.since_on, PlanActionState.id",
        cascade="all, delete-orphan",
    )  # fmt: skip


class PlanActionVersion(Base):
    """How a plan action reads from a day on, and in which axis it stands."""

    __tablename__ = "plan_action_version"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"
        ),
        _until_after_from(),
        CheckConstraint("ended_by_id IS NULL OR until_on IS NOT NULL", name="ended_on_a_day"),
        _one_current("uq_plan_action_version_current", "plan_action_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_action_id: Mapped[int] = mapped_column(ForeignKey("plan_action.id", ondelete="CASCADE"), index=True)
    axis_id: Mapped[int] = mapped_column(ForeignKey("plan_axis.id"), index=True)
    number: Mapped[int]
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(250))
    detail: Mapped[str] = mapped_column(Text, default="")
    way: Mapped[Way] = mapped_column(choice(Way, "plan_action_way"), default=Way.BOTH)
    starts_on: Mapped[date | None] = mapped_column(Date)  # when the action itself is foreseen
    ends_on: Mapped[date | None] = mapped_column(Date)
    from_on: Mapped[date | None] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("plan_revision.id"), index=True)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("plan_revision.id"), index=True)

    plan_action: Mapped[PlanAction] = relationship(back_populates="versions")


class Progress(StrEnum):
    """How far a plan action is."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    DROPPED = "dropped"


class PlanActionState(Base):
    """How far a plan action is since a day; who drops one says why. Earlier states stay."""

    __tablename__ = "plan_action_state"
    __table_args__ = (
        CheckConstraint("state <> 'dropped' OR length(reason) > 0", name="dropped_with_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_action_id: Mapped[int] = mapped_column(ForeignKey("plan_action.id", ondelete="CASCADE"), index=True)
    state: Mapped[Progress] = mapped_column(choice(Progress, "plan_action_state"))
    since_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    plan_action: Mapped[PlanAction] = relationship(back_populates="states")


class PartRole(StrEnum):
    """What an organisation is to a plan action."""

    LEAD = "lead"
    PARTNER = "partner"


class PlanActionPart(Base):
    """The part of an organisation in a plan action, dated."""

    __tablename__ = "plan_action_part"
    __table_args__ = (
        _until_after_from(),
        _one_current("uq_plan_action_part_current", "plan_action_id", "organisation_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_action_id: Mapped[int] = mapped_column(ForeignKey("plan_action.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[PartRole] = mapped_column(choice(PartRole, "plan_part_role"))
    from_on: Mapped[date | None] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)

    plan_action: Mapped[PlanAction] = relationship()
    organisation: Mapped[Organisation] = relationship()


class PlanActionSpace(Base):
    """A space that carries a plan action, dated."""

    __tablename__ = "plan_action_space"
    __table_args__ = (
        _until_after_from(),
        _one_current("uq_plan_action_space_current", "plan_action_id", "space_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_action_id: Mapped[int] = mapped_column(ForeignKey("plan_action.id", ondelete="CASCADE"), index=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    from_on: Mapped[date | None] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)

    plan_action: Mapped[PlanAction] = relationship()
    space: Mapped[Space] = relationship()


class FollowUp(Base):
    """An action of a space that puts a plan action into practice; untied with a day, never erased."""

    __tablename__ = "plan_follow_up"
    __table_args__ = (
        Index(
            "uq_plan_follow_up_current", "plan_action_id", "action_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_action_id: Mapped[int] = mapped_column(ForeignKey("plan_action.id"), index=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    plan_action: Mapped[PlanAction] = relationship()
    action: Mapped[Action] = relationship()
