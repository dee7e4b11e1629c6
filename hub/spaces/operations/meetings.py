"""Planning, changing and cancelling meetings. Calendars follow by `sequence` once the agenda was sent."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock, jobs
from hub.core.errors import N_, DomainError
from hub.spaces.models.meetings import Attendance, Meeting, MeetingState
from hub.spaces.models.spaces import Space, SpaceState

TELL_JOB = "spaces.tell_meeting"
OLDEST = date(1990, 1, 1)
FARTHEST = timedelta(days=5 * 366)
MOMENTS = ("starts_at", "ends_at")
IN_CALENDARS = (*MOMENTS, "title", "place_name", "place_address", "online_url", "practical")


@dataclass(frozen=True)
class MeetingFacts:
    """What is said of a meeting; day and hours are Brussels' own."""

    title: str
    day: date
    starts: time
    ends: time
    place_name: str = ""
    place_address: str = ""
    online_url: str = ""
    practical: str = ""


def plan(
    session: Session,
    space: Space,
    facts: MeetingFacts,
    *,
    actor: User | str | None,
    now: datetime,
) -> Meeting:
    """Make a meeting of a space, past ones too; nobody is told yet.

    Raises DomainError for no title, hours in the wrong order, a day out of reach, a bad online address, or a
    day after the end of a space that is closed.
    """
    values = _checked(facts, now)
    if space.state is SpaceState.CLOSED and (space.ends_on is None or facts.day > space.ends_on):
        raise DomainError(
            N_("Cet espace est fermé : il ne se réunit plus après son dernier jour."), field="day"
        )
    row = Meeting(
        space_id=space.id, sequence=0, cancelled_reason="", created_at=now, updated_at=now, **values,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, "meeting.planned", row, actor=actor, now=now, changes=_told({}, values))
    return row


def change(
    session: Session, meeting: Meeting, facts: MeetingFacts, *, actor: User | str | None, now: datetime
) -> bool:
    """Change a meeting; say whether those who were convened are told by a new version of it.

    At another moment, answers that were given say nothing any more: they are forgotten.
    Raises DomainError as `plan` does, or for a meeting that is held or called off.
    """
    session.refresh(meeting, with_for_update=True)
    if meeting.state is MeetingState.HELD:
        raise DomainError(N_("Cette réunion a eu lieu : sa date et son lieu ne changent plus."))
    if meeting.state is MeetingState.CANCELLED:
        raise DomainError(N_("Cette réunion est annulée. Prévoyez-en une autre."))
    values = _checked(facts, now)
    before = {name: getattr(meeting, name) for name in IN_CALENDARS}
    changes = _told(before, values)
    if not changes:
        return False
    for name, value in values.items():
        setattr(meeting, name, value)
    meeting.updated_at = now
    session.flush()
    if any(name in changes for name in MOMENTS):
        _forget_answers(session, meeting)
    audit.record(session, "meeting.changed", meeting, actor=actor, now=now, changes=changes)
    if meeting.state is not MeetingState.CONVENED:
        return False
    tell(session, meeting, now=now, actor=actor)
    return True


def cancel(
    session: Session, meeting: Meeting, reason: str, *, actor: User | str | None, now: datetime
) -> None:
    """Call a meeting off, saying why; those who were convened are told.

    Raises DomainError for no reason, or for a meeting that is over or called off already.
    """
    session.refresh(meeting, with_for_update=True)
    if meeting.state in (MeetingState.HELD, MeetingState.CANCELLED):
        raise DomainError(N_("Seule une réunion à venir peut être annulée."))
    if not reason.strip():
        raise DomainError(N_("Dites pourquoi : le mot part avec l’annulation."), field="reason")
    was_convened = meeting.state is MeetingState.CONVENED
    meeting.state, meeting.cancelled_reason, meeting.updated_at = (
        MeetingState.CANCELLED, reason.strip(), now,
    )  # fmt: skip
    session.flush()
    audit.record(session, "meeting.cancelled", meeting, actor=actor, now=now)
    if was_convened:
        tell(session, meeting, now=now, actor=actor)


def tell(session: Session, meeting: Meeting, *, now: datetime, actor: User | str | None) -> None:
    """Raise the version that calendars follow, and let a job bring it to all who were convened."""
    meeting.sequence += 1
    session.flush()
    plan_telling(session, meeting, now=now, actor=actor)


def plan_telling(session: Session, meeting: Meeting, *, now: datetime, actor: User | str | None) -> None:
    """Let a job write to all who are convened and have not been told of the present version."""
    by = actor.id if isinstance(actor, User) else None
    jobs.enqueue(session, TELL_JOB, now=now, subject=meeting, actor_id=by, meeting=meeting.id)


def _forget_answers(session: Session, meeting: Meeting) -> None:
    session.execute(
        update(Attendance)
        .where(Attendance.meeting_id == meeting.id, Attendance.answer.is_not(None))
        .values(answer=None, answered_at=None, sends_substitute=False)
        .execution_options(synchronize_session="fetch")
    )


def _checked(facts: MeetingFacts, now: datetime) -> dict[str, object]:
    """Return the columns of a meeting, or raise what is wrong with them."""
    if not facts.title.strip():
        raise DomainError(N_("Donnez un titre à la réunion."), field="title")
    if not OLDEST <= facts.day <= clock.today(now) + FARTHEST:
        raise DomainError(N_("Vérifiez l’année : ce jour est trop loin."), field="day")
    starts_at = clock.at(facts.day, facts.starts)
    ends_at = clock.until(facts.day, facts.starts, facts.ends)
    if ends_at <= starts_at:
        raise DomainError(N_("La fin vient après le début."), field="ends")
    return {
        "title": facts.title.strip()[:200],
        "starts_at": starts_at,
        "ends_at": ends_at,
        "place_name": facts.place_name.strip()[:200],
        "place_address": facts.place_address.strip()[:300],
        "online_url": online_address(facts.online_url),
        "practical": facts.practical.strip(),
    }


def online_address(text: str) -> str:
    """Return a web address as it can be shown as a link; it is never fetched.

    Raises DomainError for anything but one http or https address.
    """
    address = text.strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        named = parts.hostname
    except ValueError:
        named = None
    bad = any(sign.isspace() or not sign.isprintable() or sign in '<>"' for sign in address)
    if not named or bad or parts.scheme not in ("http", "https") or len(address) > 500:  # noqa: PLR2004 - the column's
        raise DomainError(N_("Écrivez l’adresse complète, qui commence par https://."), field="online_url")
    return address


def _told(before: dict[str, object], after: dict[str, object]) -> dict[str, list[object]]:
    """Return what changed as history holds it: long words and addresses of rooms online stay out (S16)."""
    found = audit.differences(before, after)
    return {
        name: ([None, None] if name in ("practical", "online_url") else values)
        for name, values in found.items()
    }
