"""Axes of a plan: added, changed, put in order, ended with what stands in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.plans.models.outline import (
    Axis,
    AxisVersion,
    PlanActionVersion,
)
from hub.plans.models.plans import Plan, PlanState
from hub.plans.operations.revisions import open_one, revision_for
from hub.plans.operations.versions import (
    NEEDS_TITLE,
    Acting,
    classify,
    current_axis,
    end_version,
    next_of,
    order,
    renumber,
    rewritten,
    standing,
    take_back,
    tell,
)


@dataclass(frozen=True)
class AxisFacts:
    """What is said of an axis."""

    title: str
    goal: str = ""
    theme_ids: Sequence[int] = ()
    entry_ids: Sequence[int] = ()


def add_axis(session: Session, plan: Plan, facts: AxisFacts, *, actor: Acting, now: datetime) -> Axis:
    """Add an axis at the end of the plan. Raises DomainError for no title, or where a revision is needed."""
    if not facts.title.strip():
        raise DomainError(NEEDS_TITLE, field="title")
    revision = revision_for(session, plan)
    axis = Axis(plan_id=plan.id, created_at=now)
    session.add(axis)
    classify(session, axis, facts.theme_ids, facts.entry_ids)
    session.flush()
    of_plan = select(Axis.id).where(Axis.plan_id == plan.id)
    said = AxisVersion.axis_id.in_(of_plan)
    session.add(
        AxisVersion(
            axis_id=axis.id, title=facts.title.strip(), goal=facts.goal.strip(),
            number=next_of(session, AxisVersion.number, said, ever=revision is not None),
            position=next_of(session, AxisVersion.position, said, ever=True),
            from_on=revision.day if revision else None, made_by_id=revision.id if revision else None,
        )
    )  # fmt: skip
    tell(session, plan, "plan.axis_added", facts.title, actor=actor, now=now)
    return axis


def change_axis(
    session: Session, axis: Axis, facts: AxisFacts, *, correcting: bool = False, actor: Acting, now: datetime
) -> None:
    """Change an axis, or correct a slip of the pen in place. Raises DomainError as `add_axis` does."""
    version = standing(current_axis(session, axis))
    title, goal = facts.title.strip(), facts.goal.strip()
    if not title:
        raise DomainError(NEEDS_TITLE, field="title")
    if (title, goal) != (version.title, version.goal):
        revision = None if correcting else revision_for(session, axis.plan)
        version = rewritten(session, version, revision)
        version.title, version.goal = title, goal
    classify(session, axis, facts.theme_ids, facts.entry_ids)
    session.flush()
    tell(
        session,
        axis.plan,
        "plan.axis_corrected" if correcting else "plan.axis_changed",
        title,
        actor=actor,
        now=now,
    )


def end_axis(session: Session, axis: Axis, *, actor: Acting, now: datetime) -> int:
    """End an axis and the plan actions that stand in it; return how many those are.

    Raises DomainError where a revision is needed first.
    """
    version = standing(current_axis(session, axis))
    revision = revision_for(session, axis.plan)
    actions = session.scalars(
        select(PlanActionVersion).where(
            PlanActionVersion.axis_id == axis.id, PlanActionVersion.until_on.is_(None)
        )
    ).all()
    end_version(version, revision, now)
    for row in actions:
        end_version(row, revision, now)
    session.flush()
    if revision is None:
        renumber(session, axis.plan)
    tell(session, axis.plan, "plan.axis_ended", version.title, actor=actor, now=now)
    return len(actions)


def order_axes(session: Session, plan: Plan, ids: Sequence[int], *, actor: Acting, now: datetime) -> None:
    """Put the axes in the order of these ids. Raises DomainError if they are not the plan's axes of now."""
    rows = session.scalars(
        select(AxisVersion)
        .join(Axis)
        .where(Axis.plan_id == plan.id, AxisVersion.until_on.is_(None))
        .order_by(AxisVersion.position, AxisVersion.axis_id)
    ).all()
    order(session, plan, [(row.axis_id, row) for row in rows], ids)
    if plan.state is PlanState.DRAFT:
        renumber(session, plan)
    tell(session, plan, "plan.ordered", "", actor=actor, now=now)


def order_actions(session: Session, axis: Axis, ids: Sequence[int], *, actor: Acting, now: datetime) -> None:
    """Put an axis' plan actions in order. Raises DomainError if they are not the axis' actions of now."""
    rows = session.scalars(
        select(PlanActionVersion)
        .where(PlanActionVersion.axis_id == axis.id, PlanActionVersion.until_on.is_(None))
        .order_by(PlanActionVersion.position, PlanActionVersion.plan_action_id)
    ).all()
    order(session, axis.plan, [(row.plan_action_id, row) for row in rows], ids)
    if axis.plan.state is PlanState.DRAFT:
        renumber(session, axis.plan)
    tell(session, axis.plan, "plan.ordered", "", actor=actor, now=now)


def take_back_end(session: Session, axis: Axis, *, actor: Acting, now: datetime) -> None:
    """Bring back an axis that the open revision has ended, with what ended along with it.

    Raises DomainError if it stands, or if another revision ended it.
    """
    version = _last(session, axis)
    take_back(session, version, axis.plan)
    actions = session.scalars(
        select(PlanActionVersion).where(
            PlanActionVersion.axis_id == axis.id, PlanActionVersion.ended_by_id.is_not(None)
        )
    )
    revision = open_one(session, axis.plan)
    for row in actions:
        if revision is not None and row.ended_by_id == revision.id:
            take_back(session, row, axis.plan)
    tell(session, axis.plan, "plan.axis_taken_back", version.title, actor=actor, now=now)


def _last(session: Session, axis: Axis) -> AxisVersion:
    found = select(AxisVersion).where(AxisVersion.axis_id == axis.id).order_by(AxisVersion.id.desc())
    return session.scalars(found.limit(1)).one()
