"""Diagnosis: needs, findings and obstacles, who said them and when; what answers them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory, Theme
from hub.core.db import Base, UTCDateTime, choice
from hub.plans.models.outline import Axis, PlanAction
from hub.plans.models.plans import Plan, links

plan_finding_organisation = links("plan_finding", "organisation")
plan_finding_plan_axis = links("plan_finding", "plan_axis")
plan_finding_plan_action = links("plan_finding", "plan_action")


class FindingKind(StrEnum):
    """What a line of the diagnosis is."""

    NEED = "need"
    FINDING = "finding"
    OBSTACLE = "obstacle"


class Scope(StrEnum):
    """Met in one place, or everywhere because of how things are made."""

    LOCAL = "local"
    STRUCTURAL = "structural"


class Finding(Base):
    """A need, a finding or an obstacle; it can come in at any time of the plan, and says when it did."""

    __tablename__ = "plan_finding"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("length(text) > 0", name="says_something"),
        CheckConstraint("length(source) > 0", name="has_source"),
        CheckConstraint("closed_on IS NULL OR length(closed_reason) > 0", name="closed_with_a_reason"),
        CheckConstraint("closed_on IS NULL OR closed_on >= entered_on", name="closed_after_entered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    number: Mapped[int]
    kind: Mapped[FindingKind] = mapped_column(choice(FindingKind, "finding_kind"))
    scope: Mapped[Scope] = mapped_column(choice(Scope, "finding_scope"))
    text: Mapped[str] = mapped_column(String(400))
    detail: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text)  # document and page, or where it was said
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    entered_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date)
    closed_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    plan: Mapped[Plan] = relationship()
    territory: Mapped[Territory | None] = relationship()
    theme: Mapped[Theme | None] = relationship()
    organisations: Mapped[list[Organisation]] = relationship(
        secondary=plan_finding_organisation, order_by=Organisation.name
    )
    axes: Mapped[list[Axis]] = relationship(secondary=plan_finding_plan_axis, order_by=Axis.id)
    actions: Mapped[list[PlanAction]] = relationship(
        secondary=plan_finding_plan_action, order_by=PlanAction.id
    )
