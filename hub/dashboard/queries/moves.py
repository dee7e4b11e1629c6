"""What moves in the network: the last acts that mean something to others, in one query."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, String, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core.audit import AuditEntry
from hub.core.db import Base
from hub.events.models.days import Event
from hub.publishing.models.editions import Memorandum
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.recommendations import Recommendation
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space

# What is told, the model, the part of its address, its name.
TOLD: tuple[tuple[type[Base], Any, Any], ...] = (
    (Organisation, Organisation.slug, Organisation.name),
    (Space, Space.slug, Space.name),
    (Meeting, cast(Meeting.id, String), Meeting.title),
    (Decision, Decision.code, func.substr(Decision.text, 1, 120)),
    (Action, cast(Action.id, String), Action.title),
    (Event, Event.slug, Event.title),
    (Campaign, Campaign.slug, Campaign.title),
    (Recommendation, Recommendation.code, Recommendation.title),
    (Memorandum, Memorandum.slug, Memorandum.title),
)


@dataclass(frozen=True, slots=True)
class Move:
    """An act: on what (table, part of its address, name), which, when, by whom."""

    subject: str
    key: str
    label: str
    action: str
    at: datetime
    actor: str


def last(session: Session, acts: list[str], limit: int) -> list[Move]:
    """Return the last acts of those names, the newest first; each thing stands once."""
    rows = session.execute(_all(tuple(acts), limit * 3)).all()
    found: dict[tuple[str, str], Move] = {}
    for row in sorted(rows, key=lambda row: (row.at, row.entry), reverse=True):
        move = Move(row.subject, row.key, row.label, row.action, row.at, row.actor)
        found.setdefault((move.subject, move.key), move)
    return list(found.values())[:limit]


@cache
def _all(acts: tuple[str, ...], limit: int) -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(*(_of(model, key, label, acts, limit) for model, key, label in TOLD))


def _of(
    model: type[Base], key: Any, label: Any, acts: tuple[str, ...], limit: int
) -> Select[*tuple[Any, ...]]:
    table = model.__tablename__
    first = (
        select(
            AuditEntry.id.label("entry"),
            literal(table).label("subject"),
            key.label("key"),
            label.label("label"),
            AuditEntry.action.label("action"),
            AuditEntry.at.label("at"),
            AuditEntry.actor_label.label("actor"),
        )
        .join(model, model.id == AuditEntry.subject_id)  # type: ignore[attr-defined]
        .where(AuditEntry.subject_type == table, AuditEntry.action.in_(acts))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit)
        .subquery()
    )
    return select(first)
