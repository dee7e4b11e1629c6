"""What the nightly recount of seats found: a day or a workshop that counts other seats than are held."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime, choice
from hub.events.models.days import Event, Mode
from hub.events.models.workshops import Workshop


class SeatDiscrepancy(Base):
    """Seats counted beside seats held, of a day's way of taking part or of a workshop, until they agree."""

    __tablename__ = "seat_discrepancy"
    __table_args__ = (CheckConstraint("(workshop_id IS NULL) = (mode IS NOT NULL)", name="day_or_workshop"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), index=True)
    mode: Mapped[Mode | None] = mapped_column(choice(Mode, "discrepancy_mode"))
    counted: Mapped[int]
    held: Mapped[int]
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    workshop: Mapped[Workshop | None] = relationship()
