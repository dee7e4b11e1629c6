"""Papers of a day that bear names and take a while to print: they wait an hour to be fetched, no longer."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from hub.core.db import Base, UTCDateTime
from hub.events.models.days import Event


class DayPaper(Base):
    """What somebody asked to have printed: which papers (`wanted`), then the file, until it goes.

    The bytes stand here and not in the store of files, so that they go with the row.
    """

    __tablename__ = "day_paper"
    __table_args__ = (CheckConstraint("expires_at > created_at", name="lasts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))

    event: Mapped[Event] = relationship()
