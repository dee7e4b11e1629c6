"""The mails that go with minutes: to whoever got them, with the PDF; to followers, that they are approved."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, mail, settings, tokens
from hub.core.errors import N_, DomainError
from hub.core.mail import Attachment
from hub.spaces.models.meetings import Attendance, Meeting
from hub.spaces.models.minutes import Erratum, Minutes, MinutesReader, MinutesVersion, Remark, RemarkState
from hub.spaces.models.spaces import SpaceState
from hub.spaces.operations import convening, followers, papers
from hub.spaces.queries import followers as follower_queries
from hub.spaces.queries import seats

PURPOSE = "spaces.minutes"  # of whoever was not asked to the meeting; others hold the meeting's own link
READ = N_("Lire le compte rendu")
READ_AND_REMARK = N_("Lire et faire une remarque")


def path(session: Session, reader: MinutesReader, *, now: datetime) -> str:
    """Return the address of the minutes for one reader, with a new token."""
    until = max(reader.minutes.meeting.ends_at, now) + convening.LINK_OUTLIVES
    if reader.attendance is not None:
        raw = tokens.issue(session, convening.PURPOSE, reader.attendance, now=now, until=until)
        return f"/reunion/{raw}/compte-rendu"
    raw = tokens.issue(session, PURPOSE, reader, now=now, until=until)
    return f"/compte-rendu/{raw}"


def rights(session: Session, meeting: Meeting, *, now: datetime) -> set[tuple[int | None, int | None]]:
    """Return (person, organisation) for all who may read minutes: who speaks in the space today.

    Of a space that is closed: on its last day, for its last minutes are written after it.
    """
    space, day = meeting.space, clock.today(now)
    if space.state is SpaceState.CLOSED and space.ends_on is not None:
        day = min(day, space.ends_on)
    return {(person, organisation) for person, organisation in session.execute(seats.pairs(space.id, day))}


def may_read(session: Session, reader: MinutesReader | Attendance, *, now: datetime) -> bool:
    """Say whether a guest, or somebody who still speaks for the organisation (`rights`)."""
    attendance = reader if isinstance(reader, Attendance) else reader.attendance
    who = attendance or reader
    meeting = attendance.meeting if attendance else reader.minutes.meeting  # type: ignore[union-attr]
    if who.person_id is None:
        return True
    return (who.person_id, who.organisation_id) in rights(session, meeting, now=now)


def address_of(reader: MinutesReader) -> str:
    """Return where to write to a reader."""
    if reader.person is not None:
        return convening.email_of(reader.person)
    return reader.attendance.guest_email if reader.attendance else ""


def send_version(
    session: Session, reader: MinutesReader, version: MinutesVersion, pdf: Attachment, *, now: datetime
) -> None:
    """Send a version to one reader, with the last day for remarks."""
    minutes = version.minutes
    _send(
        session, reader, "spaces.minutes_sent", version=str(version.number), pdf=pdf, now=now,
        label=READ_AND_REMARK, number=version.number, message=version.message,
        until=minutes.remarks_until or version.remarks_until,
    )  # fmt: skip


def send_approved(
    session: Session, reader: MinutesReader, minutes: Minutes, pdf: Attachment, *, now: datetime
) -> None:
    """Send the approved minutes to one reader."""
    _send(
        session, reader, "spaces.minutes_approved", version="approved", pdf=pdf, now=now, label=READ,
        day=minutes.approved_on, at=minutes.approved_at.title if minutes.approved_at else "",
    )  # fmt: skip


def send_erratum(
    session: Session, reader: MinutesReader, erratum: Erratum, pdf: Attachment, *, now: datetime
) -> None:
    """Tell one reader what was corrected."""
    _send(
        session, reader, "spaces.minutes_erratum", version=f"erratum-{erratum.number}", pdf=pdf, now=now,
        label=READ, number=erratum.number, about=erratum.about, text=erratum.text,
    )  # fmt: skip


def _send(
    session: Session,
    reader: MinutesReader,
    kind: str,
    *,
    version: str,
    pdf: Attachment,
    label: str,
    now: datetime,
    **words: Any,
) -> None:
    if not may_read(session, reader, now=now):
        return  # a mandate that has ended brings nothing more
    try:
        address = mail.address(address_of(reader))
    except DomainError:
        return  # an address that can't exist must not keep the others from theirs
    meeting = reader.minutes.meeting
    mail.queue(
        session, kind, reader, address, now=now, version=version, attachments=[pdf],
        reply_to=settings.get(session).contact_email, action=(label, path(session, reader, now=now)),
        name=reader.name, title=meeting.title, space=meeting.space.name, held_on=meeting.starts_at, **words,
    )  # fmt: skip


def tell_followers(session: Session, minutes: Minutes, *, now: datetime) -> int:
    """Tell those who follow the space that minutes are approved, not what they say.

    A space that announces nothing any more has told its followers that they get nothing more.
    """
    space, told = minutes.meeting.space, 0
    if not space.is_announced:
        return 0
    for follower, address in session.execute(follower_queries.confirmed(space)).all():
        mail.queue(
            session, "spaces.minutes_followed", follower, address, now=now, version=f"minutes-{minutes.id}",
            action=(N_("Gérer ces annonces"), followers.path(session, follower, now)),
            title=minutes.meeting.title, space=space.name, held_on=minutes.meeting.starts_at,
            day=minutes.approved_on,
        )  # fmt: skip
        told += 1
    return told


def tell_answer(session: Session, remark: Remark, *, now: datetime) -> None:
    """Tell whoever remarked what became of it."""
    address = _author_address(remark)
    if not address:
        return
    meeting = remark.version.minutes.meeting
    mail.queue(
        session, "spaces.minutes_answered", remark, address, now=now, version=now.isoformat(),
        reply_to=settings.get(session).contact_email, name=remark.author_name, title=meeting.title,
        remark=remark.text, taken_up=remark.state is RemarkState.TAKEN_UP, answer=remark.answer,
        remarked_on=clock.today(remark.created_at),
    )  # fmt: skip


def _author_address(remark: Remark) -> str:
    if remark.user is not None:
        return remark.user.email
    if remark.person is not None:
        return convening.email_of(remark.person)
    return remark.attendance.guest_email if remark.attendance else ""


def attachment(pdf: bytes, name: str) -> Attachment:
    """Return a PDF as it goes with a mail."""
    return Attachment(name, papers.PDF, pdf)
