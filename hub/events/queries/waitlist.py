"""Reading who waits: for a seat of the day, for another way of taking part, for a workshop."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    null,
    or_,
    select,
)

from hub.events.models.days import Event, Mode
from hub.events.models.discrepancies import SeatDiscrepancy
from hub.events.models.registrations import (
    Choice,
    Registration,
    RegistrationState,
    ReservedPlaces,
    WaitState,
    WorkshopWait,
)

SEATED = (RegistrationState.CONFIRMED, RegistrationState.OFFERED)
STANDING = (WaitState.WAITING, WaitState.OFFERED)


def in_order(kind: type[Registration] | type[WorkshopWait]) -> tuple[Any, ...]:
    """Return how a waiting list is ordered: whom fewer seats put back, then who came first."""
    return (kind.put_back_at.is_(None), kind.queued_at, kind.id)


def switches() -> ColumnElement[bool]:
    """Return the condition of who has a seat and waits for one of the other way of taking part."""
    return and_(Registration.state == RegistrationState.CONFIRMED, Registration.wanted_mode.is_not(None))


def of_day(event: Event) -> Select[Registration]:
    """Select who waits for a seat, who is offered one, and who waits to switch, in order."""
    return (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            or_(
                Registration.state.in_((RegistrationState.WAITING, RegistrationState.OFFERED)),
                switches(),
            ),
        )
        .order_by(*in_order(Registration))
    )


def of_workshops(event: Event) -> Select[WorkshopWait]:
    """Select who waits for a workshop, or is offered a seat there, in order."""
    return (
        select(WorkshopWait)
        .join(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.state.in_((*SEATED, RegistrationState.WAITING)),
            WorkshopWait.state.in_(STANDING),
        )
        .order_by(*in_order(WorkshopWait))
    )


def held_by(registrations: set[int]) -> Select[int, int]:
    """Select (registration, workshop) of the seats that those registrations hold."""
    return select(Choice.registration_id, Choice.workshop_id).where(Choice.registration_id.in_(registrations))


@cache
def waited_for() -> CompoundSelect[Any]:
    """Select (mode, None) and (None, workshop): all that somebody who could take it waits for.

    Asked with `event_id`; made once, for it is asked each time that somebody signs up.
    """
    event_id = bindparam("event_id", type_=Integer)
    is_waiting = Registration.state == RegistrationState.WAITING
    places = select(
        case((is_waiting, Registration.mode), else_=Registration.wanted_mode), cast(null(), Integer)
    ).where(Registration.event_id == event_id, or_(is_waiting, switches()))
    seats = (
        select(cast(null(), Registration.mode.type), WorkshopWait.workshop_id)
        .join(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.state.in_(SEATED),
            WorkshopWait.state == WaitState.WAITING,
        )
    )
    return places.union(seats)


def in_vain(event: Event) -> CompoundSelect[Any]:
    """Select the numbers of the sign-ups that wait for a seat of the day or, having one, for a workshop."""
    day = select(Registration.id).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.WAITING
    )
    workshops = (
        select(Registration.id)
        .join(WorkshopWait)
        .where(
            Registration.event_id == event.id,
            Registration.state == RegistrationState.CONFIRMED,
            WorkshopWait.state == WaitState.WAITING,
        )
    )
    return day.union(workshops)


def before(row: Registration) -> Select[int]:
    """Select how many stand before somebody in the queue for the same seats of the day."""
    mode = row.mode if row.state == RegistrationState.WAITING else row.wanted_mode
    return select(func.count(Registration.id)).where(
        Registration.event_id == row.event_id,
        or_(
            and_(Registration.state == RegistrationState.WAITING, Registration.mode == mode),
            and_(switches(), Registration.wanted_mode == mode),
        ),
        _earlier(Registration, row),
    )


def before_wait(wait: WorkshopWait) -> Select[int]:
    """Select how many people with a seat of the day stand before somebody in a workshop's queue."""
    return (
        select(func.count(WorkshopWait.id))
        .join(Registration)
        .where(
            WorkshopWait.workshop_id == wait.workshop_id,
            WorkshopWait.state == WaitState.WAITING,
            Registration.state.in_(SEATED),
            _earlier(WorkshopWait, wait),
        )
    )


def _earlier(
    kind: type[Registration] | type[WorkshopWait], one: Registration | WorkshopWait
) -> ColumnElement[bool]:
    """Return the condition of standing before one of the same queue."""
    sooner = or_(kind.queued_at < one.queued_at, and_(kind.queued_at == one.queued_at, kind.id < one.id))
    if one.put_back_at is None:
        return or_(kind.put_back_at.is_not(None), sooner)
    return and_(kind.put_back_at.is_not(None), sooner)


def held_places(event: Event) -> Select[Mode, int]:
    """Select (mode, seats held) of a day: people expected, and live offers."""
    return (
        select(Registration.mode, func.count(Registration.id))
        .where(Registration.event_id == event.id, Registration.state.in_(SEATED))
        .group_by(Registration.mode)
    )


def reserved_places(event: Event) -> Select[Mode, int]:
    """Select (mode, places reserved and not filled) of a day."""
    return (
        select(ReservedPlaces.mode, func.sum(ReservedPlaces.seats - ReservedPlaces.filled))
        .where(ReservedPlaces.event_id == event.id, ReservedPlaces.released_at.is_(None))
        .group_by(ReservedPlaces.mode)
    )


def held_seats(event: Event) -> Select[int, int]:
    """Select (workshop, seats held) of a day: seats of people with one, and live offers."""
    choices = (
        select(Choice.workshop_id.label("workshop"), Choice.id.label("seat"))
        .join(Registration)
        .where(Registration.event_id == event.id)
    )
    offers = (
        select(WorkshopWait.workshop_id, WorkshopWait.id)
        .join(Registration)
        .where(Registration.event_id == event.id, WorkshopWait.state == WaitState.OFFERED)
    )
    seats = choices.union_all(offers).subquery()
    return select(seats.c.workshop, func.count()).group_by(seats.c.workshop)


def discrepancies(event_id: int | None = None) -> Select[SeatDiscrepancy]:
    """Select what a recount found and is not mended, of a day or of all."""
    rows = select(SeatDiscrepancy).where(SeatDiscrepancy.gone_at.is_(None)).order_by(SeatDiscrepancy.id)
    return rows if event_id is None else rows.where(SeatDiscrepancy.event_id == event_id)
