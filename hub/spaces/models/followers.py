"""Whoever wants to be kept informed of a space without sitting in it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.core.db import Base, UTCDateTime
from hub.spaces.models.spaces import Space


class Follower(Base):
    """An account, or an address that somebody confirmed (`confirmed_at`), to which meetings are announced.

    It is deleted when its holder says stop: nothing else hangs on it.
    """

    __tablename__ = "follower"
    __table_args__ = (
        UniqueConstraint("space_id", "email"),
        UniqueConstraint("space_id", "user_id"),
        CheckConstraint("(user_id IS NULL) <> (email IS NULL)", name="account_or_address"),
        CheckConstraint("user_id IS NULL OR confirmed_at IS NOT NULL", name="account_is_confirmed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))  # in small letters
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    space: Mapped[Space] = relationship()
    user: Mapped[User | None] = relationship()
