"""Reading plans, who adopted them, their revisions, money and evaluations."""

from datetime import date

from sqlalchemy import Select, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload, lazyload, selectinload

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, TerritoryKind
from hub.core.search import fold
from hub.plans.models.outline import Axis as AxisRow
from hub.plans.models.outline import (
    AxisVersion,
    PlanAction,
    PlanActionVersion,
    plan_action_theme,
    plan_axis_theme,
)
from hub.plans.models.plans import (
    Adoption,
    BudgetLine,
    Evaluation,
    Plan,
    PlanKind,
    PlanState,
    Revision,
    plan_territory,
)
from hub.spaces.models.spaces import Facilitation, Space

SORTS = {"title": Plan.search_text, "kind": Plan.kind, "since": Plan.starts_on, "state": Plan.state}


def plans(
    *,
    text: str = "",
    kind: PlanKind | None = None,
    state: PlanState | None = None,
    territory_id: int | None = None,
    sort: str = "since",
    descending: bool = True,
) -> Select[Plan]:
    """Select the plans that match, with their territories."""
    found = select(Plan).options(selectinload(Plan.territories), joinedload(Plan.steering))
    if text:
        found = found.where(Plan.search_text.contains(fold(text), autoescape=True))
    if kind:
        found = found.where(Plan.kind == kind)
    if state:
        found = found.where(Plan.state == state)
    if territory_id:
        found = found.where(Plan.territories.any(Territory.id == territory_id))
    column = SORTS.get(sort, Plan.starts_on)
    return found.order_by(column.desc() if descending else column, Plan.id)


def seen_by(found: Select[Plan], user: User | None, day: date) -> Select[Plan]:
    """Keep what somebody may read that day: what is published, and what they may change (`rules.edit`)."""
    if user is not None and user.is_coordinator:
        return found
    readable = Plan.published_at.is_not(None)
    if user is None:
        return found.where(readable)
    mine = select(Facilitation.space_id).where(
        Facilitation.user_id == user.id,
        Facilitation.starts_on <= day,
        or_(Facilitation.ends_on.is_(None), Facilitation.ends_on >= day),
    )
    return found.where(or_(readable, Plan.steering_id.in_(mine)))


def action_counts() -> Select[int, int, int]:
    """Select (plan, number of axes, number of plan actions) as they stand, ended ones left out."""
    axes = (
        select(AxisRow.plan_id, func.count().label("axes"))
        .join(AxisVersion, AxisVersion.axis_id == AxisRow.id)
        .where(AxisVersion.until_on.is_(None))
        .group_by(AxisRow.plan_id)
        .subquery()
    )
    actions = (
        select(PlanAction.plan_id, func.count().label("actions"))
        .join(PlanActionVersion, PlanActionVersion.plan_action_id == PlanAction.id)
        .where(PlanActionVersion.until_on.is_(None))
        .group_by(PlanAction.plan_id)
        .subquery()
    )
    return (
        select(Plan.id, func.coalesce(axes.c.axes, 0), func.coalesce(actions.c.actions, 0))
        .join(axes, axes.c.plan_id == Plan.id, isouter=True)
        .join(actions, actions.c.plan_id == Plan.id, isouter=True)
    )


def communes(plan: Plan) -> Select[str]:
    """Select the names of the communes that a plan's territories cover."""
    covered = select(plan_territory.c.territory_id).where(plan_territory.c.plan_id == plan.id)
    parent = aliased(Territory)
    return (
        select(Territory.name)
        .join(parent, parent.id == Territory.parent_id, isouter=True)
        .where(
            Territory.kind == TerritoryKind.COMMUNE,
            or_(Territory.id.in_(covered), parent.id.in_(covered), parent.parent_id.in_(covered)),
        )
        .order_by(Territory.name)
    )


def covered(plan_ids: Select[int]) -> Select[int, str]:
    """Select (number, name) of the territories that these plans name."""
    named = select(plan_territory.c.territory_id).where(plan_territory.c.plan_id.in_(plan_ids))
    return select(Territory.id, Territory.name).where(Territory.id.in_(named)).order_by(Territory.name)


def adoptions(plan: Plan) -> Select[Adoption]:
    """Select the votes on a plan, oldest first; withdrawn ones too."""
    return (
        select(Adoption)
        .where(Adoption.plan_id == plan.id)
        .options(
            joinedload(Adoption.organisation).load_only(Organisation.name),
            joinedload(Adoption.territory).load_only(Territory.name),
        )
        .order_by(Adoption.decided_on, Adoption.id)
    )


def revisions(plan: Plan) -> Select[Revision]:
    """Select a plan's revisions, oldest first."""
    return (
        select(Revision)
        .where(Revision.plan_id == plan.id)
        .options(joinedload(Revision.space), joinedload(Revision.decision))
        .order_by(Revision.number)
    )


def followers(plan: Plan) -> Select[Plan]:
    """Select the plans that followed this one."""
    alone = (lazyload(Plan.follows), lazyload(Plan.steering), lazyload(Plan.open_revision))
    return select(Plan).where(Plan.follows_id == plan.id).options(*alone).order_by(Plan.starts_on, Plan.id)


def budget(plan: Plan) -> Select[BudgetLine]:
    """Select the money of a plan, by year; withdrawn lines too."""
    return (
        select(BudgetLine)
        .where(BudgetLine.plan_id == plan.id)
        .options(joinedload(BudgetLine.funder))
        .order_by(BudgetLine.year, BudgetLine.id)
    )


def evaluations(plan: Plan, *, drafts: bool) -> Select[Evaluation]:
    """Select a plan's evaluations, newest first."""
    found = select(Evaluation).where(Evaluation.plan_id == plan.id)
    if not drafts:
        found = found.where(Evaluation.published_at.is_not(None))
    return found.order_by(Evaluation.made_on.desc(), Evaluation.id.desc())


def organisations() -> Select[int, str]:
    """Select (number, name) of the organisations to choose from."""
    return (
        select(Organisation.id, Organisation.name)
        .where(Organisation.merged_into_id.is_(None))
        .order_by(Organisation.name)
    )


def spaces() -> Select[int, str]:
    """Select (number, name) of the spaces to choose from."""
    return select(Space.id, Space.name).order_by(Space.name)


def facilitated_by(plan: Plan) -> Select[Facilitation]:
    """Select the facilitations of the space that steers a plan."""
    return select(Facilitation).where(Facilitation.space_id == plan.steering_id)


def themes_by_plan(day: date) -> Select[int, int, int]:
    """Select (plan, theme, number of plan actions) on a day; an axis' themes count for its own actions."""
    standing = and_(
        or_(PlanActionVersion.from_on.is_(None), PlanActionVersion.from_on <= day),
        or_(PlanActionVersion.until_on.is_(None), PlanActionVersion.until_on > day),
    )
    own = (
        select(
            PlanAction.plan_id.label("plan"), plan_action_theme.c.theme_id.label("theme"),
            PlanAction.id.label("action"),
        )
        .join(plan_action_theme, plan_action_theme.c.plan_action_id == PlanAction.id)
        .join(PlanActionVersion, PlanActionVersion.plan_action_id == PlanAction.id)
        .where(standing)
    )  # fmt: skip
    named = exists().where(plan_action_theme.c.plan_action_id == PlanAction.id)
    by_axis = (
        select(PlanAction.plan_id, plan_axis_theme.c.theme_id, PlanAction.id)
        .join(PlanActionVersion, PlanActionVersion.plan_action_id == PlanAction.id)
        .join(plan_axis_theme, plan_axis_theme.c.plan_axis_id == PlanActionVersion.axis_id)
        .where(standing, ~named)
    )
    every = union_all(own, by_axis).subquery()
    return select(every.c.plan, every.c.theme, func.count(every.c.action.distinct())).group_by(
        every.c.plan, every.c.theme
    )
