"""Who came to a meeting: one gesture for each person or organisation of the table, and guests by name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.mandates import Person
from hub.actors.models.organisations import Organisation
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.spaces.models.meetings import Attendance, Meeting, Presence
from hub.spaces.models.running import GestureKind
from hub.spaces.models.spaces import Membership
from hub.spaces.operations import gestures
from hub.spaces.queries import running as queries
from hub.spaces.queries import seats

LONGEST_NAME = 110
NOT_AT_TABLE = N_("Cette organisation ne siège pas dans cet espace à la date de la réunion.")
NOT_A_SPEAKER = N_("Cette personne ne parle pas pour cette organisation à la date de la réunion.")


@dataclass(frozen=True, slots=True)
class Who:
    """Whose presence is told: a line that is there, a person for an organisation, an organisation alone."""

    attendance_id: int | None = None
    person_id: int | None = None
    organisation_id: int | None = None


def mark(
    session: Session,
    meeting: Meeting,
    who: Who,
    presence: Presence | None,
    *,
    represented_by_id: int | None = None,
    key: str | None = None,
    actor: User | None,
    now: datetime,
) -> None:
    """Note that somebody is present, excused, absent or represented; None takes the note back.

    Who was not asked before gets a line now; a guest's line goes with its note. Raises DomainError for
    somebody who doesn't belong to this meeting, and for a representing organisation that is not at the table.
    """
    gestures.hold(session, meeting)
    if gestures.counted(session, meeting, GestureKind.PRESENCE, key) is not None:
        return
    if presence is Presence.REPRESENTED:
        _check_table(session, meeting, represented_by_id)
    row = _line(session, meeting, who, now)
    if presence is Presence.REPRESENTED and row.organisation_id == represented_by_id:
        raise DomainError(N_("Une organisation ne se représente pas elle-même."), field="represented_by")
    before = row.presence
    row.presence = presence
    row.represented_by_id = represented_by_id if presence is Presence.REPRESENTED else None
    if presence is None and row.person_id is None and row.invited_at is None and row.id is not None:
        session.delete(row)
    else:
        session.add(row)
    session.flush()
    gestures.count(session, meeting, GestureKind.PRESENCE, key, now=now)
    audit.record(
        session, "meeting.presence", meeting, actor=actor, now=now,
        changes={"presence": [before.value if before else None, presence.value if presence else None]},
    )  # fmt: skip


def add_guest(
    session: Session,
    meeting: Meeting,
    name: str,
    organisation: str = "",
    *,
    key: str | None = None,
    actor: User | None,
    now: datetime,
) -> None:
    """Note that a guest is there, by name. The same `key` adds nobody twice.

    An organisation that the register doesn't know stands beside the name. Raises DomainError for no name.
    """
    name, organisation = " ".join(name.split()), " ".join(organisation.split())
    if not name:
        raise DomainError(N_("Écrivez le nom de la personne."), field="name")
    if len(name) + len(organisation) > LONGEST_NAME:
        raise DomainError(N_("Nom et organisation : 110 signes au plus, ensemble."), field="name")
    gestures.hold(session, meeting)
    if gestures.counted(session, meeting, GestureKind.GUEST, key) is not None:
        return
    known = session.scalar(queries.organisation_named(organisation).limit(1)) if organisation else None
    beside = f" ({organisation})" if organisation and known is None else ""
    row = Attendance(
        meeting_id=meeting.id, organisation_id=known.id if known else None,
        guest_name=f"{name}{beside}", presence=Presence.PRESENT, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    gestures.count(session, meeting, GestureKind.GUEST, key, subject_id=row.id, now=now)
    audit.record(session, "meeting.guest_added", meeting, actor=actor, now=now)


def _line(session: Session, meeting: Meeting, who: Who, now: datetime) -> Attendance:
    """Return the line of somebody in a meeting, a new one if there is none."""
    mine = select(Attendance).where(Attendance.meeting_id == meeting.id)
    if who.attendance_id is not None:
        found = session.scalar(mine.where(Attendance.id == who.attendance_id))
        if found is None:
            raise DomainError(N_("Cette ligne n’est plus dans la liste des présences."))
        return found
    if who.organisation_id is None:
        raise DomainError(N_("Dites de qui il s’agit."))
    there = mine.where(
        Attendance.organisation_id == who.organisation_id, Attendance.person_id == who.person_id
    )
    if who.person_id is None:
        organisation = _check_table(session, meeting, who.organisation_id)
        there = there.where(Attendance.guest_name == organisation.name[:120])
        name = organisation.name[:120]
    else:
        name = ""
    found = session.scalar(there.order_by(Attendance.id).limit(1))
    if found is not None:
        return found
    if who.person_id is not None:
        _check_speaker(session, meeting, who.person_id, who.organisation_id)
    return Attendance(
        meeting_id=meeting.id, organisation_id=who.organisation_id, person_id=who.person_id,
        guest_name=name, created_at=now,
    )  # fmt: skip


def _check_table(session: Session, meeting: Meeting, organisation_id: int | None) -> Organisation:
    day = clock.today(meeting.starts_at)
    found = session.scalar(
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(
            Membership.space_id == meeting.space_id, Organisation.id == organisation_id, seats.sits_on(day)
        )
        .limit(1)
    )
    if found is None:
        raise DomainError(NOT_AT_TABLE, field="represented_by")
    return found


def _check_speaker(session: Session, meeting: Meeting, person_id: int, organisation_id: int) -> None:
    day = clock.today(meeting.starts_at)
    found = session.execute(
        seats.speakers(meeting.space_id, day)
        .where(Person.id == person_id, Organisation.id == organisation_id)
        .limit(1)
    ).first()
    if found is None:
        raise DomainError(NOT_A_SPEAKER)
