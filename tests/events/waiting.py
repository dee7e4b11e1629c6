"""People of a small day, for tests of seats and waiting lists."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.mail import Message
from hub.events.models.days import Event, Mode, Promotion
from hub.events.models.registrations import Registration, RegistrationState, WorkshopWait
from hub.events.operations import seats, waitlist
from tests.events.plenary import plenary
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


def small_day(
    session: Session, *, capacities: tuple[int, ...] = (1, 1, 1, 1), choices: int = 1, **values: Any
) -> Event:
    """Publish a day whose workshops fill at once."""
    event = plenary(session, capacities=capacities, choices=choices, **values)
    session.flush()
    return event


def by_offer(session: Session, event: Event, hours: int = 48) -> Event:
    event.promotion, event.offer_hours = Promotion.OFFER, hours
    session.flush()
    return event


def come(
    session: Session, event: Event, number: int, *places: int, mode: Mode = Mode.ONSITE, now: datetime = NOW
) -> Registration:
    """Sign somebody up as the form does, for workshops at those places of the programme."""
    seats.lock(session, event)
    row = Registration(
        event=event, name=f"Participant·e {number}", email=f"p{number}@example.org", mode=mode,
        search_text=f"participant·e {number}", created_at=now, updated_at=now,
    )  # fmt: skip
    seats.admit(session, row, [event.workshops[place] for place in places], now=now)
    session.flush()
    return row


def leave(session: Session, row: Registration, *, now: datetime = NOW) -> None:
    """Cancel a sign-up."""
    seats.lock(session, row.event)
    seats.release(session, row, now=now)
    row.state, row.cancelled_at = RegistrationState.CANCELLED, now
    waitlist.settle(session, row.event, now=now)


def rather(
    session: Session, row: Registration, place: int, instead_of: int | None = None, *, now: datetime = NOW
) -> WorkshopWait:
    """Queue somebody for a workshop, to give up another one."""
    workshops = row.event.workshops
    gives_up = None if instead_of is None else workshops[instead_of]
    return waitlist.wait_for(session, row, workshops[place], gives_up=gives_up, now=now)


def held(row: Registration) -> list[int]:
    """Return the places in the programme of the workshops that somebody holds."""
    numbers = [workshop.id for workshop in row.event.workshops]
    return sorted(numbers.index(choice.workshop_id) for choice in row.choices)


def mails(session: Session, row: Registration) -> list[str]:
    """Return the kinds of mails about a sign-up, in order."""
    rows = select(Message.kind).where(Message.subject_type == "registration", Message.subject_id == row.id)
    return [kind.removeprefix("events.") for kind in session.scalars(rows.order_by(Message.id))]
