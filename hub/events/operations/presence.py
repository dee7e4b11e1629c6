"""Who was there: noted at the door, or entered afterwards from paper lists.

A presence is one row for a person and a session. What was seen last stands, whatever order it arrives in:
each note carries the moment when it was seen, and replaces an earlier one only (`_stand`). So a note that is
sent twice, or late, from a device that was offline, changes nothing that is newer.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventSession, EventState, SessionKind
from hub.events.models.outcomes import Presence, Source
from hub.events.models.registrations import Registration
from hub.events.operations import seats
from hub.events.queries import presence as queries
from hub.events.values.presence import Cell, Merge, Noted, held, merge

# Rows in one statement: well under what SQLite takes as parameters (32,766).
BATCH = 500


@dataclass(frozen=True, slots=True)
class Note:
    """What was seen of one person at one session."""

    session_id: int
    registration_id: int
    was_there: bool
    source: Source
    at: datetime


def session_of(
    session: Session, event: Event, number: int, *, actor: User | str, now: datetime
) -> EventSession:
    """Return a day's session by its number; 0 is the whole day, which is made at its first use.

    Raises DomainError where the day has no such session, or nobody can come to it.
    """
    if event.state == EventState.DRAFT:
        raise DomainError(N_("Cette journée n’est pas encore publiée."))
    if event.state == EventState.CANCELLED:
        raise DomainError(N_("Cette journée est annulée."))
    if number:
        found = session.get(EventSession, number)
        if found is None or found.event_id != event.id or found.cancelled_at is not None:
            raise DomainError(N_("Cette séance n’existe plus. Rechargez la page."), field="session")
        return found
    # Two doors open at once: the second waits here, and finds what the first made.
    seats.lock(session, event)
    session.expire(event, ["sessions"])
    sessions = held(event)
    if sessions:
        return sessions[0]
    made = EventSession(
        event=event,
        kind=SessionKind.SESSION,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        mode=event.mode,
    )
    session.add(made)
    session.flush()
    audit.record(session, "event.session_made", event, actor=actor, now=now)
    return made


def note(session: Session, notes: Iterable[Note], *, now: datetime) -> set[Cell]:
    """Store what was seen; return the (registration, session) for which it now stands.

    Older than what is known, a note changes nothing.
    """
    rows = [
        {
            "session_id": one.session_id,
            "registration_id": one.registration_id,
            "was_there": one.was_there,
            "source": one.source,
            "at": one.at,
            "stored_at": now,
        }
        for one in notes
    ]
    stands: set[Cell] = set()
    for start in range(0, len(rows), BATCH):
        done = session.execute(_stand(session, rows[start : start + BATCH]))
        stands |= {(registration, number) for registration, number in done}
    for row in [one for one in session.identity_map.values() if isinstance(one, Presence)]:
        session.expire(row)
    return stands


def _stand(session: Session, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return the one statement that stores notes and lets the latest stand, whoever else writes at once.

    At the very same moment « there » stands: so the order of arrival never matters.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(Presence).values(list(rows))
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["session_id", "registration_id"],
        set_={name: new[name] for name in ("was_there", "source", "at", "stored_at")},
        where=or_(
            new["at"] > Presence.at,
            and_(new["at"] == Presence.at, new["was_there"] > Presence.was_there),
        ),
    ).returning(Presence.registration_id, Presence.session_id)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A grid as it was sent: for each cell what its page had shown, and which are ticked now."""

    shown: Mapping[Cell, Noted]
    ticked: Collection[Cell]


def save_grid(session: Session, event: Event, sheet: Sheet, *, actor: User, now: datetime) -> Merge:
    """Store what a grid changes, unless it contradicts what somebody took away meanwhile (`Merge.conflicts`).

    With conflicts nothing is stored: the page shows both, and is sent again. Raises DomainError where a
    person or a session isn't the day's.
    """
    # Two grids of one day follow each other, so each compares itself with what the other stored.
    seats.lock(session, event)
    _check_cells(session, event, sheet.shown)
    found = merge(sheet.shown, sheet.ticked, stored(session, sheet.shown))
    if found.conflicts or not found.changes:
        return found
    notes = [
        Note(number, registration, was_there, Source.GRID, now)
        for (registration, number), was_there in sorted(found.changes.items())
    ]
    note(session, notes, now=now)
    counted: dict[str, list[Any]] = {}
    for one in notes:
        added, taken = counted.setdefault(str(one.session_id), [0, 0])
        counted[str(one.session_id)] = [added + one.was_there, taken + (not one.was_there)]
    audit.record(session, "event.presence_entered", event, actor=actor, now=now, changes=counted)
    return found


def stored(session: Session, cells: Iterable[Cell]) -> dict[Cell, Noted]:
    """Return what is known of some cells; those of which nothing is known are left out."""
    people, sessions = {cell[0] for cell in cells}, {cell[1] for cell in cells}
    rows = session.execute(queries.noted_of(sessions, people))
    return {
        (registration, number): Noted.THERE if was_there else Noted.ABSENT
        for number, registration, was_there in rows
    }


def _check_cells(session: Session, event: Event, cells: Iterable[Cell]) -> None:
    people, sessions = {cell[0] for cell in cells}, {cell[1] for cell in cells}
    known_people = session.scalars(select(Registration.id).where(Registration.event_id == event.id))
    known_sessions = session.scalars(select(EventSession.id).where(EventSession.event_id == event.id))
    if not people <= set(known_people) or not sessions <= set(known_sessions):
        raise DomainError(N_("Une personne ou une séance n’est plus là. Rechargez la page."))
