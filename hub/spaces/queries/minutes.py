"""Reading minutes: where they stand, who may read them, what was said of them."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from hub.accounts.models import User
from hub.core.search import fold
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem, ItemState, Meeting, MeetingState
from hub.spaces.models.minutes import (
    Minutes,
    MinutesReader,
    MinutesState,
    MinutesVersion,
    Remark,
    RemarkState,
)
from hub.spaces.models.spaces import Facilitation, Space
from hub.spaces.queries import meetings
from hub.spaces.values.standing import Standing

SORTS = {
    "when": Meeting.starts_at,
    "title": func.lower(Meeting.title),
    "space": func.lower(Space.name),
    "until": Minutes.remarks_until,
}


def is_approved(meeting_id: int) -> Select[int]:
    """Select the number of the approved minutes of a meeting: while there are any, nothing of it changes."""
    return select(Minutes.id).where(Minutes.meeting_id == meeting_id, Minutes.state == MinutesState.APPROVED)


def of(meeting_id: int) -> Select[Minutes]:
    """Select the minutes of a meeting with their versions."""
    return (
        select(Minutes)
        .where(Minutes.meeting_id == meeting_id)
        .options(
            selectinload(Minutes.versions),
            joinedload(Minutes.approved_at),
            joinedload(Minutes.file),
        )
    )


def for_update(meeting_id: int) -> Select[Minutes]:
    """Select the minutes of a meeting, held by this transaction."""
    return (
        select(Minutes)
        .where(Minutes.meeting_id == meeting_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def standing_is(standing: Standing, today: date) -> ColumnElement[bool]:
    """Return the condition for a query of meetings that outer-joins their minutes."""
    sent = Minutes.state == MinutesState.SENT
    return {
        Standing.NOT_SENT: or_(Minutes.id.is_(None), Minutes.state == MinutesState.DRAFT),
        Standing.REMARKS: and_(sent, Minutes.remarks_until >= today),
        Standing.TO_APPROVE: and_(sent, Minutes.remarks_until < today),
        Standing.APPROVED: Minutes.state == MinutesState.APPROVED,
    }[standing]


def _of_held() -> Select[Meeting]:
    return (
        select(Meeting)
        .join(Meeting.space)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .where(Meeting.state == MeetingState.HELD)
        .options(contains_eager(Meeting.space).load_only(Space.name))
    )


def listed(
    user: User,
    today: date,
    *,
    everything: bool,
    standing: Standing | None = None,
    space_id: int | None = None,
    text: str = "",
    sort: str = "when",
    descending: bool = True,
) -> Select[Meeting]:
    """Select the meetings that were held and whose minutes the account may read, with their space.

    `everything`: all spaces, and what was not sent. Else what was sent in the spaces in which the account
    takes part, and all of those that it facilitates.
    `text` is looked for in the approved text, the titles and the names of spaces.
    """
    found = _of_held()
    if not everything:
        facilitated = select(Facilitation.space_id).where(
            Facilitation.user_id == user.id,
            Facilitation.starts_on <= today,
            or_(Facilitation.ends_on.is_(None), Facilitation.ends_on >= today),
        )
        sent = Minutes.state.in_((MinutesState.SENT, MinutesState.APPROVED))
        found = found.where(or_(Meeting.space_id.in_(facilitated), and_(meetings.open_to(user, today), sent)))
    if standing is not None:
        found = found.where(standing_is(standing, today))
    if space_id is not None:
        found = found.where(Meeting.space_id == space_id)
    for word in fold(text).split():
        found = found.where(
            or_(
                Minutes.search_text.contains(word, autoescape=True),
                func.lower(Meeting.title).contains(word, autoescape=True),
                func.lower(Space.name).contains(word, autoescape=True),
            )
        )
    column = SORTS.get(sort, Meeting.starts_at)
    return found.order_by(
        column.desc() if descending else column, Meeting.starts_at.desc(), Meeting.id.desc()
    )


def of_meetings(numbers: Collection[int]) -> Select[Minutes]:
    """Select the minutes of those meetings."""
    return select(Minutes).where(Minutes.meeting_id.in_(numbers))


def to_approve(today: date) -> Select[Minutes]:
    """Select the minutes whose last day for remarks is over, the oldest first."""
    return (
        select(Minutes)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .where(standing_is(Standing.TO_APPROVE, today))
        .options(joinedload(Minutes.meeting).joinedload(Meeting.space))
        .order_by(Minutes.remarks_until)
    )


def remarks(minutes_id: int) -> Select[Remark]:
    """Select all that was said of the minutes of a meeting, those that wait first."""
    return (
        select(Remark)
        .join(Remark.version)
        .where(MinutesVersion.minutes_id == minutes_id)
        .options(contains_eager(Remark.version), joinedload(Remark.item), joinedload(Remark.organisation))
        .order_by(Remark.state != RemarkState.OPEN, Remark.id)
    )


def remark(number: int) -> Select[Remark]:
    """Select one remark with all that its answer needs."""
    return (
        select(Remark)
        .where(Remark.id == number)
        .options(joinedload(Remark.version).joinedload(MinutesVersion.minutes))
    )


def readers(minutes_id: int) -> Select[MinutesReader]:
    """Select to whom minutes were sent."""
    return (
        select(MinutesReader)
        .where(MinutesReader.minutes_id == minutes_id)
        .options(
            joinedload(MinutesReader.attendance),
            joinedload(MinutesReader.person),
            joinedload(MinutesReader.organisation),
        )
        .order_by(MinutesReader.id)
    )


def silent_points(meeting_id: int) -> Select[AgendaItem]:
    """Select the points on which nothing was noted, decided or taken on."""
    return (
        select(AgendaItem)
        .where(
            AgendaItem.meeting_id == meeting_id,
            AgendaItem.state == ItemState.AGREED,
            AgendaItem.notes == "",
            ~exists().where(Decision.item_id == AgendaItem.id),
            ~exists().where(Action.item_id == AgendaItem.id),
        )
        .order_by(AgendaItem.position, AgendaItem.id)
    )


def approving_meetings(meeting: Meeting) -> Select[Meeting]:
    """Select the later meetings of the space, at which minutes may have been approved, in their order."""
    return (
        select(Meeting)
        .where(
            Meeting.space_id == meeting.space_id,
            Meeting.starts_at > meeting.starts_at,
            Meeting.state != MeetingState.CANCELLED,
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(50)
    )
