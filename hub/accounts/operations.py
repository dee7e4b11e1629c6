"""Opening and ending sessions; later: inviting, links, passwords."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.accounts.models import SignedInSession, User
from hub.core.tokens import BYTES, digest

SESSION_LIFETIME = timedelta(days=14)


def open_session(session: Session, user: User, *, device: str, now: datetime) -> str:
    """Sign an account in on one browser and return the raw identifier that its cookie will hold."""
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


def find_user(session: Session, raw: str, *, now: datetime) -> User | None:
    """Return the active account behind a cookie's identifier, or None."""
    row = session.scalar(
        select(SignedInSession).where(SignedInSession.hash == digest(raw), SignedInSession.expires_at > now)
    )
    return row.user if row is not None and row.user.is_active else None


def close_sessions(session: Session, user: User) -> None:
    """Sign an account out everywhere."""
    session.execute(delete(SignedInSession).where(SignedInSession.user_id == user.id))
