"""A short word about a meeting to whoever wants to be kept informed of its space, and nothing more."""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import mail, settings
from hub.core.errors import N_
from hub.core.mail import Message
from hub.spaces.models.followers import Follower
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.operations import followers

KIND = "spaces.meeting_announced"


def announce(session: Session, meeting: Meeting, follower: Follower, address: str, *, now: datetime) -> bool:
    """Tell one follower when and where a meeting is, once for what it is; return whether a mail was written.

    Who was never told of a meeting isn't told that it is off.
    """
    called_off = meeting.state is MeetingState.CANCELLED
    if called_off and not _was_told(session, meeting, follower):
        return False
    place = ", ".join(part for part in (meeting.place_name, meeting.place_address) if part)
    facts = (
        meeting.state is MeetingState.CANCELLED,
        meeting.starts_at,
        meeting.ends_at,
        place,
        meeting.title,
    )
    version = f"{meeting.id}-{hashlib.sha256(repr(facts).encode()).hexdigest()[:16]}"
    message = mail.queue(
        session, KIND, follower, address, now=now, version=version,
        reply_to=settings.get(session).contact_email,
        action=(N_("Gérer ces annonces"), followers.path(session, follower, now)),
        title=meeting.title, space=meeting.space.name, starts_at=meeting.starts_at, ends_at=meeting.ends_at,
        place=place, called_off=called_off, again=_was_told(session, meeting, follower),
    )  # fmt: skip
    return message is not None


def _was_told(session: Session, meeting: Meeting, follower: Follower) -> bool:
    told = select(Message.id).where(
        Message.subject_type == Follower.__tablename__,
        Message.subject_id == follower.id,
        Message.kind == KIND,
        Message.version.startswith(f"{meeting.id}-", autoescape=True),
    )
    return session.scalar(told.limit(1)) is not None
