"""Where days take place: the rooms of a venue of the register."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime


class VenueRoom(Base):
    """A room of a venue, with its seats and what makes it accessible."""

    __tablename__ = "venue_room"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("seats IS NULL OR seats > 0", name="some_seats"),
        CheckConstraint("length(name) > 0", name="has_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    seats: Mapped[int | None]
    step_free: Mapped[bool] = mapped_column(default=False, server_default=false())
    accessible_toilet: Mapped[bool] = mapped_column(default=False, server_default=false())
    hearing_loop: Mapped[bool] = mapped_column(default=False, server_default=false())
    access_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # no longer offered

    organisation: Mapped[Organisation] = relationship()
