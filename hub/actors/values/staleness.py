"""When a record that nobody has looked over is out of date."""

from calendar import monthrange
from datetime import date

from hub.actors.models.organisations import Organisation, OrganisationState


def months_before(day: date, months: int) -> date:
    """Return the same day so many months before, or that month's last one."""
    whole = day.year * 12 + day.month - 1 - months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_stale(organisation: Organisation, before: date) -> bool:
    """Say whether nobody has looked since that day; whoever has ended needs no looking."""
    if organisation.state == OrganisationState.CLOSED:
        return False
    return organisation.checked_on is None or organisation.checked_on < before
