"""Temporary notices of a day (requirement 117): on top of its page from a moment to another, and mailed."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventNotice, EventState
from hub.events.operations import letters


def post(
    session: Session,
    event: Event,
    text: str,
    *,
    shown_from: datetime | None,
    shown_until: datetime | None,
    mails: bool,
    actor: User | str,
    now: datetime,
) -> EventNotice:
    """Show a notice, at once where no moment is told, and mail it to everybody signed up where that is asked.

    Raises DomainError for a day that is no longer, moments that don't follow, or a mail before it is shown.
    """
    if event.state == EventState.CANCELLED or now >= event.ends_at:
        raise DomainError(N_("Cette journée est passée ou annulée : plus personne ne lirait cet avis."))
    begins = shown_from or now
    if shown_until is not None and shown_until <= max(begins, now):
        raise DomainError(N_("L’avis finit avant de paraître, ou dans le passé."), field="shown_until")
    if mails and event.state != EventState.PUBLISHED:
        raise DomainError(N_("Publiez d’abord la journée : personne n’y est inscrit."), field="mails")
    if mails and begins > now:
        raise DomainError(
            N_("Un mail part tout de suite : laissez vide le moment où l’avis paraît."), field="mails"
        )
    notice = EventNotice(text=text, shown_from=begins, shown_until=shown_until, created_at=now)
    event.notices.append(notice)
    session.flush()
    audit.record(session, "event.notice_posted", event, actor=actor, now=now)
    if mails:
        letters.tell_notice(session, notice, now=now)
    return notice


def withdraw(session: Session, notice: EventNotice, *, actor: User | str, now: datetime) -> None:
    """Take a notice off the page; twice is once."""
    if notice.withdrawn_at is not None:
        return
    notice.withdrawn_at = now
    session.flush()
    audit.record(session, "event.notice_withdrawn", notice.event, actor=actor, now=now)


def mail_it(session: Session, notice: EventNotice, *, actor: User | str, now: datetime) -> None:
    """Mail a notice that stands on the page. Raises DomainError if it doesn't, or was mailed already."""
    if notice.mailed_at is not None:
        raise DomainError(N_("Cet avis est déjà parti par mail."))
    if not notice.is_shown(now) or notice.event.state != EventState.PUBLISHED or now >= notice.event.ends_at:
        raise DomainError(N_("Cet avis ne paraît pas en ce moment : il ne part pas par mail."))
    letters.tell_notice(session, notice, now=now)
    audit.record(session, "event.notice_mailed", notice.event, actor=actor, now=now)
