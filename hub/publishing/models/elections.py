"""Election days, and the levels of power that are elected."""

from datetime import date

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.reference import Level
from hub.core.db import Base

election_level = Table(
    "election_level",
    Base.metadata,
    Column("election_id", ForeignKey("election.id", ondelete="CASCADE"), primary_key=True),
    Column("level_id", ForeignKey("level.id"), primary_key=True, index=True),
)


class Election(Base):
    """An election day and the levels of power that are elected; `date_note` says what isn't fixed yet.

    `code` names those that every installation begins with.
    """

    __tablename__ = "election"
    __table_args__ = (CheckConstraint("length(label) > 0", name="has_label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date] = mapped_column(Date, unique=True)
    date_note: Mapped[str] = mapped_column(String(200), default="")

    levels: Mapped[list[Level]] = relationship(secondary=election_level, order_by=Level.position)
