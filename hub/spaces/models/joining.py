"""Coming to a space's table: an organisation asks for a seat, or is asked to take one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.spaces.models.spaces import Membership, MembershipRole, Space


class JoinKind(StrEnum):
    """Who speaks first: the organisation, or the space."""

    REQUEST = "request"
    INVITATION = "invitation"


class JoinState(StrEnum):
    """open → accepted or declined by the other side, or withdrawn by whoever spoke first."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Joining(Base):
    """A request or an invitation, with its answer. One is open for an organisation and a space at a time."""

    __tablename__ = "joining"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered_when_over"),
        CheckConstraint(
            "kind <> 'request' OR state <> 'declined' OR length(reason) > 0", name="refused_with_a_reason"
        ),
        CheckConstraint("(state = 'accepted') = (membership_id IS NOT NULL)", name="accepted_with_a_seat"),
        CheckConstraint("kind <> 'invitation' OR length(email) > 0", name="invited_at_an_address"),
        Index(
            "uq_joining_open",
            "space_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[JoinKind] = mapped_column(choice(JoinKind, "join_kind"))
    state: Mapped[JoinState] = mapped_column(choice(JoinState, "join_state"), default=JoinState.OPEN)
    role: Mapped[MembershipRole] = mapped_column(
        choice(MembershipRole, "membership_role"), default=MembershipRole.MEMBER
    )
    words: Mapped[str] = mapped_column(Text, default="")  # why, or what the invitation says
    email: Mapped[str] = mapped_column(String(254), default="")  # of the organisation, where it is written to
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="")  # of the answer
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    space: Mapped[Space] = relationship()
    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person | None] = relationship()
    membership: Mapped[Membership | None] = relationship()
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
