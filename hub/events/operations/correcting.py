"""A name or an address that was mistyped, put right by a coordinator: everybody may ask for it (G4)."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.core.mail import Message
from hub.core.search import fold
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import Registration
from hub.events.operations import forgetting, handing_over, letters, retention, seats
from hub.events.queries import admission as queries
from hub.events.queries import retention as retention_queries


def correct(
    session: Session,
    row: Registration,
    name: str,
    email: str | None,
    *,
    actor: User | str,
    now: datetime,
) -> bool:
    """Put the name or the address of a sign-up right; return whether something changed.

    It stays the same person: seats, answers and presence stay. `email` is clean and in lower case. With
    another address the links that went to the old one end, its mails are emptied (it may be a stranger's),
    and the new one is written to. Raises DomainError for an address that is signed up, or without a name.
    """
    event = row.event
    seats.lock(session, event)
    session.refresh(row)
    if row.purged_at is not None:
        raise DomainError(N_("Ces données sont déjà effacées."))
    if not name.strip():
        raise DomainError(N_("Écrivez le prénom et le nom."), field="name")
    fields = [
        field for field, one, other in (("name", row.name, name), ("email", row.email, email)) if one != other
    ]
    if not fields:
        return False
    known = session.scalar(queries.live_of_address(event, email)) if email and row.is_live else None
    if known is not None and known.id != row.id:
        raise DomainError(N_("Cette adresse est déjà inscrite à cette journée."), field="email")
    before = row.email
    row.name, row.email, row.updated_at = name.strip(), email, now
    row.search_text = fold(f"{row.name} {email or ''} {row.organisation_label}")
    row.sequence += 1
    session.flush()
    retention.forget_papers(session, event)
    audit.record(
        session, "registration.renamed", row, actor=actor, now=now, changes={"fields": [None, fields]}
    )
    if "email" in fields:
        _move_mails(session, row, before, now=now)
    return True


def _move_mails(session: Session, row: Registration, before: str | None, *, now: datetime) -> None:
    handing_over.revoke_links(session, row, now=now)
    if before is not None:
        mine = retention_queries.mails_about(Registration.__tablename__, [row.id])
        old = select(Message.id).where(Message.id.in_(mine), func.lower(Message.recipient) == before)
        forgetting.empty_messages(session, list(session.scalars(old)))
    if row.email is None or not row.is_live or now >= row.event.ends_at:
        return
    if row.is_confirmed:
        letters.send(session, row, LetterKind.CONFIRMED, now=now, version=f"corrigee-{row.sequence}")
    else:
        letters.send_link(session, row, now=now)
