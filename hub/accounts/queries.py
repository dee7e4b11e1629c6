"""Reading accounts and sessions."""

from datetime import datetime

from sqlalchemy import Select, select

from hub.accounts.models import AccountState, Role, SignedInSession, User
from hub.core.search import fold

DEMO_DOMAIN = "@example.org"  # reserved by RFC 2606: nobody receives mail there


def by_email(email: str) -> Select[User]:
    """Select the account of an address, whatever its case."""
    return select(User).where(User.email == email.strip().lower())


def accounts(text: str = "", role: Role | None = None, state: AccountState | None = None) -> Select[User]:
    """Select the accounts whose name or address holds every word of `text`, by name."""
    chosen = select(User).order_by(User.name, User.id)
    for word in fold(text).split():
        chosen = chosen.where(User.search_text.contains(word))
    if role is not None:
        chosen = chosen.where(User.role == role)
    if state is AccountState.DEACTIVATED:
        chosen = chosen.where(User.is_active.is_(False))
    elif state is not None:
        signed_in = User.last_sign_in_at.is_not(None)
        chosen = chosen.where(User.is_active, signed_in if state is AccountState.ACTIVE else ~signed_in)
    return chosen


def demo_accounts() -> Select[User]:
    """Select the invented accounts that a demonstration lets anybody try."""
    open_account = (User.is_active, User.last_sign_in_at.is_not(None), User.email.endswith(DEMO_DOMAIN))
    return select(User).where(*open_account).order_by(User.id).limit(6)


def open_sessions(user: User, *, now: datetime) -> Select[SignedInSession]:
    """Select the browsers where an account is signed in, the latest first."""
    return (
        select(SignedInSession)
        .where(SignedInSession.user_id == user.id, SignedInSession.expires_at > now)
        .order_by(SignedInSession.created_at.desc(), SignedInSession.id.desc())
    )
