"""Days of the network and who signed up for them. The database itself refuses to overbook."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.db import Base, UTCDateTime, choice
from hub.spaces.models.spaces import Space


class EventKind(StrEnum):
    """What sort of day it is."""

    PLENARY = "plenary"
    SYMPOSIUM = "symposium"
    SEMINAR = "seminar"
    FAIR = "fair"
    RALLY = "rally"
    INFO_SESSION = "info_session"
    CANDIDATES = "candidates"  # an evening with candidates
    MEETING = "meeting"
    FEEDBACK = "feedback"
    TRAINING = "training"
    SCREENING = "screening"
    DISCOVERY = "discovery"


class EventState(StrEnum):
    """What the coordination decided about a day; the rest follows from the clock and the seats (`Stage`)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """How a day stands at a moment, in the one word that people need."""

    DRAFT = "draft"
    CANCELLED = "cancelled"
    OVER = "over"
    ANNOUNCED = "announced"  # sign-up opens later
    CLOSED = "closed"
    FULL = "full"
    OPEN = "open"


event_organiser = Table(
    "event_organiser",
    Base.metadata,
    Column("event_id", ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    Column("organisation_id", ForeignKey("organisation.id"), primary_key=True, index=True),
)


class Event(Base):
    """A day (or an evening): programme, place, people.

    `sign_up_closes_at` is the first moment when nobody can sign up any more; people are shown the last day,
    included (R7). `taken` counts the confirmed registrations, also where `capacity` sets no limit.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        CheckConstraint("capacity IS NULL OR taken <= capacity", name="never_overbooked"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("workshop_choices >= 0", name="choices_not_negative"),
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint(
            "sign_up_opens_at IS NULL OR sign_up_closes_at > sign_up_opens_at", name="closes_after_opening"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[EventKind] = mapped_column(choice(EventKind, "event_kind"), default=EventKind.PLENARY)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(400), default="")
    description: Mapped[str] = mapped_column(Text, default="")  # Markdown
    place_name: Mapped[str] = mapped_column(String(200), default="")  # empty: to be announced
    place_address: Mapped[str] = mapped_column(String(300), default="")
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    doors_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sign_up_opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # none: as soon as published
    sign_up_closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    state: Mapped[EventState] = mapped_column(
        choice(EventState, "event_state"), default=EventState.DRAFT, index=True
    )
    meal_offered: Mapped[bool] = mapped_column(default=False)
    workshop_choices: Mapped[int] = mapped_column(default=0)  # exactly so many are chosen
    practical_info: Mapped[str] = mapped_column(Text, default="")  # Markdown
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    # Grows with every change that a calendar must learn of (RFC 5545, SEQUENCE).
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancel_reason: Mapped[str] = mapped_column(String(400), default="")
    needs_forgotten_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    venue: Mapped[Organisation | None] = relationship()
    space: Mapped[Space | None] = relationship()
    organisers: Mapped[list[Organisation]] = relationship(
        secondary=event_organiser, order_by=Organisation.name
    )
    slots: Mapped[list["Slot"]] = relationship(
        back_populates="event",
        order_by="Slot.starts_at, Slot.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    workshops: Mapped[list["Workshop"]] = relationship(
        back_populates="event",
        order_by="Workshop.position, Workshop.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    meals: Mapped[list["MealOption"]] = relationship(
        back_populates="event",
        order_by="MealOption.position, MealOption.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def day(self) -> date:
        """The date in Brussels."""
        return clock.today(self.starts_at)

    @property
    def deadline(self) -> date:
        """The last day, included, on which one can sign up."""
        return clock.today(self.sign_up_closes_at - timedelta(microseconds=1))

    @property
    def left(self) -> int | None:
        """How many seats are left; None where nothing limits them."""
        return None if self.capacity is None else self.capacity - self.taken

    @property
    def is_full(self) -> bool:
        """Whether nobody could get a seat: in the room, or in as many workshops as must be chosen."""
        open_workshops = sum(workshop.left > 0 for workshop in self.workshops)
        return self.left == 0 or (self.workshop_choices > 0 and open_workshops < self.workshop_choices)

    @property
    def forget_needs_at(self) -> datetime:
        """The moment from which diets and needs have no more use: the beginning of the day after (G3)."""
        return clock.end_of_day(clock.today(self.ends_at))

    def stage(self, now: datetime) -> Stage:
        """Return how the day stands at that moment."""
        if self.state != EventState.PUBLISHED:
            return Stage(self.state.value)
        if now >= self.ends_at:
            return Stage.OVER
        if now >= self.sign_up_closes_at:
            return Stage.CLOSED
        if self.sign_up_opens_at is not None and now < self.sign_up_opens_at:
            return Stage.ANNOUNCED
        return Stage.FULL if self.is_full else Stage.OPEN


class SlotKind(StrEnum):
    """What happens in a part of the programme."""

    WELCOME = "welcome"
    INTRODUCTION = "introduction"
    PRESENTATION = "presentation"
    WORKSHOPS = "workshops"
    MEAL = "meal"
    BREAK = "break"
    EXCHANGE = "exchange"
    TESTIMONY = "testimony"
    QUESTIONS = "questions"
    SCREENING = "screening"
    CONCLUSION = "conclusion"


class Slot(Base):
    """One line of a programme."""

    __tablename__ = "event_slot"
    __table_args__ = (CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    kind: Mapped[SlotKind] = mapped_column(choice(SlotKind, "slot_kind"), default=SlotKind.PRESENTATION)
    title: Mapped[str] = mapped_column(String(200))
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    description: Mapped[str] = mapped_column(Text, default="")

    event: Mapped[Event] = relationship(back_populates="slots")
    speaker: Mapped[Organisation | None] = relationship()


class Workshop(Base):
    """A workshop of a day, with its seats."""

    __tablename__ = "workshop"
    __table_args__ = (
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        CheckConstraint("taken <= capacity", name="never_overbooked"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    room: Mapped[str] = mapped_column(String(80), default="")
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)

    event: Mapped[Event] = relationship(back_populates="workshops")

    @property
    def left(self) -> int:
        """How many seats are left."""
        return self.capacity - self.taken


class MealOption(Base):
    """One line of the neutral list of meals: it names what is on the plate, never why (G3)."""

    __tablename__ = "meal_option"
    __table_args__ = (UniqueConstraint("event_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    # What stays once the choices of each person are forgotten.
    booked: Mapped[int | None]

    event: Mapped[Event] = relationship(back_populates="meals")


class RegistrationState(StrEnum):
    """Whether the person is expected."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    """How a registration came."""

    WEB = "web"
    PHONE = "phone"
    PAPER = "paper"
    MAIL = "mail"


class Registration(Base):
    """Somebody's sign-up for a day; without account, kept by a personal link.

    Diet and access needs can tell of health or belief: they are held with explicit consent only, and
    forgotten after the day (G3). Without an address (on paper, by phone) no mail goes out.
    """

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("email IS NULL OR email = lower(email)", name="email_in_lower_case"),
        CheckConstraint("length(name) > 0", name="has_name"),
        CheckConstraint(
            "needs_consent_at IS NOT NULL OR (diet = '' AND access_needs = '')", name="needs_by_consent"
        ),
        CheckConstraint("state <> 'cancelled' OR cancelled_at IS NOT NULL", name="cancelling_is_dated"),
        # One live sign-up of an address for a day.
        Index(
            "uq_registration_confirmed",
            "event_id",
            "email",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
        # A form sent twice is one sign-up.
        UniqueConstraint("event_id", "form_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(String(200), default="")
    meal_id: Mapped[int | None] = mapped_column(ForeignKey("meal_option.id"), index=True)
    diet: Mapped[str] = mapped_column(String(300), default="")
    access_needs: Mapped[str] = mapped_column(String(600), default="")
    needs_consent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    state: Mapped[RegistrationState] = mapped_column(
        choice(RegistrationState, "registration_state"), default=RegistrationState.CONFIRMED
    )
    channel: Mapped[Channel] = mapped_column(choice(Channel, "registration_channel"), default=Channel.WEB)
    language: Mapped[str] = mapped_column(String(5), default="fr")
    form_key: Mapped[str | None] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")  # name, address and organisation, folded

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    meal: Mapped[MealOption | None] = relationship()
    choices: Mapped[list["Choice"]] = relationship(
        back_populates="registration",
        order_by="Choice.workshop_id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def is_confirmed(self) -> bool:
        """Whether the person is expected."""
        return self.state == RegistrationState.CONFIRMED

    @property
    def organisation_label(self) -> str:
        """The name of the organisation, from the register or as it was typed; empty for a private person."""
        return self.organisation.name if self.organisation is not None else self.organisation_name


class Choice(Base):
    """A seat in a workshop, held by a registration; gone when it is given back."""

    __tablename__ = "registration_choice"
    __table_args__ = (UniqueConstraint("registration_id", "workshop_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), index=True)

    registration: Mapped[Registration] = relationship(back_populates="choices")
    workshop: Mapped[Workshop] = relationship()
