"""Plans for tests, made with the least that each needs."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from hub.plans.models.outline import Axis, PlanAction
from hub.plans.models.plans import Plan, PlanKind, PlanState
from hub.plans.operations import actions, axes, plans, revisions
from hub.plans.operations.actions import ActionFacts
from hub.plans.operations.axes import AxisFacts
from hub.plans.operations.plans import PlanFacts
from hub.plans.operations.revisions import RevisionFacts
from hub.spaces.models.spaces import Space, SpaceKind
from hub.spaces.operations import spaces
from hub.spaces.operations.spaces import SpaceFacts
from tests.factories import NOW

BY: dict[str, Any] = {"actor": None, "now": NOW}
START, TODAY = date(2020, 1, 1), NOW.date()


def plan(session: Session, title: str = "PPLI d’essai", **values: Any) -> Plan:
    facts = PlanFacts(**{"kind": PlanKind.PPLI, "title": title, "starts_on": START, **values})
    return plans.create(session, facts, **BY)


def in_force(session: Session, made: Plan, *, published: bool = False) -> Plan:
    plans.set_state(session, made, PlanState.IN_FORCE, **BY)
    if published:
        plans.publish(session, made, **BY)
    return made


def axis(session: Session, of: Plan, title: str = "Accès aux droits", **values: Any) -> Axis:
    return axes.add_axis(session, of, AxisFacts(title, **values), **BY)


def action(session: Session, of: Axis, title: str = "Informer", **values: Any) -> PlanAction:
    return actions.add_action(session, of.plan, ActionFacts(of.id, title, **values), **BY)


def revise(session: Session, of: Plan, day: date = TODAY, why: str = "De nouveaux besoins") -> Any:
    return revisions.open_revision(session, of, RevisionFacts(day, why), **BY)


def store(session: Session, row: Any) -> None:
    """Write a row past all operations, in a savepoint of its own."""
    with session.begin_nested():
        session.add(row)
        session.flush()


def space(session: Session, name: str = "Pilotage d’essai") -> Space:
    return spaces.create(session, SpaceFacts(name=name, kind=SpaceKind.STEERING), **BY)
