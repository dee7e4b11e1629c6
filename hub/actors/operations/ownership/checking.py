"""Saying that a record is still right, and taking that back."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import CheckedAs, Organisation
from hub.actors.models.ownership import CheckRequest, RequestState
from hub.core import audit, clock
from hub.core.audit import AuditEntry
from hub.core.errors import N_, DomainError

CHECKED, UNDONE = "organisation.checked", "organisation.check_undone"
LINK = "lien personnel de l’organisation"


def check(
    session: Session,
    organisation: Organisation,
    *,
    by: User | str,
    now: datetime,
    role: CheckedAs = CheckedAs.COORDINATION,
) -> None:
    """Note that somebody looked today and all is still right; `by` is words for a personal link."""
    before = [organisation.checked_on, organisation.checked_by_id, organisation.checked_as]
    organisation.checked_on = clock.today(now)
    organisation.checked_by_id = None if isinstance(by, str) else by.id
    organisation.checked_as = role
    session.flush()
    after = [organisation.checked_on, organisation.checked_by_id, organisation.checked_as]
    names = ("checked_on", "checked_by_id", "checked_as")
    changes = {name: [_plain(old), _plain(new)] for name, old, new in zip(names, before, after, strict=True)}
    audit.record(session, CHECKED, organisation, actor=by, now=now, changes=changes)


def _plain(value: object) -> str | int | None:
    return value if value is None or isinstance(value, int) else str(value)


def undo(session: Session, organisation: Organisation, *, by: User, now: datetime) -> None:
    """Take back the check that this person has just noted: the record says again what it said before.

    Raises DomainError where the last word on the record is not this person's check of today.
    """
    last = session.scalar(
        audit.history(organisation).where(AuditEntry.action.in_((CHECKED, UNDONE))).limit(1)
    )
    mine = last is not None and last.action == CHECKED and last.actor_id == by.id
    if last is None or not mine or clock.today(last.at) != clock.today(now) or not last.changes:
        raise DomainError(N_("Cette vérification ne s’annule plus : quelqu’un d’autre est passé depuis."))
    day, by_id, role = (last.changes[name][0] for name in ("checked_on", "checked_by_id", "checked_as"))
    organisation.checked_on = date.fromisoformat(day) if day else None
    organisation.checked_by_id = session.scalar(select(User.id).where(User.id == by_id)) if by_id else None
    organisation.checked_as = CheckedAs(role) if role else None
    session.flush()
    audit.record(session, UNDONE, organisation, actor=by, now=now)


def confirm(session: Session, organisation: Organisation, *, by: User | None, now: datetime) -> None:
    """Let the organisation itself say that all is still right; what rounds ask of it is answered."""
    check(session, organisation, by=by or LINK, now=now, role=CheckedAs.ORGANISATION)
    answer_requests(session, organisation, RequestState.CONFIRMED, now=now)


def answer_requests(
    session: Session, organisation: Organisation, state: RequestState, *, now: datetime
) -> None:
    """Note what an organisation answered to the rounds that wait for it; the graver answer stays."""
    stronger = {
        RequestState.CONFIRMED: (RequestState.ASKED,),
        RequestState.CORRECTED: (RequestState.ASKED, RequestState.CONFIRMED),
        RequestState.GONE: (RequestState.ASKED, RequestState.CONFIRMED, RequestState.CORRECTED),
    }[state]
    session.execute(
        update(CheckRequest)
        .where(CheckRequest.organisation_id == organisation.id, CheckRequest.state.in_(stronger))
        .values(state=state, answered_at=now)
        .execution_options(synchronize_session="fetch")
    )
