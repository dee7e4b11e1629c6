"""Who sits for an organisation: its seat, and the mandates that are exercised there."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.mandates import Mandate
from hub.core.db import Base, UTCDateTime, choice
from hub.spaces.models.spaces import Membership


class RepresentationRole(StrEnum):
    """Whether somebody speaks first for the organisation, or in place of who does."""

    REPRESENTATIVE = "representative"
    SUBSTITUTE = "substitute"


class Representation(Base):
    """A mandate exercised in a seat. It gives its right while both last, and until it is ended itself."""

    __tablename__ = "representation"
    __table_args__ = (UniqueConstraint("membership_id", "mandate_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id", ondelete="CASCADE"), index=True)
    role: Mapped[RepresentationRole] = mapped_column(
        choice(RepresentationRole, "representation_role"), default=RepresentationRole.REPRESENTATIVE
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    membership: Mapped[Membership] = relationship(back_populates="representations")
    mandate: Mapped[Mandate] = relationship()


Membership.representations = relationship(
    Representation, back_populates="membership", order_by=Representation.id
)
