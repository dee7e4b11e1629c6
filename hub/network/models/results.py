"""What was computed of the network, so that no page waits for what is known."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, UTCDateTime, choice


class ResultKind(StrEnum):
    """What was computed."""

    ANALYSIS = "analysis"
    LAYOUT = "layout"


class StoredResult(Base):
    """A result of the engine: derived data, no fact. Whoever deletes it loses time only.

    `key` is the hash of all that the result depends on (`hub.network.values.results`); `series` that of the
    question, whatever the day and the ties: the newest of a series is shown while the next is computed, and
    keeps people in their places and communities under their names. `content` is None while a job computes it.
    """

    __tablename__ = "network_result"
    __table_args__ = (
        UniqueConstraint("kind", "key", name="uq_network_result_key"),
        CheckConstraint("length(key) = 64 AND length(series) = 64", name="hashes"),
        CheckConstraint("(content IS NULL) = (computed_at IS NULL)", name="computed_has_content"),
        CheckConstraint("content IS NOT NULL OR job_id IS NOT NULL", name="somebody_computes"),
        Index(None, "series", "computed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ResultKind] = mapped_column(choice(ResultKind, "result_kind"))
    key: Mapped[str] = mapped_column(String(64))
    series: Mapped[str] = mapped_column(String(64))
    day: Mapped[date] = mapped_column(Date)  # the state of the network that it tells
    content: Mapped[str | None] = mapped_column(Text)  # JSON
    job_id: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    computed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
