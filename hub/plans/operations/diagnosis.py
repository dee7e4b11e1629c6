"""The diagnosis of a plan: what was found can come in at any time; nothing is erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.clock import today
from hub.core.errors import N_, DomainError
from hub.plans.models.diagnosis import Finding, FindingKind, Scope
from hub.plans.models.outline import Axis, PlanAction
from hub.plans.models.plans import Plan

Acting = User | str | None


@dataclass(frozen=True)
class FindingFacts:
    """What was found, how far it reaches, who said it and where that is written."""

    kind: FindingKind
    scope: Scope
    text: str
    source: str
    entered_on: date
    detail: str = ""
    territory_id: int | None = None
    theme_id: int | None = None
    organisation_ids: Sequence[int] = ()
    axis_ids: Sequence[int] = ()
    action_ids: Sequence[int] = ()


def save(
    session: Session, plan: Plan, row: Finding | None, facts: FindingFacts, *, actor: Acting, now: datetime
) -> Finding:
    """Write a line of the diagnosis, new or known.

    Raises DomainError for no words, no source, a day to come, or an answer that is of another plan.
    """
    if not facts.text.strip():
        raise DomainError(N_("Écrivez le besoin, le constat ou le frein."), field="text")
    if not facts.source.strip():
        raise DomainError(
            N_("Dites d’où cela vient : le document et la page, ou qui l’a dit."), field="source"
        )
    if facts.entered_on > today(now):
        raise DomainError(N_("Ce jour n’est pas encore venu."), field="entered_on")
    if row is not None and row.closed_on and facts.entered_on > row.closed_on:
        raise DomainError(N_("Cette ligne était close avant ce jour."), field="entered_on")
    axes = session.scalars(select(Axis).where(Axis.id.in_(facts.axis_ids))).all()
    actions = session.scalars(select(PlanAction).where(PlanAction.id.in_(facts.action_ids))).all()
    _check_plan(plan, axes, "axis_ids")
    _check_plan(plan, actions, "action_ids")
    last = session.scalar(select(func.max(Finding.number)).where(Finding.plan_id == plan.id)) or 0
    known = row or Finding(plan_id=plan.id, number=last + 1, created_at=now)
    known.kind, known.scope, known.entered_on = facts.kind, facts.scope, facts.entered_on
    known.text, known.detail = facts.text.strip(), facts.detail.strip()
    known.source = facts.source.strip()
    known.territory_id, known.theme_id, known.updated_at = facts.territory_id, facts.theme_id, now
    known.organisations = (
        list(session.scalars(select(Organisation).where(Organisation.id.in_(facts.organisation_ids))))
        if facts.organisation_ids
        else []
    )
    known.axes, known.actions = list(axes), list(actions)
    session.add(known)
    session.flush()
    audit.record(
        session, "plan.finding_changed" if row else "plan.finding_added", plan, actor=actor, now=now,
        changes={"number": [None, known.number]},
    )  # fmt: skip
    return known


def _check_plan(plan: Plan, found: Sequence[Axis | PlanAction], field: str) -> None:
    if any(row.plan_id != plan.id for row in found):
        raise DomainError(N_("Choisissez dans ce plan."), field=field)


def close(session: Session, row: Finding, reason: str, *, actor: Acting, now: datetime) -> None:
    """Say since today that this is no longer so, and why. Raises DomainError for no reason."""
    if not reason.strip():
        raise DomainError(N_("Dites pourquoi cela n’est plus d’actualité."), field="reason")
    if row.closed_on is None:
        row.closed_on, row.closed_reason, row.updated_at = today(now), reason.strip(), now
        session.flush()
        _tell(session, row, "plan.finding_closed", actor, now)


def reopen(session: Session, row: Finding, *, actor: Acting, now: datetime) -> None:
    """Say that it is so again."""
    if row.closed_on is not None:
        row.closed_on, row.closed_reason, row.updated_at = None, "", now
        session.flush()
        _tell(session, row, "plan.finding_reopened", actor, now)


def _tell(session: Session, row: Finding, action: str, actor: Acting, now: datetime) -> None:
    audit.record(session, action, row.plan, actor=actor, now=now, changes={"number": [None, row.number]})
