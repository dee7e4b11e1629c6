"""The network that this installation serves: its name, its words, its logo, its colour."""

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.core.colour import DEFAULT_PRIMARY
from hub.core.db import Base

STALE_MONTHS = 12


class NetworkSettings(Base):
    """One row: what the pages, mails and memoranda say of the network."""

    __tablename__ = "network_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("stale_months BETWEEN 1 AND 120", name="stale_after_months"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(200), default="Maillage")
    short_name: Mapped[str] = mapped_column(String(40), default="Maillage")
    tagline: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    territory: Mapped[str] = mapped_column(String(200), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    website: Mapped[str] = mapped_column(String(300), default="")
    primary_colour: Mapped[str] = mapped_column(String(7), default=DEFAULT_PRIMARY)
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    # After how many months a record that nobody has looked over counts as out of date.
    stale_months: Mapped[int] = mapped_column(default=STALE_MONTHS)
    # Whether what an organisation says of itself takes effect at once, or waits for a coordinator.
    own_changes_at_once: Mapped[bool] = mapped_column(default=True)

    @property
    def logo_url(self) -> str | None:
        """The address of the logo, which changes with it."""
        return f"/logo?v={self.logo_id}" if self.logo_id else None


def defaults() -> NetworkSettings:
    """Return what is said while nobody has written any settings."""
    empty = dict.fromkeys(("tagline", "about", "territory", "contact_email", "contact_phone"), "")
    return NetworkSettings(
        id=1, name="Maillage", short_name="Maillage", address="", website="", logo_id=None,
        primary_colour=DEFAULT_PRIMARY, stale_months=STALE_MONTHS, own_changes_at_once=True, **empty,
    )  # fmt: skip


def get(session: Session) -> NetworkSettings:
    """Return the stored settings, or the defaults while nobody has written any."""
    return session.get(NetworkSettings, 1) or defaults()


def get_for_update(session: Session) -> NetworkSettings:
    """Return the stored row, made now if there is none."""
    row = session.get(NetworkSettings, 1)
    if row is None:
        row = NetworkSettings(id=1)
        session.add(row)
        session.flush()
    return row
