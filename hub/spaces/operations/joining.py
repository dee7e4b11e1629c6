"""Coming to a space's table: an organisation asks for a seat or is invited to one; the other answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import Role, User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, mail, settings, tokens
from hub.core.errors import N_, DomainError
from hub.spaces.models.joining import Joining, JoinKind, JoinState
from hub.spaces.models.seats import RepresentationRole
from hub.spaces.models.spaces import Facilitation, Membership, MembershipRole, Space, SpaceState
from hub.spaces.operations import representations, spaces
from hub.spaces.operations.representations import MandateFacts
from hub.spaces.queries import seats

PURPOSE = "spaces.invitation"
LIFETIME = timedelta(days=60)
BY_LINK = "lien personnel"
CLOSED = "L’espace est fermé."
LONGEST = 2000


@dataclass(frozen=True)
class Sitter:
    """Whom an organisation names when it accepts."""

    name: str
    email: str
    function: str = ""
    decided_by: str = ""


# --- By request ------------------------------------------------------------------------------


def request(
    session: Session, space: Space, organisation: Organisation, person: Person, words: str, *, now: datetime
) -> Joining:
    """Ask for a seat in the name of an organisation, and tell who facilitates the space.

    Raises DomainError for somebody who doesn't speak for the organisation in everything, where it sits
    already, where it has asked or been asked, or for a closed space.
    """
    if not _speaks_for(session, person, organisation, now):
        raise DomainError(N_("Vous ne parlez pas au nom de cette organisation."), field="organisation")
    row = _open(session, space, organisation, now)
    row.kind, row.words, row.person_id = JoinKind.REQUEST, words.strip()[:LONGEST], person.id
    row.created_by_id = person.user_id
    _store(session, row)
    audit.record(
        session, "space.seat_requested", space, actor=person.user or BY_LINK, now=now,
        changes={"organisation": [None, organisation.name]},
    )  # fmt: skip
    for to in facilitators(session, space, now):
        mail.queue(
            session, "spaces.seat_requested", row, to.email, now=now, version=f"1:{to.id}",
            reply_to=person.email, action=(N_("Répondre à la demande"), f"/espaces/{space.slug}/demandes"),
            space=space.name, organisation=organisation.name, name=person.name, words=row.words,
        )  # fmt: skip
    return row


def _speaks_for(session: Session, person: Person, organisation: Organisation, now: datetime) -> bool:
    held = select(Mandate.id).where(
        Mandate.person_id == person.id,
        Mandate.organisation_id == organisation.id,
        Mandate.speaks_on(clock.today(now)),
    )
    return session.scalar(held.limit(1)) is not None


def facilitators(session: Session, space: Space, now: datetime) -> list[User]:
    """Return who is told: who facilitates the space today, else who coordinates the network."""
    today = clock.today(now)
    found = session.scalars(
        select(User)
        .join(Facilitation, Facilitation.user_id == User.id)
        .where(
            Facilitation.space_id == space.id,
            Facilitation.starts_on <= today,
            (Facilitation.ends_on.is_(None)) | (Facilitation.ends_on >= today),
            User.is_active,
        )
        .order_by(User.id)
    ).all()
    if found:
        return list(found)
    return list(
        session.scalars(select(User).where(User.is_active, User.role == Role.COORDINATOR).order_by(User.id))
    )


def accept(
    session: Session, row: Joining, role: MembershipRole, *, actor: User | str | None, now: datetime
) -> Membership:
    """Give the seat that was asked for, from today; who asked represents the organisation if they still may.

    Raises DomainError if it was answered meanwhile.
    """
    _lock(session, row, JoinKind.REQUEST)
    seat = _sit(session, row, role, actor, now)
    if row.person is not None:
        _let_speak(session, seat, row.person, actor, now)
    _answer(session, row, JoinState.ACCEPTED, "", actor=actor, now=now, seat=seat)
    _tell_requester(session, row, now)
    return seat


def _let_speak(
    session: Session, seat: Membership, person: Person, actor: User | str | None, now: datetime
) -> None:
    mandate = session.scalar(
        select(Mandate)
        .where(
            Mandate.person_id == person.id,
            Mandate.organisation_id == seat.organisation_id,
            Mandate.speaks_on(clock.today(now)),
        )
        .order_by(Mandate.id)
        .limit(1)
    )
    if mandate is not None:
        representations.exercise(
            session, seat, mandate, RepresentationRole.REPRESENTATIVE, actor=actor, now=now
        )


def decline_request(
    session: Session, row: Joining, reason: str, *, actor: User | str | None, now: datetime
) -> None:
    """Refuse a seat, and tell whoever asked why. Raises DomainError without a reason or once answered."""
    words = reason.strip()[:LONGEST]
    if not words:
        raise DomainError(N_("Dites pourquoi : l’organisation reçoit ces mots."), field="reason")
    _lock(session, row, JoinKind.REQUEST)
    _answer(session, row, JoinState.DECLINED, words, actor=actor, now=now)
    _tell_requester(session, row, now)


def _tell_requester(session: Session, row: Joining, now: datetime) -> None:
    if row.person is None or not row.person.email:
        return
    mail.queue(
        session, "spaces.seat_answered", row, row.person.email, now=now,
        reply_to=settings.get(session).contact_email,
        action=(N_("Voir l’espace"), f"/espaces/{row.space.slug}"),
        space=row.space.name, organisation=row.organisation.name, name=row.person.name, reason=row.reason,
        accepted=row.state is JoinState.ACCEPTED,
    )  # fmt: skip


# --- By invitation ---------------------------------------------------------------------------


def invite(
    session: Session,
    space: Space,
    organisation: Organisation,
    role: MembershipRole,
    words: str,
    *,
    email: str,
    actor: User,
    now: datetime,
) -> Joining:
    """Invite an organisation to sit in a space, by a mail to its address with a link to answer.

    Raises DomainError for an address that can't exist, and as `request` does.
    """
    clean = mail.address(email)
    row = _open(session, space, organisation, now)
    row.kind, row.role, row.words = JoinKind.INVITATION, role, words.strip()[:LONGEST]
    row.email, row.created_by_id = clean, actor.id
    _store(session, row)
    audit.record(
        session, "space.invited", space, actor=actor, now=now,
        changes={"organisation": [None, organisation.name]},
    )  # fmt: skip
    send(session, row, now=now)
    return row


def send(session: Session, row: Joining, *, now: datetime) -> None:
    """Write an open invitation, again if asked, at most once an hour. Raises DomainError once answered."""
    if row.state is not JoinState.OPEN or row.kind is not JoinKind.INVITATION:
        raise DomainError(ANSWERED)
    raw = tokens.issue(session, PURPOSE, row, now=now, lifetime=LIFETIME)
    mail.queue(
        session, "spaces.invitation", row, row.email, now=now, version=f"{now:%Y-%m-%dT%H}",
        reply_to=row.created_by.email if row.created_by else settings.get(session).contact_email,
        action=(N_("Répondre à l’invitation"), f"/invitation-espace/{raw}"), space=row.space.name,
        organisation=row.organisation.name, inviter=row.created_by.name if row.created_by else "",
        purpose=row.space.purpose, words=row.words, observer=row.role is MembershipRole.OBSERVER,
        until=now + LIFETIME,
    )  # fmt: skip


def accept_invitation(
    session: Session,
    row: Joining,
    sitter: Sitter | None,
    *,
    actor: User | str | None = BY_LINK,
    now: datetime,
) -> Membership:
    """Take the seat from today, and name who represents the organisation there, if it says so.

    Whoever is named gets a mandate for this seat alone, unless they speak for the organisation in everything.
    Raises DomainError if it was answered meanwhile, or for a name without an address that can exist.
    """
    _lock(session, row, JoinKind.INVITATION)
    person = representations.find_person(session, sitter.name, sitter.email, now=now) if sitter else None
    seat = _sit(session, row, row.role, actor, now)
    if person is not None and _speaks_for(session, person, seat.organisation, now):
        _let_speak(session, seat, person, actor, now)
    elif person is not None and sitter is not None:
        today = clock.today(now)
        facts = MandateFacts(
            starts_on=today, function=sitter.function, decided_by=sitter.decided_by,
            decided_on=today if sitter.decided_by.strip() else None,
        )  # fmt: skip
        representations.name(
            session, seat, person, RepresentationRole.REPRESENTATIVE, facts, actor=actor, now=now
        )
    row.person_id = person.id if person else None
    _answer(session, row, JoinState.ACCEPTED, "", actor=actor, now=now, seat=seat)
    _tell_inviter(session, row, now)
    return seat


def decline_invitation(
    session: Session, row: Joining, reason: str, *, actor: User | str | None = BY_LINK, now: datetime
) -> None:
    """Say no, with a reason or without. Raises DomainError if it was answered meanwhile."""
    _lock(session, row, JoinKind.INVITATION)
    _answer(session, row, JoinState.DECLINED, reason.strip()[:LONGEST], actor=actor, now=now)
    _tell_inviter(session, row, now)


def _tell_inviter(session: Session, row: Joining, now: datetime) -> None:
    told = [row.created_by] if row.created_by and row.created_by.is_active else []
    for to in told or facilitators(session, row.space, now):
        mail.queue(
            session, "spaces.invitation_answered", row, to.email, now=now, version=f"1:{to.id}",
            action=(N_("Voir l’espace"), f"/espaces/{row.space.slug}"), space=row.space.name,
            organisation=row.organisation.name, reason=row.reason, accepted=row.state is JoinState.ACCEPTED,
            sitter=row.person.name if row.person else "",
        )  # fmt: skip


# --- Both ------------------------------------------------------------------------------------

ANSWERED = N_("Il y a déjà une réponse. Rouvrez la page pour la lire.")


def withdraw(session: Session, row: Joining, *, actor: User | str | None, now: datetime) -> None:
    """Take back a request or an invitation that waits. Raises DomainError if it was answered meanwhile."""
    _lock(session, row, row.kind)
    _answer(session, row, JoinState.WITHDRAWN, "", actor=actor, now=now)


def close_all(session: Session, space: Space, *, actor: User | str | None, now: datetime) -> None:
    """Answer all that waits in a space that closes."""
    waiting = select(Joining).where(Joining.space_id == space.id, Joining.state == JoinState.OPEN)
    for row in session.scalars(waiting).all():
        if row.kind is JoinKind.REQUEST:
            decline_request(session, row, CLOSED, actor=actor, now=now)
        else:
            withdraw(session, row, actor=actor, now=now)


def _open(session: Session, space: Space, organisation: Organisation, now: datetime) -> Joining:
    """Return a new row, not stored yet. Raises DomainError where nothing is to be asked."""
    if space.state is SpaceState.CLOSED:
        raise DomainError(N_("Cet espace est fermé : personne ne peut plus y siéger."))
    if organisation.merged_into_id is not None:
        raise DomainError(N_("Cette fiche a été réunie avec une autre."), field="organisation")
    sits = select(Membership.id).where(
        Membership.space_id == space.id,
        Membership.organisation_id == organisation.id,
        seats.sits_on(clock.today(now)),
    )
    if session.scalar(sits.limit(1)) is not None:
        raise DomainError(N_("Cette organisation siège déjà dans cet espace."), field="organisation")
    known = session.scalar(
        select(Joining).where(
            Joining.space_id == space.id,
            Joining.organisation_id == organisation.id,
            Joining.state == JoinState.OPEN,
        )
    )
    if known is not None:
        raise _waits_already(known.kind)
    return Joining(space=space, organisation=organisation, state=JoinState.OPEN, created_at=now)


def _waits_already(kind: JoinKind) -> DomainError:
    words = {
        JoinKind.REQUEST: N_("Cette organisation a déjà demandé un siège : la réponse est attendue."),
        JoinKind.INVITATION: N_("Cette organisation est déjà invitée : sa réponse est attendue."),
    }
    return DomainError(words[kind], field="organisation")


def _store(session: Session, row: Joining) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as problem:  # the other side spoke in the same instant
        raise _waits_already(row.kind) from problem


def _lock(session: Session, row: Joining, kind: JoinKind) -> None:
    session.refresh(row, with_for_update=True)
    if row.state is not JoinState.OPEN or row.kind is not kind:
        raise DomainError(ANSWERED)


def _sit(
    session: Session, row: Joining, role: MembershipRole, actor: User | str | None, now: datetime
) -> Membership:
    organisation = row.organisation.successor or row.organisation
    return spaces.add_member(
        session, row.space, organisation, role, starts_on=clock.today(now), actor=actor, now=now
    )


def _answer(
    session: Session,
    row: Joining,
    state: JoinState,
    reason: str,
    *,
    actor: User | str | None,
    now: datetime,
    seat: Membership | None = None,
) -> None:
    row.state, row.reason, row.answered_at = state, reason, now
    row.answered_by_id = actor.id if isinstance(actor, User) else None
    row.membership_id = seat.id if seat else None
    session.flush()
    audit.record(
        session, f"space.{row.kind.value}_{state.value}", row.space, actor=actor, now=now,
        changes={"organisation": [row.organisation.name, row.organisation.name]},
    )  # fmt: skip
