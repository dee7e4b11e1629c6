"""Sending an agenda: to whom, once to each, and again when what calendars hold has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, i18n, mail, settings, tokens
from hub.core.errors import N_, DomainError
from hub.core.mail import Attachment
from hub.spaces.models.meetings import AgendaItem, Answer, Attendance, Meeting, MeetingState
from hub.spaces.models.spaces import MembershipRole
from hub.spaces.operations import agenda, invitations, meetings
from hub.spaces.queries import meetings as queries
from hub.spaces.queries import seats
from hub.spaces.values.agenda import timed
from hub.spaces.values.guests import named
from hub.spaces.words import PURPOSES

PURPOSE = "spaces.meeting"
LINK_OUTLIVES = timedelta(days=90)
BY_LINK = "lien personnel"
PDF_NAME = "ordre-du-jour.pdf"
ACTION = N_("Répondre et lire l’ordre du jour")
MOST_GUESTS = 50


@dataclass(frozen=True)
class Recipient:
    """Somebody to write to; `attendance` once they stand on the meeting's list."""

    name: str
    email: str
    organisation: Organisation | None = None
    person: Person | None = None
    role: MembershipRole | None = None
    attendance: Attendance | None = None

    @property
    def is_new(self) -> bool:
        """Whether nothing has been sent to them yet."""
        return self.attendance is None or self.attendance.invited_at is None


def email_of(person: Person) -> str:
    """Return where to write to somebody: the address of their mandate, else of their account."""
    return person.email or (person.user.email if person.user else "")


def recipients(session: Session, meeting: Meeting, *, now: datetime) -> list[Recipient]:
    """Return who is asked: those who speak in the space on the meeting's day, and who was added by name.

    Whoever was added and has no mandate any more is left out.
    """
    day = clock.today(meeting.starts_at)
    known = {
        (row.person_id, row.organisation_id): row
        for row in session.scalars(queries.attendances(meeting.id))
        if row.person_id is not None
    }
    found: dict[tuple[int, int | None], Recipient] = {}
    speakers = seats.speakers(meeting.space_id, day).options(joinedload(Person.user))
    for person, organisation, membership in session.execute(speakers).all():
        key = (person.id, organisation.id)
        one = Recipient(person.name, email_of(person), organisation, person, membership.role, known.get(key))
        found.setdefault(key, one)
    rights = _rights(session, meeting, now) if set(known) - set(found) else set()
    for (person_id, organisation_id), row in known.items():
        if row.person is not None and (person_id, organisation_id) in rights:
            one = Recipient(row.name, email_of(row.person), row.organisation, row.person, attendance=row)
            found.setdefault((row.person.id, organisation_id), one)
    guests = session.scalars(
        select(Attendance)
        .where(Attendance.meeting_id == meeting.id, Attendance.guest_email != "")
        .order_by(Attendance.id)
    )
    return [*found.values(), *(Recipient(row.name, row.guest_email, attendance=row) for row in guests)]


def _rights(session: Session, meeting: Meeting, now: datetime) -> set[tuple[int | None, int | None]]:
    """Return (person, organisation) for all who speak in the space today, or on the meeting's day to come."""
    today, day = clock.today(now), clock.today(meeting.starts_at)
    return {
        (person_id, organisation_id)
        for one in {today, max(today, day)}
        for person_id, organisation_id in session.execute(seats.pairs(meeting.space_id, one))
    }


def is_asked(session: Session, attendance: Attendance, *, now: datetime) -> bool:
    """Say whether somebody on the list is a guest, or speaks for the organisation, today or on the day."""
    if attendance.person_id is None:
        return True
    rights = _rights(session, attendance.meeting, now)
    return (attendance.person_id, attendance.organisation_id) in rights


def silent_seats(session: Session, meeting: Meeting, found: Sequence[Recipient]) -> list[Organisation]:
    """Return the organisations that sit in the space on the meeting's day and of which nobody is asked."""
    told = {one.organisation.id for one in found if one.organisation is not None}
    rows = session.scalars(seats.sitting(meeting.space_id, clock.today(meeting.starts_at)))
    return [row for row in rows if row.id not in told]


def add_guest(
    session: Session, meeting: Meeting, email: str, name: str, *, actor: User | str | None, now: datetime
) -> Attendance:
    """Put somebody who doesn't sit in the space on the meeting's list; they are written to by `send`.

    Raises DomainError for a bad address, one that is there already, too many, or a meeting that is over.
    """
    _lock(session, meeting, now)
    clean = mail.address(email).lower()
    rows = session.scalars(
        select(Attendance).where(Attendance.meeting_id == meeting.id, Attendance.guest_email != "")
    ).all()
    if clean in {row.guest_email for row in rows}:
        raise DomainError(N_("Cette adresse est déjà sur la liste."), field="email")
    if len(rows) >= MOST_GUESTS:
        raise DomainError(N_("Une réunion a %(max)d invité·es au plus."), field="email", max=MOST_GUESTS)
    row = Attendance(meeting_id=meeting.id, guest_name=named(name, clean), guest_email=clean, created_at=now)
    session.add(row)
    session.flush()
    audit.record(session, "meeting.guest_added", meeting, actor=actor, now=now)
    return row


def has_changed(session: Session, meeting: Meeting) -> bool:
    """Say whether the agenda is another than the one that was sent."""
    return meeting.state is MeetingState.CONVENED and agenda.digest(session, meeting) != meeting.agenda_digest


def differs(meeting: Meeting, agreed: Sequence[AgendaItem]) -> bool:
    """Say the same as `has_changed`, of points that are at hand with their documents."""
    return meeting.state is MeetingState.CONVENED and agenda.digest_of(agreed) != meeting.agenda_digest


def others_of(attendance: Attendance, rows: Sequence[Attendance]) -> list[Attendance]:
    """Return, of a meeting's list, who else is convened for the same organisation."""
    if attendance.organisation_id is None or attendance.person_id is None:
        return []
    return [
        row
        for row in rows
        if row.organisation_id == attendance.organisation_id
        and row.person_id not in (None, attendance.person_id)
        and row.invited_at is not None
    ]


def send(session: Session, meeting: Meeting, *, to_all: bool, actor: User | str | None, now: datetime) -> int:
    """Convene whoever hasn't been; return how many they are. A job writes the mails.

    With `to_all`, those who were convened get the agenda too if it has changed since: as a new version.
    Raises DomainError for a meeting that is over or has begun, an agenda without points, or nobody to tell.
    """
    _lock(session, meeting, now)
    if not agenda.agreed(session, meeting):
        raise DomainError(N_("L’ordre du jour est vide : ajoutez au moins un point."))
    new = [one for one in recipients(session, meeting, now=now) if one.is_new and one.email]
    was_convened, changed = meeting.state is MeetingState.CONVENED, has_changed(session, meeting)
    updates = was_convened and to_all and changed
    if not new and not updates:
        raise DomainError(N_("Tout le monde a déjà reçu cet ordre du jour."))
    for one in new:
        _convene(session, meeting, one, now)
    if updates:
        meeting.sequence += 1
    if not was_convened or updates:
        meeting.agenda_digest, meeting.agenda_sent_at = agenda.digest(session, meeting), now
    meeting.state, meeting.updated_at = MeetingState.CONVENED, now
    session.flush()
    meetings.plan_telling(session, meeting, now=now, actor=actor)
    audit.record(
        session, "meeting.convened", meeting, actor=actor, now=now,
        changes={"new": [None, len(new)], "sequence": [None, meeting.sequence]},
    )  # fmt: skip
    return len(new)


def _convene(session: Session, meeting: Meeting, one: Recipient, now: datetime) -> None:
    row = one.attendance
    if row is None:
        row = Attendance(
            meeting_id=meeting.id, person_id=one.person.id if one.person else None, guest_name="",
            guest_email="", organisation_id=one.organisation.id if one.organisation else None, created_at=now,
        )  # fmt: skip
        session.add(row)
    row.invited_at = now
    session.flush()


def _lock(session: Session, meeting: Meeting, now: datetime) -> None:
    session.refresh(meeting, with_for_update=True)
    if meeting.state not in agenda.IN_PREPARATION:
        raise DomainError(N_("Cette réunion a eu lieu ou est annulée : rien ne s’envoie plus."))
    if now >= meeting.starts_at:
        raise DomainError(N_("Cette réunion a déjà commencé."))


# --- Answering ------------------------------------------------------------------------------------


def answer(
    session: Session,
    attendance: Attendance,
    word: Answer,
    *,
    sends_substitute: bool = False,
    actor: User | str | None,
    now: datetime,
) -> None:
    """Keep whether somebody comes, until the meeting begins; a substitute who is to come instead is told.

    Raises DomainError once it has begun or is called off, or if nobody else is asked for the organisation.
    """
    meeting = attendance.meeting
    session.refresh(meeting, with_for_update=True)
    if meeting.state is MeetingState.CANCELLED:
        raise DomainError(N_("Cette réunion est annulée."))
    if now >= meeting.starts_at or meeting.state is MeetingState.HELD:
        raise DomainError(N_("La réunion a commencé : les réponses ne changent plus."))
    instead = substitutes(session, attendance) if sends_substitute else []
    if sends_substitute and not instead:
        raise DomainError(N_("Personne d’autre n’est convoqué pour votre organisation."), field="answer")
    attendance.answer, attendance.answered_at = word, now
    attendance.sends_substitute = sends_substitute and word is Answer.NOT_COMING
    session.flush()
    if attendance.sends_substitute:
        for row in instead:
            _write(session, row, "spaces.substitute", version=f"{attendance.id}-{meeting.sequence}", now=now)
    audit.record(session, "meeting.answered", meeting, actor=actor, now=now)


def substitutes(session: Session, attendance: Attendance) -> list[Attendance]:
    """Return who else is convened for the same organisation."""
    return others_of(attendance, session.scalars(queries.attendances(attendance.meeting_id)).all())


# --- The mails ------------------------------------------------------------------------------------


def due(session: Session, meeting: Meeting) -> Sequence[int]:
    """Return the numbers of those who are convened and haven't been told of the present version."""
    rows = select(Attendance.id).where(Attendance.meeting_id == meeting.id, *_untold(meeting))
    return session.scalars(rows.order_by(Attendance.id)).all()


def _untold(meeting: Meeting) -> tuple[Any, ...]:
    behind = Attendance.told_sequence < meeting.sequence
    if meeting.state is MeetingState.CANCELLED:  # who never heard of it need not hear that it is off
        return (behind,)
    return (Attendance.invited_at.is_not(None), or_(Attendance.told_sequence.is_(None), behind))


def tell(session: Session, number: int, paper: bytes | None, *, now: datetime) -> bool:
    """Write to one person what the meeting is now; return whether a mail was written.

    The mail and the mark that it was written are one transaction: done twice, it is written once.
    """
    attendance = session.get_one(Attendance, number)
    meeting = attendance.meeting
    called_off = meeting.state is MeetingState.CANCELLED
    if not called_off and not is_asked(session, attendance, now=now):
        return False
    first = attendance.told_sequence is None
    taken = session.execute(
        update(Attendance)
        .where(Attendance.id == number, *_untold(meeting))
        .values(told_sequence=meeting.sequence)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.expire(attendance, ["told_sequence"])
    if called_off:
        _write(session, attendance, "spaces.meeting_cancelled", version="1", now=now)
    elif first:
        _write(session, attendance, "spaces.convened", version="1", now=now, paper=paper)
    else:
        version = str(meeting.sequence)
        _write(session, attendance, "spaces.meeting_changed", version=version, now=now, paper=paper)
    return True


def _write(
    session: Session,
    attendance: Attendance,
    kind: str,
    *,
    version: str,
    now: datetime,
    paper: bytes | None = None,
) -> None:
    meeting = attendance.meeting
    email = email_of(attendance.person) if attendance.person else attendance.guest_email
    if not email:
        return
    contact = settings.get(session).contact_email
    points = lines(agenda.agreed(session, meeting), meeting)
    entry = invitations.personal(
        attendance, mail.site(session), email=email, organiser=contact, now=now, description="\n".join(points)
    )
    attachments = [invitations.attachment(meeting, entry)]
    if paper is not None:
        attachments.append(Attachment(PDF_NAME, "application/pdf", paper))
    raw = tokens.issue(session, PURPOSE, attendance, now=now, until=max(now, meeting.ends_at) + LINK_OUTLIVES)
    mail.queue(
        session, kind, attendance, email, now=now, version=version, attachments=attachments,
        reply_to=contact, action=(ACTION, f"/reunion/{raw}"), with_paper=paper is not None,
        **words(meeting, points), name=attendance.name,
        organisation=attendance.organisation.name if attendance.organisation else "",
    )  # fmt: skip


def words(meeting: Meeting, points: Sequence[str]) -> dict[str, Any]:
    """Return what mails tell of a meeting."""
    return {
        "title": meeting.title,
        "space": meeting.space.name,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "place": ", ".join(part for part in (meeting.place_name, meeting.place_address) if part),
        "online": meeting.online_url,
        "practical": meeting.practical,
        "reason": meeting.cancelled_reason,
        "points": list(points),
    }


def lines(items: Sequence[AgendaItem], meeting: Meeting) -> list[str]:
    """Return the agenda in a line a point: « 9 h 20 (15 min) Bilan – pour décision, GABS »."""
    timing = timed([(item.id, item.duration) for item in items], meeting.starts_at, meeting.ends_at)
    return [_line(item, timing.slots[item.id].starts_at) for item in items]


def _line(item: AgendaItem, begins: datetime | None) -> str:
    hour = i18n.format_time(begins) if begins else ""
    lasts = f"({item.duration}\u00a0min)" if item.duration else ""
    about = ", ".join(part for part in (str(PURPOSES[item.purpose]).lower(), _bearer(item)) if part)
    return " ".join(part for part in (hour, lasts, item.title, f"– {about}") if part)


def _bearer(item: AgendaItem) -> str:
    return item.organisation.short_label if item.organisation else ""
