"""Writing to an organisation about its own record: to those who speak for it, else to its own address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, mail, settings, tokens
from hub.core.db import Base
from hub.core.errors import N_, DomainError

PURPOSE = "actors.record"
LINK_JOB = "actors.send_requested_link"
LIFETIME = timedelta(days=30)
SEE = N_("Voir la fiche")


@dataclass(frozen=True)
class Recipient:
    """Where a mail goes; `user` is nobody for the organisation's own address."""

    address: str
    user: User | None


def representatives(session: Session, organisation: Organisation, now: datetime) -> list[User]:
    """Return the open accounts that speak for the organisation today."""
    return list(
        session.scalars(
            select(User)
            .join(Person, Person.user_id == User.id)
            .join(Mandate, Mandate.person_id == Person.id)
            .where(
                Mandate.organisation_id == organisation.id,
                Mandate.speaks_on(clock.today(now)),
                User.is_active,
                User.last_sign_in_at.is_not(None),  # an account never opened reads no mail of ours
            )
            .distinct()
            .order_by(User.id)
        )
    )


def recipients(
    session: Session, organisation: Organisation, now: datetime, *, address: str | None = None
) -> list[Recipient]:
    """Return who is written to; `address` is the organisation's own where it has just been changed."""
    users = representatives(session, organisation, now)
    if users:
        return [Recipient(user.email, user) for user in users]
    own = organisation.email if address is None else address
    return [Recipient(own, None)] if own else []


def tell(
    session: Session,
    kind: str,
    organisation: Organisation,
    subject: Base,
    *,
    now: datetime,
    version: str = "1",
    address: str | None = None,
    **context: Any,
) -> int:
    """Write that mail to the organisation, with a link to its record; return how many left."""
    sent = 0
    network = settings.get(session)
    for one in recipients(session, organisation, now, address=address):
        path = path_of(session, organisation, one.user, now=now)
        queued = mail.queue(
            session, kind, subject, one.address, now=now,
            version=f"{version}:{one.user.id if one.user else 0}", reply_to=network.contact_email,
            action=(SEE, path), organisation=organisation.name, until=_end(one.user, now), **context,
        )  # fmt: skip
        sent += queued is not None
    return sent


def path_of(session: Session, organisation: Organisation, user: User | None, *, now: datetime) -> str:
    """Return where the record is seen by whom it belongs to; without account, by a link of its own."""
    if user is not None:
        return f"/mon-organisation/{organisation.slug}"
    return "/fiche/" + tokens.issue(session, PURPOSE, organisation, now=now, lifetime=LIFETIME)


def _end(user: User | None, now: datetime) -> datetime | None:
    return now + LIFETIME if user is None else None


def send_link(
    session: Session, organisation: Organisation, *, actor: audit.Actor | str, now: datetime
) -> None:
    """Send the organisation its personal link, to its own address; links sent before end.

    Raises DomainError where it has no address.
    """
    if not organisation.email:
        raise DomainError(N_("La fiche n’a pas d’adresse mail : écrivez-la d’abord."), field="email")
    tokens.revoke(session, PURPOSE, organisation, now=now)
    _send_link(session, organisation, version=now.isoformat(), now=now)
    audit.record(session, "organisation.link_sent", organisation, actor=actor, now=now)


def send_requested_link(session: Session, organisation: Organisation, *, now: datetime) -> bool:
    """Send the link that somebody asked for on the public page: to the record's own address, once a day.

    Whoever asked learns neither the address nor whether there is one. Links sent before stay good.
    """
    if not organisation.email:
        return False
    version = f"asked:{clock.today(now).isoformat()}"
    known = select(mail.Message.id).where(
        mail.Message.subject_type == Organisation.__tablename__,
        mail.Message.subject_id == organisation.id,
        mail.Message.kind == "actors.record_link",
        mail.Message.version == version,
    )
    if session.scalar(known) is not None:
        return False
    _send_link(session, organisation, version=version, now=now)
    return True


def _send_link(session: Session, organisation: Organisation, *, version: str, now: datetime) -> None:
    mail.queue(
        session, "actors.record_link", organisation, organisation.email, now=now, version=version,
        reply_to=settings.get(session).contact_email,
        action=(SEE, path_of(session, organisation, None, now=now)), organisation=organisation.name,
        until=now + LIFETIME,
    )  # fmt: skip
