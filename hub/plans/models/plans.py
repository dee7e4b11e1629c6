"""A plan: of which kind, for which territories, from when to when; who adopted it and when."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Territory
from hub.actors.models.relations import Precision
from hub.core.db import Base, UTCDateTime, choice
from hub.spaces.models.decisions import Decision
from hub.spaces.models.spaces import Space


def links(owner: str, linked: str) -> Table:
    """Return the table that ties rows of one table to rows of another."""
    return Table(
        f"{owner}_{linked}",
        Base.metadata,
        Column(f"{owner}_id", ForeignKey(f"{owner}.id", ondelete="CASCADE"), primary_key=True),
        Column(f"{linked}_id", ForeignKey(f"{linked}.id"), primary_key=True, index=True),
    )


plan_territory = links("plan", "territory")


class PlanKind(StrEnum):
    """What a plan is; any other kind has a free word beside."""

    PLI = "pli"
    PLIC = "plic"
    PPLI = "ppli"
    PCS = "pcs"
    OTHER = "other"


class PlanState(StrEnum):
    """en préparation → en vigueur → terminé."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    ENDED = "ended"


class Plan(Base):
    """An integration plan. Its period is a fact like any other: no length is built in."""

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint("kind <> 'other' OR length(kind_word) > 0", name="other_says_which"),
        CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"
        ),
        CheckConstraint("state = 'draft' OR starts_on IS NOT NULL", name="in_force_since_a_day"),
        CheckConstraint("follows_id IS NULL OR follows_id <> id", name="not_after_itself"),
        CheckConstraint("published_at IS NULL OR state <> 'draft'", name="no_draft_is_published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[PlanKind] = mapped_column(choice(PlanKind, "plan_kind"), index=True)
    kind_word: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(250))
    summary: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)  # the last day, included
    state: Mapped[PlanState] = mapped_column(choice(PlanState, "plan_state"), default=PlanState.DRAFT)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), index=True)
    steering_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    source: Mapped[str] = mapped_column(Text, default="")  # where the facts were read
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")  # folded

    territories: Mapped[list[Territory]] = relationship(secondary=plan_territory, order_by=Territory.name)
    follows: Mapped["Plan | None"] = relationship(remote_side="Plan.id", lazy="joined", join_depth=1)
    steering: Mapped[Space | None] = relationship(lazy="joined")
    # Read along with the plan, since every page of a plan says whether it is being revised.
    open_revision: Mapped["Revision | None"] = relationship(
        primaryjoin="and_(Revision.plan_id == Plan.id, Revision.closed_at.is_(None))",
        uselist=False,
        viewonly=True,
        lazy="joined",
    )

    def is_past(self, day: date) -> bool:
        """Say whether it is still in force after its last day: nobody has ended or prolonged it."""
        return self.state is PlanState.IN_FORCE and self.ends_on is not None and self.ends_on < day


class Body(StrEnum):
    """Who adopts a plan."""

    COMMUNAL_COUNCIL = "communal_council"
    PROVINCIAL_COUNCIL = "provincial_council"
    CPAS_COUNCIL = "cpas_council"
    GENERAL_ASSEMBLY = "general_assembly"
    GOVERNMENT = "government"
    OTHER = "other"


class Result(StrEnum):
    """What came of the vote."""

    ADOPTED = "adopted"
    AMENDED = "amended"
    POSTPONED = "postponed"
    REJECTED = "rejected"


class Adoption(Base):
    """A council's vote on a plan: whose, on which day, with which result, and where that is written."""

    __tablename__ = "plan_adoption"
    __table_args__ = (
        CheckConstraint("length(source) > 0", name="has_source"),
        CheckConstraint("territory_id IS NOT NULL OR organisation_id IS NOT NULL", name="somebody_s"),
        CheckConstraint(
            "withdrawn_at IS NULL OR length(withdrawn_reason) > 0", name="withdrawn_with_a_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    body: Mapped[Body] = mapped_column(choice(Body, "adoption_body"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    decided_on: Mapped[date] = mapped_column(Date)
    precision: Mapped[Precision] = mapped_column(
        choice(Precision, "adoption_precision"), default=Precision.DAY
    )
    result: Mapped[Result] = mapped_column(choice(Result, "adoption_result"), default=Result.ADOPTED)
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text)  # the document and its page
    address: Mapped[str] = mapped_column(String(300), default="")  # where the document can be read
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    plan: Mapped[Plan] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    territory: Mapped[Territory | None] = relationship()


class Revision(Base):
    """A revision during the plan: from which day, why, decided where. What it changes points to it.

    One is open at a time; `opened_at` and `closed_at` say when it was written down.
    """

    __tablename__ = "plan_revision"
    __table_args__ = (
        CheckConstraint("length(why) > 0", name="says_why"),
        UniqueConstraint("plan_id", "number"),
        Index(
            "uq_plan_revision_open",
            "plan_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    number: Mapped[int]
    day: Mapped[date] = mapped_column(Date)  # the first day on which the plan reads as revised
    why: Mapped[str] = mapped_column(Text)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    plan: Mapped[Plan] = relationship()
    space: Mapped[Space | None] = relationship()
    decision: Mapped[Decision | None] = relationship()


class BudgetLine(Base):
    """Money for a year of a plan, from whom; in euro cents, so that sums are exact."""

    __tablename__ = "plan_budget_line"
    __table_args__ = (
        CheckConstraint("cents >= 0", name="not_negative"),
        CheckConstraint("year BETWEEN 1900 AND 2200", name="is_a_year"),
        CheckConstraint(
            "withdrawn_at IS NULL OR length(withdrawn_reason) > 0", name="withdrawn_with_a_reason"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    axis_id: Mapped[int | None] = mapped_column(ForeignKey("plan_axis.id"), index=True)
    year: Mapped[int]
    cents: Mapped[int] = mapped_column(BigInteger)
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    plan: Mapped[Plan] = relationship()
    funder: Mapped[Organisation | None] = relationship()


class Evaluation(Base):
    """An evaluation in three parts (actions, process, effects) and what follows for the next plan."""

    __tablename__ = "plan_evaluation"
    __table_args__ = (
        CheckConstraint(
            "published_at IS NULL OR (length(actions) > 0 AND length(process) > 0 AND length(effects) > 0)",
            name="published_in_three_parts",
        ),
        CheckConstraint("length(made_by) > 0", name="made_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    made_on: Mapped[date] = mapped_column(Date)
    made_by: Mapped[str] = mapped_column(String(200))  # organisations or bodies, in words
    actions: Mapped[str] = mapped_column(Text, default="")  # Markdown
    process: Mapped[str] = mapped_column(Text, default="")
    effects: Mapped[str] = mapped_column(Text, default="")
    following: Mapped[str] = mapped_column(Text, default="")  # for the next plan
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    plan: Mapped[Plan] = relationship()
