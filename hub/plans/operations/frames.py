"""Grids that plans are read against: those that come with the product, and what people make of them."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.queries.usage import uses
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.plans.models.frames import Frame, FrameEntry

FILE = Path(__file__).parent.parent / "reference" / "frames.csv"
Acting = User | str | None


@dataclass(frozen=True)
class FrameFacts:
    """A grid's name, when it is in force (both days included) and where it was read."""

    title: str
    starts_on: date | None = None
    ends_on: date | None = None
    source: str = ""


def load_reference(session: Session, *, now: datetime) -> int:
    """Add the grids that are missing, by code, and return how many were; what is there stays as it is."""
    known = set(session.scalars(select(Frame.code)))
    lines: dict[str, list[dict[str, str]]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            lines.setdefault(line["code"], []).append(line)
    added = 0
    for code, entries in lines.items():
        if code in known:
            continue
        first = entries[0]
        frame = Frame(
            code=code, title=first["title"], source=first["source"], created_at=now,
            starts_on=_day(first["starts_on"]), ends_on=_day(first["ends_on"]),
        )  # fmt: skip
        frame.entries = [
            FrameEntry(label=line["label"], position=place, created_at=now)
            for place, line in enumerate(entries, start=1)
        ]
        session.add(frame)
        added += 1
    session.flush()
    return added


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def save(session: Session, row: Frame | None, facts: FrameFacts, *, actor: Acting, now: datetime) -> Frame:
    """Write a grid, new or known. Raises DomainError for no title or dates in the wrong order."""
    if not facts.title.strip():
        raise DomainError(N_("Donnez un titre."), field="title")
    if facts.starts_on and facts.ends_on and facts.ends_on < facts.starts_on:
        raise DomainError(N_("La fin ne peut pas précéder le début."), field="ends_on")
    known = row or Frame(created_at=now)
    known.title, known.source = facts.title.strip(), facts.source.strip()
    known.starts_on, known.ends_on = facts.starts_on, facts.ends_on
    session.add(known)
    session.flush()
    audit.record(session, "frame.changed" if row else "frame.added", known, actor=actor, now=now)
    return known


def add_entry(session: Session, frame: Frame, label: str, *, actor: Acting, now: datetime) -> FrameEntry:
    """Add a line at the end. Raises DomainError for no words."""
    if not label.strip():
        raise DomainError(N_("Donnez un nom."), field="label")
    last = session.scalar(select(func.max(FrameEntry.position)).where(FrameEntry.frame_id == frame.id)) or 0
    row = FrameEntry(frame_id=frame.id, label=label.strip(), position=last + 1, created_at=now)
    session.add(row)
    session.flush()
    session.expire(frame, ["entries"])
    audit.record(
        session, "frame.entry_added", frame, actor=actor, now=now, changes={"label": [None, row.label]}
    )
    return row


def rename_entry(session: Session, row: FrameEntry, label: str, *, actor: Acting, now: datetime) -> None:
    """Rename a line; whatever is read against it follows. Raises DomainError for no words."""
    if not label.strip():
        raise DomainError(N_("Donnez un nom."), field="label")
    before, row.label = row.label, label.strip()
    session.flush()
    audit.record(
        session,
        "frame.entry_renamed",
        row.frame,
        actor=actor,
        now=now,
        changes={"label": [before, row.label]},
    )


def delete_entry(session: Session, row: FrameEntry, *, actor: Acting, now: datetime) -> None:
    """Delete a line that no plan is read against. Raises DomainError otherwise."""
    if sum(uses(session, row).values()):
        raise DomainError(N_("Un plan se lit encore contre cette ligne : elle reste."))
    frame, label = row.frame, row.label
    session.delete(row)
    session.flush()
    session.expire(frame, ["entries"])
    audit.record(
        session, "frame.entry_deleted", frame, actor=actor, now=now, changes={"label": [label, None]}
    )


def order_entries(session: Session, frame: Frame, ids: Sequence[int]) -> None:
    """Put a grid's lines in order. Raises DomainError if they are not its lines of now."""
    rows = {row.id: row for row in frame.entries}
    if sorted(ids) != sorted(rows):
        raise DomainError(N_("La liste a changé entre-temps : rechargez la page."))
    for place, key in enumerate(ids, start=1):
        rows[key].position = place
    session.flush()
