"""Days of the network: what, when, where, who organises them. The database itself refuses to overbook."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory
from hub.core import clock
from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile
from hub.events.models.places import VenueRoom
from hub.spaces.models.spaces import Space

if TYPE_CHECKING:
    from hub.events.models.registrations import MealOption
    from hub.events.models.retention import Retention
    from hub.events.models.workshops import Workshop, WorkshopBlock


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
    MODULE = "module"  # a course of several sessions, with an attendance certificate
    DROP_IN = "drop_in"  # one comes without signing up


class Mode(StrEnum):
    """How one takes part; a hybrid day has seats in the room and seats online."""

    ONSITE = "onsite"
    ONLINE = "online"
    HYBRID = "hybrid"


class SignUpNeed(StrEnum):
    """Whether one signs up at all."""

    REQUIRED = "required"
    WISHED = "wished"  # « souhaitée »: who comes without is welcome
    NONE = "none"


class Admission(StrEnum):
    """Who gets a seat by signing up."""

    OPEN = "open"
    APPROVAL = "approval"  # a coordinator decides on each sign-up
    INVITATION = "invitation"  # by an invitation's link only


class Promotion(StrEnum):
    """What happens when a seat gets free while people wait."""

    AUTOMATIC = "automatic"  # the next one has it at once
    OFFER = "offer"  # it is held for the next one until the offer ends


class Asking(StrEnum):
    """Whether the form asks for something."""

    NO = "no"
    OPTIONAL = "optional"
    REQUIRED = "required"


class CertificateRule(StrEnum):
    """From which presence a certificate of attendance is given."""

    NONE = "none"
    ALL = "all"  # every session that counts
    SHARE = "share"  # at least so many percent of the minutes
    MINUTES = "minutes"  # at least so many minutes


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
    FREE = "free"  # one comes without signing up


class EventSeries(Base):
    """Days that follow each other: the plenaries of a plan, the information sessions of a season."""

    __tablename__ = "event_series"
    __table_args__ = (CheckConstraint("length(title) > 0", name="has_title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")  # Markdown
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class EventOrganiser(Base):
    """An organisation that organises a day; whom to ask there, for one territory if they share them."""

    __tablename__ = "event_organiser"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    contact_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)

    event: Mapped["Event"] = relationship(back_populates="organiser_rows")
    organisation: Mapped[Organisation] = relationship()
    territory: Mapped[Territory | None] = relationship()
    logo: Mapped[StoredFile | None] = relationship()


event_organiser = EventOrganiser.__table__


class Event(Base):
    """A day (or an evening, or a module of several sessions): programme, place, people.

    `sign_up_closes_at` is the first moment when nobody can sign up any more; people are shown the last day,
    included (R7). `taken` counts the seats in the room, `online_taken` those online, also where nothing
    limits them: seats held by confirmed registrations + live offers + places reserved and not yet filled.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("online_taken >= 0", name="online_taken_not_negative"),
        CheckConstraint(
            "online_capacity IS NULL OR online_taken <= online_capacity", name="never_overbooked_online"
        ),
        CheckConstraint("offer_hours > 0", name="offer_lasts"),
        CheckConstraint("group_most > 0", name="group_of_one_at_least"),
        CheckConstraint("certificate_threshold >= 0", name="certificate_threshold_not_negative"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        CheckConstraint("capacity IS NULL OR taken <= capacity", name="never_overbooked"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
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
    series_id: Mapped[int | None] = mapped_column(ForeignKey("event_series.id"), index=True)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    mode: Mapped[Mode] = mapped_column(
        choice(Mode, "event_mode"), default=Mode.ONSITE, server_default=Mode.ONSITE.value
    )
    room_id: Mapped[int | None] = mapped_column(ForeignKey("venue_room.id"), index=True)
    online_url: Mapped[str] = mapped_column(
        String(500), default="", server_default=""
    )  # told to whoever comes
    online_info: Mapped[str] = mapped_column(Text, default="", server_default="")  # Markdown
    online_capacity: Mapped[int | None]
    online_taken: Mapped[int] = mapped_column(default=0, server_default="0")
    sign_up_need: Mapped[SignUpNeed] = mapped_column(
        choice(SignUpNeed, "sign_up_need"),
        default=SignUpNeed.REQUIRED,
        server_default=SignUpNeed.REQUIRED.value,
    )
    admission: Mapped[Admission] = mapped_column(
        choice(Admission, "event_admission"), default=Admission.OPEN, server_default=Admission.OPEN.value
    )
    group_most: Mapped[int] = mapped_column(default=10, server_default="10")  # people signed up in one form
    has_waitlist: Mapped[bool] = mapped_column(default=True, server_default=true())
    promotion: Mapped[Promotion] = mapped_column(
        choice(Promotion, "event_promotion"),
        default=Promotion.AUTOMATIC,
        server_default=Promotion.AUTOMATIC.value,
    )
    offer_hours: Mapped[int] = mapped_column(default=48, server_default="48")
    # While set, seats that get free stay free: the coordination sees to them.
    promotion_suspended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asks_organisation: Mapped[Asking] = mapped_column(
        choice(Asking, "asks_organisation"), default=Asking.OPTIONAL, server_default=Asking.OPTIONAL.value
    )
    asks_phone: Mapped[Asking] = mapped_column(
        choice(Asking, "asks_phone"), default=Asking.NO, server_default=Asking.NO.value
    )
    asks_diet: Mapped[bool] = mapped_column(default=True, server_default=true())
    asks_access_needs: Mapped[bool] = mapped_column(default=True, server_default=true())
    asks_languages: Mapped[bool] = mapped_column(default=False, server_default=false())
    offers_newsletter: Mapped[bool] = mapped_column(default=False, server_default=false())
    meal_offered: Mapped[bool] = mapped_column(default=False)
    meals_close_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the caterer's deadline
    meals_frozen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when the counts were told
    certificate_rule: Mapped[CertificateRule] = mapped_column(
        choice(CertificateRule, "certificate_rule"),
        default=CertificateRule.NONE,
        server_default=CertificateRule.NONE.value,
    )
    certificate_threshold: Mapped[int] = mapped_column(default=0, server_default="0")  # percent, or minutes
    certificate_text: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )  # legal mentions, Markdown
    certificate_signatory: Mapped[str] = mapped_column(String(200), default="", server_default="")
    evaluation_closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
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
    room: Mapped[VenueRoom | None] = relationship()
    space: Mapped[Space | None] = relationship()
    series: Mapped[EventSeries | None] = relationship()
    organiser_rows: Mapped[list[EventOrganiser]] = relationship(
        back_populates="event",
        order_by="EventOrganiser.position, EventOrganiser.organisation_id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    organisers: Mapped[list[Organisation]] = relationship(
        secondary=event_organiser, order_by=Organisation.name, viewonly=True
    )
    sessions: Mapped[list["EventSession"]] = relationship(
        back_populates="event",
        order_by="EventSession.starts_at, EventSession.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    retentions: Mapped[list["Retention"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", passive_deletes=True
    )
    notices: Mapped[list["EventNotice"]] = relationship(
        back_populates="event", order_by="EventNotice.id", cascade="all, delete-orphan", passive_deletes=True
    )
    slots: Mapped[list["Slot"]] = relationship(
        back_populates="event",
        order_by="Slot.starts_at, Slot.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    blocks: Mapped[list["WorkshopBlock"]] = relationship(
        back_populates="event",
        order_by="WorkshopBlock.position, WorkshopBlock.id",
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
    def last_day(self) -> date:
        """The date on which it ends, in Brussels."""
        return clock.today(self.ends_at - timedelta(microseconds=1))

    @property
    def lasts_days(self) -> bool:
        """Whether it ends on another day than it begins."""
        return self.last_day > self.day

    @property
    def left(self) -> int | None:
        """How many seats are left in the room; None where nothing limits them."""
        return None if self.capacity is None else self.capacity - self.taken

    @property
    def online_left(self) -> int | None:
        """How many seats are left online; None where nothing limits them."""
        return None if self.online_capacity is None else self.online_capacity - self.online_taken

    @property
    def heads(self) -> int:
        """How many seats are taken, in the room and online."""
        return self.taken + self.online_taken

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The ways of taking part between which one can choose."""
        return (Mode.ONSITE, Mode.ONLINE) if self.mode == Mode.HYBRID else (self.mode,)

    @property
    def meets_online(self) -> bool:
        """Whether everybody follows a session online: a module's mornings by video."""
        return self.kind == EventKind.MODULE and any(
            row.mode == Mode.ONLINE and row.cancelled_at is None for row in self.sessions
        )

    def left_in(self, mode: Mode) -> int | None:
        """Return how many seats are left for a way of taking part; None where nothing limits them."""
        return self.online_left if mode == Mode.ONLINE else self.left

    @property
    def workshop_choices(self) -> int:
        """How many workshops a person chooses at most, over all blocks."""
        return sum(block.choices_max for block in self.blocks)

    @property
    def is_full(self) -> bool:
        """Whether nobody could get a seat: whatever the mode, or in as many workshops as must be chosen."""
        return not self.has_room or self.lacks_workshops

    @property
    def has_room(self) -> bool:
        """Whether the day itself has a seat left, in one of its ways of taking part."""
        return any(self.left_in(mode) != 0 for mode in self.modes)

    @property
    def lacks_workshops(self) -> bool:
        """Whether too few workshops have a seat left for as many as a newcomer must choose.

        Of blocks by wishes only once their seats are given: what is left then is first come.
        """
        return any(
            (block.way == "first_come" or block.allotted_at is not None)
            and self._choosable(block.id) < block.choices_min
            for block in self.blocks
        )

    def _choosable(self, block_id: int) -> int:
        """Return how many workshops with seats left one person could choose there, at most."""
        left = [
            workshop
            for workshop in self.workshops
            if workshop.block_id == block_id and workshop.left > 0 and workshop.cancelled_at is None
        ]
        contents = {workshop.content_id for workshop in left}
        rounds = {workshop.round_id or -workshop.id for workshop in left}
        return min(len(contents), len(rounds))

    @property
    def forget_needs_at(self) -> datetime:
        """The moment from which diets and needs have no more use: the beginning of the day after (G3).

        A rule of the day's own may keep them some days more.
        """
        days = next((rule.days for rule in self.retentions if rule.kept == "needs"), 0)
        return clock.end_of_day(self.last_day + timedelta(days=days))

    def stage(self, now: datetime) -> Stage:
        """Return how the day stands at that moment."""
        if self.state != EventState.PUBLISHED:
            return Stage(self.state.value)
        if now >= self.ends_at:
            return Stage.OVER
        if self.sign_up_need == SignUpNeed.NONE:
            return Stage.FREE
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


class SlotSpeaker(Base):
    """An organisation that speaks in a part of the programme."""

    __tablename__ = "event_slot_speaker"

    slot_id: Mapped[int] = mapped_column(ForeignKey("event_slot.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")

    slot: Mapped["Slot"] = relationship(back_populates="speaker_rows")
    organisation: Mapped[Organisation] = relationship()


class Slot(Base):
    """One line of a programme; several organisations may speak in it."""

    __tablename__ = "event_slot"
    __table_args__ = (CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    kind: Mapped[SlotKind] = mapped_column(choice(SlotKind, "slot_kind"), default=SlotKind.PRESENTATION)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")

    event: Mapped[Event] = relationship(back_populates="slots")
    speaker_rows: Mapped[list["SlotSpeaker"]] = relationship(
        back_populates="slot",
        order_by="SlotSpeaker.position, SlotSpeaker.organisation_id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def speakers(self) -> list[Organisation]:
        """Who speaks, in the order in which they were named."""
        return [row.organisation for row in self.speaker_rows]

    @property
    def day(self) -> date:
        """The date in Brussels."""
        return clock.today(self.starts_at)


class SessionKind(StrEnum):
    """What a session is, for lists and for presence."""

    SESSION = "session"  # one of a module's sessions
    HALF_DAY = "half_day"
    SLOT = "slot"
    WORKSHOP = "workshop"  # only those who hold a seat there are expected


class EventSession(Base):
    """A moment at which presence is taken: a module's morning, a half-day of a plenary, a workshop.

    Its length is what a certificate counts, unless it doesn't count.
    """

    __tablename__ = "event_session"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(kind = 'workshop') = (workshop_id IS NOT NULL)", name="workshop_named"),
        UniqueConstraint("event_id", "workshop_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: Mapped[SessionKind] = mapped_column(
        choice(SessionKind, "event_session_kind"), default=SessionKind.SESSION
    )
    title: Mapped[str] = mapped_column(String(200), default="")
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    mode: Mapped[Mode] = mapped_column(choice(Mode, "event_session_mode"), default=Mode.ONSITE)
    place: Mapped[str] = mapped_column(String(200), default="")  # where it differs from the day's
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), index=True)
    counts: Mapped[bool] = mapped_column(default=True)
    # How many were there, once it is forgotten who.
    kept_count: Mapped[int | None]
    # Called off after it was announced: it stays, crossed out, for calendars to learn of it; it never counts.
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship(back_populates="sessions")
    partner: Mapped[Organisation | None] = relationship()
    workshop: Mapped["Workshop | None"] = relationship()

    @property
    def minutes(self) -> int:
        """How long it lasts, in minutes."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class EventNotice(Base):
    """What people must know for now: another hour, another room, online only (shown on top, and mailed)."""

    __tablename__ = "event_notice"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="has_text"),
        CheckConstraint("shown_until IS NULL OR shown_until > shown_from", name="until_after_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(String(600))
    shown_from: Mapped[datetime] = mapped_column(UTCDateTime)
    shown_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # none: until the day is over
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship(back_populates="notices")

    def is_shown(self, now: datetime) -> bool:
        """Say whether it stands on top of the page at that moment."""
        return (
            self.withdrawn_at is None
            and self.shown_from <= now
            and (self.shown_until is None or now < self.shown_until)
        )
