"""Indicators and their dated values; a value that was wrong is corrected beside, never over."""

import math
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.clock import today
from hub.core.errors import N_, DomainError
from hub.plans.models.indicators import Indicator, IndicatorValue
from hub.plans.models.outline import Axis, PlanAction
from hub.plans.models.plans import Plan

Acting = User | str | None


@dataclass(frozen=True)
class IndicatorFacts:
    """What is measured, in which unit, from where (on a day) to where (by a day)."""

    name: str
    unit: str = ""
    measures: str = ""
    axis_id: int | None = None
    plan_action_id: int | None = None
    baseline: float | None = None
    baseline_on: date | None = None
    target: float | None = None
    target_on: date | None = None


def save(
    session: Session,
    plan: Plan,
    row: Indicator | None,
    facts: IndicatorFacts,
    *,
    actor: Acting,
    now: datetime,
) -> Indicator:
    """Write an indicator, new or known.

    Raises DomainError for no name, a level without its day (or the other way round), or one of another plan.
    """
    if not facts.name.strip():
        raise DomainError(N_("Donnez un nom."), field="name")
    _check_pair(facts.baseline, facts.baseline_on, "baseline")
    _check_pair(facts.target, facts.target_on, "target")
    axis = session.get(Axis, facts.axis_id) if facts.axis_id else None
    if facts.axis_id and (axis is None or axis.plan_id != plan.id):
        raise DomainError(N_("Choisissez dans ce plan."), field="axis_id")
    action = session.get(PlanAction, facts.plan_action_id) if facts.plan_action_id else None
    if facts.plan_action_id and (action is None or action.plan_id != plan.id):
        raise DomainError(N_("Choisissez dans ce plan."), field="plan_action_id")
    known = row or Indicator(plan_id=plan.id, created_at=now)
    before = _shown(known)
    for name in (
        "axis_id", "plan_action_id", "baseline", "baseline_on", "target", "target_on",
    ):  # fmt: skip
        setattr(known, name, getattr(facts, name))
    known.name, known.unit, known.measures = facts.name.strip(), facts.unit.strip(), facts.measures.strip()
    session.add(known)
    session.flush()
    audit.record(
        session, "plan.indicator_changed" if row else "plan.indicator_added", plan, actor=actor, now=now,
        changes=audit.differences(before, _shown(known)),
    )  # fmt: skip
    return known


def _shown(row: Indicator) -> dict[str, object]:
    names = ("name", "unit", "baseline", "baseline_on", "target", "target_on")
    return {name: getattr(row, name) for name in names}


def _check_pair(level: float | None, day: date | None, field: str) -> None:
    if level is not None and not math.isfinite(level):
        raise DomainError(N_("Écrivez un nombre."), field=field)
    if level is not None and day is None:
        raise DomainError(N_("Dites de quel jour."), field=f"{field}_on")
    if level is None and day is not None:
        raise DomainError(N_("Dites la valeur."), field=field)


def end(session: Session, row: Indicator, *, actor: Acting, now: datetime) -> None:
    """Stop following an indicator today; its values stay."""
    if row.ended_on is None:
        row.ended_on = today(now)
        session.flush()
        _tell(session, row, "plan.indicator_ended", actor, now)


def resume(session: Session, row: Indicator, *, actor: Acting, now: datetime) -> None:
    """Follow an indicator again."""
    if row.ended_on is not None:
        row.ended_on = None
        session.flush()
        _tell(session, row, "plan.indicator_resumed", actor, now)


@dataclass(frozen=True)
class ValueFacts:
    """A value on a day, and where it was read."""

    day: date
    value: float
    source: str
    note: str = ""


def add_value(
    session: Session, row: Indicator, facts: ValueFacts, *, actor: Acting, now: datetime
) -> IndicatorValue:
    """Add a value. Raises DomainError for no source, a day to come, or a day that has one already."""
    _check_value(facts, now)
    standing = select(IndicatorValue.id).where(
        IndicatorValue.indicator_id == row.id,
        IndicatorValue.day == facts.day,
        IndicatorValue.corrected_at.is_(None),
    )
    if session.scalar(standing) is not None:
        raise DomainError(N_("Ce jour a déjà une valeur : corrigez-la plutôt."), field="day")
    return _add(session, row, facts, "plan.value_added", actor=actor, now=now)


def correct_value(
    session: Session, value: IndicatorValue, facts: ValueFacts, reason: str, *, actor: Acting, now: datetime
) -> IndicatorValue:
    """Put another value in the place of one, which is kept with the reason; the day stays.

    Raises DomainError for no reason, no source, or a value that was corrected before.
    """
    if value.corrected_at is not None:
        raise DomainError(N_("Cette valeur a déjà été corrigée."))
    if not reason.strip():
        raise DomainError(N_("Dites pourquoi la valeur est corrigée."), field="reason")
    fixed = ValueFacts(value.day, facts.value, facts.source, facts.note)
    _check_value(fixed, now)
    value.corrected_at, value.corrected_reason = now, reason.strip()
    session.flush()
    return _add(session, value.indicator, fixed, "plan.value_corrected", actor=actor, now=now)


def _check_value(facts: ValueFacts, now: datetime) -> None:
    if not math.isfinite(facts.value):
        raise DomainError(N_("Écrivez un nombre."), field="value")
    if facts.day > today(now):
        raise DomainError(N_("Ce jour n’est pas encore venu."), field="day")
    if not facts.source.strip():
        raise DomainError(N_("Dites d’où vient cette valeur."), field="source")


def _add(
    session: Session, row: Indicator, facts: ValueFacts, action: str, *, actor: Acting, now: datetime
) -> IndicatorValue:
    made = IndicatorValue(
        indicator_id=row.id, day=facts.day, value=facts.value, source=facts.source.strip(),
        note=facts.note.strip(), created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.expire(row, ["values"])
    audit.record(
        session, action, row.plan, actor=actor, now=now,
        changes={"indicator": [None, row.name], "value": [None, facts.value], "day": [None, str(facts.day)]},
    )  # fmt: skip
    return made


def _tell(session: Session, row: Indicator, action: str, actor: Acting, now: datetime) -> None:
    audit.record(session, action, row.plan, actor=actor, now=now, changes={"indicator": [None, row.name]})
