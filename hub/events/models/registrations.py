"""Who signed up: people, their choices, answers and meals; who waits, who was invited, what is reserved."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core import tokens
from hub.core.db import Base, UTCDateTime, choice
from hub.events.models.days import Event, Mode
from hub.events.models.workshops import Wish, Workshop

registration_diet = Table(
    "registration_diet",
    Base.metadata,
    Column("registration_id", ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True),
    Column("diet_id", ForeignKey("diet_option.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class KitchenLine:
    """One line of a neutral list that the kitchen counts: it names what is on the plate, never why (G3)."""

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[UniqueConstraint]:
        """Hold each line once a day."""
        return (UniqueConstraint("event_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    # What stays once the choices of each person are forgotten.
    booked: Mapped[int | None]


class MealOption(KitchenLine, Base):
    """A meal: « végétarien », « poisson »."""

    __tablename__ = "meal_option"

    event: Mapped[Event] = relationship(back_populates="meals")


class DietOption(KitchenLine, Base):
    """A diet: « sans gluten »."""

    __tablename__ = "diet_option"


class MealCount(Base):
    """What the caterer was told at the deadline: a number for each meal and diet, nothing of anybody."""

    __tablename__ = "meal_count"
    __table_args__ = (
        UniqueConstraint("event_id", "is_diet", "label"),
        CheckConstraint("number >= 0", name="number_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    is_diet: Mapped[bool] = mapped_column(default=False)
    label: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    frozen_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RegistrationState(StrEnum):
    """How a sign-up stands. The first four are live: one of an address for a day."""

    PENDING = "pending"  # a coordinator decides
    WAITING = "waiting"  # on the day's waiting list
    OFFERED = "offered"  # a seat is held until the offer ends
    CONFIRMED = "confirmed"
    DECLINED = "declined"  # refused, with a reason
    LAPSED = "lapsed"  # an offer ended without answer
    CANCELLED = "cancelled"


LIVE = (
    RegistrationState.PENDING,
    RegistrationState.WAITING,
    RegistrationState.OFFERED,
    RegistrationState.CONFIRMED,
)


class Channel(StrEnum):
    """How a registration came."""

    WEB = "web"
    PHONE = "phone"
    PAPER = "paper"
    MAIL = "mail"
    WALK_IN = "walk_in"  # came on the day


class Registration(Base):
    """Somebody's sign-up for a day; without account, kept by a personal link.

    Diet and access needs can tell of health or belief: they are held with explicit consent only, and
    forgotten after the day (G3). Without an address (on paper, by phone) no mail goes out.
    """

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("email IS NULL OR email = lower(email)", name="email_in_lower_case"),
        CheckConstraint("length(name) > 0 OR purged_at IS NOT NULL", name="has_name"),
        CheckConstraint("state <> 'offered' OR offer_ends_at IS NOT NULL", name="offer_ends"),
        CheckConstraint("state <> 'waiting' OR queued_at IS NOT NULL", name="waiting_since"),
        CheckConstraint("mode <> 'hybrid'", name="one_mode"),
        CheckConstraint(
            "purged_at IS NULL OR (name = '' AND email IS NULL AND phone = '')", name="purged_is_nobody"
        ),
        CheckConstraint(
            "needs_consent_at IS NOT NULL OR (diet = '' AND access_needs = '')", name="needs_by_consent"
        ),
        CheckConstraint("state <> 'cancelled' OR cancelled_at IS NOT NULL", name="cancelling_is_dated"),
        # One live sign-up of an address for a day.
        Index(
            "uq_registration_live",
            "event_id",
            "email",
            unique=True,
            sqlite_where=text("state IN ('pending', 'waiting', 'offered', 'confirmed')"),
            postgresql_where=text("state IN ('pending', 'waiting', 'offered', 'confirmed')"),
        ),
        Index(None, "event_id", "state", "queued_at"),
        Index("uq_registration_code", "code", unique=True),
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
    mode: Mapped[Mode] = mapped_column(
        choice(Mode, "registration_mode"), default=Mode.ONSITE, server_default=Mode.ONSITE.value
    )
    # The way of taking part that one would rather have, while one keeps the seat that one has (a switch).
    wanted_mode: Mapped[Mode | None] = mapped_column(choice(Mode, "registration_wanted_mode"))
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    languages: Mapped[str] = mapped_column(String(200), default="", server_default="")  # needed to follow
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group_sign_up.id"), index=True)
    reserved_id: Mapped[int | None] = mapped_column(ForeignKey("reserved_places.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("event_invitation.id"), index=True)
    queued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When fewer seats took the one that it held: it waits before all others.
    put_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    offer_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decision_reason: Mapped[str] = mapped_column(String(400), default="", server_default="")
    newsletter_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when the person asked for it
    organisation_checked_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime
    )  # a name not in the register
    # What the QR says at the door; it opens nothing.
    code: Mapped[str] = mapped_column(String(40), default=tokens.new_code, server_default="")
    has_evaluated: Mapped[bool] = mapped_column(default=False, server_default=false())
    purged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    form_key: Mapped[str | None] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")  # name, address and organisation, folded

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    meal: Mapped[MealOption | None] = relationship()
    diets: Mapped[list[DietOption]] = relationship(secondary=registration_diet, order_by=DietOption.position)
    group: Mapped["GroupSignUp | None"] = relationship(back_populates="registrations")
    reserved: Mapped["ReservedPlaces | None"] = relationship()
    invitation: Mapped["EventInvitation | None"] = relationship()
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="registration", cascade="all, delete-orphan", passive_deletes=True
    )
    wishes: Mapped[list[Wish]] = relationship(
        order_by="Wish.block_id, Wish.rank", cascade="all, delete-orphan", passive_deletes=True
    )
    waits: Mapped[list["WorkshopWait"]] = relationship(
        back_populates="registration",
        order_by="WorkshopWait.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
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
    def follows_online(self) -> bool:
        """Whether the link of the online room concerns the person: for the day, or a module's sessions."""
        return self.mode == Mode.ONLINE or self.event.meets_online

    @property
    def is_live(self) -> bool:
        """Whether it still counts for something: expected, offered a seat, waiting, to be decided."""
        return self.state in LIVE

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


class WaitState(StrEnum):
    """How waiting for a workshop stands."""

    WAITING = "waiting"
    OFFERED = "offered"  # a seat is held until the offer ends
    OBTAINED = "obtained"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class WorkshopWait(Base):
    """Somebody signed up waits for a workshop, and says which seat is given back for it, if any."""

    __tablename__ = "workshop_wait"
    __table_args__ = (
        CheckConstraint("gives_up_id <> workshop_id", name="gives_up_another"),
        CheckConstraint("state <> 'offered' OR offer_ends_at IS NOT NULL", name="offer_ends"),
        Index(
            "uq_workshop_wait_live",
            "registration_id",
            "workshop_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'offered')"),
            postgresql_where=text("state IN ('waiting', 'offered')"),
        ),
        Index(None, "workshop_id", "state", "queued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    gives_up_id: Mapped[int | None] = mapped_column(
        ForeignKey("workshop.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[WaitState] = mapped_column(choice(WaitState, "wait_state"), default=WaitState.WAITING)
    queued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    put_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # as for a registration
    offer_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    registration: Mapped[Registration] = relationship(back_populates="waits")
    workshop: Mapped[Workshop] = relationship(foreign_keys=[workshop_id])
    gives_up: Mapped[Workshop | None] = relationship(foreign_keys=[gives_up_id])


class GroupSignUp(Base):
    """Several people signed up at once by one, who gets the mails of those without own address."""

    __tablename__ = "group_sign_up"
    __table_args__ = (UniqueConstraint("event_id", "form_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(String(200), default="")
    form_key: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    purged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    registrations: Mapped[list[Registration]] = relationship(
        back_populates="group", order_by="Registration.id"
    )


class ReservedPlaces(Base):
    """Seats kept for an organisation, which its representative fills with names and may rename.

    All of them count as taken from the beginning; what is not filled is free again once released.
    """

    __tablename__ = "reserved_places"
    __table_args__ = (
        CheckConstraint("seats > 0", name="some_seats"),
        CheckConstraint("filled >= 0 AND filled <= seats", name="filled_within_seats"),
        CheckConstraint("mode <> 'hybrid'", name="one_mode"),
        Index(
            "uq_reserved_places_live",
            "event_id",
            "organisation_id",
            "mode",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    mode: Mapped[Mode] = mapped_column(choice(Mode, "reserved_mode"), default=Mode.ONSITE)
    seats: Mapped[int]
    filled: Mapped[int] = mapped_column(default=0)
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_email: Mapped[str | None] = mapped_column(String(254))
    release_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # from then what is not filled is free
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation] = relationship()


class EventInvitation(Base):
    """An address asked to a day that one comes to by invitation."""

    __tablename__ = "event_invitation"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_in_lower_case"),
        CheckConstraint("places > 0", name="some_places"),
        UniqueConstraint("event_id", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    places: Mapped[int] = mapped_column(default=1)  # how many may come by it
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class QuestionPurpose(StrEnum):
    """What a question is for."""

    SIGN_UP = "sign_up"
    ELIGIBILITY = "eligibility"  # yes or no, to a threshold that the coordination sets
    EVALUATION = "evaluation"  # asked after the day, answered without name


class QuestionKind(StrEnum):
    """What an answer is."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    ONE = "one"
    MANY = "many"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"
    SCALE = "scale"  # 1 to 5


class Unmet(StrEnum):
    """What happens where an eligibility question is not answered as expected."""

    REFUSE = "refuse"
    CHECK = "check"  # a coordinator decides


class Question(Base):
    """A question of a day's own: in its form, for who may come, or in its evaluation.

    In an eligibility question's text « {seuil} » stands for `threshold`; `expected` is the answer of who may
    come. Only the yes or the no is kept (G3).
    """

    __tablename__ = "event_question"
    __table_args__ = (
        CheckConstraint("length(label) > 0", name="has_label"),
        CheckConstraint("purpose <> 'eligibility' OR kind = 'yes_no'", name="eligibility_is_yes_or_no"),
        CheckConstraint("(purpose = 'eligibility') = (expected IS NOT NULL)", name="eligibility_expects"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[QuestionPurpose] = mapped_column(
        choice(QuestionPurpose, "question_purpose"), default=QuestionPurpose.SIGN_UP
    )
    kind: Mapped[QuestionKind] = mapped_column(choice(QuestionKind, "question_kind"))
    label: Mapped[str] = mapped_column(String(300))
    help: Mapped[str] = mapped_column(String(300), default="")
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_required: Mapped[bool] = mapped_column(default=False)
    threshold: Mapped[int | None]
    expected: Mapped[bool | None]
    unmet: Mapped[Unmet] = mapped_column(choice(Unmet, "question_unmet"), default=Unmet.CHECK)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # no longer asked; answers stay


class Answer(Base):
    """What somebody answered: text, number, list or yes/no, as the question's kind says."""

    __tablename__ = "event_answer"
    __table_args__ = (UniqueConstraint("registration_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    question_id: Mapped[int] = mapped_column(ForeignKey("event_question.id"), index=True)
    value: Mapped[Any] = mapped_column(JSON)

    registration: Mapped[Registration] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship()


class NewsletterConsent(Base):
    """Somebody asked for the network's news while signing up, and may take it back at any time."""

    __tablename__ = "newsletter_consent"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_in_lower_case"),
        CheckConstraint("withdrawn_at IS NULL OR email IS NULL", name="withdrawn_is_nobody"),
        UniqueConstraint("email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)  # where it was given
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event | None] = relationship()
