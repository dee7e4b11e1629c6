"""Plan actions: what they say is revised; how far they are and who carries them follows from day to day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory
from hub.core import audit
from hub.core.clock import today
from hub.core.errors import N_, DomainError
from hub.plans.models.outline import (
    Axis,
    FollowUp,
    PartRole,
    PlanAction,
    PlanActionPart,
    PlanActionSpace,
    PlanActionState,
    PlanActionVersion,
    Progress,
    Way,
)
from hub.plans.models.plans import Plan, PlanState, Revision
from hub.plans.operations.revisions import open_one, revision_for
from hub.plans.operations.versions import (
    NEEDS_TITLE,
    Acting,
    classify,
    current_action,
    current_axis,
    end_version,
    next_of,
    renumber,
    rewritten,
    standing,
    take_back,
    tell,
)
from hub.spaces.models.actions import Action


@dataclass(frozen=True)
class ActionFacts:
    """What is said of a plan action; its period is when it is foreseen, both days included."""

    axis_id: int
    title: str
    detail: str = ""
    way: Way = Way.BOTH
    starts_on: date | None = None
    ends_on: date | None = None
    lead_ids: Sequence[int] = ()
    partner_ids: Sequence[int] = ()
    space_ids: Sequence[int] = ()
    territory_ids: Sequence[int] = ()
    theme_ids: Sequence[int] = ()
    entry_ids: Sequence[int] = ()


def add_action(
    session: Session, plan: Plan, facts: ActionFacts, *, actor: Acting, now: datetime
) -> PlanAction:
    """Add a plan action at the end of its axis.

    Raises DomainError for no title, dates in the wrong order, an axis that is not in the plan, or where a
    revision is needed first.
    """
    _check_action(session, plan, facts)
    revision = revision_for(session, plan)
    row = PlanAction(plan_id=plan.id, created_at=now)
    session.add(row)
    classify(session, row, facts.theme_ids, facts.entry_ids)
    _place(session, row, facts)
    session.flush()
    session.add(
        PlanActionVersion(
            plan_action_id=row.id, axis_id=facts.axis_id, **_said(facts),
            **_places(session, facts.axis_id, revision),
            from_on=revision.day if revision else None, made_by_id=revision.id if revision else None,
        )
    )  # fmt: skip
    session.flush()
    _carry(session, plan, row, facts, now)
    tell(session, plan, "plan.action_added", facts.title, actor=actor, now=now)
    return row


def _places(session: Session, axis_id: int, revision: Revision | None) -> dict[str, int]:
    stands = PlanActionVersion.axis_id == axis_id
    return {
        "number": next_of(session, PlanActionVersion.number, stands, ever=revision is not None),
        "position": next_of(session, PlanActionVersion.position, stands, ever=True),
    }


def _said(facts: ActionFacts) -> dict[str, Any]:
    return {
        "title": facts.title.strip(),
        "detail": facts.detail.strip(),
        "way": facts.way,
        "starts_on": facts.starts_on,
        "ends_on": facts.ends_on,
    }


def _check_action(session: Session, plan: Plan, facts: ActionFacts) -> None:
    if not facts.title.strip():
        raise DomainError(NEEDS_TITLE, field="title")
    if facts.starts_on and facts.ends_on and facts.ends_on < facts.starts_on:
        raise DomainError(N_("La fin ne peut pas précéder le début."), field="ends_on")
    axis = session.get(Axis, facts.axis_id)
    if axis is None or axis.plan_id != plan.id or current_axis(session, axis) is None:
        raise DomainError(N_("Cet axe n’est pas dans le plan."), field="axis_id")
    both = set(facts.lead_ids) & set(facts.partner_ids)
    if both:
        raise DomainError(
            N_("Une organisation porte l’action ou en est partenaire, pas les deux."), field="partner_ids"
        )


def change_action(
    session: Session,
    row: PlanAction,
    facts: ActionFacts,
    *,
    correcting: bool = False,
    actor: Acting,
    now: datetime,
) -> None:
    """Change a plan action, move it to another axis, or correct a slip of the pen in place.

    Raises DomainError as `add_action` does; moving is never a slip of the pen.
    """
    version = standing(current_action(session, row))
    _check_action(session, row.plan, facts)
    said = _said(facts)
    moved = facts.axis_id != version.axis_id
    if moved or any(getattr(version, name) != value for name, value in said.items()):
        revision = None if correcting and not moved else revision_for(session, row.plan)
        places = _places(session, facts.axis_id, revision) if moved else {}
        version = rewritten(session, version, revision)
        for name, value in {**said, **places, "axis_id": facts.axis_id}.items():
            setattr(version, name, value)
    classify(session, row, facts.theme_ids, facts.entry_ids)
    _place(session, row, facts)
    session.flush()
    if moved and row.plan.state is PlanState.DRAFT:
        renumber(session, row.plan)
    _carry(session, row.plan, row, facts, now)
    action = "plan.action_corrected" if correcting else "plan.action_changed"
    tell(session, row.plan, action, version.title, actor=actor, now=now)


def _place(session: Session, row: PlanAction, facts: ActionFacts) -> None:
    row.territories = (
        list(session.scalars(select(Territory).where(Territory.id.in_(facts.territory_ids))))
        if facts.territory_ids
        else []
    )


def _carry(session: Session, plan: Plan, row: PlanAction, facts: ActionFacts, now: datetime) -> None:
    """Bring leads, partners and spaces to what was said, from the day on which the plan changes."""
    revision = None if plan.state is PlanState.DRAFT else open_one(session, plan)
    day = None if plan.state is PlanState.DRAFT else (revision.day if revision else today(now))
    for role, wanted in ((PartRole.LEAD, facts.lead_ids), (PartRole.PARTNER, facts.partner_ids)):
        known = session.scalars(
            select(PlanActionPart).where(
                PlanActionPart.plan_action_id == row.id,
                PlanActionPart.role == role,
                PlanActionPart.until_on.is_(None),
            )
        ).all()
        for number in _dated(session, {one.organisation_id: one for one in known}, wanted, day):
            session.add(PlanActionPart(plan_action_id=row.id, organisation_id=number, role=role, from_on=day))
    spaces = session.scalars(
        select(PlanActionSpace).where(
            PlanActionSpace.plan_action_id == row.id, PlanActionSpace.until_on.is_(None)
        )
    ).all()
    for number in _dated(session, {one.space_id: one for one in spaces}, facts.space_ids, day):
        session.add(PlanActionSpace(plan_action_id=row.id, space_id=number, from_on=day))
    session.flush()


def _dated(session: Session, known: dict[int, Any], wanted: Sequence[int], day: date | None) -> list[int]:
    """End what is no longer wanted on that day (without a day: it never was) and return what is missing."""
    for number, row in known.items():
        if number in wanted:
            continue
        if day is None:
            session.delete(row)
        else:
            row.until_on = max(day, row.from_on or day)
    return [number for number in dict.fromkeys(wanted) if number not in known]


def end_action(session: Session, row: PlanAction, *, actor: Acting, now: datetime) -> None:
    """Take a plan action out of the plan; it stays to be read. Raises DomainError if a revision is needed."""
    version = standing(current_action(session, row))
    revision = revision_for(session, row.plan)
    end_version(version, revision, now)
    session.flush()
    if revision is None:
        renumber(session, row.plan)
    tell(session, row.plan, "plan.action_ended", version.title, actor=actor, now=now)


def take_back_end(session: Session, row: PlanAction, *, actor: Acting, now: datetime) -> None:
    """Bring back a plan action that the open revision has ended.

    Raises DomainError if it stands, if another revision ended it, or if its axis is no longer in the plan.
    """
    found = select(PlanActionVersion).where(PlanActionVersion.plan_action_id == row.id)
    version = session.scalars(found.order_by(PlanActionVersion.id.desc()).limit(1)).one()
    axis = session.get_one(Axis, version.axis_id)
    if current_axis(session, axis) is None:
        raise DomainError(N_("Cet axe n’est pas dans le plan."), field="axis_id")
    take_back(session, version, row.plan)
    tell(session, row.plan, "plan.action_taken_back", version.title, actor=actor, now=now)


def set_progress(
    session: Session,
    row: PlanAction,
    state: Progress,
    *,
    since_on: date,
    reason: str = "",
    actor: Acting,
    now: datetime,
) -> PlanActionState:
    """Say how far a plan action is since a day; earlier states stay.

    Raises DomainError for a day to come, and for dropping without a reason.
    """
    standing(current_action(session, row))
    if since_on > today(now):
        raise DomainError(N_("Ce jour n’est pas encore venu."), field="since_on")
    if state is Progress.DROPPED and not reason.strip():
        raise DomainError(N_("Dites pourquoi cette action est abandonnée."), field="reason")
    made = PlanActionState(
        plan_action_id=row.id, state=state, since_on=since_on, reason=reason.strip(), created_at=now
    )
    session.add(made)
    session.flush()
    audit.record(
        session, "plan.action_progress", row.plan, actor=actor, now=now,
        changes={"state": [None, state.value], "action": [None, row.id]},
    )  # fmt: skip
    return made


def tie_up(session: Session, row: PlanAction, action: Action, *, actor: Acting, now: datetime) -> FollowUp:
    """Say that an action of a space puts a plan action into practice. Raises DomainError if that is known."""
    standing(current_action(session, row))
    known = select(FollowUp.id).where(
        FollowUp.plan_action_id == row.id, FollowUp.action_id == action.id, FollowUp.ended_at.is_(None)
    )
    if session.scalar(known) is not None:
        raise DomainError(N_("C’est déjà rattaché."), field="action_id")
    made = FollowUp(plan_action_id=row.id, action_id=action.id, created_at=now)
    session.add(made)
    session.flush()
    audit.record(
        session, "plan.follow_up_tied", row.plan, actor=actor, now=now, changes={"action": [None, action.id]}
    )
    return made


def untie(session: Session, tie: FollowUp, *, actor: Acting, now: datetime) -> None:
    """Untie an action of a space from a plan action."""
    if tie.ended_at is None:
        tie.ended_at = now
        session.flush()
        audit.record(
            session, "plan.follow_up_untied", tie.plan_action.plan, actor=actor, now=now,
            changes={"action": [tie.action_id, None]},
        )  # fmt: skip
