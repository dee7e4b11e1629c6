"""How long each kind of data of a day's people is kept, and what was deleted when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime, choice
from hub.events.models.days import Event


class Kept(StrEnum):
    """What a retention rule is about."""

    NEEDS = "needs"  # diets, meals, access and language needs
    ELIGIBILITY = "eligibility"  # answers to who may come
    ANSWERS = "answers"  # answers to the day's own questions
    PHONE = "phone"
    IDENTITY = "identity"  # names, addresses, who came with whom
    PRESENCE = "presence"
    EVALUATION = "evaluation"  # free words of the evaluation
    CERTIFICATE = "certificate"  # the name on certificates


class Retention(Base):
    """One rule of one day: so many days after its end. `done_at` and `erased` prove that it was done."""

    __tablename__ = "event_retention"
    __table_args__ = (
        UniqueConstraint("event_id", "kept"),
        CheckConstraint("days >= 0", name="days_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kept: Mapped[Kept] = mapped_column(choice(Kept, "retention_kept"))
    days: Mapped[int]
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    erased: Mapped[int | None]  # how many answers or rows

    event: Mapped[Event] = relationship(back_populates="retentions")
