"""What is not kept of people who were asked to a meeting: addresses of guests, words beside a date (G6)."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core import clock
from hub.spaces.models.meetings import Attendance, Meeting
from hub.spaces.models.polls import DatePoll, DateVoter

KEPT = timedelta(days=90)  # as long as the personal link of a meeting opens


def forget(session: Session, *, now: datetime) -> None:
    """Blank guests' addresses 90 days after meeting or poll, and by then what was said beside dates."""
    limit = now - KEPT
    over = select(Meeting.id).where(Meeting.ends_at < limit)
    session.execute(
        update(Attendance)
        .where(Attendance.guest_email != "", Attendance.meeting_id.in_(over))
        .values(guest_email="")
        .execution_options(synchronize_session=False)
    )
    asked = select(DatePoll.id).where(DatePoll.last_day < clock.today(limit))
    session.execute(
        update(DateVoter)
        .where((DateVoter.guest_email != "") | (DateVoter.comment != ""), DateVoter.poll_id.in_(asked))
        .values(guest_email="", comment="")
        .execution_options(synchronize_session=False)
    )
