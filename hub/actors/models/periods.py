"""From when to when something holds, each end as exactly as it is known."""

from datetime import date

from sqlalchemy import CheckConstraint, ColumnElement, Date, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from hub.actors.models.relations import Precision
from hub.core.db import choice


def ends_after_start() -> CheckConstraint:
    """Return the constraint of every period."""
    return CheckConstraint(
        "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"
    )


class Period:
    """The columns of a period: the first day known and the last day, included; None where unknown or open."""

    starts_on: Mapped[date | None] = mapped_column(Date)
    starts_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "starts_precision"), default=Precision.DAY
    )
    ends_on: Mapped[date | None] = mapped_column(Date)
    ends_precision: Mapped[Precision] = mapped_column(
        choice(Precision, "ends_precision"), default=Precision.DAY
    )

    def holds_on(self, day: date) -> bool:
        """Say whether it holds on that day; an unknown start is taken as long ago, an unknown end as open."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or day <= self.ends_on
        )

    @classmethod
    def holding_on(cls, day: date) -> ColumnElement[bool]:
        """Return the condition that `holds_on` states, for queries."""
        return and_(
            or_(cls.starts_on.is_(None), cls.starts_on <= day), or_(cls.ends_on.is_(None), cls.ends_on >= day)
        )
