"""Who speaks for an organisation in its seat: representative and substitutes, each by a mandate."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.operations import mandates
from hub.core import audit, clock, mail
from hub.core.errors import N_, DomainError
from hub.spaces.models.seats import Representation, RepresentationRole
from hub.spaces.models.spaces import Membership

OVER = N_("Ce siège est terminé.")


@dataclass(frozen=True)
class MandateFacts:
    """What is said of a mandate for a seat; days are Brussels', both included."""

    starts_on: date
    ends_on: date | None = None
    function: str = ""
    scope: str = ""
    is_limited: bool = True
    decided_by: str = ""
    decided_on: date | None = None


def find_person(session: Session, name: str, email: str, *, now: datetime) -> Person:
    """Return who is known by that address, with or without account, or somebody new.

    Raises DomainError for no name, or an address that can't exist.
    """
    clean = mail.address(email).lower()
    words = " ".join(name.split())
    if not words:
        raise DomainError(N_("Écrivez le nom de cette personne."), field="name")
    known = select(Person).outerjoin(User, User.id == Person.user_id)
    known = known.where(or_(func.lower(Person.email) == clean, User.email == clean))
    person = session.scalar(known.order_by(Person.user_id.is_(None), Person.id).limit(1))
    if person is None:
        person = Person(name=words[:120], email=clean, created_at=now)
        session.add(person)
        session.flush()
    if person.user_id is None:
        _join_account(session, person, clean)
    return person


def _join_account(session: Session, person: Person, email: str) -> None:
    """Let an account of that very address speak as this person; nobody else reads that address's mail."""
    user = session.scalar(select(User).where(User.email == email, User.is_active))
    taken = user and session.scalar(select(Person.id).where(Person.user_id == user.id))
    if user is not None and taken is None:
        person.user_id = user.id
        session.flush()


def name(
    session: Session,
    seat: Membership,
    person: Person,
    role: RepresentationRole,
    facts: MandateFacts,
    *,
    actor: User | str | None,
    now: datetime,
) -> Representation:
    """Give somebody a mandate and let them exercise it in a seat.

    Raises DomainError for a seat or a mandate that would be over, for a second representative in the same
    days, or as `mandates.grant` does.
    """
    _refuse_over(seat, facts.starts_on, facts.ends_on, now)
    _refuse_second(session, seat, person.id, role, (facts.starts_on, facts.ends_on))
    mandate = mandates.grant(
        session, seat.organisation, person, function=facts.function,
        scope=facts.scope.strip() or (f"Siège à « {seat.space.name} »"[:200] if facts.is_limited else ""),
        starts_on=facts.starts_on, ends_on=facts.ends_on, is_limited=facts.is_limited,
        decided_by=facts.decided_by, decided_on=facts.decided_on, actor=actor, now=now,
    )  # fmt: skip
    return _seat(session, seat, mandate, role, actor=actor, now=now)


def exercise(
    session: Session,
    seat: Membership,
    mandate: Mandate,
    role: RepresentationRole,
    *,
    actor: User | str | None,
    now: datetime,
) -> Representation:
    """Let a mandate that somebody holds already be exercised in a seat.

    Raises DomainError for another organisation's mandate, for one that is over, for a seat that is over, or
    for a second representative in the same days.
    """
    if mandate.organisation_id != seat.organisation_id:
        raise DomainError(N_("Ce mandat est celui d’une autre organisation."), field="mandate")
    if mandate.withdrawn_at is not None:
        raise DomainError(N_("Ce mandat est déjà terminé."), field="mandate")
    _refuse_over(seat, mandate.starts_on, mandate.ends_on, now, field="mandate")
    _refuse_second(session, seat, mandate.person_id, role, (mandate.starts_on, mandate.ends_on))
    return _seat(session, seat, mandate, role, actor=actor, now=now)


def _refuse_over(
    seat: Membership, starts_on: date, ends_on: date | None, now: datetime, *, field: str = "ends_on"
) -> None:
    today = clock.today(now)
    if seat.ends_on is not None and seat.ends_on < max(today, starts_on):
        raise DomainError(OVER)
    if ends_on is not None and ends_on < max(today, seat.starts_on or today):
        raise DomainError(N_("Ce mandat serait déjà terminé."), field=field)


def _refuse_second(
    session: Session,
    seat: Membership,
    person_id: int,
    role: RepresentationRole,
    days: tuple[date, date | None],
) -> None:
    """Refuse whoever would sit twice, and a representative beside another in the same days."""
    starts_on, ends_on = days
    overlaps = or_(Mandate.ends_on.is_(None), Mandate.ends_on >= starts_on)
    sitting = (
        select(Representation)
        .join(Representation.mandate)
        .where(
            Representation.membership_id == seat.id,
            Representation.ended_at.is_(None),
            Mandate.withdrawn_at.is_(None),
            overlaps,
        )
    )
    if ends_on is not None:
        sitting = sitting.where(Mandate.starts_on <= ends_on)
    for row in session.scalars(sitting):
        if row.mandate.person_id == person_id:
            raise DomainError(N_("Cette personne est déjà nommée pour ce siège."), field="person")
        if role is RepresentationRole.REPRESENTATIVE is row.role:
            raise DomainError(
                N_("%(name)s représente déjà cette organisation ici : nommez une suppléance."),
                field="role",
                name=row.mandate.person.name,
            )


def _seat(
    session: Session,
    seat: Membership,
    mandate: Mandate,
    role: RepresentationRole,
    *,
    actor: User | str | None,
    now: datetime,
) -> Representation:
    row = session.scalar(
        select(Representation).where(
            Representation.membership_id == seat.id, Representation.mandate_id == mandate.id
        )
    )
    if row is None:
        row = Representation(membership_id=seat.id, mandate_id=mandate.id, role=role, created_at=now)
        session.add(row)
    row.role, row.ended_at = role, None
    session.flush()
    session.refresh(row)
    audit.record(
        session, "space.representative_named", seat.space, actor=actor, now=now,
        changes={"organisation": [None, seat.organisation.name], "role": [None, role.value]},
    )  # fmt: skip
    return row


def end(
    session: Session,
    row: Representation,
    *,
    last_day: date | None = None,
    actor: User | str | None,
    now: datetime,
) -> None:
    """Let somebody no longer speak in a seat: at once, or after a day where their mandate is for it alone.

    A limited mandate that is exercised nowhere else ends with it. Raises DomainError for a day that has
    passed, or for a general mandate that should end on a day: that is for the organisation's own page.
    """
    today = clock.today(now)
    if row.ended_at is not None:
        return
    mandate = row.mandate
    alone = mandate.is_limited and not _is_exercised_elsewhere(session, mandate, row.membership, today)
    if last_day is not None:
        if not alone:
            raise DomainError(
                N_("Ce mandat vaut aussi ailleurs : ici, il ne peut se terminer que tout de suite."),
                field="last_day",
            )
        if last_day < today:
            raise DomainError(N_("Ce jour est passé."), field="last_day")
        mandates.end(session, mandate, last_day, actor=actor, now=now)
    else:
        row.ended_at = now
        session.flush()
        if alone and _lasts(mandate, today):
            mandates.withdraw(session, mandate, actor=actor, now=now)
    audit.record(
        session, "space.representative_ended", row.membership.space, actor=actor, now=now,
        changes={"organisation": [row.membership.organisation.name, None]},
    )  # fmt: skip


def end_limited_mandates(
    session: Session, seat: Membership, last_day: date, *, actor: User | str | None, now: datetime
) -> None:
    """End what was decided for this seat alone when the seat ends on that day."""
    today = clock.today(now)
    for row in session.scalars(select(Representation).where(Representation.membership_id == seat.id)):
        mandate = row.mandate
        if not mandate.is_limited or not _lasts(mandate, today):
            continue
        if mandate.ends_on is not None and mandate.ends_on <= last_day:
            continue
        if _is_exercised_elsewhere(session, mandate, seat, last_day + timedelta(days=1)):
            continue
        if mandate.starts_on > last_day:
            mandates.withdraw(session, mandate, actor=actor, now=now)
        else:
            mandates.end(session, mandate, last_day, actor=actor, now=now)


def _lasts(mandate: Mandate, today: date) -> bool:
    return mandate.withdrawn_at is None and (mandate.ends_on is None or mandate.ends_on >= today)


def _is_exercised_elsewhere(session: Session, mandate: Mandate, seat: Membership, day: date) -> bool:
    """Say whether the mandate speaks in another seat that still holds on that day or later."""
    other = (
        select(Representation.id)
        .join(Representation.membership)
        .where(
            Representation.mandate_id == mandate.id,
            Representation.membership_id != seat.id,
            Representation.ended_at.is_(None),
            or_(Membership.ends_on.is_(None), Membership.ends_on >= day),
        )
    )
    return session.scalar(other.limit(1)) is not None


def carry_over(session: Session, seat: Membership, follower: Membership, *, now: datetime) -> None:
    """Let whoever speaks in a seat speak in the one that follows it."""
    speaking = select(Representation).where(
        Representation.membership_id == seat.id, Representation.ended_at.is_(None)
    )
    for row in session.scalars(speaking).all():
        session.add(
            Representation(
                membership_id=follower.id, mandate_id=row.mandate_id, role=row.role, created_at=now
            )
        )
    session.flush()
