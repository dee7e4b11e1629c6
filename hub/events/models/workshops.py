"""Workshops of a day: blocks with their rule of choice, rounds, seats; wishes and how they were allotted."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.events.models.places import VenueRoom

if TYPE_CHECKING:
    from hub.events.models.days import Event


class Way(StrEnum):
    """How the seats of a block are given."""

    FIRST_COME = "first_come"
    WISHES = "wishes"  # people rank, then an allocation is computed, looked at and published


class WorkshopBlock(Base):
    """Workshops among which each person chooses at least `choices_min` and at most `choices_max`.

    Exactly k is min = max = k; 0 and 0 where nobody chooses beforehand.
    """

    __tablename__ = "workshop_block"
    __table_args__ = (
        CheckConstraint("choices_min >= 0 AND choices_max >= choices_min", name="choices_in_order"),
        CheckConstraint("wishes_max >= 0", name="wishes_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    choices_min: Mapped[int] = mapped_column(default=0)
    choices_max: Mapped[int] = mapped_column(default=0)
    way: Mapped[Way] = mapped_column(choice(Way, "workshop_way"), default=Way.FIRST_COME)
    wishes_max: Mapped[int] = mapped_column(default=0)  # how many can be ranked; 0: all of them
    position: Mapped[int] = mapped_column(default=0)
    allotted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when an allocation was published

    event: Mapped["Event"] = relationship(back_populates="blocks")
    rounds: Mapped[list["WorkshopRound"]] = relationship(
        back_populates="block",
        order_by="WorkshopRound.position, WorkshopRound.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    workshops: Mapped[list["Workshop"]] = relationship(
        back_populates="block", order_by="Workshop.position, Workshop.id", viewonly=True
    )


class WorkshopRound(Base):
    """Workshops that happen at the same time: nobody can be in two of them."""

    __tablename__ = "workshop_round"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_hours_or_none"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("workshop_block.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(120), default="")
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    position: Mapped[int] = mapped_column(default=0)

    block: Mapped[WorkshopBlock] = relationship(back_populates="rounds")


class Workshop(Base):
    """A workshop of a day, with its seats.

    `taken` = seats held + live offers. `repeats_id` names the workshop that this one gives again in another
    round: nobody takes the same twice. Its own hours come before its round's.
    """

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        CheckConstraint("taken <= capacity", name="never_overbooked"),
        CheckConstraint("minimum >= 0 AND minimum <= capacity", name="minimum_within_capacity"),
        CheckConstraint("repeats_id <> id", name="repeats_another"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_hours_or_none"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("workshop_block.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_round.id"), index=True)
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)  # who leads it
    room: Mapped[str] = mapped_column(String(80), default="")
    room_id: Mapped[int | None] = mapped_column(ForeignKey("venue_room.id"), index=True)
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    capacity: Mapped[int]
    minimum: Mapped[int] = mapped_column(default=0, server_default="0")  # with fewer it does not take place
    taken: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # an allocation left it without people

    event: Mapped["Event"] = relationship(back_populates="workshops")
    block: Mapped[WorkshopBlock] = relationship(back_populates="workshops")
    round: Mapped[WorkshopRound | None] = relationship()
    lead: Mapped[Organisation | None] = relationship()
    venue_room: Mapped[VenueRoom | None] = relationship()

    @property
    def left(self) -> int:
        """How many seats are left."""
        return self.capacity - self.taken

    @property
    def content_id(self) -> int:
        """What it is about: the same number for a workshop and those that give it again."""
        return self.repeats_id or self.id

    @property
    def hours(self) -> tuple[datetime, datetime] | None:
        """From when until when, its own or its round's; None where nobody said."""
        for one in (self, self.round):
            if one is not None and one.starts_at is not None and one.ends_at is not None:
                return one.starts_at, one.ends_at
        return None


class Wish(Base):
    """A workshop that somebody wishes for, in the block's order of preference (1 is the first)."""

    __tablename__ = "workshop_wish"
    __table_args__ = (
        CheckConstraint("rank >= 1", name="rank_from_one"),
        UniqueConstraint("registration_id", "block_id", "rank"),
        UniqueConstraint("registration_id", "workshop_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    block_id: Mapped[int] = mapped_column(ForeignKey("workshop_block.id", ondelete="CASCADE"), index=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), index=True)
    rank: Mapped[int]

    workshop: Mapped[Workshop] = relationship()


class AllocationState(StrEnum):
    """What became of a computed allocation."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    SET_ASIDE = "set_aside"


class AllocationRun(Base):
    """One allocation of a block's wishes, with all that repeats it: what went in, the seed, what came out."""

    __tablename__ = "allocation_run"
    __table_args__ = (
        Index(
            "uq_allocation_run_published",
            "block_id",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("workshop_block.id", ondelete="CASCADE"), index=True)
    state: Mapped[AllocationState] = mapped_column(
        choice(AllocationState, "allocation_state"), default=AllocationState.PROPOSED
    )
    seed: Mapped[str] = mapped_column(String(40))
    method: Mapped[str] = mapped_column(String(40))
    cost: Mapped[int] = mapped_column(BigInteger)
    is_proven: Mapped[bool] = mapped_column(default=False, server_default=false())
    given: Mapped[Any] = mapped_column(JSON)  # numbers of registrations and workshops only
    result: Mapped[Any] = mapped_column(JSON)
    created_by: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    block: Mapped[WorkshopBlock] = relationship()
