"""Who may come: answering requests one by one, and asking addresses to a day.

Places reserved for organisations are in `reserving.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock, jobs, tokens
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventState
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import EventInvitation, Registration, RegistrationState
from hub.events.operations import letters, seats
from hub.events.operations.sign_up import forget_needs
from hub.events.queries import admission as queries

BY_LINK = "lien personnel"
INVITE_JOB = "events.send_invitations"
MOST_INVITATIONS = 2000
OVER = N_("Cette journée est passée ou annulée : les demandes ne s’y traitent plus.")
ANSWERED = N_("Quelqu’un a déjà répondu à cette demande.")
REVOKED = N_("Cette invitation a été retirée.")


# --- Requests -------------------------------------------------------------------------------------


def accept(session: Session, registration: Registration, *, actor: User | str, now: datetime) -> bool:
    """Let somebody come who asked to; return whether there was a seat, else they are on the waiting list.

    Raises DomainError if the request was answered, the day is over, or it is full and has no waiting list.
    """
    _take_up(session, registration, now)
    has_seat = seats.admit(session, registration, now=now)
    registration.decided_at = registration.updated_at = now
    registration.sequence += 1
    session.flush()
    audit.record(
        session, "registration.accepted", registration, actor=actor, now=now,
        changes={"state": [RegistrationState.PENDING.value, registration.state.value]},
    )  # fmt: skip
    kind = LetterKind.CONFIRMED if has_seat else LetterKind.WAITING
    letters.send(session, registration, kind, now=now)
    return has_seat


def decline(
    session: Session, registration: Registration, reason: str, *, actor: User | str, now: datetime
) -> None:
    """Refuse somebody who asked to come, with the reason that they will read; their needs are forgotten.

    Raises DomainError if the request was answered, the day is over, or there is no reason.
    """
    if not reason.strip():
        raise DomainError(N_("Écrivez la raison : la personne la lira."), field="reason")
    _take_up(session, registration, now)
    seats.release(session, registration, now=now)
    registration.state, registration.decision_reason = RegistrationState.DECLINED, reason.strip()
    registration.decided_at = registration.updated_at = now
    registration.sequence += 1
    session.flush()
    audit.record(session, "registration.declined", registration, actor=actor, now=now)
    letters.send(session, registration, LetterKind.DECLINED, now=now)
    forget_needs(registration)
    session.flush()


def _take_up(session: Session, registration: Registration, now: datetime) -> None:
    event = registration.event
    seats.lock(session, event)
    if registration.state is not RegistrationState.PENDING:
        raise DomainError(ANSWERED)
    if event.state is not EventState.PUBLISHED or now >= event.ends_at:
        raise DomainError(OVER)


# --- Invitations ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """Somebody to invite; `email` is clean and in lower case."""

    email: str
    name: str = ""
    places: int = 1
    organisation_id: int | None = None


def invite(
    session: Session, event: Event, asked: Iterable[Asked], *, actor: User | str, now: datetime
) -> tuple[int, int]:
    """Put addresses on the day's list; return how many are new, and how many were there already.

    Nothing is sent yet. An invitation that was taken back is made anew. Raises DomainError where the list
    would be too long.
    """
    session.refresh(event, with_for_update=True)
    known = {
        row.email: row
        for row in session.scalars(select(EventInvitation).where(EventInvitation.event_id == event.id))
    }
    new = there = 0
    for one in asked:
        row = known.get(one.email)
        if row is None:
            row = EventInvitation(event_id=event.id, email=one.email, created_at=now)
            session.add(row)
            known[one.email] = row
        elif row.revoked_at is None:
            there += 1
            continue
        row.name, row.places, row.organisation_id = one.name, one.places, one.organisation_id
        row.sent_at = row.declined_at = row.revoked_at = None
        new += 1
    if len(known) > MOST_INVITATIONS:
        raise DomainError(
            N_("Une journée a %(most)d invitations au plus."), field="lines", most=MOST_INVITATIONS
        )
    session.flush()
    if new:
        audit.record(session, "event.invited", event, actor=actor, now=now, changes={"new": [None, new]})
    return new, there


def invite_organisations(
    session: Session, event: Event, numbers: Iterable[int], *, places: int, actor: User | str, now: datetime
) -> tuple[int, int]:
    """Put organisations of the register on the day's list, at their own address; return as `invite` does."""
    wanted = set(numbers)
    rows = session.execute(queries.invitable(event))
    asked = [
        Asked(email.lower(), name, places, number) for number, name, _, email in rows if number in wanted
    ]
    return invite(session, event, asked, actor=actor, now=now)


def plan_sending(
    session: Session, event: Event, *, reminds: bool = False, actor: User | str | None, now: datetime
) -> int:
    """Send the invitations that haven't left, or remind those that have no answer; return how many.

    A job writes the mails, once to each; a reminder goes out once a day at most. Raises DomainError for a day
    that one can't sign up for, or where there is nobody to write to.
    """
    if event.state is not EventState.PUBLISHED:
        raise DomainError(N_("Publiez d’abord la journée : le lien de l’invitation y mène."))
    if now >= event.sign_up_closes_at:
        raise DomainError(N_("Les inscriptions sont clôturées : personne ne pourrait plus répondre."))
    numbers = session.scalars(queries.silent(event) if reminds else queries.unsent(event)).all()
    if not numbers:
        nobody = N_("Personne n’attend de rappel.") if reminds else N_("Toutes les invitations sont parties.")
        raise DomainError(nobody)
    stamp = f"rappel-{clock.today(now)}" if reminds else f"{now:%Y-%m-%dT%H:%M:%S}"
    jobs.enqueue(
        session, INVITE_JOB, now=now, subject=event, event=event.id, stamp=stamp, reminds=reminds,
        actor_id=actor.id if isinstance(actor, User) else None,
    )  # fmt: skip
    act = "event.invitations_reminded" if reminds else "event.invitations_sent"
    audit.record(session, act, event, actor=actor, now=now, changes={"number": [None, len(numbers)]})
    return len(numbers)


def write_invitation(session: Session, number: int, *, stamp: str, reminds: bool, now: datetime) -> bool:
    """Write one invitation, or its reminder; return whether a mail was written. Done twice, it is once."""
    row = session.get(EventInvitation, number)
    if row is None or row.revoked_at is not None:
        return False
    if reminds:
        letters.invite(session, row, now=now, version=stamp, reminds=True)
        return True
    taken = session.execute(
        update(EventInvitation)
        .where(EventInvitation.id == number, EventInvitation.sent_at.is_(None))
        .values(sent_at=now)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.expire(row, ["sent_at"])
    letters.invite(session, row, now=now, version=stamp)
    return True


def tell_moved(session: Session, number: int, *, version: str, changes: Sequence[str], now: datetime) -> bool:
    """Write to somebody invited what has changed in the day, unless they have answered; say whether."""
    row = session.scalar(select(EventInvitation).where(EventInvitation.id == number, queries.is_silent()))
    if row is None:
        return False
    letters.invite(session, row, now=now, version=version, changes=changes)
    return True


def revoke(session: Session, invitation: EventInvitation, *, actor: User | str, now: datetime) -> None:
    """Take an invitation back: its link ends; who signed up by it keeps the place."""
    if invitation.revoked_at is not None:
        return
    invitation.revoked_at = now
    tokens.revoke(session, letters.INVITATION_PURPOSE, invitation, now=now)
    session.flush()
    audit.record(session, "event.invitation_revoked", invitation.event, actor=actor, now=now)


def answer_no(session: Session, invitation: EventInvitation, *, now: datetime) -> None:
    """Keep that somebody invited won't come; they may sign up all the same later."""
    if invitation.revoked_at is not None:
        raise DomainError(REVOKED)
    if invitation.declined_at is None:
        invitation.declined_at = now
        session.flush()
        audit.record(session, "event.invitation_declined", invitation.event, actor=BY_LINK, now=now)
