"""Reading reports."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from hub.actors.models.reference import Territory, TerritoryKind
from hub.plans.models.plans import Plan
from hub.reports.models.reports import PlenaryReport, ReportPart, ReportState
from hub.spaces.models.spaces import Space

# From the widest to the narrowest, as people look for theirs.
TERRITORIES = (TerritoryKind.PROVINCE, TerritoryKind.REGION, TerritoryKind.COMMUNE)


def listed(*, everything: bool) -> Select[PlenaryReport]:
    """Select the reports, the latest period first: the public ones, or all."""
    rows = (
        select(PlenaryReport)
        .options(
            joinedload(PlenaryReport.territory),
            joinedload(PlenaryReport.space),
            joinedload(PlenaryReport.plan),
        )
        .order_by(PlenaryReport.last_on.desc(), PlenaryReport.id.desc())
    )
    if everything:
        return rows
    return rows.where(PlenaryReport.state == ReportState.PUBLISHED, PlenaryReport.withdrawn_at.is_(None))


def parts(report: PlenaryReport) -> Select[ReportPart]:
    """Select the parts of a report in their order."""
    found = select(ReportPart).where(ReportPart.report_id == report.id)
    return found.order_by(ReportPart.position, ReportPart.id)


def territories() -> Select[Territory]:
    """Select what a report can be narrowed to, by name."""
    return select(Territory).where(Territory.kind.in_(TERRITORIES)).order_by(Territory.name)


def spaces() -> Select[Space]:
    """Select the spaces a report can be narrowed to."""
    return select(Space).order_by(Space.name)


def plans() -> Select[Plan]:
    """Select the plans a report can be narrowed to."""
    return select(Plan).order_by(Plan.starts_on.desc(), Plan.id)
