"""Links for people without account: random, stored hashed, for one purpose and one thing (S11)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Index, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core.db import Base, UTCDateTime, insert_plainly

BYTES = 32


class Token(Base):
    """The right to do one thing (`purpose`) on one thing (`subject_type`, `subject_id`) until a moment."""

    __tablename__ = "token"
    __table_args__ = (Index(None, "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def digest(raw: str) -> str:
    """Return what is stored of a raw token: SHA-256, enough for 256 random bits."""
    return hashlib.sha256(raw.encode("utf-8", "replace")).hexdigest()


def issue(
    session: Session,
    purpose: str,
    subject: Base,
    *,
    now: datetime,
    lifetime: timedelta | None = None,
    until: datetime | None = None,
) -> str:
    """Store a new token for a flushed row and return its raw text, which is kept nowhere.

    Give either a `lifetime` or a moment (`until`). Raises ValueError if neither is given.
    """
    expires_at = until if lifetime is None else now + lifetime
    if expires_at is None:
        raise ValueError("a token needs an end")
    raw = secrets.token_urlsafe(BYTES)
    insert_plainly(
        session,
        Token,
        hash=digest(raw),
        purpose=purpose,
        subject_type=subject.__tablename__,
        subject_id=subject.id,  # type: ignore[attr-defined]
        created_at=now,
        expires_at=expires_at,
    )
    return raw


def new_code() -> str:
    """Return a code that nobody can guess (128 bits), for a QR: it names a thing and opens nothing."""
    return secrets.token_urlsafe(16)


def find(session: Session, raw: str, purpose: str) -> Token | None:
    """Return the token of that purpose, expired or revoked ones too: the page says which."""
    return session.scalar(select(Token).where(Token.hash == digest(raw), Token.purpose == purpose))


def is_live(token: Token, now: datetime) -> bool:
    """Say whether the token still opens its door."""
    return token.revoked_at is None and now < token.expires_at


def revoke(session: Session, purpose: str, subject: Base, *, now: datetime) -> None:
    """End every live token of that purpose for that row."""
    session.execute(
        update(Token)
        .where(
            Token.purpose == purpose,
            Token.subject_type == subject.__tablename__,
            Token.subject_id == subject.id,  # type: ignore[attr-defined]
            Token.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def consume(session: Session, token: Token, *, now: datetime) -> bool:
    """Revoke a token that works once; return whether this call was the one that used it."""
    done = session.execute(
        update(Token).where(Token.id == token.id, Token.revoked_at.is_(None)).values(revoked_at=now)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]
