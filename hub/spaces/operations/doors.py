"""From a person's own page to the links of a meeting, of minutes or of a search for a date.

Each is made for whoever opens it, and asks anew whether they still may.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Person
from hub.core import clock, tokens
from hub.spaces.models.meetings import Attendance
from hub.spaces.models.minutes import Minutes, MinutesReader, MinutesState
from hub.spaces.models.polls import DateVoter
from hub.spaces.operations import convening, minutes_letters, polls
from hub.spaces.queries import seats

LIFETIME = timedelta(days=1)  # the person's own page makes another whenever it is needed


def meeting(session: Session, person: Person, number: int, now: datetime) -> str | None:
    """Return the path of a meeting for a line of its list (`Attendance`) that is the person's, else None."""
    row = session.get(Attendance, number)
    if row is None or row.person_id != person.id or row.invited_at is None:
        return None
    if not convening.is_asked(session, row, now=now):
        return None
    return f"/reunion/{tokens.issue(session, convening.PURPOSE, row, now=now, lifetime=LIFETIME)}"


def poll(session: Session, person: Person, number: int, now: datetime) -> str | None:
    """Return the path of a search for a date by its number, if the person is asked there, else None."""
    rows = session.scalars(
        select(DateVoter).where(DateVoter.poll_id == number, DateVoter.person_id == person.id)
    )
    row = next((one for one in rows if polls.may_answer(session, one, now)), None)
    if row is None:
        return None
    return f"/date/{tokens.issue(session, polls.PURPOSE, row, now=now, lifetime=LIFETIME)}"


def minutes(session: Session, person: Person, number: int, now: datetime) -> str | None:
    """Return the path of the minutes of a meeting, if they were sent to the person, else None."""
    row = session.scalar(
        select(MinutesReader)
        .join(MinutesReader.minutes)
        .outerjoin(MinutesReader.attendance)
        .where(
            Minutes.meeting_id == number,
            Minutes.state != MinutesState.DRAFT,
            or_(MinutesReader.person_id == person.id, Attendance.person_id == person.id),
        )
        .order_by(MinutesReader.id)
        .limit(1)
    )
    if row is None:
        return None
    spoken_for = seats.spoken_for_by(person.id, row.minutes.meeting.space_id, clock.today(now))
    if session.scalar(spoken_for.limit(1)) is None:
        return None
    return minutes_letters.path(session, row, now=now)
