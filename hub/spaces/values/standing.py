"""Where the minutes of a meeting that was held stand, as lists and dashboards tell it."""

from datetime import date
from enum import StrEnum

from hub.spaces.models.minutes import Minutes, MinutesState


class Standing(StrEnum):
    """Where the minutes of a meeting that was held stand."""

    NOT_SENT = "draft"  # nobody but who prepares them has read them
    REMARKS = "remarks"  # members may still remark on them
    TO_APPROVE = "to_approve"  # the last day for remarks is over
    APPROVED = "approved"


def of(minutes: Minutes | None, today: date) -> Standing:
    """Return where minutes stand on a day (Brussels' date); none have been sent to nobody."""
    if minutes is None or minutes.state is MinutesState.DRAFT or minutes.remarks_until is None:
        return Standing.NOT_SENT
    if minutes.state is MinutesState.APPROVED:
        return Standing.APPROVED
    return Standing.REMARKS if today <= minutes.remarks_until else Standing.TO_APPROVE
