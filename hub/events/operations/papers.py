"""Papers of a day that bear names: what takes a moment is sent at once, what takes longer waits an hour.

They never go to the store of files. A `DayPaper` holds the bytes of what a job made, and is thrown away with
them: by a job of its own an hour later, at the latest by the sweep of the night.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, jobs
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event
from hub.events.models.papers import DayPaper
from hub.events.operations.paper_contents import Wanted, Wished, signed_sessions
from hub.events.queries import papers as queries
from memoranda.day.content import FORMATS

JOB, DROP_JOB = "events.paper", "events.drop_paper"
KEPT = timedelta(hours=1)
DIRECT = 300
"""So much work (`weight`), some five seconds, and a paper is made by a job."""
EACH = 40
"""What a paper costs before its first line, in lines."""
MOST_BLANK = 100
NAMES = {
    Wished.LISTS: "listes-par-atelier",
    Wished.BADGES: "badges",
    Wished.SIGNS: "chevalets",
    Wished.SIGNATURES: "feuilles-de-signature",
    Wished.ENTRANCE: "liste-d-accueil",
    Wished.ALL: "documents",
}


def check(wanted: Wanted) -> None:
    """Raise DomainError for what can't be asked for."""
    if wanted.format not in FORMATS:
        raise DomainError(N_("Choisissez un format de la liste."), field="format")
    for name in ("blank_badges", "blank_rows"):
        if not 0 <= getattr(wanted, name) <= MOST_BLANK:
            raise DomainError(N_("Entre 0 et %(most)s."), field=name, most=MOST_BLANK)


def weight(session: Session, event: Event, wanted: Wanted) -> int:
    """Return how much work a paper is, in lines of a list."""
    onsite, online = session.execute(queries.expected_count(event)).one()
    seats = session.scalar(queries.seat_count(event)) or 0
    sessions = len(signed_sessions(event, wanted.sessions)) or 1
    costs = {
        Wished.LISTS: seats + wanted.blank_rows * len(event.workshops),
        Wished.BADGES: onsite + wanted.blank_badges,
        Wished.SIGNS: len(event.workshops) + (onsite + online) // 2,
        Wished.SIGNATURES: sessions * (onsite + wanted.blank_rows),
        Wished.ENTRANCE: onsite + wanted.blank_rows,
    }
    if wanted.kind == Wished.ALL:
        return sum(costs.values()) + EACH * len(costs)
    return costs[wanted.kind] + EACH


def ask(session: Session, event: Event, wanted: Wanted, *, actor: User, now: datetime) -> DayPaper | None:
    """Note that papers are printed; return the row that a job fills, None where they are made at once.

    Raises DomainError for what can't be asked for.
    """
    check(wanted)
    changes = {"kind": [None, wanted.kind.value]}
    audit.record(session, "event.papers_printed", event, actor=actor, now=now, changes=changes)
    if weight(session, event, wanted) <= DIRECT:
        return None
    row = DayPaper(event_id=event.id, wanted=wanted.as_arguments(), created_at=now, expires_at=now + KEPT)
    session.add(row)
    session.flush()
    jobs.enqueue(session, JOB, now=now, subject=row, actor_id=actor.id, paper=row.id)
    jobs.enqueue(session, DROP_JOB, now=now, run_at=row.expires_at, paper=row.id)
    return row


def keep(row: DayPaper, content: bytes, *, now: datetime) -> None:
    """Keep what was printed until it goes."""
    row.content, row.made_at = content, now


def drop_old(session: Session, *, now: datetime) -> int:
    """Throw away every paper whose hour is over; return how many."""
    done = session.execute(delete(DayPaper).where(DayPaper.expires_at <= now))
    return int(done.rowcount)  # type: ignore[attr-defined]


def file_name(slug: str, kind: Wished) -> str:
    """Return « badges-pleniere-2026.pdf »; several papers go together as a zip."""
    return f"{NAMES[kind]}-{slug}.{'zip' if kind == Wished.ALL else 'pdf'}"
