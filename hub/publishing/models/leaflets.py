"""Leaflets that somebody chose by hand: for the meeting with a party, for a table of a plenary day."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.core.db import Base, UTCDateTime, choice
from hub.publishing.models.composition import Item
from hub.publishing.models.editions import Edition


class LeafletKind(StrEnum):
    """What a leaflet is for."""

    PARTY_MEETING = "party_meeting"
    PLENARY_TABLE = "plenary_table"


class Leaflet(Base):
    """Some of an edition's items, in an order of their own, with an introduction (Markdown).

    Leaflets by level, by authority and by theme need no row: they follow from the items.
    """

    __tablename__ = "leaflet"
    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint("length(title) > 0", name="has_title"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LeafletKind] = mapped_column(choice(LeafletKind, "leaflet_kind"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    introduction: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    edition: Mapped[Edition] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    items: Mapped[list["LeafletItem"]] = relationship(
        back_populates="leaflet", order_by="LeafletItem.position", cascade="all, delete-orphan"
    )


class LeafletItem(Base):
    """An item in a leaflet, once."""

    __tablename__ = "leaflet_item"
    __table_args__ = (UniqueConstraint("leaflet_id", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    leaflet_id: Mapped[int] = mapped_column(ForeignKey("leaflet.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("edition_item.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)

    leaflet: Mapped[Leaflet] = relationship(back_populates="items")
    item: Mapped[Item] = relationship()
