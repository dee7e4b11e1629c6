"""Holding a meeting: opening it, adding a point, closing it and opening it again."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.spaces.models.meetings import AgendaItem, Attendance, ItemState, Meeting, MeetingState, Purpose
from hub.spaces.models.running import Gesture, GestureKind, NoteConflict
from hub.spaces.operations import gestures
from hub.spaces.queries import running as queries

TOO_EARLY = N_("Cette réunion est prévue le %(day)s. Changez d’abord sa date si elle a lieu plus tôt.")
KEYS_KEPT = timedelta(days=180)  # no page holds a gesture back for longer
RESOLVED_KEPT = timedelta(days=90)
GUESTS_KEPT = timedelta(days=3 * 365)
SOMEBODY = "—"
LONGEST_TITLE = 250


def begin(
    session: Session, meeting: Meeting, *, key: str | None = None, actor: User | None, now: datetime
) -> None:
    """Open a meeting: the clock of its agenda starts. Twice is once.

    Raises DomainError before its day, and for a meeting that was called off or is over.
    """
    gestures.hold(session, meeting)
    if gestures.counted(session, meeting, GestureKind.OPEN, key) is not None or meeting.opened_at is not None:
        return
    if meeting.state is MeetingState.HELD:
        raise DomainError(N_("Cette réunion est close. Rouvrez-la pour continuer."))
    _check_day(meeting, now)
    meeting.opened_at = now
    gestures.count(session, meeting, GestureKind.OPEN, key, now=now)
    audit.record(session, "meeting.opened", meeting, actor=actor, now=now)


def close(session: Session, meeting: Meeting, *, actor: User | None, now: datetime) -> None:
    """Close a meeting as held. Twice is once.

    Raises DomainError before its day, and for a meeting that was called off.
    """
    gestures.hold(session, meeting)
    if meeting.state is MeetingState.HELD:
        return
    _check_day(meeting, now)
    before = meeting.state
    meeting.state, meeting.held_at = MeetingState.HELD, now
    meeting.updated_at = now
    session.flush()
    audit.record(
        session, "meeting.closed", meeting, actor=actor, now=now,
        changes={"state": [before.value, MeetingState.HELD.value]},
    )  # fmt: skip


def reopen(session: Session, meeting: Meeting, *, actor: User | None, now: datetime) -> None:
    """Take a meeting that was closed too early back: it is as it was before. Twice is once."""
    gestures.hold(session, meeting)
    if meeting.state is not MeetingState.HELD:
        return
    meeting.state = MeetingState.CONVENED if meeting.agenda_sent_at else MeetingState.PLANNED
    meeting.held_at, meeting.updated_at = None, now
    session.flush()
    audit.record(
        session, "meeting.reopened", meeting, actor=actor, now=now,
        changes={"state": [MeetingState.HELD.value, meeting.state.value]},
    )  # fmt: skip


def add_point(
    session: Session,
    meeting: Meeting,
    title: str,
    *,
    key: str | None = None,
    actor: User | None,
    now: datetime,
) -> AgendaItem:
    """Add a point that nobody had planned, at the end. The same `key` gives the point made before.

    Raises DomainError for no title, or one that is too long.
    """
    title = " ".join(title.split())
    if not title:
        raise DomainError(N_("Donnez un titre à ce point."), field="title")
    if len(title) > LONGEST_TITLE:
        raise DomainError(
            N_("250 signes au plus pour un titre : mettez le reste dans les notes."), field="title"
        )
    gestures.hold(session, meeting)
    before = gestures.counted(session, meeting, GestureKind.POINT, key)
    if before is not None:
        return session.get_one(AgendaItem, before.subject_id)
    last = session.scalar(queries.next_position(meeting.id))
    item = AgendaItem(
        meeting_id=meeting.id, position=0 if last is None else last + 1, title=title,
        purpose=Purpose.DISCUSS, state=ItemState.AGREED, created_at=now,
    )  # fmt: skip
    session.add(item)
    session.flush()
    gestures.count(session, meeting, GestureKind.POINT, key, subject_id=item.id, now=now)
    audit.record(session, "meeting.point_added", meeting, actor=actor, now=now)
    return item


def _check_day(meeting: Meeting, now: datetime) -> None:
    day = clock.today(meeting.starts_at)
    if clock.today(now) < day:
        raise DomainError(TOO_EARLY, day=f"{day:%d/%m/%Y}")


def forget(session: Session, *, now: datetime) -> None:
    """Delete what a meeting needs no longer: keys of gestures, merged texts, the names of its guests."""
    session.execute(delete(Gesture).where(Gesture.created_at < now - KEYS_KEPT))
    session.execute(delete(NoteConflict).where(NoteConflict.resolved_at < now - RESOLVED_KEPT))
    old = select(Meeting.id).where(Meeting.starts_at < now - GUESTS_KEPT)
    session.execute(
        update(Attendance)
        .where(
            Attendance.meeting_id.in_(old), Attendance.person_id.is_(None), Attendance.guest_name != SOMEBODY
        )
        .values(guest_name=SOMEBODY)
        .execution_options(synchronize_session=False)
    )
