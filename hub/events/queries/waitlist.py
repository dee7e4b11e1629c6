"""Reading who waits: for a seat of the day, for another way of taking part, for a workshop."""

from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Integer, Select, and_, case, cast, null, or_, select

from hub.events.models.days import Event
from hub.events.models.registrations import (
    Choice,
    Registration,
    RegistrationState,
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


def waited_for(event: Event) -> CompoundSelect[Any]:
    """Select (mode, None) and (None, workshop): all that somebody who could take it waits for."""
    is_waiting = Registration.state == RegistrationState.WAITING
    places = select(
        case((is_waiting, Registration.mode), else_=Registration.wanted_mode), cast(null(), Integer)
    ).where(Registration.event_id == event.id, or_(is_waiting, switches()))
    seats = (
        select(cast(null(), Registration.mode.type), WorkshopWait.workshop_id)
        .join(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.state.in_(SEATED),
            WorkshopWait.state == WaitState.WAITING,
        )
    )
    return places.union(seats)
