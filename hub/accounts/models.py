"""Accounts and their sessions. Most people of the network never have one: they act through personal links."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime, choice


class Role(StrEnum):
    """What an account may do everywhere. Facilitating a space or representing an organisation is recorded there."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    MEMBER = "member"


class User(Base):
    """Somebody who can sign in, by a link sent to the address or by a password."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("email LIKE '%_@_%'", name="email_has_at"),
        CheckConstraint("email = lower(email)", name="email_in_lower_case"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(choice(Role, "role"), default=Role.MEMBER)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def is_coordinator(self) -> bool:
        """Whether the account coordinates the network; administrators do too."""
        return self.is_active and self.role in {Role.COORDINATOR, Role.ADMINISTRATOR}

    @property
    def is_administrator(self) -> bool:
        """Whether the account administers the installation."""
        return self.is_active and self.role == Role.ADMINISTRATOR


class SignedInSession(Base):
    """One browser where an account is signed in; deleting the row signs it out (S9)."""

    __tablename__ = "signed_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    device: Mapped[str] = mapped_column(String(120), default="")

    user: Mapped[User] = relationship(lazy="joined")
