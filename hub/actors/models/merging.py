"""Records of the same actor made one, and pairs that were looked at and are two."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime


class Merger(Base):
    """Two records made one: which one stayed, what was moved to it and what it said before.

    It can be undone, and is never erased. The merged record stays as a row, so that its address and what
    can't change any more (a contribution sent, a signature printed) still have something to point to.
    """

    __tablename__ = "merger"
    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", name="two_records"),
        Index(
            "uq_merger_live",
            "merged_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what the kept record said
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what the merger made it say
    # Table and column → the keys of the rows that pointed to the merged record and now to the kept one.
    moved: Mapped[dict[str, list[list[Any]]]] = mapped_column(JSON, default=dict)
    stayed: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # table → rows that couldn't be moved
    reason: Mapped[str] = mapped_column(Text, default="")
    merged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    merged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    kept: Mapped[Organisation] = relationship(foreign_keys=kept_id)
    merged: Mapped[Organisation] = relationship(foreign_keys=merged_id)
    merged_by: Mapped[User | None] = relationship(foreign_keys=merged_by_id)


class DistinctPair(Base):
    """Two records that resemble each other and that somebody knows to be two actors."""

    __tablename__ = "distinct_pair"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="lesser_first"),
        UniqueConstraint("first_id", "second_id", name="uq_distinct_pair"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))

    first: Mapped[Organisation] = relationship(foreign_keys=first_id)
    second: Mapped[Organisation] = relationship(foreign_keys=second_id)
