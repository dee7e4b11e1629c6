"""A call for recommendations, its period, and whom it asks."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.db import Base, UTCDateTime


class Campaign(Base):
    """A call for recommendations (« sondage ») and its period; `closes_at` is the first moment after it."""

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="closes_after_opening"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    introduction: Mapped[str] = mapped_column(Text, default="")
    is_published: Mapped[bool] = mapped_column(default=False)
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @property
    def last_day(self) -> date:
        """The last day, in Brussels, on which contributions are taken."""
        return clock.today(self.closes_at - timedelta(seconds=1))

    def is_open(self, now: datetime) -> bool:
        """Say whether contributions are taken at that moment."""
        return self.is_published and self.opens_at <= now < self.closes_at

    def state(self, now: datetime) -> str:
        """Say where the call stands: draft, planned, open or closed."""
        if not self.is_published:
            return "draft"
        if now < self.opens_at:
            return "planned"
        return "open" if now < self.closes_at else "closed"


class Invitation(Base):
    """An organisation asked to answer a call, through a link of its own."""

    __tablename__ = "campaign_invitation"
    __table_args__ = (UniqueConstraint("campaign_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    times_sent: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    campaign: Mapped[Campaign] = relationship()
    organisation: Mapped[Organisation] = relationship()
