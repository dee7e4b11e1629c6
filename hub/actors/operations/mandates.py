"""Mandates: giving somebody the power to speak for an organisation, and ending it."""

from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts import queries as accounts
from hub.accounts.models import AccountState, Role, User
from hub.accounts.operations import administration, links
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, mail
from hub.core.errors import N_, DomainError


def grant(
    session: Session,
    organisation: Organisation,
    person: Person,
    *,
    function: str,
    scope: str,
    starts_on: date,
    ends_on: date | None,
    actor: User | str | None,
    now: datetime,
    is_limited: bool = False,
    decided_by: str = "",
    decided_on: date | None = None,
) -> Mandate:
    """Give a person the power to speak for an organisation, from one day to another, both included.

    One that `is_limited` holds only for what names it, such as a seat; `decided_by` is the body that gave it.
    Raises DomainError if it would end before it starts, if it was decided on a day to come, or if the person
    holds the same one in those days.
    """
    if ends_on is not None and ends_on < starts_on:
        raise DomainError(N_("La fin vient avant le début."), field="ends_on")
    if decided_on is not None and decided_on > clock.today(now):
        raise DomainError(N_("Ce jour n’est pas encore venu."), field="decided_on")
    known = DomainError(N_("Cette personne a déjà ce mandat pendant cette période."), field="starts_on")
    if session.scalar(_same(organisation, person, scope, starts_on, ends_on)) is not None:
        raise known
    mandate = Mandate(
        person=person, organisation=organisation, function=function.strip(), scope=scope.strip(),
        starts_on=starts_on, ends_on=ends_on, is_limited=is_limited, decided_by=decided_by.strip(),
        decided_on=decided_on, created_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(mandate)
    except IntegrityError as problem:  # granted elsewhere in the same instant
        raise known from problem
    changes = {"mandate": [None, mandate.id]}
    audit.record(session, "organisation.mandate_granted", organisation, actor=actor, now=now, changes=changes)
    return mandate


def _same(
    organisation: Organisation, person: Person, scope: str, starts_on: date, ends_on: date | None
) -> Select[int]:
    overlaps = or_(Mandate.ends_on.is_(None), Mandate.ends_on >= starts_on)
    found = select(Mandate.id).where(
        Mandate.person_id == person.id,
        Mandate.organisation_id == organisation.id,
        Mandate.scope == scope.strip(),
        Mandate.withdrawn_at.is_(None),
        overlaps,
    )
    return found if ends_on is None else found.where(Mandate.starts_on <= ends_on)


def end(
    session: Session, mandate: Mandate, last_day: date, *, actor: User | str | None, now: datetime
) -> None:
    """Let a mandate's right last until the end of `last_day`, and no longer.

    Raises DomainError if that day comes before the first, or if the mandate is over already.
    """
    _refuse_over(mandate, now)
    if last_day < mandate.starts_on:
        raise DomainError(N_("Ce jour vient avant le début du mandat."), field="last_day")
    mandate.ends_on = last_day
    _record_end(session, mandate, actor, now)


def withdraw(session: Session, mandate: Mandate, *, actor: User | str | None, now: datetime) -> None:
    """End a mandate's right at once, today included. Raises DomainError if the mandate is over already."""
    _refuse_over(mandate, now)
    today = clock.today(now)
    mandate.withdrawn_at = now
    mandate.ends_on = max(mandate.starts_on, min(today, mandate.ends_on or today))
    _record_end(session, mandate, actor, now)


def _refuse_over(mandate: Mandate, now: datetime) -> None:
    past = mandate.ends_on is not None and mandate.ends_on < clock.today(now)
    if past or mandate.withdrawn_at is not None:
        raise DomainError(N_("Ce mandat est déjà terminé."), field="last_day")


def _record_end(session: Session, mandate: Mandate, actor: User | str | None, now: datetime) -> None:
    session.flush()
    audit.record(
        session, "organisation.mandate_ended", mandate.organisation, actor=actor, now=now,
        changes={"mandate": [mandate.id, None]},
    )  # fmt: skip


def invite_representative(
    session: Session,
    organisation: Organisation,
    *,
    name: str,
    email: str,
    function: str,
    scope: str,
    starts_on: date,
    ends_on: date | None,
    actor: User,
    now: datetime,
) -> Mandate:
    """Give somebody a mandate and an account, and tell them by mail; an account that exists is kept.

    Raises DomainError for an address that can't exist or whose account is closed, and as `grant` does.
    """
    clean = mail.address(email).lower()
    user = session.scalar(accounts.by_email(clean))
    if user is None:
        user = administration.create(session, name=name, email=clean, role=Role.MEMBER, actor=actor, now=now)
    if not user.is_active:
        raise DomainError(
            N_("Le compte de cette adresse est fermé. L’administration peut le rouvrir."), field="email"
        )
    mandate = grant(
        session, organisation, _person_of(session, user, name, now),
        function=function, scope=scope, starts_on=starts_on, ends_on=ends_on, actor=actor, now=now,
    )  # fmt: skip
    tell(session, mandate, actor=actor, now=now)
    return mandate


def _person_of(session: Session, user: User, name: str, now: datetime) -> Person:
    """Return the person behind an account; somebody known by that very address gets it."""
    person = session.scalar(
        select(Person)
        .where(or_(Person.user_id == user.id, (Person.user_id.is_(None)) & (Person.email == user.email)))
        .order_by(Person.user_id.is_(None), Person.id)
        .limit(1)
    )
    if person is None:
        person = Person(name=name.strip(), email=user.email, created_at=now)
        session.add(person)
    person.user_id = user.id
    session.flush()
    return person


def tell(session: Session, mandate: Mandate, *, actor: User, now: datetime) -> None:
    """Mail a representative what they may speak for, with the link that opens the account if it is new.

    Raises DomainError for a person without account.
    """
    user = session.get(User, mandate.person.user_id) if mandate.person.user_id else None
    if user is None:
        raise DomainError(N_("Cette personne n’a pas de compte."))
    invited = user.state is AccountState.INVITED
    path = links.invitation_path(session, user, now=now) if invited else "/connexion"
    mail.queue(
        session, "actors.representation", mandate, user.email, now=now, version=now.isoformat(),
        action=(N_("Ouvrir mon compte") if invited else N_("Me connecter"), path),
        name=user.name, inviter=actor.name, organisation=mandate.organisation.name,
        function=mandate.function, scope=mandate.scope, starts_on=mandate.starts_on, ends_on=mandate.ends_on,
        until=now + links.INVITATION_LIFETIME if invited else None,
    )  # fmt: skip
