"""Counting seats (S1): one row of the day at a time, and never more than there are.

Whoever writes on a day's seats first takes the row of the day: all others wait, and what is read afterwards
is fresh on PostgreSQL too; on SQLite writers stand in line anyway. Counts change by guarded updates alone,
and the CHECK constraints stand behind.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import Integer, Update, and_, bindparam, or_, text, update
from sqlalchemy.orm import Session

from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventState, Mode
from hub.events.models.registrations import (
    Choice,
    Registration,
    RegistrationState,
    ReservedPlaces,
    WaitState,
    WorkshopWait,
)
from hub.events.models.workshops import Workshop

CHANGEABLE = (Registration, Workshop, Choice, WorkshopWait, ReservedPlaces)
SEATED = (RegistrationState.CONFIRMED, RegistrationState.OFFERED)
STANDING = (WaitState.WAITING, WaitState.OFFERED)
FULL = N_("Cette journée est complète.")
HELD = "hub.events.held"  # in a session: the transaction that holds a day's row, and which day
LINE = text("SELECT pg_advisory_xact_lock(:kind, :event)")
LINE_OF_DAYS = 5  # what else ever takes advisory locks needs another number


def stand_in_line(session: Session, event: Event) -> None:
    """Let those who sign up have the day's lock in the order in which they came.

    PostgreSQL gives a row's lock to whoever asks just as it is free, so that somebody waits long in a rush;
    its advisory locks go in order. SQLite's writers stand in line already. Whoever holds the row
    never waits here.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(LINE, {"kind": LINE_OF_DAYS, "event": event.id})


def lock(session: Session, event: Event) -> None:
    """Take the row of the day until the transaction ends, and forget what was read of its seats before.

    The first statement of every write on a day's seats: before any change is made to its rows. Done again in
    one transaction it does nothing: nobody else has changed them since.
    """
    session.flush()
    # A savepoint that is rolled back gives back what it locked, so the lock is remembered with it.
    here = session.get_nested_transaction() or session.get_transaction()
    if here is not None and session.info.get(HELD) == (here, event.id):
        return
    session.refresh(event, with_for_update=True)
    session.info[HELD] = (session.get_nested_transaction() or session.get_transaction(), event.id)
    for row in session.identity_map.values():
        if isinstance(row, CHANGEABLE):
            session.expire(row)


def shift(
    session: Session, event: Event, *, places: Mapping[Mode, int], workshops: Mapping[int, int]
) -> None:
    """Count so many seats more (or fewer) of the day by mode, and of workshops by number.

    Whoever calls has looked before that they are there. Raises DomainError where they are not: nothing may be
    committed then.
    """
    onsite, online = places.get(Mode.ONSITE, 0), places.get(Mode.ONLINE, 0)
    if (onsite or online) and not _shift_day(session, event, onsite, online):
        raise DomainError(FULL)
    by_number = defaultdict(list)
    for workshop, number in workshops.items():
        if number:
            by_number[number].append(workshop)
    for number, ids in sorted(by_number.items()):
        if not _shift_workshops(session, ids, number):
            raise DomainError(N_("Un de ces ateliers vient de se remplir : choisissez à nouveau."))


def _shift_day(session: Session, event: Event, onsite: int, online: int) -> bool:
    done = session.execute(
        _day_shifted(more_onsite=onsite > 0, more_online=online > 0),
        {"number": event.id, "onsite": onsite, "online": online},
    )
    session.expire(event, ["taken", "online_taken"])
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _shift_workshops(session: Session, ids: list[int], number: int) -> bool:
    done = session.execute(_workshops_shifted(), {"numbers": ids, "more": number})
    for row in session.identity_map.values():
        if isinstance(row, Workshop) and row.id in ids:
            session.expire(row, ["taken"])
    return bool(done.rowcount == len(ids))  # type: ignore[attr-defined]


# Made once, with what guards them: they are asked each time that somebody signs up.


@cache
def _day_shifted(*, more_onsite: bool, more_online: bool) -> Update:
    onsite, online = bindparam("onsite", type_=Integer), bindparam("online", type_=Integer)
    guards = [Event.id == bindparam("number")]
    if more_onsite or more_online:
        guards.append(Event.state == EventState.PUBLISHED)
    if more_onsite:
        guards.append(or_(Event.capacity.is_(None), Event.taken + onsite <= Event.capacity))
    if more_online:
        guards.append(
            or_(Event.online_capacity.is_(None), Event.online_taken + online <= Event.online_capacity)
        )
    return (
        update(Event)
        .where(and_(*guards))
        .values(taken=Event.taken + onsite, online_taken=Event.online_taken + online)
        .execution_options(synchronize_session=False)
    )


@cache
def _workshops_shifted() -> Update:
    more = bindparam("more", type_=Integer)
    return (
        update(Workshop)
        .where(
            Workshop.id.in_(bindparam("numbers", expanding=True)), Workshop.taken + more <= Workshop.capacity
        )
        .values(taken=Workshop.taken + more)
        .execution_options(synchronize_session=False)
    )


def leave_place(row: Registration) -> int:
    """Take somebody off their seat of the day; return how many seats (0 or 1) that frees for everybody.

    One of an organisation's reserved places goes back to these, as long as they are reserved.
    """
    reserved = row.reserved
    if reserved is None:
        return 1
    row.reserved = None
    if reserved.released_at is not None:
        return 1
    reserved.filled -= 1
    return 0


def release(session: Session, row: Registration, *, now: datetime) -> None:
    """Give back all that a registration holds, is offered or waits for; its state is the caller's to change.

    The day is locked. Call `waitlist.settle` once the state is changed.
    """
    workshops = Counter(choice.workshop_id for choice in row.choices)
    for wait in row.waits:
        if wait.state in STANDING:
            workshops[wait.workshop_id] += wait.state == WaitState.OFFERED
            wait.state, wait.closed_at = WaitState.WITHDRAWN, now
    places = {row.mode: -leave_place(row)} if row.state in SEATED else {}
    row.choices = []
    row.wanted_mode = None
    shift(session, row.event, places=places, workshops={each: -n for each, n in workshops.items()})
