"""Grids that plans are read against, such as the axes of the social cohesion plans: dated data, not code."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime


class Frame(Base):
    """A grid in force from when to when (both days included), and where it was read."""

    __tablename__ = "plan_frame"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)  # of those that come with the product
    title: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    entries: Mapped[list["FrameEntry"]] = relationship(
        back_populates="frame", order_by="FrameEntry.position, FrameEntry.id"
    )


class FrameEntry(Base):
    """One line of a grid; one that is no longer offered stays where it serves."""

    __tablename__ = "plan_frame_entry"
    __table_args__ = (CheckConstraint("length(label) > 0", name="has_label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    frame_id: Mapped[int] = mapped_column(ForeignKey("plan_frame.id"), index=True)
    label: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    frame: Mapped[Frame] = relationship(back_populates="entries")
