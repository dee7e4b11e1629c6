"""Reading a plan's outline: every version, state and tie, in four statements whatever its size."""

from functools import cache
from typing import Any

from sqlalchemy import Date, Select, String, bindparam, cast, literal, null, select, union_all
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, Theme
from hub.plans.models.frames import FrameEntry
from hub.plans.models.outline import (
    Axis,
    AxisVersion,
    FollowUp,
    PartRole,
    PlanAction,
    PlanActionPart,
    PlanActionSpace,
    PlanActionState,
    PlanActionVersion,
    plan_action_plan_frame_entry,
    plan_action_territory,
    plan_action_theme,
    plan_axis_plan_frame_entry,
    plan_axis_theme,
)
from hub.plans.models.plans import Plan
from hub.plans.values.outline import ActionText, AxisText, Kind, Outline, Standing, Tie
from hub.spaces.models.actions import Action
from hub.spaces.models.spaces import Space

NO_DAY = cast(null(), Date)


def texts(session: Session, plan: Plan) -> Outline:
    """Return the versions of a plan's axes and plan actions alone: enough to name them."""
    of_axes = session.execute(_axes(), {"plan": plan.id})
    of_actions = session.execute(_actions(), {"plan": plan.id})
    return Outline(tuple(AxisText(*row) for row in of_axes), tuple(ActionText(*row) for row in of_actions))


# Every page of a plan asks these: they are made once, and plain columns are read faster than rows to change.
@cache
def _axes() -> Any:
    """Select the columns of `AxisText`."""
    row = AxisVersion
    return (
        select(
            row.id, row.axis_id, row.number, row.position, row.title, row.goal, row.from_on, row.until_on,
            row.made_by_id, row.ended_by_id,
        )
        .join(Axis, Axis.id == row.axis_id)
        .where(Axis.plan_id == bindparam("plan"))
        .order_by(row.id)
    )  # fmt: skip


@cache
def _actions() -> Any:
    """Select the columns of `ActionText`."""
    row = PlanActionVersion
    return (
        select(
            row.id, row.plan_action_id, row.axis_id, row.number, row.position, row.title, row.detail, row.way,
            row.starts_on, row.ends_on, row.from_on, row.until_on, row.made_by_id, row.ended_by_id,
        )
        .join(PlanAction, PlanAction.id == row.plan_action_id)
        .where(PlanAction.plan_id == bindparam("plan"))
        .order_by(row.id)
    )  # fmt: skip


@cache
def _states() -> Any:
    """Select the columns of `Standing`, oldest first."""
    row = PlanActionState
    return (
        select(row.plan_action_id, row.state, row.since_on, row.reason)
        .join(PlanAction, PlanAction.id == row.plan_action_id)
        .where(PlanAction.plan_id == bindparam("plan"))
        .order_by(row.since_on, row.id)
    )


def read(session: Session, plan: Plan, *, states: bool = True) -> Outline:
    """Return everything a plan's axes and plan actions have ever said, been (`states`) and been tied to."""
    said = texts(session, plan)
    ties = tuple(
        Tie(bool(row[0]), row[1], Kind(row[2]), row[3], row[4], row[5], row[6], row[7])
        for row in session.execute(_ties(), {"plan": plan.id})
    )
    been = session.execute(_states(), {"plan": plan.id}) if states else ()
    return Outline(said.axes, said.actions, tuple(Standing(*row) for row in been), ties)


@cache
def _ties() -> Any:
    """Select (is it of an axis, whose, kind, to what, its name, its address, from, until)."""
    part = PlanActionPart
    role = cast(part.role, String)
    lines = [
        _tie(plan_axis_theme, Theme, Theme.label, "theme", is_axis=True),
        _tie(plan_axis_plan_frame_entry, FrameEntry, FrameEntry.label, "entry", is_axis=True),
        _tie(plan_action_theme, Theme, Theme.label, "theme", is_axis=False),
        _tie(plan_action_plan_frame_entry, FrameEntry, FrameEntry.label, "entry", is_axis=False),
        _tie(plan_action_territory, Territory, Territory.name, "territory", is_axis=False),
        select(
            literal(0).label("is_axis"), part.plan_action_id.label("owner"), role.label("kind"),
            Organisation.id.label("target"), Organisation.name.label("name"), Organisation.slug.label("slug"),
            part.from_on.label("from_on"), part.until_on.label("until_on"),
        ).join(Organisation, Organisation.id == part.organisation_id),
        select(
            literal(0), PlanActionSpace.plan_action_id, literal("space", String), Space.id, Space.name,
            Space.slug, PlanActionSpace.from_on, PlanActionSpace.until_on,
        ).join(Space, Space.id == PlanActionSpace.space_id),
    ]  # fmt: skip
    axes = select(Axis.id).where(Axis.plan_id == bindparam("plan"))
    actions = select(PlanAction.id).where(PlanAction.plan_id == bindparam("plan"))
    told = [
        line.where(line.selected_columns[1].in_(axes if place < 2 else actions))  # noqa: PLR2004 - see above
        for place, line in enumerate(lines)
    ]
    every = union_all(*told).subquery()
    return select(*every.c).order_by(every.c.name)


def _tie(table: Any, model: Any, name: Any, kind: str, *, is_axis: bool) -> Select[Any]:
    owner, linked = list(table.c)
    return select(
        literal(int(is_axis)).label("is_axis"), owner.label("owner"), literal(kind, String).label("kind"),
        model.id.label("target"), name.label("name"), literal("", String).label("slug"),
        NO_DAY.label("from_on"), NO_DAY.label("until_on"),
    ).join(model, model.id == linked)  # fmt: skip


def follow_ups(plan_action: PlanAction) -> Select[FollowUp]:
    """Select the actions of spaces that put a plan action into practice now."""
    return (
        select(FollowUp)
        .where(FollowUp.plan_action_id == plan_action.id, FollowUp.ended_at.is_(None))
        .options(
            joinedload(FollowUp.action).joinedload(Action.space),
            joinedload(FollowUp.action).joinedload(Action.organisation),
        )
        .order_by(FollowUp.id)
    )


def current_actions(*, plan_id: int | None = None) -> Select[PlanActionVersion, AxisVersion, Plan]:
    """Select (version, its axis, its plan) of the plan actions that no revision has ended."""
    found = (
        select(PlanActionVersion, AxisVersion, Plan)
        .join(PlanAction, PlanAction.id == PlanActionVersion.plan_action_id)
        .join(Plan, Plan.id == PlanAction.plan_id)
        .join(
            AxisVersion,
            (AxisVersion.axis_id == PlanActionVersion.axis_id) & AxisVersion.until_on.is_(None),
        )
        .where(PlanActionVersion.until_on.is_(None))
        .order_by(Plan.starts_on.desc(), Plan.id, AxisVersion.position, PlanActionVersion.position)
    )
    return found if plan_id is None else found.where(Plan.id == plan_id)


def followed(action_id: int) -> Select[FollowUp, PlanActionVersion, AxisVersion, Plan]:
    """Select what an action of a space puts into practice: (tie, version, axis, plan)."""
    return (
        select(FollowUp, PlanActionVersion, AxisVersion, Plan)
        .join(PlanAction, PlanAction.id == FollowUp.plan_action_id)
        .join(Plan, Plan.id == PlanAction.plan_id)
        .join(
            PlanActionVersion,
            (PlanActionVersion.plan_action_id == PlanAction.id) & PlanActionVersion.until_on.is_(None),
            isouter=True,
        )
        .join(
            AxisVersion,
            (AxisVersion.axis_id == PlanActionVersion.axis_id) & AxisVersion.until_on.is_(None),
            isouter=True,
        )
        .where(FollowUp.action_id == action_id, FollowUp.ended_at.is_(None))
        .order_by(FollowUp.id)
    )


def carried_by(space_id: int) -> Select[PlanActionVersion, Plan]:
    """Select (version, plan) of the plan actions that a space carries now."""
    return (
        select(PlanActionVersion, Plan)
        .join(PlanAction, PlanAction.id == PlanActionVersion.plan_action_id)
        .join(Plan, Plan.id == PlanAction.plan_id)
        .join(PlanActionSpace, PlanActionSpace.plan_action_id == PlanAction.id)
        .where(
            PlanActionSpace.space_id == space_id,
            PlanActionSpace.until_on.is_(None),
            PlanActionVersion.until_on.is_(None),
        )
        .order_by(Plan.starts_on.desc(), PlanActionVersion.number)
    )


def taken_part_in(organisation_id: int) -> Select[PlanActionVersion, Plan, PartRole]:
    """Select (version, plan, role) of the plan actions that an organisation leads or is a partner of."""
    return (
        select(PlanActionVersion, Plan, PlanActionPart.role)
        .join(PlanAction, PlanAction.id == PlanActionVersion.plan_action_id)
        .join(Plan, Plan.id == PlanAction.plan_id)
        .join(PlanActionPart, PlanActionPart.plan_action_id == PlanAction.id)
        .where(
            PlanActionPart.organisation_id == organisation_id,
            PlanActionPart.until_on.is_(None),
            PlanActionVersion.until_on.is_(None),
        )
        .order_by(Plan.starts_on.desc(), PlanActionVersion.number)
    )
