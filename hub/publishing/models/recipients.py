"""To whom a memorandum is sent, and what they received."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory
from hub.core.db import Base, UTCDateTime, choice
from hub.core.mail import Message
from hub.publishing.models.editions import Edition, Memorandum


class RecipientKind(StrEnum):
    """In which quality somebody receives a memorandum."""

    CANDIDATE = "candidate"
    PARTY = "party"
    AUTHORITY = "authority"
    OTHER = "other"


class Recipient(Base):
    """Who receives a memorandum: a candidate (only as one: name, list, commune, public address), a party.

    `source` is where the address was made public. Candidates are erased some months after the election:
    `Memorandum.candidate_months`.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="has_name"),
        CheckConstraint("email = '' OR email LIKE '%_@_%'", name="email_is_one"),
        Index(
            "uq_recipient_email", "memorandum_id", "email",
            unique=True,
            sqlite_where=text("email <> ''"),
            postgresql_where=text("email <> ''"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    memorandum_id: Mapped[int] = mapped_column(ForeignKey("memorandum.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RecipientKind] = mapped_column(choice(RecipientKind, "recipient_kind"))
    name: Mapped[str] = mapped_column(String(200))
    list_name: Mapped[str] = mapped_column(String(120), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    memorandum: Mapped[Memorandum] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    territory: Mapped[Territory | None] = relationship()


class Letter(Base):
    """What goes with an edition: Markdown with blanks such as {nom}, filled for each recipient.

    `variant` is what its link leads to: "full", the edition's page, "fitting", the reader's leaflet, or one.
    """

    __tablename__ = "edition_letter"
    __table_args__ = (
        UniqueConstraint("edition_id"),
        CheckConstraint("length(subject) > 0", name="has_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    variant: Mapped[str] = mapped_column(String(120), default="full")
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    edition: Mapped[Edition] = relationship()


class MailRefusal(Base):
    """Who wants no more mails about memoranda: a fingerprint of the address, never the address itself."""

    __tablename__ = "mail_refusal"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    refused_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SendingWay(StrEnum):
    """How an edition reached somebody."""

    EMAIL = "email"
    POST = "post"
    HAND = "hand"


class Sending(Base):
    """An edition that was sent to somebody, or handed over, on a day; nothing tells whether it was read."""

    __tablename__ = "sending"
    __table_args__ = (UniqueConstraint("edition_id", "recipient_id", "way"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id", ondelete="CASCADE"), index=True)
    way: Mapped[SendingWay] = mapped_column(choice(SendingWay, "sending_way"))
    variant: Mapped[str] = mapped_column(String(120), default="full")
    sent_on: Mapped[date] = mapped_column(Date)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"), index=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    edition: Mapped[Edition] = relationship()
    recipient: Mapped[Recipient] = relationship()
    message: Mapped[Message | None] = relationship()
