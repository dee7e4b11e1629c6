"""Spaces of concertation and the organisations that sit in them."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, String, Table, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Territory, Theme
from hub.core.db import Base, UTCDateTime, choice

if TYPE_CHECKING:
    from hub.spaces.models.seats import Representation

space_theme = Table(
    "space_theme",
    Base.metadata,
    Column("space_id", ForeignKey("space.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id"), primary_key=True, index=True),
)


class SpaceKind(StrEnum):
    """What a space is; an external one is run by others, the network only holds a seat."""

    WORKING_GROUP = "working_group"
    PLATFORM = "platform"
    LOCAL_COORDINATION = "local_coordination"
    STEERING = "steering"
    PLENARY_ASSEMBLY = "plenary_assembly"
    WORKSTREAM = "workstream"
    EXTERNAL = "external"


class SpaceState(StrEnum):
    """Whether a space meets."""

    ACTIVE = "active"
    DORMANT = "dormant"
    CLOSED = "closed"


class VoteRule(StrEnum):
    """What a vote asks for, of the voices expressed: abstentions are none."""

    SIMPLE = "simple"  # more for than against
    TWO_THIRDS = "two_thirds"
    CONSENT = "consent"  # nobody against


class Space(Base):
    """A place where organisations concert: about what, at which level, where, since when."""

    __tablename__ = "space"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="has_name"),
        CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"
        ),
        CheckConstraint("kind = 'external' OR convener_id IS NULL", name="external_has_convener"),
        CheckConstraint(
            "kind = 'workstream' OR (output = '' AND output_due_on IS NULL AND outcome = '')",
            name="workstream_has_output",
        ),
        CheckConstraint("output_due_on IS NULL OR length(output) > 0", name="due_output_is_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[SpaceKind] = mapped_column(choice(SpaceKind, "space_kind"), index=True)
    state: Mapped[SpaceState] = mapped_column(choice(SpaceState, "space_state"), default=SpaceState.ACTIVE)
    purpose: Mapped[str] = mapped_column(Text, default="")
    level_id: Mapped[int | None] = mapped_column(ForeignKey("level.id"))
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"))
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    # Since when it is in its state, and why: what counts by date looks back with it.
    state_since: Mapped[date | None] = mapped_column(Date)
    state_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    # Of an external space alone: which organisation runs it.
    convener_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    # Of a workstream alone: what it is to bring forth, by when, and what came of it.
    output: Mapped[str] = mapped_column(String(250), default="", server_default="")
    output_due_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(Text, default="", server_default="")
    # Where it usually meets: what a new meeting begins with.
    place_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    place_address: Mapped[str] = mapped_column(String(300), default="", server_default="")
    online_url: Mapped[str] = mapped_column(String(500), default="", server_default="")
    # Its meetings are announced to whoever asks to be kept informed, so its name and purpose are public.
    is_announced: Mapped[bool] = mapped_column(default=False, server_default=false())
    # How voices are counted here; a decision keeps the rule of its day.
    vote_rule: Mapped[VoteRule] = mapped_column(
        choice(VoteRule, "vote_rule"), default=VoteRule.SIMPLE, server_default=VoteRule.SIMPLE.value
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    convener: Mapped[Organisation | None] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary=space_theme, order_by=Theme.position)
    level: Mapped[Level | None] = relationship()
    territory: Mapped[Territory | None] = relationship()
    memberships: Mapped[list["Membership"]] = relationship(back_populates="space", order_by="Membership.id")
    facilitations: Mapped[list["Facilitation"]] = relationship(back_populates="space")


class MembershipRole(StrEnum):
    """How an organisation takes part."""

    PILOT = "pilot"
    MEMBER = "member"
    OBSERVER = "observer"


class Membership(Base):
    """An organisation's seat in a space: from when to when (both days included). Ended, never erased."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"
        ),
        Index(None, "organisation_id", "space_id"),  # who speaks for whom where: asked for each action
        Index(
            "uq_membership_current",
            "space_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[MembershipRole] = mapped_column(
        choice(MembershipRole, "membership_role"), default=MembershipRole.MEMBER
    )
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    ended_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    space: Mapped[Space] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()
    if TYPE_CHECKING:  # mapped beside the other side, in seats.py, so that no name is looked for too early
        representations: Mapped[list["Representation"]]


class Facilitation(Base):
    """An account that facilitates a space: while it lasts it may change that space, and no other."""

    __tablename__ = "facilitation"
    __table_args__ = (
        Index(
            "uq_facilitation_current",
            "space_id",
            "user_id",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)

    space: Mapped[Space] = relationship(back_populates="facilitations")
    user: Mapped[User] = relationship()
