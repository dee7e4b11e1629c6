"""Accounts and their sessions. Most people of the network never have one: they act through personal links."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime, choice
from hub.core.search import fold


class Role(StrEnum):
    """What an account may do everywhere.

    Facilitating a space or representing an organisation is recorded there.
    """

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    MEMBER = "member"


class AccountState(StrEnum):
    """Whether somebody may sign in, and has."""

    INVITED = "invited"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"


def _searched(context: Any) -> str:
    row = context.get_current_parameters()
    return fold(f"{row['name']} {row['email']}")


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
    search_text: Mapped[str] = mapped_column(Text, default=_searched)  # name and address, folded

    @property
    def is_coordinator(self) -> bool:
        """Whether the account coordinates the network; administrators do too."""
        return self.is_active and self.role in {Role.COORDINATOR, Role.ADMINISTRATOR}

    @property
    def state(self) -> AccountState:
        """Where the account stands, as lists show it."""
        if not self.is_active:
            return AccountState.DEACTIVATED
        return AccountState.INVITED if self.last_sign_in_at is None else AccountState.ACTIVE

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
