"""Minutes of a meeting: one for each, sent as versions, remarked on, approved, corrected by errata."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile
from hub.spaces.models.meetings import AgendaItem, Attendance, Meeting


class MinutesState(StrEnum):
    """projet → envoyé → approuvé."""

    DRAFT = "draft"
    SENT = "sent"
    APPROVED = "approved"


class Approval(StrEnum):
    """How minutes are approved."""

    MEETING = "meeting"  # at a later meeting
    SILENCE = "silence"  # nobody objected until the last day for remarks


class Minutes(Base):
    """The minutes of a meeting. Once approved, they and what they rest on never change (triggers).

    Until they are sent their text is compiled anew at each look from points, notes, decisions, actions and
    Until they are sent their text is compiled anew at each look from points, notes, decisions, actions and
    attendance; what is sent is a `MinutesVersion`. `edition` grows when introduction or closing are saved.
    """

    __tablename__ = "minutes"
    __table_args__ = (
        CheckConstraint(
            "(state = 'approved') = (approved_on IS NOT NULL AND approval IS NOT NULL)",
            name="approved_somehow",
        ),
        CheckConstraint("approval <> 'meeting' OR approved_at_id IS NOT NULL", name="approved_at_a_meeting"),
        CheckConstraint("approved_at_id IS NULL OR approved_at_id <> meeting_id", name="approved_at_another"),
        CheckConstraint("(state = 'draft') = (remarks_until IS NULL)", name="remarks_once_sent"),
        CheckConstraint("file_id IS NULL OR state = 'approved'", name="file_once_approved"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    state: Mapped[MinutesState] = mapped_column(
        choice(MinutesState, "minutes_state"), default=MinutesState.DRAFT, index=True
    )
    introduction: Mapped[str] = mapped_column(Text, default="")
    closing: Mapped[str] = mapped_column(Text, default="")
    edition: Mapped[int] = mapped_column(default=0)
    remarks_until: Mapped[date | None] = mapped_column(Date)  # Brussels' date, included
    approval: Mapped[Approval | None] = mapped_column(choice(Approval, "minutes_approval"))
    approved_on: Mapped[date | None] = mapped_column(Date)
    approved_at_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    # Words, not an account: accounts are erased, approved minutes never change.
    approved_by: Mapped[str] = mapped_column(String(200), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))  # as approved, without errata
    search_text: Mapped[str] = mapped_column(Text, default="")  # of the approved text
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    meeting: Mapped[Meeting] = relationship(foreign_keys=[meeting_id])
    approved_at: Mapped[Meeting | None] = relationship(foreign_keys=[approved_at_id])
    file: Mapped[StoredFile | None] = relationship()
    versions: Mapped[list["MinutesVersion"]] = relationship(
        back_populates="minutes", order_by="MinutesVersion.number"
    )
    errata: Mapped[list["Erratum"]] = relationship(back_populates="minutes", order_by="Erratum.number")

    @property
    def is_approved(self) -> bool:
        """Whether nothing of them changes any more."""
        return self.state is MinutesState.APPROVED


class MinutesVersion(Base):
    """What was sent: everybody speaks of the same text. Never changed; its file is added once."""

    __tablename__ = "minutes_version"
    __table_args__ = (
        UniqueConstraint("minutes_id", "number"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)  # memoranda.minutes.content.Text as JSON
    message: Mapped[str] = mapped_column(Text, default="")  # what the mail says of it
    remarks_until: Mapped[date] = mapped_column(Date)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_by: Mapped[str] = mapped_column(String(200), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))

    minutes: Mapped[Minutes] = relationship(back_populates="versions")
    file: Mapped[StoredFile | None] = relationship()


class MinutesReader(Base):
    """Somebody to whom minutes were sent: asked to the meeting, or speaking in the space since.

    Whoever was not asked to the meeting has no `Attendance`: their link opens the minutes alone.
    """

    __tablename__ = "minutes_reader"
    read_along = ("minutes.meeting.space",)
    __table_args__ = (
        UniqueConstraint("minutes_id", "attendance_id"),
        Index(
            "uq_minutes_reader_person",
            "minutes_id",
            "person_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("attendance_id IS NULL"),
            postgresql_where=text("attendance_id IS NULL"),
        ),
        CheckConstraint("attendance_id IS NOT NULL OR person_id IS NOT NULL", name="somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    attendance_id: Mapped[int | None] = mapped_column(
        ForeignKey("attendance.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    version: Mapped[int]  # the last one sent to them
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    minutes: Mapped[Minutes] = relationship()
    attendance: Mapped[Attendance | None] = relationship()
    person: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    @property
    def name(self) -> str:
        """The person's or the guest's name."""
        if self.person is not None:
            return self.person.name
        return self.attendance.name if self.attendance else ""


class RemarkState(StrEnum):
    """What became of a remark."""

    OPEN = "open"
    TAKEN_UP = "taken_up"
    DECLINED = "declined"


class Remark(Base):
    """What somebody says of a version that was sent, on a point or on the whole, and the answer."""

    __tablename__ = "minutes_remark"
    __table_args__ = (
        CheckConstraint("length(text) > 0", name="says_something"),
        CheckConstraint("state <> 'declined' OR length(answer) > 0", name="declined_with_a_reason"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered_or_open"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("minutes_version.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="SET NULL"), index=True
    )
    attendance_id: Mapped[int | None] = mapped_column(
        ForeignKey("attendance.id", ondelete="SET NULL"), index=True
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    author_name: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[RemarkState] = mapped_column(choice(RemarkState, "remark_state"), default=RemarkState.OPEN)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    version: Mapped[MinutesVersion] = relationship()
    item: Mapped[AgendaItem | None] = relationship()
    person: Mapped[Person | None] = relationship()
    user: Mapped[User | None] = relationship()
    attendance: Mapped[Attendance | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class Erratum(Base):
    """A correction of approved minutes: numbered without gap, never changed itself."""

    __tablename__ = "erratum"
    __table_args__ = (
        UniqueConstraint("minutes_id", "number"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("length(text) > 0", name="says_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    number: Mapped[int]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    about: Mapped[str] = mapped_column(String(280))  # « Point 2, Relevé », as the text calls it
    text: Mapped[str] = mapped_column(Text)
    dated: Mapped[date] = mapped_column(Date)
    by_name: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    minutes: Mapped[Minutes] = relationship(back_populates="errata")
    item: Mapped[AgendaItem | None] = relationship()
