"""Opening and ending sessions. They are rows, so they end when we say so (S9)."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.accounts.models import SignedInSession, User
from hub.core.tokens import BYTES, digest

SESSION_LIFETIME = timedelta(days=14)
# Soon after signing in, the mailbox or the password has just been proved: neither is asked again.
FRESH = timedelta(minutes=15)


def open_session(session: Session, user: User, *, device: str, now: datetime) -> str:
    """Sign an account in on one browser and return the raw identifier that its cookie will hold."""
    session.execute(
        delete(SignedInSession).where(SignedInSession.user_id == user.id, SignedInSession.expires_at <= now)
    )
    raw = secrets.token_urlsafe(BYTES)
    session.add(
        SignedInSession(
            hash=digest(raw),
            user_id=user.id,
            created_at=now,
            expires_at=now + SESSION_LIFETIME,
            device=device[:120],
        )
    )
    user.last_sign_in_at = now
    session.flush()
    return raw


def find_session(session: Session, raw: str, *, now: datetime) -> SignedInSession | None:
    """Return the live session behind a cookie's identifier, unless its account is closed."""
    row = session.scalar(
        select(SignedInSession).where(SignedInSession.hash == digest(raw), SignedInSession.expires_at > now)
    )
    return row if row is not None and row.user.is_active else None


def find_user(session: Session, raw: str, *, now: datetime) -> User | None:
    """Return the active account behind a cookie's identifier, or None."""
    row = find_session(session, raw, now=now)
    return None if row is None else row.user


def is_fresh(row: SignedInSession, *, now: datetime) -> bool:
    """Say whether the person signed in so recently that we needn't ask again who they are."""
    return now - row.created_at < FRESH


def close_session(session: Session, raw: str) -> None:
    """Sign out of the browser that holds this identifier."""
    session.execute(delete(SignedInSession).where(SignedInSession.hash == digest(raw)))


def close_sessions(session: Session, user: User) -> None:
    """Sign an account out everywhere."""
    session.execute(delete(SignedInSession).where(SignedInSession.user_id == user.id))


def forget_expired(session: Session, *, now: datetime) -> None:
    """Delete every session whose time is over."""
    session.execute(delete(SignedInSession).where(SignedInSession.expires_at <= now))
