"""Giving one's place to a colleague: the sign-up ends, and another begins on the same seats."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, tokens
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.events.models.days import Admission, EventState
from hub.events.models.letters import LetterKind
from hub.events.models.registrations import Choice, Registration, RegistrationState, WaitState
from hub.events.operations import letters, seats, waitlist
from hub.events.operations.sign_up import BY_LINK, forget_needs
from hub.events.queries import admission as queries
from hub.events.values import addresses

EVALUATION_PURPOSE = "events.evaluation"


def is_open(registration: Registration, *, now: datetime) -> bool:
    """Say whether a place can be given to somebody else: until the day begins.

    Where the team decides who comes, it decides that too.
    """
    event = registration.event
    return (
        registration.is_confirmed
        and event.state == EventState.PUBLISHED
        and event.admission != Admission.APPROVAL
        and now < event.starts_at
    )


def hand_over(
    session: Session,
    registration: Registration,
    name: str,
    email: str,
    *,
    now: datetime,
    actor: str = BY_LINK,
) -> Registration | None:
    """Give somebody's seats to another person; both are told, and the old links end.

    Returns None, and writes to the address, if it is signed up already. What the first person told of meals,
    needs and questions is not the other's. Raises DomainError for a bad name or address, or when it is late.
    """
    event = registration.event
    seats.lock(session, event)
    session.refresh(registration)
    if not is_open(registration, now=now):
        raise DomainError(N_("Cette place ne peut plus être cédée."))
    if queries.asks_eligibility(session, event):
        raise DomainError(N_("Cette journée a des conditions d’accès : demandez le changement à l’équipe."))
    if not name.strip():
        raise DomainError(N_("Écrivez le nom de la personne qui vient."), field="name")
    clean = addresses.normal(email)
    known = session.scalar(queries.live_of_address(event, clean))
    if known is not None:
        letters.send_link(session, known, now=now)
        return None
    successor = replace(session, registration, name.strip(), clean, actor=actor, now=now)
    letters.confirm(session, successor, now=now)
    return successor


def replace(
    session: Session,
    registration: Registration,
    name: str,
    email: str | None,
    *,
    actor: User | str,
    now: datetime,
) -> Registration:
    """Put another person on somebody's seats; the first one is told, and their links end. The day is locked.

    Raises DomainError while a workshop is offered to the first person.
    """
    if any(wait.state is WaitState.OFFERED for wait in registration.waits):
        raise DomainError(N_("Un atelier vous est proposé : répondez d’abord à cette proposition."))
    successor = _move(session, registration, name, email, now=now)
    audit.record(session, "registration.handed_over", registration, actor=actor, now=now)
    audit.record(session, "registration.created", successor, actor=actor, now=now)
    # The old links may have been passed on with the place. Who gave it gets one of their own again, to see,
    # take along and erase what is still held of them.
    revoke_links(session, registration, now=now)
    letters.send(session, registration, LetterKind.CANCELLED, now=now, given_to=name)
    waitlist.settle(session, registration.event, now=now)  # who stood behind the first may change seats now
    return successor


def revoke_links(session: Session, registration: Registration, *, now: datetime) -> None:
    """End every link to somebody's sign-up."""
    for purpose in (letters.PURPOSE, EVALUATION_PURPOSE):
        tokens.revoke(session, purpose, registration, now=now)


def _move(
    session: Session, registration: Registration, name: str, email: str | None, *, now: datetime
) -> Registration:
    """End a sign-up and begin another on its seats: what is taken stays as it is."""
    held = [choice.workshop for choice in registration.choices]
    reserved, group = registration.reserved, registration.group
    registration.choices, registration.wishes = [], []
    registration.reserved = None
    for wait in registration.waits:
        if wait.state is WaitState.WAITING:
            wait.state, wait.closed_at = WaitState.WITHDRAWN, now
    registration.state, registration.cancelled_at = RegistrationState.CANCELLED, now
    registration.sequence += 1
    registration.updated_at = now
    forget_needs(registration)
    registration.phone, registration.answers = "", []
    session.flush()
    successor = Registration(
        event=registration.event,
        name=name,
        email=email,
        organisation_id=registration.organisation_id,
        organisation_name=registration.organisation_name,
        organisation_checked_at=registration.organisation_checked_at,
        language=registration.language,
        mode=registration.mode,
        channel=registration.channel,
        group=group,
        reserved=reserved,
        invitation_id=registration.invitation_id,
        created_at=now,
        updated_at=now,
        choices=[Choice(workshop=workshop) for workshop in held],
    )
    session.add(successor)
    session.flush()
    successor.search_text = fold(f"{name} {email or ''} {successor.organisation_label}")
    session.flush()
    return successor
