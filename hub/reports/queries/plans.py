"""Reading what plans say of a period: axes, plan actions, indicators, what came into the diagnosis."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from hub.plans.models.diagnosis import Finding
from hub.plans.models.indicators import Indicator, IndicatorValue
from hub.plans.models.outline import (
    AxisVersion,
    FollowUp,
    PartRole,
    PlanAction,
    PlanActionPart,
    PlanActionSpace,
    PlanActionState,
    PlanActionVersion,
    Progress,
)
from hub.plans.models.plans import Plan, PlanState, plan_territory
from hub.reports.values.asked import Asked
from hub.reports.values.history import FindingRow, IndicatorRow, PlanActionRow, Plans


def carriers(session: Session, plan_id: int, first: date, last: date) -> frozenset[int]:
    """Return the spaces that carried an action of a plan in a period, and the one that steers it."""
    carried = session.scalars(
        select(PlanActionSpace.space_id)
        .join(PlanAction, PlanAction.id == PlanActionSpace.plan_action_id)
        .where(
            PlanAction.plan_id == plan_id,
            or_(PlanActionSpace.from_on.is_(None), PlanActionSpace.from_on <= last),
            or_(PlanActionSpace.until_on.is_(None), PlanActionSpace.until_on > first),
        )
    )
    steering = session.scalar(select(Plan.steering_id).where(Plan.id == plan_id))
    return frozenset(carried) | ({steering} if steering else frozenset())


def read(session: Session, asked: Asked, places: Collection[int] | None) -> Plans:
    """Read the plan asked for, else the public plans that hold in the period and the territory (`places`).

    Asked for a space, only the plan actions that it carries are told. Nine queries at most.
    """
    plans = session.execute(_plans(asked, places)).all()
    chosen = [row.id for row in plans]
    if not chosen:
        return Plans()
    axes = _in_force(session, AxisVersion.axis_id, AxisVersion, asked.period.last)
    actions = tuple(_plan_actions(session, chosen, axes, asked))
    if asked.space_id is not None:
        actions = tuple(row for row in actions if asked.space_id in row.spaces)
        return Plans(tuple(row.title for row in plans) if actions else (), actions)
    return Plans(
        titles=tuple(row.title for row in plans),
        actions=actions,
        indicators=tuple(_indicators(session, chosen, asked)),
        findings=tuple(_findings(session, chosen, asked)),
    )


def _plans(asked: Asked, places: Collection[int] | None) -> Select[*tuple[Any, ...]]:
    rows = select(Plan.id, Plan.title).order_by(Plan.starts_on, Plan.id)
    if asked.plan_id is not None:
        return rows.where(Plan.id == asked.plan_id)
    rows = rows.where(
        Plan.state != PlanState.DRAFT,
        Plan.published_at.is_not(None),
        Plan.starts_on <= asked.period.last,
        # A plan still in force is told past its planned end, as long as nobody has ended or prolonged it.
        or_(
            Plan.ends_on.is_(None),
            Plan.ends_on >= asked.period.first,
            Plan.state == PlanState.IN_FORCE,
        ),
    )
    if places is not None:
        there = select(plan_territory.c.plan_id).where(plan_territory.c.territory_id.in_(places))
        rows = rows.where(Plan.id.in_(there))
    return rows


def _holds(model: Any, day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions that a dated row of a plan holds on that day (`until_on` is the day after)."""
    return (
        or_(model.from_on.is_(None), model.from_on <= day),
        or_(model.until_on.is_(None), model.until_on > day),
    )


def _in_force(session: Session, owner: Any, model: Any, day: date) -> dict[int, Any]:
    return {getattr(row, owner.key): row for row in session.scalars(select(model).where(*_holds(model, day)))}


def _plan_actions(
    session: Session, plans: list[int], axes: dict[int, AxisVersion], asked: Asked
) -> Iterable[PlanActionRow]:
    last = asked.period.last
    own = select(PlanAction.id).where(PlanAction.plan_id.in_(plans))
    versions = session.execute(
        select(PlanAction.plan_id, PlanActionVersion)
        .join(PlanAction, PlanAction.id == PlanActionVersion.plan_action_id)
        .where(PlanAction.plan_id.in_(plans), *_holds(PlanActionVersion, last))
    ).all()
    states: dict[int, list[tuple[date, str]]] = {}
    for row in session.execute(
        select(PlanActionState.plan_action_id, PlanActionState.since_on, PlanActionState.state)
        .where(PlanActionState.plan_action_id.in_(own))
        .order_by(PlanActionState.since_on, PlanActionState.id)
    ):
        states.setdefault(row.plan_action_id, []).append((row.since_on, row.state.value))
    spaces = _tied(
        session, PlanActionSpace.plan_action_id, PlanActionSpace.space_id, own, *_holds(PlanActionSpace, last)
    )
    leads = _tied(
        session, PlanActionPart.plan_action_id, PlanActionPart.organisation_id, own,
        PlanActionPart.role == PartRole.LEAD, *_holds(PlanActionPart, last),
    )  # fmt: skip
    follow = _tied(session, FollowUp.plan_action_id, FollowUp.action_id, own, FollowUp.ended_at.is_(None))
    for plan_id, version in versions:
        axis = axes.get(version.axis_id)
        number = version.plan_action_id
        said = states.get(number, [])
        yield PlanActionRow(
            id=number, plan_id=plan_id,
            axis=f"{axis.number}. {axis.title}" if axis else "–",
            place=(axis.position if axis else 0, version.position),
            number=f"{axis.number}.{version.number}" if axis else str(version.number),
            title=version.title,
            # What nobody has spoken of yet is planned, as on the plan's own page.
            state=_state_on(said, last) or Progress.PLANNED.value,
            was=_state_on(said, asked.period.first - timedelta(days=1)),
            spaces=spaces.get(number, ()), leads=leads.get(number, ()), followed_by=follow.get(number, ()),
        )  # fmt: skip


def _state_on(said: list[tuple[date, str]], day: date) -> str | None:
    return next((state for since, state in reversed(said) if since <= day), None)


def _tied(
    session: Session, owner: Any, other: Any, own: Select[int], *conditions: ColumnElement[bool]
) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for one, two in session.execute(
        select(owner, other).where(owner.in_(own), *conditions).order_by(owner, other)
    ):
        found[one] = (*found.get(one, ()), two)
    return found


def _indicators(session: Session, plans: list[int], asked: Asked) -> Iterable[IndicatorRow]:
    rows = session.execute(
        select(Indicator, IndicatorValue.day, IndicatorValue.value)
        .join(IndicatorValue, IndicatorValue.indicator_id == Indicator.id)
        .where(
            Indicator.plan_id.in_(plans),
            IndicatorValue.corrected_at.is_(None),
            IndicatorValue.day <= asked.period.last,
            or_(Indicator.ended_on.is_(None), Indicator.ended_on >= asked.period.first),
        )
        .order_by(Indicator.id, IndicatorValue.day, IndicatorValue.id)
    )
    values: dict[Indicator, list[tuple[date, float]]] = {}
    for indicator, day, value in rows:
        values.setdefault(indicator, []).append((day, value))
    for row, dated in values.items():
        known = dated
        if row.baseline is not None and row.baseline_on is not None and row.baseline_on < dated[0][0]:
            known = [(row.baseline_on, row.baseline), *dated]
        yield IndicatorRow(row.id, row.name, row.unit, row.target, row.target_on, tuple(known))


def _findings(session: Session, plans: list[int], asked: Asked) -> Iterable[FindingRow]:
    rows = session.execute(
        select(
            Finding.id, Finding.kind, Finding.scope, Finding.text, Finding.theme_id, Finding.territory_id,
            Finding.entered_on,
        )
        .where(
            Finding.plan_id.in_(plans),
            Finding.entered_on >= asked.period.first,
            Finding.entered_on <= asked.period.last,
        )
        .order_by(Finding.entered_on, Finding.id)
    )  # fmt: skip
    for row in rows:
        yield FindingRow(
            row.id, row.kind.value, row.scope.value, row.text, row.theme_id, row.territory_id, row.entered_on
        )
