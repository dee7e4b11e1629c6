"""Calendars that one subscribes to: the meetings of a space, or all those of a person.

The address holds a token that is shown once. A space's calendar is made for a screen or a shared calendar, so
it tells when, what and where, never how to join online; a person's asks anew where they still sit.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Event as Entry
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.core import audit, calendars, clock, tokens
from hub.core.mail import Site
from hub.core.tokens import Token
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.spaces import Space
from hub.spaces.operations import invitations
from hub.spaces.queries import mine

PURPOSE = "spaces.calendar"
LIFETIME = timedelta(days=3 * 365)


def make(session: Session, subject: Space | Person, *, actor: User | str | None, now: datetime) -> str:
    """Return the path of a new calendar, and end the one that there was."""
    tokens.revoke(session, PURPOSE, subject, now=now)
    raw = tokens.issue(session, PURPOSE, subject, now=now, lifetime=LIFETIME)
    _record(session, subject, "calendar_made", actor, now)
    kind = "espace" if isinstance(subject, Space) else "personne"
    return f"/agenda/{kind}/{raw}.ics"


def stop(session: Session, subject: Space | Person, *, actor: User | str | None, now: datetime) -> None:
    """End the calendar: programs that follow it are given nothing more."""
    tokens.revoke(session, PURPOSE, subject, now=now)
    _record(session, subject, "calendar_stopped", actor, now)


def _record(
    session: Session, subject: Space | Person, what: str, actor: User | str | None, now: datetime
) -> None:
    if isinstance(subject, Space):
        audit.record(session, f"space.{what}", subject, actor=actor, now=now)


def live(session: Session, subject: Space | Person, now: datetime) -> Token | None:
    """Return the token of the calendar that there is, without its text."""
    return session.scalar(
        select(Token)
        .where(
            Token.purpose == PURPOSE,
            Token.subject_type == subject.__tablename__,
            Token.subject_id == subject.id,
            Token.revoked_at.is_(None),
            Token.expires_at > now,
        )
        .order_by(Token.id.desc())
        .limit(1)
    )


def of_space(session: Session, space: Space, site: Site, *, now: datetime) -> bytes:
    """Return a space's meetings, a year back and all that come."""
    rows = session.scalars(mine.for_calendar([space.id], now))
    return _file(rows, site, now, space.name, joins=False)


def of_person(session: Session, person: Person, site: Site, *, now: datetime) -> bytes:
    """Return the meetings of the spaces in which a person may speak today."""
    spaces = mine.spaces_of(session, person.id, clock.today(now))
    rows = session.scalars(mine.for_calendar([space.id for space in spaces], now)) if spaces else ()
    return _file(rows, site, now, site.name, joins=True)


def _file(rows: Iterable[Meeting], site: Site, now: datetime, name: str, *, joins: bool) -> bytes:
    entries = [_entry(row, site, now, joins=joins) for row in rows]
    return calendars.calendar("PUBLISH", entries, name=name)


def _entry(meeting: Meeting, site: Site, now: datetime, *, joins: bool) -> Entry:
    """Return a meeting under the name that its mails use: a program that has both shows it once."""
    place = ", ".join(part for part in (meeting.place_name, meeting.place_address) if part)
    online = meeting.online_url if joins else ""
    return calendars.entry(
        invitations.uid(meeting, site),
        meeting.starts_at,
        meeting.ends_at,
        f"{meeting.space.name} – {meeting.title}" if meeting.title != meeting.space.name else meeting.title,
        now=now,
        sequence=meeting.sequence,
        changed_at=meeting.updated_at,
        description="\n".join(part for part in (meeting.cancelled_reason, online) if part),
        place=place,
        url=f"{site.base_url}/reunions/{meeting.id}",
        cancelled=meeting.state is MeetingState.CANCELLED,
    )
