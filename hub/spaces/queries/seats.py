"""Who speaks for whom in a space, on a day: the one place where this is decided.

A general mandate of an organisation that sits there gives the right, and so does a limited one that is
exercised in the seat (`Representation`). Seat, mandate and representation must all hold on that day.
"""

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.spaces.models.seats import Representation
from hub.spaces.models.spaces import Membership


def sits_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a seat (`Membership`) holds on that day (Brussels' date, ends included)."""
    return and_(
        or_(Membership.starts_on.is_(None), Membership.starts_on <= day),
        or_(Membership.ends_on.is_(None), Membership.ends_on >= day),
    )


def exercised() -> ColumnElement[bool]:
    """Return the condition that a mandate is exercised in the seat, for a query that joins both."""
    return exists().where(
        Representation.membership_id == Membership.id,
        Representation.mandate_id == Mandate.id,
        Representation.ended_at.is_(None),
    )


def spoken_for(user_id: int, space_id: int, day: date) -> Select[Organisation]:
    """Select the organisations for which an account may speak in a space on that day."""
    return _spoken_for(space_id, day).where(Person.user_id == user_id)


def spoken_for_by(person_id: int, space_id: int, day: date) -> Select[Organisation]:
    """Select the organisations for which a person, with or without account, may speak there on that day."""
    return _spoken_for(space_id, day).where(Person.id == person_id)


def _spoken_for(space_id: int, day: date) -> Select[Organisation]:
    return (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Mandate, Mandate.organisation_id == Organisation.id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            Membership.space_id == space_id,
            sits_on(day),
            Mandate.gives_right_on(day),
            or_(Mandate.is_limited.is_(False), exercised()),
        )
        .order_by(Organisation.name)
        .distinct()
    )


def speakers(space_id: int, day: date) -> Select[Person, Organisation, Membership]:
    """Select who is asked to the space's table on that day: (person, organisation, seat).

    They exercise a mandate in a seat; a general mandate alone gives the right to come, not an invitation.
    """
    return (
        select(Person, Organisation, Membership)
        .join(Mandate, Mandate.person_id == Person.id)
        .join(Representation, Representation.mandate_id == Mandate.id)
        .join(Membership, Membership.id == Representation.membership_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.space_id == space_id,
            sits_on(day),
            Mandate.gives_right_on(day),
            Mandate.organisation_id == Membership.organisation_id,
            Representation.ended_at.is_(None),
        )
        .order_by(Organisation.name, Representation.role, Person.name)
    )
