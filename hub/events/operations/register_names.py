"""Organisations as people type them, found in the register or looked at by a coordinator."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.queries.duplicates import near
from hub.actors.queries.organisations import alike
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.events.models.days import Event
from hub.events.models.registrations import Registration
from hub.events.queries import sign_up as queries

BRACKETED = re.compile(r"\s*\([^()]*\)\s*$")


def find(session: Session, name: str) -> int | None:
    """Return the actor of the register that goes by this name or acronym, None where none or several do."""
    for words in dict.fromkeys((name, BRACKETED.sub("", name))):
        if not fold(words):
            return None
        rows = [row for row in session.scalars(alike(words)) if row.state != OrganisationState.CLOSED]
        if rows:
            return rows[0].id if len(rows) == 1 else None
    return None


def suggestions(session: Session, names: list[str]) -> dict[str, list[Organisation]]:
    """Return, for each typed name, the actors of the register that it may mean, the likeliest first."""
    return {name: near(session, name) for name in names}


def link(
    session: Session, event: Event, name: str, organisation: Organisation, *, actor: User, now: datetime
) -> int:
    """Give all sign-ups of a day with that typed name the actor of the register; return how many.

    Raises DomainError where nobody typed it.
    """
    rows = _with(session, event, name)
    for row in rows:
        row.organisation_id, row.organisation_name = organisation.id, ""
        row.organisation_checked_at = row.updated_at = now
        row.search_text = fold(f"{row.name} {row.email or ''} {organisation.name}")
    session.flush()
    changes = {"organisation": [None, organisation.id], "people": [None, len(rows)]}
    audit.record(session, "event.organisation_linked", event, actor=actor, now=now, changes=changes)
    return len(rows)


def keep(session: Session, event: Event, name: str, *, actor: User, now: datetime) -> int:
    """Note that somebody looked at a typed name, and that it stays as it is; return how many sign-ups."""
    rows = _with(session, event, name)
    for row in rows:
        row.organisation_checked_at = now
    session.flush()
    changes = {"people": [None, len(rows)]}
    audit.record(session, "event.organisation_kept", event, actor=actor, now=now, changes=changes)
    return len(rows)


def keep_those(
    session: Session, event: Event, rows: Sequence[Registration], *, actor: User, now: datetime
) -> list[Registration]:
    """Note the same of some sign-ups alone; return those whose name was still to be looked at."""
    mine = [row for row in rows if is_to_check(row)]
    for row in mine:
        row.organisation_checked_at = now
    session.flush()
    if mine:
        changes = {"people": [None, len(mine)]}
        audit.record(session, "event.organisation_kept", event, actor=actor, now=now, changes=changes)
    return mine


def is_to_check(row: Registration) -> bool:
    """Say whether a sign-up names an organisation that nobody has looked at."""
    return bool(row.organisation_name) and row.organisation_id is None and row.organisation_checked_at is None


def _with(session: Session, event: Event, name: str) -> list[Registration]:
    rows = list(session.scalars(queries.with_typed_name(event, name)))
    if not rows:
        raise DomainError(N_("Plus personne ne vient pour « %(name)s »."), name=name)
    return rows
