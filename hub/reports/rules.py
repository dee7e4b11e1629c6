"""Who may read and make reports: everybody what is published, coordinators all of it."""

from hub.accounts.models import User
from hub.core.access import coordinator
from hub.reports.models.reports import PlenaryReport, ReportPart

manage = coordinator


def read(user: User | None, report: PlenaryReport) -> bool:
    """Allow everybody once it is public, coordinators before and after."""
    return report.is_public or coordinator(user)


def edit(user: User | None, report: PlenaryReport) -> bool:
    """Allow coordinators; that a published one no longer changes is for the operations to say."""
    return coordinator(user) and report is not None


def edit_part(user: User | None, part: ReportPart) -> bool:
    """Allow coordinators."""
    return edit(user, part.report)
