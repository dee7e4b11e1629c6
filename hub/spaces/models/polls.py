"""Finding a date: what is proposed to whom, and what each answers."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.db import Base, UTCDateTime, choice
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.spaces import Space


class PollState(StrEnum):
    """ouvert → clos → devenu une réunion, or abandonné."""

    OPEN = "open"
    CLOSED = "closed"
    TURNED = "turned"  # into a meeting
    ABANDONED = "abandoned"


class DatePoll(Base):
    """A search for the date of a space's next meeting; after its last day it takes no answer."""

    __tablename__ = "date_poll"
    __table_args__ = (CheckConstraint("length(title) > 0", name="has_title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text, default="")
    place_name: Mapped[str] = mapped_column(String(200), default="")
    place_address: Mapped[str] = mapped_column(String(300), default="")
    online_url: Mapped[str] = mapped_column(String(500), default="")
    last_day: Mapped[date] = mapped_column(Date)  # to answer, included
    state: Mapped[PollState] = mapped_column(
        choice(PollState, "poll_state"), default=PollState.OPEN, index=True
    )
    reminded_on: Mapped[date | None] = mapped_column(Date)  # the last reminder, once a day at most
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    space: Mapped[Space] = relationship()
    proposals: Mapped[list["DateProposal"]] = relationship(
        back_populates="poll", order_by="(DateProposal.starts_at, DateProposal.ends_at)"
    )
    voters: Mapped[list["DateVoter"]] = relationship(back_populates="poll", order_by="DateVoter.id")
    found: Mapped["DateFound | None"] = relationship(back_populates="poll")

    def is_open(self, now: datetime) -> bool:
        """Say whether it still takes answers."""
        return self.state is PollState.OPEN and now < clock.end_of_day(self.last_day)

    def state_on(self, now: datetime) -> PollState:
        """Return its state as it is to be shown: closed once its last day is over."""
        return PollState.CLOSED if self.state is PollState.OPEN and not self.is_open(now) else self.state


class DateProposal(Base):
    """A day and hours that are proposed."""

    __tablename__ = "date_proposal"
    __table_args__ = (
        UniqueConstraint("poll_id", "starts_at", "ends_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("date_poll.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)

    poll: Mapped[DatePoll] = relationship(back_populates="proposals")


class DateVoter(Base):
    """Somebody who is asked for a date, or who answered: for an organisation, or as a guest."""

    __tablename__ = "date_voter"
    __table_args__ = (
        CheckConstraint("person_id IS NOT NULL OR length(guest_name) > 0", name="somebody"),
        CheckConstraint("person_id IS NULL OR organisation_id IS NOT NULL", name="speaks_for_somebody"),
        Index(
            "uq_date_voter_person",
            "poll_id",
            "person_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("person_id IS NOT NULL"),
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        Index(
            "uq_date_voter_guest",
            "poll_id",
            "guest_email",
            unique=True,
            sqlite_where=text("guest_email <> ''"),
            postgresql_where=text("guest_email <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("date_poll.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    guest_name: Mapped[str] = mapped_column(String(120), default="")
    guest_email: Mapped[str] = mapped_column(String(254), default="")  # forgotten some time after the poll
    comment: Mapped[str] = mapped_column(Text, default="")
    invited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when the mail was written
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    poll: Mapped[DatePoll] = relationship(back_populates="voters")
    organisation: Mapped[Organisation | None] = relationship()
    person: Mapped[Person | None] = relationship()
    answers: Mapped[list["DateAnswer"]] = relationship(
        back_populates="voter", order_by="DateAnswer.id", cascade="all, delete-orphan"
    )

    @property
    def name(self) -> str:
        """The person's or the guest's name."""
        return self.person.name if self.person else self.guest_name

    @property
    def email(self) -> str:
        """Where to write to them; empty if nowhere."""
        return self.person.email if self.person else self.guest_email


class DateWord(StrEnum):
    """What one says to a date."""

    YES = "yes"
    IF_NEED_BE = "if_need_be"
    NO = "no"


class DateAnswer(Base):
    """One person's word on one proposal."""

    __tablename__ = "date_answer"
    __table_args__ = (UniqueConstraint("voter_id", "proposal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    voter_id: Mapped[int] = mapped_column(ForeignKey("date_voter.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("date_proposal.id"), index=True)
    word: Mapped[DateWord] = mapped_column(choice(DateWord, "date_word"))

    voter: Mapped[DateVoter] = relationship(back_populates="answers")
    proposal: Mapped[DateProposal] = relationship()


class DateFound(Base):
    """The meeting that a poll became: one for each poll, whoever clicks when."""

    __tablename__ = "date_found"

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("date_poll.id"), unique=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("date_proposal.id"), index=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    poll: Mapped[DatePoll] = relationship(back_populates="found")
    proposal: Mapped[DateProposal] = relationship()
    meeting: Mapped[Meeting] = relationship()
