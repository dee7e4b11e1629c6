"""The elections that memoranda are written for: those that every installation knows, and others."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Level
from hub.core import audit
from hub.core.audit import AuditEntry
from hub.core.errors import N_, DomainError
from hub.publishing.models.editions import Memorandum
from hub.publishing.models.elections import Election

FILE = Path(__file__).parent.parent / "reference" / "elections.csv"
DELETED = "reference.deleted"


@dataclass(frozen=True, slots=True)
class Facts:
    """What an election is; `date_note` replaces a day that isn't fixed yet."""

    label: str
    held_on: date
    date_note: str = ""
    levels: tuple[Level, ...] = ()


def load_reference(session: Session) -> int:
    """Add the known elections that are missing and return how many were.

    What is there stays as people have edited it, and what somebody has deleted does not come back.
    """
    deleted = session.scalars(
        select(AuditEntry).where(
            AuditEntry.action == DELETED, AuditEntry.subject_type == Election.__tablename__
        )
    )
    known = set(session.scalars(select(Election.code))) | {entry.changes["code"][0] for entry in deleted}
    days = set(session.scalars(select(Election.held_on)))
    levels = {level.code: level for level in session.scalars(select(Level))}
    added = 0
    for line in _lines():
        held_on = date.fromisoformat(line["held_on"])
        if line["code"] in known or held_on in days:
            continue
        row = Election(
            code=line["code"], label=line["label"], held_on=held_on, date_note=line["date_note"],
            levels=[levels[code] for code in line["levels"].split("|") if code in levels],
        )  # fmt: skip
        session.add(row)
        added += 1
    session.flush()
    return added


def _lines() -> Iterator[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def create(session: Session, facts: Facts, *, actor: Any, now: datetime) -> Election:
    """Add an election. Raises DomainError for a missing name or a day that is taken."""
    row = Election()
    _write(session, row, facts)
    session.add(row)
    session.flush()
    audit.record(session, "election.created", row, actor=actor, now=now)
    return row


def edit(session: Session, row: Election, facts: Facts, *, actor: Any, now: datetime) -> None:
    """Change an election. Raises DomainError for a missing name or a day that is taken."""
    before = _plain(row)
    _write(session, row, facts)
    session.flush()
    changes = audit.differences(before, _plain(row))
    if changes:
        audit.record(session, "election.edited", row, actor=actor, now=now, changes=changes)


def remove(session: Session, row: Election, *, actor: Any, now: datetime) -> None:
    """Take an election off the list. Raises DomainError while a memorandum belongs to it."""
    if session.scalar(select(Memorandum.id).where(Memorandum.election_id == row.id).limit(1)):
        raise DomainError(N_("Un mémorandum est écrit pour cette élection : elle reste dans la liste."))
    audit.record(session, DELETED, row, actor=actor, now=now, changes={"code": [row.code, None]})
    session.delete(row)
    session.flush()


def _write(session: Session, row: Election, facts: Facts) -> None:
    if not facts.label:
        raise DomainError(N_("Donnez un nom à l’élection."), field="label")
    same_day = select(Election.id).where(Election.held_on == facts.held_on, Election.id != (row.id or 0))
    with session.no_autoflush:
        if session.scalar(same_day):
            raise DomainError(N_("Une élection est déjà inscrite à cette date."), field="held_on")
    row.label, row.held_on, row.date_note = facts.label, facts.held_on, facts.date_note
    row.levels = list(facts.levels)


def _plain(row: Election) -> dict[str, Any]:
    levels = " ".join(level.code for level in row.levels)
    return {"label": row.label, "held_on": row.held_on, "date_note": row.date_note, "levels": levels}
