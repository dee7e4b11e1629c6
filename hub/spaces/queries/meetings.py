"""Reading meetings, their agendas and who is asked to them."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import User
from hub.core import clock
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import (
    AgendaItem,
    Answer,
    Attendance,
    ItemState,
    Meeting,
    MeetingState,
    Presence,
)
from hub.spaces.models.spaces import Facilitation, Space
from hub.spaces.queries import seats

SORTS = {
    "when": Meeting.starts_at,
    "title": func.lower(Meeting.title),
    "space": func.lower(Space.name),
    "state": Meeting.state,
}


def meetings(
    *,
    space_id: int | None = None,
    state: MeetingState | None = None,
    text: str = "",
    first: date | None = None,
    last: date | None = None,
    sort: str = "when",
    descending: bool = True,
) -> Select[Meeting]:
    """Select meetings with their space; `first` and `last` are Brussels' days, both included."""
    found = select(Meeting).join(Meeting.space).options(joinedload(Meeting.space))
    if space_id is not None:
        found = found.where(Meeting.space_id == space_id)
    if state is not None:
        found = found.where(Meeting.state == state)
    if text:
        words = text.lower()
        found = found.where(
            or_(
                func.lower(Meeting.title).contains(words, autoescape=True),
                func.lower(Space.name).contains(words, autoescape=True),
                func.lower(Meeting.place_name).contains(words, autoescape=True),
            )
        )
    if first is not None:
        found = found.where(Meeting.starts_at >= clock.end_of_day(first - timedelta(days=1)))
    if last is not None:
        found = found.where(Meeting.starts_at < clock.end_of_day(last))
    column = SORTS.get(sort, Meeting.starts_at)
    return found.order_by(
        column.desc() if descending else column, Meeting.starts_at.desc(), Meeting.id.desc()
    )


def open_to(user: User, day: date) -> ColumnElement[bool]:
    """Return the condition that an account takes part in a meeting's space on that day (Brussels' date)."""
    facilitated = select(Facilitation.space_id).where(
        Facilitation.user_id == user.id,
        Facilitation.starts_on <= day,
        or_(Facilitation.ends_on.is_(None), Facilitation.ends_on >= day),
    )
    return or_(Meeting.space_id.in_(facilitated), Meeting.space_id.in_(seats.spaces_of(user.id, day)))


def with_agenda(meeting_id: int) -> Select[Meeting]:
    """Select one meeting with its points, who brings them and their documents."""
    return (
        select(Meeting)
        .where(Meeting.id == meeting_id)
        .options(
            joinedload(Meeting.space),
            selectinload(Meeting.items).options(
                joinedload(AgendaItem.organisation),
                joinedload(AgendaItem.proposed_by),
                selectinload(AgendaItem.documents),
            ),
        )
    )


def points(meeting_id: int) -> Select[AgendaItem]:
    """Select all points of a meeting in order, with who brings them and their documents."""
    return (
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting_id)
        .options(
            joinedload(AgendaItem.organisation),
            joinedload(AgendaItem.proposed_by),
            joinedload(AgendaItem.documents),
        )
        .order_by(AgendaItem.position, AgendaItem.id)
    )


def attendances(meeting_id: int) -> Select[Attendance]:
    """Select who is asked to a meeting or came, by organisation."""
    return (
        select(Attendance)
        .where(Attendance.meeting_id == meeting_id)
        .options(
            joinedload(Attendance.person),
            joinedload(Attendance.organisation),
            joinedload(Attendance.represented_by),
        )
        .order_by(Attendance.id)
    )


def decisions(meeting_id: int) -> Select[Decision]:
    """Select what was decided at a meeting."""
    return select(Decision).where(Decision.meeting_id == meeting_id).order_by(Decision.id)


def actions(meeting_id: int) -> Select[Action]:
    """Select the actions that a meeting gave, with who owns them."""
    return (
        select(Action)
        .where(Action.meeting_id == meeting_id)
        .options(joinedload(Action.organisation))
        .order_by(Action.id)
    )


def next_of(space_id: int, now: datetime) -> Select[Meeting]:
    """Select the meetings of a space that are not over, the next first."""
    return (
        select(Meeting)
        .where(
            Meeting.space_id == space_id,
            Meeting.ends_at > now,
            Meeting.state.in_((MeetingState.PLANNED, MeetingState.CONVENED)),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )


def last_of(space_id: int, before: datetime) -> Select[Meeting]:
    """Select the meetings of a space that began before that moment, the latest first, none called off."""
    return (
        select(Meeting)
        .where(
            Meeting.space_id == space_id,
            Meeting.starts_at < before,
            Meeting.state != MeetingState.CANCELLED,
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    )


def point_counts(meeting_ids: list[int]) -> Select[int, int]:
    """Select (meeting, number of points that are on its agenda)."""
    return (
        select(AgendaItem.meeting_id, func.count())
        .where(AgendaItem.meeting_id.in_(meeting_ids), AgendaItem.state == ItemState.AGREED)
        .group_by(AgendaItem.meeting_id)
    )


def coming_counts(meeting_ids: list[int]) -> Select[int, int]:
    """Select (meeting, number of people who were there or, before anybody noted it, say that they come)."""
    return (
        select(Attendance.meeting_id, func.count())
        .where(
            Attendance.meeting_id.in_(meeting_ids),
            or_(
                Attendance.presence == Presence.PRESENT,
                and_(Attendance.presence.is_(None), Attendance.answer == Answer.COMING),
            ),
        )
        .group_by(Attendance.meeting_id)
    )
