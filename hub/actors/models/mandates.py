"""The people who speak for organisations, and what gives them the right."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    and_,
    false,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime


class Person(Base):
    """Somebody who speaks for an organisation; as little as needed is held."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), unique=True
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    user: Mapped[User | None] = relationship()


class Mandate(Base):
    """The power to speak for an organisation: who, as what, for what, from when to when.

    It is ended, never erased.
    """

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        # One current mandate of a person for an organisation and scope.
        Index(
            "uq_mandate_current",
            "person_id",
            "organisation_id",
            "scope",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    function: Mapped[str] = mapped_column(String(120), default="")
    scope: Mapped[str] = mapped_column(String(200), default="")
    # Only for what names it, such as a seat; any other speaks for the organisation in everything.
    is_limited: Mapped[bool] = mapped_column(default=False, server_default=false())
    decided_by: Mapped[str] = mapped_column(String(200), default="", server_default="")  # which body
    decided_on: Mapped[date | None] = mapped_column(Date)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)  # the last day, included
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # ended at once
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()

    def is_current(self, today: date) -> bool:
        """Say whether the mandate gives its right on that day (Brussels' date)."""
        in_time = self.starts_on <= today and (self.ends_on is None or today <= self.ends_on)
        return in_time and self.withdrawn_at is None

    @classmethod
    def speaks_on(cls, today: date) -> ColumnElement[bool]:
        """Return the condition for speaking for the organisation in everything on that day."""
        return and_(cls.gives_right_on(today), cls.is_limited.is_(False))

    @classmethod
    def gives_right_on(cls, today: date) -> ColumnElement[bool]:
        """Return the condition that `is_current` states, for queries."""
        return and_(
            cls.starts_on <= today,
            or_(cls.ends_on.is_(None), cls.ends_on >= today),
            cls.withdrawn_at.is_(None),
        )
