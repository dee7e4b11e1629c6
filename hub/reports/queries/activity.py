"""Reading what coordinators told of the work of spaces, and exports."""

from sqlalchemy import Select, select

from hub.reports.models.activity import ActivityExport, ActivityNote
from hub.reports.values.period import Period


def notes(period: Period) -> Select[ActivityNote]:
    """Select the notes on the years that a period touches."""
    found = select(ActivityNote).where(ActivityNote.year.in_(period.years))
    return found.order_by(ActivityNote.space_id, ActivityNote.year)


def note(space_id: int, year: int) -> Select[ActivityNote]:
    """Select the note on a space and a year."""
    return select(ActivityNote).where(ActivityNote.space_id == space_id, ActivityNote.year == year)


def exports() -> Select[ActivityExport]:
    """Select exports, the latest first."""
    return select(ActivityExport).order_by(ActivityExport.id.desc())
