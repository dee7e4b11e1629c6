"""The day itself and what stays of it: presence, delegations, evaluation, conclusions, certificates."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.events.models.days import Event, EventSession
from hub.events.models.registrations import Registration
from hub.events.models.workshops import Workshop


class Source(StrEnum):
    """How a presence came to be known."""

    SCAN = "scan"
    SEARCH = "search"  # found by name at the door
    WALK_IN = "walk_in"
    GRID = "grid"  # entered afterwards, from a paper list


class Presence(Base):
    """Whether somebody was there at a session. What is told last stands."""

    __tablename__ = "event_presence"
    __table_args__ = (UniqueConstraint("session_id", "registration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("event_session.id"), index=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    was_there: Mapped[bool] = mapped_column(default=True)
    source: Mapped[Source] = mapped_column(choice(Source, "presence_source"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)  # when it was seen, by the device that saw it
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime)

    session: Mapped[EventSession] = relationship()
    registration: Mapped[Registration] = relationship()


class DelegationState(StrEnum):
    """What a party answered."""

    INVITED = "invited"
    ANNOUNCED = "announced"
    DECLINED = "declined"


class Delegation(Base):
    """The delegation of a party: how many were announced, how many came. No names (hold little)."""

    __tablename__ = "event_delegation"
    __table_args__ = (
        UniqueConstraint("event_id", "organisation_id"),
        CheckConstraint("announced IS NULL OR announced >= 0", name="announced_not_negative"),
        CheckConstraint("present IS NULL OR present >= 0", name="present_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[DelegationState] = mapped_column(
        choice(DelegationState, "delegation_state"), default=DelegationState.INVITED
    )
    announced: Mapped[int | None]
    present: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(300), default="")  # which mandate, which level; no names
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation] = relationship()


class EvaluationReply(Base):
    """One anonymous answer to an evaluation: a random name, the event, nothing that joins it to anybody."""

    __tablename__ = "event_evaluation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)  # by the question's number


class Conclusion(Base):
    """What a workshop (or the whole day, where none is named) concludes, and what comes next."""

    __tablename__ = "event_conclusion"
    __table_args__ = (
        Index(
            "uq_event_conclusion_of_day",
            "event_id",
            unique=True,
            sqlite_where=text("workshop_id IS NULL"),
            postgresql_where=text("workshop_id IS NULL"),
        ),
        UniqueConstraint("workshop_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text, default="")  # Markdown
    outlook: Mapped[str] = mapped_column(Text, default="")  # perspectives, Markdown
    rapporteur_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    workshop: Mapped[Workshop | None] = relationship()
    rapporteur: Mapped[Organisation | None] = relationship()


class Certificate(Base):
    """A certificate of attendance, as it was given: from presence, never from sign-up.

    `code` is what its QR and its verification page know it by. Another one replaces it when a name is mended;
    after its own time the name is forgotten, and the page still says that it was given.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="some_minutes"),
        CheckConstraint("sessions > 0", name="some_sessions"),
        CheckConstraint("length(name) > 0 OR purged_at IS NOT NULL", name="has_name"),
        Index(
            "uq_certificate_live",
            "event_id",
            "registration_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="SET NULL"), index=True
    )
    serial: Mapped[str] = mapped_column(String(40), unique=True)  # year, number: « 2026-0042 »
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    minutes: Mapped[int]
    sessions: Mapped[int]
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text, default="")  # the legal mentions of that day, Markdown
    signatory: Mapped[str] = mapped_column(String(200), default="")
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_reason: Mapped[str] = mapped_column(String(300), default="")
    purged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    registration: Mapped[Registration | None] = relationship()


class CertificateCounter(Base):
    """The last number given in a year."""

    __tablename__ = "certificate_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
