"""Telling ties between organisations, ending them, and withdrawing the wrong ones."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Confidence, Organisation
from hub.actors.models.relations import Precision, Relation, RelationKind
from hub.actors.values.dates import PartialDate, show
from hub.core import audit
from hub.core.errors import N_, DomainError


@dataclass(frozen=True)
class RelationFacts:
    """A tie: who, what, to whom, from when to when, and where that was read."""

    source_id: int
    kind_id: int
    target_id: int
    start: PartialDate | None = None
    end: PartialDate | None = None
    origin: str = ""
    confidence: Confidence = Confidence.HIGH
    note: str = ""


def columns(facts: RelationFacts) -> dict[str, Any]:
    """Return the values of the row's own columns."""
    return {
        "source_id": facts.source_id,
        "kind_id": facts.kind_id,
        "target_id": facts.target_id,
        "start_on": facts.start.day if facts.start else None,
        "start_precision": facts.start.precision if facts.start else Precision.DAY,
        "end_on": facts.end.day if facts.end else None,
        "end_precision": facts.end.precision if facts.end else Precision.DAY,
        "origin": facts.origin,
        "confidence": facts.confidence,
        "note": facts.note,
    }


def check_facts(facts: RelationFacts) -> None:
    """Raise DomainError if a tie contradicts itself."""
    if facts.source_id == facts.target_id:
        raise DomainError(N_("Un acteur ne peut pas être lié à lui-même."), field="other")
    check_period(facts.start, facts.end)


def check_period(start: PartialDate | None, end: PartialDate | None) -> None:
    """Raise DomainError if the period ends before it begins."""
    if start and end and end.day < start.day:
        raise DomainError(N_("La fin vient avant le début."), field="end")


def add(
    session: Session, facts: RelationFacts, *, actor: audit.Actor | str | None, now: datetime
) -> Relation:
    """Add a tie and return it. Raises DomainError if it contradicts itself or is told already."""
    check_facts(facts)
    if same(session, facts) is not None:
        raise DomainError(N_("Cette relation est déjà dans le registre, avec le même début."), field="other")
    row = Relation(**columns(facts), created_at=now)
    session.add(row)
    session.flush()
    record(session, "relation.added", row, actor=actor, now=now)
    return row


def same(session: Session, facts: RelationFacts) -> Relation | None:
    """Return the live tie between the same two, of the same kind, from the same day, if there is one."""
    start = facts.start.day if facts.start else None
    return session.scalar(
        select(Relation).where(
            Relation.source_id == facts.source_id,
            Relation.kind_id == facts.kind_id,
            Relation.target_id == facts.target_id,
            Relation.start_on == start if start else Relation.start_on.is_(None),
            Relation.withdrawn_at.is_(None),
        )
    )


def end(
    session: Session,
    relation: Relation,
    end_date: PartialDate,
    *,
    actor: audit.Actor | str | None,
    now: datetime,
) -> None:
    """Say when a tie ended; it stays as a past one. Raises DomainError for an end before its start."""
    if relation.start_on is not None and end_date.day < relation.start_on:
        raise DomainError(N_("La fin vient avant le début."), field="end")
    before = show(relation.end_on, relation.end_precision)
    relation.end_on, relation.end_precision = end_date.day, end_date.precision
    session.flush()
    changes = {"end": [before or None, show(end_date.day, end_date.precision)]}
    record(session, "relation.ended", relation, actor=actor, now=now, changes=changes)


def withdraw(
    session: Session, relation: Relation, reason: str, *, actor: audit.Actor | str | None, now: datetime
) -> None:
    """Take a wrong tie off the cards and the map; the row and the reason stay.

    Raises DomainError without a reason, or if it was withdrawn before.
    """
    if not reason.strip():
        raise DomainError(N_("Dites pourquoi cette relation est fausse."), field="reason")
    if relation.withdrawn_at is not None:
        raise DomainError(N_("Cette relation est déjà retirée."), field="reason")
    relation.withdrawn_at = now
    session.flush()
    record(
        session,
        "relation.withdrawn",
        relation,
        actor=actor,
        now=now,
        changes={"reason": [None, reason.strip()]},
    )


def restore(session: Session, relation: Relation, *, actor: audit.Actor | str | None, now: datetime) -> None:
    """Bring back a tie that was withdrawn. Raises DomainError if it has been told again meanwhile."""
    start = PartialDate(relation.start_on, relation.start_precision) if relation.start_on else None
    facts = RelationFacts(relation.source_id, relation.kind_id, relation.target_id, start)
    if same(session, facts) is not None:
        raise DomainError(N_("Cette relation est déjà dans le registre, avec le même début."))
    relation.withdrawn_at = None
    session.flush()
    record(session, "relation.restored", relation, actor=actor, now=now)


def record(
    session: Session,
    action: str,
    relation: Relation,
    *,
    actor: audit.Actor | str | None,
    now: datetime,
    changes: dict[str, Any] | None = None,
) -> None:
    """Write the line of history on both organisations and on the tie itself, in words that outlast it."""
    source, kind, target = (
        session.get_one(Organisation, relation.source_id),
        session.get_one(RelationKind, relation.kind_id),
        session.get_one(Organisation, relation.target_id),
    )
    tie = {"relation": [None, f"{source.short_label} {kind.label} {target.short_label}"], **(changes or {})}
    for subject in (relation, source, target):
        audit.record(session, action, subject, actor=actor, now=now, changes=tie)
