"""Ways to look at the network that somebody saved under a name."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.core.db import Base, UTCDateTime

LIVE = text("deleted_at IS NULL")


class SavedView(Base):
    """The address of the network page under a name: filters, date, origins of ties, view.

    `arguments` are the words of that address and their values, as [name, value] pairs; the date is left out
    where the view follows the present. A shared one opens for everybody. A deleted one can be taken back for
    a while, then goes for good.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="has_name"),
        # Two views of one name could not be told apart in a list.
        Index("uq_saved_view_name", "name_key", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))  # the name folded
    arguments: Mapped[list[list[str]]] = mapped_column(JSON)
    shared: Mapped[bool] = mapped_column(default=False)
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    saved_by: Mapped[User | None] = relationship()
