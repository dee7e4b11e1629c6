"""What a day's mails say in its own words, and when those that wait for their hour go out."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime, choice
from hub.events.models.days import Event


class LetterKind(StrEnum):
    """The mails that a sign-up brings. The mail's kind is `events.<value>`."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    PENDING = "pending"  # a coordinator will decide
    DECLINED = "declined"
    WAITING = "waiting"  # on the waiting list
    OFFERED = "offered"  # a seat is held for you until …
    PROMOTED = "promoted"  # the seat is yours
    LAPSED = "lapsed"  # the offer ended
    NOT_PLACED = "not_placed"  # sign-up closed, and no seat got free
    PUT_BACK = "put_back"  # fewer seats: back on the waiting list, before all others
    WORKSHOP_OFFERED = "workshop_offered"
    WORKSHOP_PROMOTED = "workshop_promoted"
    ALLOTTED = "allotted"  # the workshops that wishes gave
    INVITED = "invited"
    RESERVED = "reserved"  # places to fill
    REMINDER = "reminder"
    PRACTICAL = "practical"  # practical information before the day
    NOTICE = "notice"  # a temporary notice
    CALLED_OFF = "called_off"
    EVALUATION = "evaluation"
    CERTIFICATE = "certificate"


class EventLetter(Base):
    """A day's own words for one kind of mail; without a row the usual words are sent.

    A reminder and the practical information have their hour (`send_at`); `version` grows when one that went
    out is to go out again.
    """

    __tablename__ = "event_letter"
    __table_args__ = (
        UniqueConstraint("event_id", "kind"),
        CheckConstraint("version > 0", name="version_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LetterKind] = mapped_column(choice(LetterKind, "letter_kind"))
    subject: Mapped[str] = mapped_column(String(200), default="")  # empty: the usual one
    body: Mapped[str] = mapped_column(Text, default="")  # Markdown with a few named blanks
    # For who follows online, where it differs; empty: the same.
    body_online: Mapped[str] = mapped_column(Text, default="", server_default="")
    send_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
