"""Links that let somebody in: to sign in, and to open an account. Each works once, by POST (S11)."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from hub.accounts import queries
from hub.accounts.models import User
from hub.core import mail, tokens
from hub.core.errors import N_, DomainError

SIGN_IN = "account.sign_in"
INVITATION = "account.invitation"
SIGN_IN_LIFETIME = timedelta(minutes=30)
INVITATION_LIFETIME = timedelta(days=7)


def mail_sign_in_link(session: Session, email: str, *, version: str, target: str, now: datetime) -> bool:
    """Mail a link to the open account of that address; return False where there is none.

    `version` names the request, so that one request sends one mail; `target` is the path to go on to, or "".
    """
    user = session.scalar(queries.by_email(email))
    if user is None or not user.is_active:
        return False
    raw = tokens.issue(session, SIGN_IN, user, now=now, lifetime=SIGN_IN_LIFETIME)
    path = f"/connexion/{raw}" + (f"?{urlencode({'suite': target})}" if target else "")
    mail.queue(
        session, "accounts.sign_in", user, user.email, now=now, version=version,
        action=(N_("Ouvrir la page de connexion"), path), name=user.name,
        minutes=int(SIGN_IN_LIFETIME.total_seconds() // 60),
    )  # fmt: skip
    return True


def mail_invitation(session: Session, user: User, *, inviter: str, now: datetime) -> None:
    """Mail the link by which an invited person opens their account; an earlier one stops working."""
    mail.queue(
        session, "accounts.invitation", user, user.email, now=now, version=now.isoformat(),
        action=(N_("Ouvrir mon compte"), invitation_path(session, user, now=now)),
        name=user.name, inviter=inviter, role=user.role.value, until=now + INVITATION_LIFETIME,
    )  # fmt: skip


def invitation_path(session: Session, user: User, *, now: datetime) -> str:
    """Return the path of a new invitation; an earlier one stops working."""
    tokens.revoke(session, INVITATION, user, now=now)
    return f"/invitation/{tokens.issue(session, INVITATION, user, now=now, lifetime=INVITATION_LIFETIME)}"


def use(session: Session, token: tokens.Token, user: User, *, now: datetime) -> None:
    """Use a link up, and every other link into that account. Raises DomainError if it was used or closed."""
    if not tokens.consume(session, token, now=now) or not user.is_active:
        raise DomainError(N_("Ce lien a déjà servi ou n’est plus valable. Demandez-en un nouveau."))
    revoke(session, user, now=now)


def revoke(session: Session, user: User, *, now: datetime) -> None:
    """Let no link lead into the account any more."""
    tokens.revoke(session, SIGN_IN, user, now=now)
    tokens.revoke(session, INVITATION, user, now=now)
