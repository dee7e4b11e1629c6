"""Reading reports."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from hub.network.models.reports import StatusReport


def listed(*, everything: bool) -> Select[StatusReport]:
    """Select the reports, the latest first: the published ones, or all."""
    rows = (
        select(StatusReport)
        .options(joinedload(StatusReport.file))
        .order_by(StatusReport.day.desc(), StatusReport.id.desc())
    )
    return rows if everything else rows.where(StatusReport.published_at.is_not(None))
