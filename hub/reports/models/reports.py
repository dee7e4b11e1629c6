"""Reports to the plenary: what was done, what comes; the figures are kept with the words around them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import User
from hub.actors.models.reference import Territory
from hub.core.db import Base, UTCDateTime, choice
from hub.core.files import StoredFile
from hub.plans.models.plans import Plan
from hub.spaces.models.spaces import Space


class ReportState(StrEnum):
    """brouillon → en publication → publié. What is published never changes: the database refuses it."""

    DRAFT = "draft"
    PUBLISHING = "publishing"  # frozen while its last PDF is made; public with it, or a draft again
    PUBLISHED = "published"


class PlenaryReport(Base):
    """« État des lieux et perspectives » of a period, for all or for one territory, space or plan.

    `content` is the whole report as it was printed last (`memoranda.report.content`, as JSON); the page of a
    published one is made from it. Publishing is final; taking it back only takes it off the public pages.
    """

    __tablename__ = "plenary_report"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint("last_on >= first_on", name="ends_after_start"),
        CheckConstraint("absent_after BETWEEN 1 AND 12", name="absent_after_reasonable"),
        CheckConstraint(
            "(CASE WHEN territory_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN space_id IS NULL THEN 0 ELSE 1 "
            "END)"
            " + (CASE WHEN plan_id IS NULL THEN 0 ELSE 1 END) <= 1",
            name="one_scope",
        ),
        CheckConstraint(
            "(file_id IS NULL) = (pages IS NULL) AND (file_id IS NULL) = (content_hash IS NULL)",
            name="built_has_pages",
        ),
        CheckConstraint(
            "state <> 'published' OR (file_id IS NOT NULL AND published_at IS NOT NULL)",
            name="published_is_built",
        ),
        CheckConstraint("withdrawn_at IS NULL OR state = 'published'", name="withdrawn_was_published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    subtitle: Mapped[str] = mapped_column(String(250), default="")
    state: Mapped[ReportState] = mapped_column(choice(ReportState, "report_state"), default=ReportState.DRAFT)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date, index=True)
    territory_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), index=True)
    absent_after: Mapped[int] = mapped_column(default=3)  # so many meetings without it: no longer comes
    figures_at: Mapped[datetime] = mapped_column(UTCDateTime)  # when they were counted
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    pages: Mapped[int | None]
    content: Mapped[str] = mapped_column(Text, default="")
    content_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    territory: Mapped[Territory | None] = relationship()
    space: Mapped[Space | None] = relationship()
    plan: Mapped[Plan | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()
    created_by: Mapped[User | None] = relationship()
    parts: Mapped[list["ReportPart"]] = relationship(
        back_populates="report", order_by="(ReportPart.position, ReportPart.id)"
    )

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it."""
        return self.state is ReportState.PUBLISHED and self.withdrawn_at is None


class PartKind(StrEnum):
    """What a part of a report tells; all but FREE are counted."""

    IN_SHORT = "in_short"
    SPACES = "spaces"
    TAKING_PART = "taking_part"
    STOPPED = "stopped"
    DECISIONS = "decisions"
    ACTIONS = "actions"
    AXES = "axes"
    INDICATORS = "indicators"
    NEEDS = "needs"
    RECOMMENDATIONS = "recommendations"
    CONTRIBUTIONS = "contributions"
    DAYS = "days"
    PERSPECTIVES = "perspectives"
    METHOD = "method"
    FREE = "free"


class ReportPart(Base):
    """A part of a report: words of the coordinator, and the figures as they were counted last.

    `figures` is a `hub.reports.values.figures.Figures` as JSON; `hidden` names its lines that are left out.
    Counting again replaces `figures` alone. `version` grows with each saving of the words.
    """

    __tablename__ = "report_part"
    __table_args__ = (
        CheckConstraint("length(title) > 0", name="has_title"),
        CheckConstraint("(kind = 'free') = (figures = '')", name="counted_unless_free"),
        Index(
            "uq_report_part_kind",
            "report_id",
            "kind",
            unique=True,
            sqlite_where=text("kind <> 'free'"),
            postgresql_where=text("kind <> 'free'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("plenary_report.id"), index=True)
    kind: Mapped[PartKind] = mapped_column(choice(PartKind, "part_kind"))
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    figures: Mapped[str] = mapped_column(Text, default="")
    hidden: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_hidden: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    saved_by_page: Mapped[str] = mapped_column(String(40), default="")
    saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    report: Mapped[PlenaryReport] = relationship(back_populates="parts")
