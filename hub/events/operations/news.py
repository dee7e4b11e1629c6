"""Consent to the network's news: given apart from the sign-up, taken back by a link at any time."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.core import audit, mail, tokens
from hub.core.errors import N_
from hub.events.models.days import Event
from hub.events.models.registrations import NewsletterConsent
from hub.events.operations import forgetting
from hub.events.queries import sign_up as queries

PURPOSE = "events.newsletter"
BY_LINK = "lien personnel"
# Somebody may keep the mail for years before no longer wanting the news.
LINK_LIVES = timedelta(days=3650)


def subscribe(session: Session, email: str, event: Event, *, now: datetime) -> NewsletterConsent:
    """Note that an address asked for the news, once, and write to it how to stop them.

    The mail is for the owner of the address, whoever typed it.
    """
    known = session.scalar(queries.consent_of(email))
    if known is not None:
        return known
    row = NewsletterConsent(email=email, event_id=event.id, given_at=now)
    session.add(row)
    session.flush()
    audit.record(session, "newsletter.subscribed", row, actor="formulaire public", now=now)
    tell(session, row, event, now=now)
    return row


def tell(
    session: Session, row: NewsletterConsent, event: Event, *, version: str = "1", now: datetime
) -> None:
    """Write to an address how to stop the news; `event`: the day that this is said with."""
    path = f"/nouvelles/{tokens.issue(session, PURPOSE, row, now=now, lifetime=LINK_LIVES)}"
    mail.note(
        session, "events.newsletter", row, row.email or "", now=now, version=version, unsubscribe=path,
        action=(N_("Ne plus recevoir les nouvelles"), path), title=event.title,
    )  # fmt: skip


def withdraw(session: Session, row: NewsletterConsent, *, now: datetime, actor: str = BY_LINK) -> bool:
    """Forget the address, in the mail to it too; return False if it was taken back already."""
    session.refresh(row, with_for_update=True)
    if row.withdrawn_at is not None:
        return False
    row.email, row.withdrawn_at = None, now
    session.flush()
    forgetting.empty_mails(session, NewsletterConsent, [row.id])
    audit.record(session, "newsletter.withdrawn", row, actor=actor, now=now)
    return True
