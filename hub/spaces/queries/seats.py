"""Who speaks for whom in a space, on a day: the one place where this is decided.

A general mandate of an organisation that sits there gives the right, and so does a limited one that is
exercised in the seat (`Representation`). Seat, mandate and representation must all hold on that day.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Row, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.spaces.models.seats import Representation
from hub.spaces.models.spaces import Membership, Space


def sits_on(day: date, seat: Any = Membership) -> ColumnElement[bool]:
    """Return the condition that a seat (`Membership`) holds on that day (Brussels' date, ends included)."""
    return and_(
        or_(seat.starts_on.is_(None), seat.starts_on <= day),
        or_(seat.ends_on.is_(None), seat.ends_on >= day),
    )


def exercised(seat: Any = Membership, mandate: Any = Mandate) -> ColumnElement[bool]:
    """Return the condition that a mandate is exercised in the seat, for a query that joins both."""
    return exists().where(
        Representation.membership_id == seat.id,
        Representation.mandate_id == mandate.id,
        Representation.ended_at.is_(None),
    )


def speaks(person_id: Any, organisation_id: Any, space_id: Any, day: date) -> ColumnElement[bool]:
    """Return the condition that a person may speak for an organisation in a space on that day.

    Each is a number, or a column of the query that asks: the condition brings its own tables.
    """
    seat, mandate = _own_tables()
    return exists().where(
        seat.space_id == space_id,
        seat.organisation_id == organisation_id,
        sits_on(day, seat),
        mandate.organisation_id == seat.organisation_id,
        mandate.person_id == person_id,
        mandate.gives_right_on(day),
        or_(mandate.is_limited.is_(False), exercised(seat, mandate)),
    )


@cache
def _own_tables() -> tuple[Any, Any]:
    """Return the seats and mandates that conditions bring along, made once: that takes longer than asking."""
    return aliased(Membership), aliased(Mandate)


def held_by(person_id: int, day: date) -> Select[int]:
    """Select the organisations of which a person holds a mandate that day: for no other do they speak."""
    return select(Mandate.organisation_id).where(Mandate.person_id == person_id, Mandate.gives_right_on(day))


def sits(organisation_id: Any, space_id: Any, day: date) -> ColumnElement[bool]:
    """Return the condition that an organisation has a seat in a space on that day; as `speaks` takes them."""
    seat, _mandate = _own_tables()
    return exists().where(
        seat.space_id == space_id, seat.organisation_id == organisation_id, sits_on(day, seat)
    )


def voices(day: date) -> Select[int, int, int, bool]:
    """Select (space, organisation, person, whether exercised in that seat) for all who may speak that day."""
    return (
        select(
            Membership.space_id, Membership.organisation_id, Mandate.person_id, exercised().label("exercised")
        )
        .join(Mandate, Mandate.organisation_id == Membership.organisation_id)
        .where(sits_on(day), Mandate.gives_right_on(day), or_(Mandate.is_limited.is_(False), exercised()))
    )


def spoken_for(user_id: int, space_id: int, day: date) -> Select[Organisation]:
    """Select the organisations for which an account may speak in a space on that day."""
    return _spoken_for(space_id, day, Person.user_id == user_id)


def spoken_for_by(person_id: int, space_id: int, day: date) -> Select[Organisation]:
    """Select the organisations for which a person, with or without account, may speak there on that day."""
    return _spoken_for(space_id, day, Person.id == person_id)


def spaces_of(user_id: int, day: date) -> Select[int]:
    """Select the numbers of the spaces in which an account speaks for an organisation on that day."""
    return (
        select(Membership.space_id)
        .join(Mandate, Mandate.organisation_id == Membership.organisation_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            Person.user_id == user_id,
            sits_on(day),
            Mandate.gives_right_on(day),
            or_(Mandate.is_limited.is_(False), exercised()),
        )
    )


def _spoken_for(space_id: int, day: date, who: ColumnElement[bool]) -> Select[Organisation]:
    held = (
        select(Membership.organisation_id)
        .join(Mandate, Mandate.organisation_id == Membership.organisation_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            who,
            Membership.space_id == space_id,
            sits_on(day),
            Mandate.gives_right_on(day),
            or_(Mandate.is_limited.is_(False), exercised()),
        )
    )
    # No DISTINCT: PostgreSQL can't compare the record's JSON columns.
    return select(Organisation).where(Organisation.id.in_(held)).order_by(Organisation.name)


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


def places_of(person_id: int, day: date) -> Select[Membership]:
    """Select the seats in which a person may speak on that day, with space and organisation, by name."""
    return (
        select(Membership)
        .join(Membership.space)
        .join(Membership.organisation)
        .where(
            Membership.organisation_id.in_(held_by(person_id, day)),
            sits_on(day),
            speaks(person_id, Membership.organisation_id, Membership.space_id, day),
        )
        .options(contains_eager(Membership.space), contains_eager(Membership.organisation))
        .order_by(Space.name, Organisation.name, Membership.id)
    )


def names_of_places(session: Session, person_id: int, day: date) -> Sequence[Row[int, str, int, str]]:
    """Return (space, its name, organisation, its name) of what `places_of` selects, by name.

    A seat comes twice where two mandates give the right.
    """
    return session.execute(_names_of_places(), {"person": person_id, "day": day}).all()


@cache
def _names_of_places() -> Select[int, str, int, str]:
    day: Any = bindparam("day", type_=Date())
    return (
        select(
            Membership.space_id,
            Space.name.label("space"),
            Membership.organisation_id,
            Organisation.name.label("organisation"),
        )
        .join(Membership.space)
        .join(Membership.organisation)
        .join(Mandate, Mandate.organisation_id == Membership.organisation_id)
        .where(
            Mandate.person_id == bindparam("person", type_=Integer()),
            sits_on(day),
            Mandate.gives_right_on(day),
            or_(Mandate.is_limited.is_(False), exercised()),
        )
        .order_by(Space.name, Organisation.name, Membership.id)
    )


def speaks_in(row: Representation, day: date) -> bool:
    """Say of a row with its seat and mandate what `speakers` asks: whether it holds on that day."""
    seat, mandate = row.membership, row.mandate
    begun = seat.starts_on is None or seat.starts_on <= day
    holds = begun and (seat.ends_on is None or seat.ends_on >= day)
    own = mandate.organisation_id == seat.organisation_id
    return holds and own and row.ended_at is None and mandate.is_current(day)


def pairs(space_id: int, day: date) -> Select[int, int]:
    """Select (person, organisation) for all who may speak in a space on that day."""
    return (
        select(Mandate.person_id, Mandate.organisation_id)
        .join(Membership, Membership.organisation_id == Mandate.organisation_id)
        .where(
            Membership.space_id == space_id,
            sits_on(day),
            Mandate.gives_right_on(day),
            or_(Mandate.is_limited.is_(False), exercised()),
        )
        .distinct()
    )


def sitting(space_id: int, day: date) -> Select[Organisation]:
    """Select the organisations that sit in a space on that day, by name."""
    seated = select(Membership.organisation_id).where(Membership.space_id == space_id, sits_on(day))
    # No DISTINCT, as above: two seats may hold on the day that one ends and the next begins.
    return select(Organisation).where(Organisation.id.in_(seated)).order_by(Organisation.name)
