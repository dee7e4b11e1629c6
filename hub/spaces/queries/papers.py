"""Reading what the papers of a meeting are made of, and the papers themselves."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.mandates import Person
from hub.spaces.models.actions import Action
from hub.spaces.models.decisions import Decision, Position
from hub.spaces.models.meetings import AgendaItem, Attendance, ItemState, Meeting, MeetingState
from hub.spaces.models.papers import MeetingPaper, PaperKind


def items(meeting_id: int, *, with_documents: bool = False) -> Select[AgendaItem]:
    """Select the points agreed on, in order, with who brings them (and their documents)."""
    found = (
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting_id, AgendaItem.state == ItemState.AGREED)
        .options(joinedload(AgendaItem.organisation), joinedload(AgendaItem.proposed_by))
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    return found.options(selectinload(AgendaItem.documents)) if with_documents else found


def attendances(meeting_id: int) -> Select[Attendance]:
    """Select who was asked or came, with person, account and organisations."""
    return (
        select(Attendance)
        .where(Attendance.meeting_id == meeting_id)
        .options(
            joinedload(Attendance.person).joinedload(Person.user),
            joinedload(Attendance.organisation),
            joinedload(Attendance.represented_by),
        )
        .order_by(Attendance.id)
    )


def decisions(meeting_id: int) -> Select[Decision]:
    """Select what a meeting decided, with the positions taken."""
    return (
        select(Decision)
        .where(Decision.meeting_id == meeting_id)
        .options(joinedload(Decision.positions).joinedload(Position.organisation))
        .order_by(Decision.id)
    )


def actions(meeting_id: int) -> Select[Action]:
    """Select the actions that a meeting gave, with their owners."""
    return (
        select(Action)
        .where(Action.meeting_id == meeting_id)
        .options(joinedload(Action.organisation), joinedload(Action.person))
        .order_by(Action.id)
    )


def next_meeting(meeting: Meeting) -> Select[Meeting]:
    """Select the space's next meeting after this one."""
    return (
        select(Meeting)
        .where(
            Meeting.space_id == meeting.space_id,
            Meeting.starts_at > meeting.starts_at,
            Meeting.state != MeetingState.CANCELLED,
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(1)
    )


def paper(meeting_id: int, kind: PaperKind, content_hash: str) -> Select[MeetingPaper]:
    """Select the paper of that very content."""
    return (
        select(MeetingPaper)
        .where(
            MeetingPaper.meeting_id == meeting_id,
            MeetingPaper.kind == kind,
            MeetingPaper.content_hash == content_hash,
        )
        .options(joinedload(MeetingPaper.file))
    )


def earlier_papers(row: MeetingPaper) -> Select[MeetingPaper]:
    """Select the papers that a newer one takes the place of."""
    return select(MeetingPaper).where(
        MeetingPaper.meeting_id == row.meeting_id, MeetingPaper.kind == row.kind, MeetingPaper.id < row.id
    )
