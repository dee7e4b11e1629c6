"""Reading searches for a date."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from hub.spaces.models.polls import DateFound, DatePoll, DateVoter, PollState


def under_way(space_id: int) -> Select[DatePoll]:
    """Select the searches of a space that became no meeting and were not given up, the newest first."""
    return (
        select(DatePoll)
        .where(DatePoll.space_id == space_id, DatePoll.state.in_((PollState.OPEN, PollState.CLOSED)))
        .order_by(DatePoll.last_day, DatePoll.id)
    )


def whole(poll_id: int) -> Select[DatePoll]:
    """Select one search with its dates, who was asked, and what they answered."""
    return (
        select(DatePoll)
        .where(DatePoll.id == poll_id)
        .options(
            joinedload(DatePoll.space),
            joinedload(DatePoll.found).joinedload(DateFound.meeting),
            selectinload(DatePoll.proposals),
            selectinload(DatePoll.voters).options(
                joinedload(DateVoter.person),
                joinedload(DateVoter.organisation),
                selectinload(DateVoter.answers),
            ),
        )
    )


def of_meeting(meeting_id: int) -> Select[DateFound]:
    """Select the search that found a meeting's date."""
    return select(DateFound).where(DateFound.meeting_id == meeting_id)
