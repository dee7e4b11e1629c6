"""Revisions of a plan in force: from which day, why, and where that was decided."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.clock import today
from hub.core.errors import N_, DomainError
from hub.plans.models.plans import Plan, PlanState, Revision
from hub.spaces.models.decisions import Decision

Acting = User | str | None
NEEDS_REVISION = N_(
    "Ce plan est en vigueur : ouvrez d’abord une révision, qui dit de quand elle date et pourquoi."
)


@dataclass(frozen=True)
class RevisionFacts:
    """From which day the plan reads as revised, why, and where that was decided."""

    day: date
    why: str
    space_id: int | None = None
    decision_id: int | None = None


def open_revision(
    session: Session, plan: Plan, facts: RevisionFacts, *, actor: Acting, now: datetime
) -> Revision:
    """Begin a revision of a plan in force.

    Raises DomainError if the plan is not in force, one is open already, or the day is to come, before the
    plan or before the last revision.
    """
    if plan.state is not PlanState.IN_FORCE:
        raise DomainError(N_("Seul un plan en vigueur se révise."))
    if not facts.why.strip():
        raise DomainError(N_("Dites pourquoi le plan est révisé."), field="why")
    if open_one(session, plan) is not None:
        raise DomainError(N_("Une révision est déjà ouverte : terminez-la d’abord."))
    _check_day(session, plan, facts.day, now)
    space_id = facts.space_id
    if facts.decision_id is not None:
        decision = session.get(Decision, facts.decision_id)
        if decision is None:
            raise DomainError(N_("Cette décision n’existe pas."), field="decision_id")
        space_id = space_id or decision.space_id
    last = session.scalar(select(func.max(Revision.number)).where(Revision.plan_id == plan.id)) or 0
    row = Revision(
        plan_id=plan.id, number=last + 1, day=facts.day, why=facts.why.strip(), space_id=space_id,
        decision_id=facts.decision_id, opened_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, "plan.revision_opened", plan, actor=actor, now=now, changes={"day": [None, str(facts.day)]}
    )
    return row


def _check_day(session: Session, plan: Plan, day: date, now: datetime) -> None:
    if day > today(now):
        raise DomainError(N_("Une révision prend effet au plus tard aujourd’hui."), field="day")
    if plan.starts_on and day < plan.starts_on:
        raise DomainError(N_("Une révision ne précède pas le plan."), field="day")
    last = session.scalar(select(func.max(Revision.day)).where(Revision.plan_id == plan.id))
    if last and day < last:
        raise DomainError(N_("Une révision ne précède pas la dernière."), field="day")


def close_revision(session: Session, revision: Revision, *, actor: Acting, now: datetime) -> None:
    """End a revision: what it changed stands."""
    if revision.closed_at is None:
        revision.closed_at = now
        session.flush()
        audit.record(
            session, "plan.revision_closed", revision.plan, actor=actor, now=now,
            changes={"day": [None, str(revision.day)]},
        )  # fmt: skip


def open_one(session: Session, plan: Plan) -> Revision | None:
    """Return the plan's open revision."""
    return session.scalar(select(Revision).where(Revision.plan_id == plan.id, Revision.closed_at.is_(None)))


def revision_for(session: Session, plan: Plan) -> Revision | None:
    """Return the revision that a change of the plan belongs to; None while it is prepared.

    Raises DomainError where one has to be opened first.
    """
    if plan.state is PlanState.DRAFT:
        return None
    revision = open_one(session, plan)
    if revision is None:
        raise DomainError(NEEDS_REVISION)
    return revision
