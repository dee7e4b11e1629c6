"""Indicators: what is measured, from where to where, and the dated values. A corrected value stays."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Float, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.db import Base, UTCDateTime
from hub.plans.models.outline import Axis, PlanAction
from hub.plans.models.plans import Plan


class Indicator(Base):
    """What is counted or measured for a plan, an axis or a plan action."""

    __tablename__ = "plan_indicator"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="has_name"),
        CheckConstraint("(target IS NULL) = (target_on IS NULL)", name="target_on_a_day"),
        CheckConstraint("(baseline IS NULL) = (baseline_on IS NULL)", name="baseline_on_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    axis_id: Mapped[int | None] = mapped_column(ForeignKey("plan_axis.id"), index=True)
    plan_action_id: Mapped[int | None] = mapped_column(ForeignKey("plan_action.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40), default="")
    measures: Mapped[str] = mapped_column(Text, default="")  # what it measures, and what it doesn't
    baseline: Mapped[float | None] = mapped_column(Float)
    baseline_on: Mapped[date | None] = mapped_column(Date)
    target: Mapped[float | None] = mapped_column(Float)
    target_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)  # no longer followed
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    plan: Mapped[Plan] = relationship()
    axis: Mapped[Axis | None] = relationship()
    plan_action: Mapped[PlanAction | None] = relationship()
    values: Mapped[list["IndicatorValue"]] = relationship(
        back_populates="indicator", order_by="IndicatorValue.day, IndicatorValue.id"
    )


class IndicatorValue(Base):
    """A value on a day, with its source. A corrected one is kept beside the new one, with the reason."""

    __tablename__ = "plan_indicator_value"
    __table_args__ = (
        CheckConstraint("length(source) > 0", name="has_source"),
        CheckConstraint(
            "corrected_at IS NULL OR length(corrected_reason) > 0", name="corrected_with_a_reason"
        ),
        Index(
            "uq_plan_indicator_value_day", "indicator_id", "day", unique=True,
            sqlite_where=text("corrected_at IS NULL"), postgresql_where=text("corrected_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("plan_indicator.id"), index=True)
    day: Mapped[date] = mapped_column(Date)
    value: Mapped[float] = mapped_column(Float)
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    corrected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    corrected_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    indicator: Mapped[Indicator] = relationship(back_populates="values")
