"""Meetings of a space: agenda, documents, who was asked and who was there."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile
from hub.spaces.models.spaces import Space


class MeetingState(StrEnum):
    """prévue → convoquée → tenue, or annulée."""

    PLANNED = "planned"
    CONVENED = "convened"  # the agenda has been sent
    HELD = "held"
    CANCELLED = "cancelled"


class Meeting(Base):
    """A meeting of a space. `sequence` grows with each change that calendars must follow (RFC 5546)."""

    __tablename__ = "meeting"
    read_along = ("space",)
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint("state <> 'convened' OR agenda_sent_at IS NOT NULL", name="convened_when_sent"),
        Index(None, "space_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[MeetingState] = mapped_column(
        choice(MeetingState, "meeting_state"), default=MeetingState.PLANNED, index=True
    )
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    place_name: Mapped[str] = mapped_column(String(200), default="")
    place_address: Mapped[str] = mapped_column(String(300), default="")
    online_url: Mapped[str] = mapped_column(String(500), default="")
    practical: Mapped[str] = mapped_column(Text, default="")  # access, parking, what to bring
    cancelled_reason: Mapped[str] = mapped_column(Text, default="")
    sequence: Mapped[int] = mapped_column(default=0)
    agenda_sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # SHA-256 of the agenda as it was last sent: whether there is an update to send.
    agenda_digest: Mapped[str] = mapped_column(String(64), default="", server_default="")
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when it began indeed
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when it was closed as held
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    space: Mapped[Space] = relationship()
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting", order_by="(AgendaItem.position, AgendaItem.id)"
    )
    attendances: Mapped[list["Attendance"]] = relationship(back_populates="meeting", order_by="Attendance.id")


class Purpose(StrEnum):
    """What is asked of the table about a point."""

    INFORM = "inform"
    DISCUSS = "discuss"
    DECIDE = "decide"


class ItemState(StrEnum):
    """A point that a member proposes waits until whoever prepares the meeting takes it."""

    AGREED = "agreed"
    PROPOSED = "proposed"
    DECLINED = "declined"


class AgendaItem(Base):
    """A point of the agenda, with what was noted about it. `notes_version` grows with each saving."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint("duration IS NULL OR duration BETWEEN 1 AND 600", name="duration_reasonable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(250))
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "purpose"), default=Purpose.DISCUSS)
    state: Mapped[ItemState] = mapped_column(choice(ItemState, "item_state"), default=ItemState.AGREED)
    duration: Mapped[int | None]  # in minutes
    detail: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )  # brings it
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    reply: Mapped[str] = mapped_column(Text, default="", server_default="")  # to who proposed it
    # It comes back at each meeting: the next agenda begins with it.
    is_standing: Mapped[bool] = mapped_column(default=False, server_default=false())
    notes: Mapped[str] = mapped_column(Text, default="")
    notes_version: Mapped[int] = mapped_column(default=0)
    notes_saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    organisation: Mapped[Organisation | None] = relationship()
    proposed_by: Mapped[Person | None] = relationship()
    documents: Mapped[list["ItemDocument"]] = relationship(back_populates="item", order_by="ItemDocument.id")


class ItemDocument(Base):
    """A file that belongs to a point of the agenda."""

    __tablename__ = "item_document"
    __table_args__ = (CheckConstraint("length(title) > 0", name="has_title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    item: Mapped[AgendaItem] = relationship(back_populates="documents")
    file: Mapped[StoredFile] = relationship()


class Answer(StrEnum):
    """What somebody says before a meeting."""

    COMING = "coming"
    MAYBE = "maybe"
    NOT_COMING = "not_coming"


class Presence(StrEnum):
    """What was noted at the meeting."""

    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"
    REPRESENTED = "represented"  # by another organisation of the table


class Attendance(Base):
    """Somebody asked to a meeting, or who came: for which organisation, and what became of it.

    It is also what the personal link of a meeting opens. A guest has a name and no person.
    """

    __tablename__ = "attendance"
    read_along = ("meeting.space",)
    __table_args__ = (
        CheckConstraint("person_id IS NOT NULL OR length(guest_name) > 0", name="somebody"),
        CheckConstraint(
            "(presence = 'represented') = (represented_by_id IS NOT NULL) OR presence IS NULL",
            name="represented_by_somebody",
        ),
        CheckConstraint(
            "represented_by_id IS NULL OR represented_by_id <> organisation_id", name="by_another"
        ),
        Index(
            "uq_attendance_person",
            "meeting_id",
            "person_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("person_id IS NOT NULL"),
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        Index(
            "uq_attendance_guest",
            "meeting_id",
            "guest_email",
            unique=True,
            sqlite_where=text("guest_email <> ''"),
            postgresql_where=text("guest_email <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    guest_name: Mapped[str] = mapped_column(String(120), default="")
    # Forgotten once their personal link has ended.
    guest_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    invited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when they were convened
    told_sequence: Mapped[int | None]  # the version of the meeting that they were last written of
    sends_substitute: Mapped[bool] = mapped_column(default=False, server_default=false())
    answer: Mapped[Answer | None] = mapped_column(choice(Answer, "attendance_answer"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    presence: Mapped[Presence | None] = mapped_column(choice(Presence, "presence"))
    represented_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    meeting: Mapped[Meeting] = relationship(back_populates="attendances")
    organisation: Mapped[Organisation | None] = relationship(foreign_keys=[organisation_id])
    represented_by: Mapped[Organisation | None] = relationship(foreign_keys=[represented_by_id])
    person: Mapped[Person | None] = relationship()

    @property
    def name(self) -> str:
        """The person's or the guest's name."""
        return self.person.name if self.person else self.guest_name
