"""Delegations of parties: who was invited, what they announced, how many came. Numbers, no names (47)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event
from hub.events.models.outcomes import Delegation, DelegationState
from hub.events.queries import presence as queries

MOST = 500  # people of one party at one day


@dataclass(frozen=True, slots=True)
class Line:
    """One delegation as a form tells it."""

    number: int
    state: DelegationState
    announced: int | None
    present: int | None
    note: str = ""


def invite_all(session: Session, event: Event, *, actor: User, now: datetime) -> int:
    """Put every party of the register that isn't there yet on a day's list; return how many were added."""
    session.refresh(event, with_for_update=True)
    known = set(session.scalars(select(Delegation.organisation_id).where(Delegation.event_id == event.id)))
    added = [row for row in session.scalars(queries.parties()) if row.id not in known]
    _add(session, event, added, actor=actor, now=now)
    return len(added)


def invite(session: Session, event: Event, organisation_id: int, *, actor: User, now: datetime) -> None:
    """Put one party on a day's list. Raises DomainError if it is there, or isn't a party of the register."""
    session.refresh(event, with_for_update=True)
    party = session.scalar(queries.parties().where(Organisation.id == organisation_id))
    if party is None:
        raise DomainError(N_("Choisissez un parti de la liste."), field="organisation")
    there = select(Delegation.id).where(
        Delegation.event_id == event.id, Delegation.organisation_id == organisation_id
    )
    if session.scalar(there) is not None:
        raise DomainError(N_("Ce parti est déjà sur la liste."), field="organisation")
    _add(session, event, [party], actor=actor, now=now)


def _add(
    session: Session, event: Event, parties: Iterable[Organisation], *, actor: User, now: datetime
) -> None:
    added = [party.id for party in parties]
    session.add_all(Delegation(event_id=event.id, organisation_id=number, updated_at=now) for number in added)
    session.flush()
    if added:
        changes = {"parties": [None, added]}
        audit.record(session, "event.parties_invited", event, actor=actor, now=now, changes=changes)


def tell(session: Session, event: Event, lines: Iterable[Line], *, actor: User, now: datetime) -> int:
    """Write what parties announced and how many came; return how many lines changed.

    Raises DomainError for a line that isn't the day's, or a number that nobody brings.
    """
    rows = {
        row.id: row
        for row in session.scalars(
            select(Delegation).where(Delegation.event_id == event.id).with_for_update()
        )
    }
    told = list(lines)
    for line in told:
        _check(rows, line)
    return sum(_write(session, rows[line.number], line, actor=actor, now=now) for line in told)


def _check(rows: dict[int, Delegation], line: Line) -> None:
    if line.number not in rows:
        raise DomainError(N_("Un parti n’est plus sur la liste. Rechargez la page."))
    for field in ("announced", "present"):
        value = getattr(line, field)
        if value is not None and not 0 <= value <= MOST:
            raise DomainError(N_("Un nombre entre 0 et %(most)s."), field=f"{field}-{line.number}", most=MOST)


def _write(session: Session, row: Delegation, line: Line, *, actor: User | str, now: datetime) -> bool:
    before = _facts(row)
    row.state, row.announced, row.present, row.note = line.state, line.announced, line.present, line.note
    changes = audit.differences(before, _facts(row))
    if not changes:
        return False
    row.updated_at = now
    session.flush()
    changes.pop("note", None)  # words that a person typed stay out of the history
    audit.record(session, "delegation.changed", row, actor=actor, now=now, changes=changes)
    return True


def _facts(row: Delegation) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("state", "announced", "present", "note")}


def arrive(
    session: Session,
    event: Event,
    number: int,
    present: int,
    *,
    at: datetime,
    actor: User | str,
    now: datetime,
) -> Delegation:
    """Note at the door how many of a delegation came; what was seen last stands, as with people.

    Raises DomainError for a delegation of another day, or a number that nobody brings.
    """
    row = session.get(Delegation, number)
    if row is None or row.event_id != event.id:
        raise DomainError(N_("Un parti n’est plus sur la liste. Rechargez la page."))
    if not 0 <= present <= MOST:
        raise DomainError(N_("Un nombre entre 0 et %(most)s."), field="present", most=MOST)
    done = session.execute(
        update(Delegation)
        .where(Delegation.id == number, Delegation.updated_at < at)
        .values(present=present, updated_at=at)
        .execution_options(synchronize_session=False)
    )
    session.expire(row)
    if done.rowcount:  # type: ignore[attr-defined]
        changes = {"present": [None, present]}
        audit.record(session, "delegation.arrived", row, actor=actor, now=now, changes=changes)
    return row


def take_off(session: Session, event: Event, number: int, *, actor: User, now: datetime) -> None:
    """Take a party off a day's list. Raises DomainError once people of it were counted there."""
    row = session.get(Delegation, number, with_for_update=True)
    if row is None or row.event_id != event.id:
        raise DomainError(N_("Ce parti n’est plus sur la liste."))
    if row.present:
        raise DomainError(N_("Cette délégation est venue : sa présence reste notée."))
    changes = {"party": [row.organisation_id, None]}
    audit.record(session, "event.party_taken_off", event, actor=actor, now=now, changes=changes)
    session.delete(row)
    session.flush()
