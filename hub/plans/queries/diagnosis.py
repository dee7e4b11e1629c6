"""Reading a plan's diagnosis and indicators."""

from sqlalchemy import Select, exists, literal, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.reference import Territory, Theme
from hub.plans.models.diagnosis import (
    Finding,
    FindingKind,
    Scope,
    plan_finding_organisation,
    plan_finding_plan_action,
    plan_finding_plan_axis,
)
from hub.plans.models.frames import Frame
from hub.plans.models.indicators import Indicator
from hub.plans.models.outline import AxisVersion, PlanActionVersion
from hub.plans.models.plans import Plan


def findings(
    plan: Plan,
    *,
    kind: FindingKind | None = None,
    scope: Scope | None = None,
    theme_id: int | None = None,
    territory_id: int | None = None,
    unanswered: bool = False,
    during: bool = False,
) -> Select[Finding]:
    """Select the lines of a plan's diagnosis.

    `unanswered`: open ones that no axis or plan action still in the plan answers; `during`: those that came
    in after the plan began.
    """
    found = (
        select(Finding)
        .where(Finding.plan_id == plan.id)
        .options(
            joinedload(Finding.theme), joinedload(Finding.territory), selectinload(Finding.organisations),
        )
        .order_by(Finding.number)
    )  # fmt: skip
    if kind:
        found = found.where(Finding.kind == kind)
    if scope:
        found = found.where(Finding.scope == scope)
    if theme_id:
        found = found.where(Finding.theme_id == theme_id)
    if territory_id:
        found = found.where(Finding.territory_id == territory_id)
    if during and plan.starts_on:
        found = found.where(Finding.entered_on > plan.starts_on)
    if unanswered:
        by_axis = exists().where(
            plan_finding_plan_axis.c.plan_finding_id == Finding.id,
            AxisVersion.axis_id == plan_finding_plan_axis.c.plan_axis_id,
            AxisVersion.until_on.is_(None),
        )
        by_action = exists().where(
            plan_finding_plan_action.c.plan_finding_id == Finding.id,
            PlanActionVersion.plan_action_id == plan_finding_plan_action.c.plan_action_id,
            PlanActionVersion.until_on.is_(None),
        )
        found = found.where(Finding.closed_on.is_(None), ~or_(by_axis, by_action))
    return found


def answers(plan: Plan) -> Select[int, int, int]:
    """Select (finding, axis or 0, plan action or 0): what answers what."""
    by_axis = select(
        plan_finding_plan_axis.c.plan_finding_id, plan_finding_plan_axis.c.plan_axis_id, literal(0)
    ).join(Finding, Finding.id == plan_finding_plan_axis.c.plan_finding_id)
    by_action = select(
        plan_finding_plan_action.c.plan_finding_id, literal(0), plan_finding_plan_action.c.plan_action_id
    ).join(Finding, Finding.id == plan_finding_plan_action.c.plan_finding_id)
    told = [found.where(Finding.plan_id == plan.id) for found in (by_axis, by_action)]
    return select(*union_all(*told).subquery().c)


def links_of(finding: Finding) -> Select[str, int]:
    """Select (its list, its number) of who said a line and of what answers it."""
    tables = {
        "organisations": plan_finding_organisation,
        "axes": plan_finding_plan_axis,
        "actions": plan_finding_plan_action,
    }
    told = []
    for name, table in tables.items():
        owner, linked = table.c
        told.append(select(literal(name).label("name"), linked.label("id")).where(owner == finding.id))
    return select(*union_all(*told).subquery().c)


def told_of(plan: Plan) -> Select[str, int, str]:
    """Select ("theme" or "territory", number, name) of what the lines of a diagnosis are about."""
    themes = select(literal("theme"), Theme.id, Theme.label, Theme.position).where(
        Theme.id.in_(select(Finding.theme_id).where(Finding.plan_id == plan.id))
    )
    places = select(literal("territory"), Territory.id, Territory.name, literal(0)).where(
        Territory.id.in_(select(Finding.territory_id).where(Finding.plan_id == plan.id))
    )
    every = list(union_all(themes, places).subquery().c)
    return select(every[0], every[1], every[2]).order_by(every[3], every[2])


def answered_by(plan_action_id: int, axis_id: int) -> Select[Finding]:
    """Select the lines of the diagnosis that a plan action, or its axis, answers."""
    by_action = select(plan_finding_plan_action.c.plan_finding_id).where(
        plan_finding_plan_action.c.plan_action_id == plan_action_id
    )
    by_axis = select(plan_finding_plan_axis.c.plan_finding_id).where(
        plan_finding_plan_axis.c.plan_axis_id == axis_id
    )
    return (
        select(Finding)
        .where(or_(Finding.id.in_(by_action), Finding.id.in_(by_axis)))
        .order_by(Finding.number)
    )


def indicators(plan: Plan) -> Select[Indicator]:
    """Select a plan's indicators with their values, ended ones last."""
    return (
        select(Indicator)
        .where(Indicator.plan_id == plan.id)
        .options(selectinload(Indicator.values))
        .order_by(Indicator.ended_on.is_not(None), Indicator.id)
    )


def frames() -> Select[Frame]:
    """Select the grids that plans are read against, newest first, with their lines."""
    return select(Frame).options(joinedload(Frame.entries)).order_by(Frame.starts_on.desc(), Frame.id.desc())
