"""Seats of a day and its workshops: getting one by signing up, giving all back, exchanging (S1).

Every write on a day's seats begins with `lock`. What was checked then still holds at the end, so a refusal
comes before any change. Whoever frees a seat calls `waitlist.settle` afterwards.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, Mode
from hub.events.models.registrations import (
    Choice,
    Registration,
    RegistrationState,
    ReservedPlaces,
    WaitState,
    WorkshopWait,
)
from hub.events.models.workshops import Workshop
from hub.events.operations import waitlist
from hub.events.operations.counters import FULL, SEATED, leave_place, lock, release, shift, stand_in_line
from hub.events.queries import waitlist as queries

__all__ = [
    "FULL",
    "admit",
    "available",
    "check",
    "exchange",
    "full_error",
    "give_place_back",
    "lock",
    "release",
    "shift",
    "stand_in_line",
    "take_place",
]  # fmt: skip

Found = tuple[bool, set[Workshop]]  # whether there is a seat of the day, and in which workshops


def take_place(session: Session, event: Event, mode: Mode = Mode.ONSITE, number: int = 1) -> bool:
    """Take so many seats of the day, for reserved places or at the door; return whether there were.

    The day is locked. Who waits is not asked: that is the coordination's to decide.
    """
    left = event.left_in(mode)
    if left is not None and left < number:
        return False
    shift(session, event, places={mode: number}, workshops={})
    return True


def give_place_back(session: Session, event: Event, mode: Mode = Mode.ONSITE, number: int = 1) -> None:
    """Give so many seats of the day back. The day is locked; call `waitlist.settle` afterwards."""
    shift(session, event, places={mode: -number}, workshops={})


def admit(
    session: Session,
    row: Registration,
    workshops: Collection[Workshop] | None = None,
    *,
    now: datetime,
    found: Found | None = None,
) -> bool:
    """Give a registration its seats, or put it on the day's waiting list; return whether it has a seat.

    `row` is new or stored, has its event and mode, and its reserved places if it fills one of them.
    `workshops` are wanted with it, and must have a seat each; on the waiting list they are remembered.
    Without `workshops`, those remembered before are taken where there is a seat (a coordinator approved).
    The day is locked; `found` is what `available` said of them since then.

    Raises DomainError, before anything is changed, where the day is full and has no waiting list, or a
    workshop wanted is full (`full_error`). Mail and history are the caller's.
    """
    event = row.event
    remembered = _remembered(row) if workshops is None else []
    wanted = {*(workshops or ()), *(wait.workshop for wait in remembered)}
    place, free = found or available(session, event, row.mode, wanted, now=now, reserved=row.reserved)
    if not place:
        waitlist.join(session, row, now=now)
        waitlist.remember(session, row, wanted, now=now)
        session.flush()
        return False
    if workshops is not None and len(free) < len(wanted):
        raise full_error(wanted - free)
    row.state, row.offer_ends_at, row.queued_at, row.put_back_at = (
        RegistrationState.CONFIRMED,
        None,
        None,
        None,
    )
    row.choices = [Choice(workshop=workshop) for workshop in sorted(free, key=lambda each: each.id)]
    for wait in remembered:
        if wait.workshop in free:
            wait.state, wait.closed_at = WaitState.OBTAINED, now
    places = {} if row.reserved is not None else {row.mode: 1}
    if row.reserved is not None:
        row.reserved.filled += 1
    session.add(row)
    session.flush()
    shift(session, event, places=places, workshops={workshop.id: 1 for workshop in free})
    return True


def check(
    session: Session, event: Event, mode: Mode, workshops: Collection[Workshop], *, now: datetime
) -> None:
    """Raise what `admit` would: for an answer that does not tell whether an address is signed up (S10)."""
    place, free = available(session, event, mode, workshops, now=now)
    if not place and not (event.has_waitlist and waitlist.is_open(event, now)):
        raise DomainError(FULL)
    if place and len(free) < len(workshops):
        raise full_error(set(workshops) - free)


def _remembered(row: Registration) -> list[WorkshopWait]:
    return [wait for wait in row.waits if wait.state == WaitState.WAITING and wait.gives_up_id is None]


def available(
    session: Session,
    event: Event,
    mode: Mode,
    wanted: Collection[Workshop],
    *,
    now: datetime,
    reserved: ReservedPlaces | None = None,
) -> Found:
    """Return whether a newcomer gets a seat of the day, and in which of the wanted workshops.

    Nobody overtakes: what is free while somebody eligible waits is not for a newcomer. The day is locked.
    """
    waited = {
        (mode, workshop) for mode, workshop in session.execute(queries.waited_for(), {"event_id": event.id})
    }
    if waited and waitlist.gives(event, now):
        waitlist.settle(session, event, now=now)
        blocked: set[object] = set()  # who still waits can't take what is free
    else:
        blocked = {mode or workshop for mode, workshop in waited}
    free = {workshop for workshop in wanted if workshop.left > 0 and workshop.id not in blocked}
    if reserved is not None:
        return reserved.released_at is None and reserved.filled < reserved.seats, free
    return event.left_in(mode) != 0 and mode not in blocked, free


def exchange(
    session: Session,
    row: Registration,
    wanted: Collection[Workshop],
    *,
    now: datetime,
    mode: Mode | None = None,
) -> None:
    """Let somebody hold these workshops instead of theirs, and take part that way: whole or not at all.

    Who has no seat of the day yet only wants something else. What is waited for and no longer goes with the
    new workshops ends. The day is locked; call `waitlist.settle` afterwards. Raises DomainError, before
    anything is changed, where a workshop or the other way of taking part is full.
    """
    event = row.event
    if row.state not in SEATED:
        _want(session, row, wanted, mode, now)
        return
    held = {choice.workshop for choice in row.choices}
    take, give = set(wanted) - held, held - set(wanted)
    switches = mode is not None and mode != row.mode
    # A seat that is offered is kept for this person already.
    offered = {wait.workshop: wait for wait in row.waits if wait.state == WaitState.OFFERED}
    needed = take - set(offered)
    place, free = True, set[Workshop]()
    if needed or switches:
        place, free = available(session, event, mode or row.mode, needed, now=now)
    if len(free) < len(needed):
        raise full_error(needed - free)
    if switches and not place:
        raise DomainError(
            N_(
                "Il n’y a plus de place de cette façon : gardez la vôtre et demandez à changer "
                "dès que possible."
            ),
            field="mode",
        )
    places: dict[Mode, int] = {}
    if switches and mode is not None:
        places = {row.mode: -leave_place(row), mode: 1}
        row.mode, row.wanted_mode, row.queued_at = mode, None, None
    row.choices = [choice for choice in row.choices if choice.workshop not in give] + [
        Choice(workshop=workshop) for workshop in sorted(take, key=lambda each: each.id)
    ]
    for workshop in take & set(offered):
        offered[workshop].state, offered[workshop].closed_at = WaitState.OBTAINED, now
    counts = {**{workshop.id: 1 for workshop in needed}, **{workshop.id: -1 for workshop in give}}
    waitlist.end_moot(row, event, now=now)
    session.flush()
    shift(session, event, places=places, workshops=counts)


def _want(
    session: Session, row: Registration, wanted: Collection[Workshop], mode: Mode | None, now: datetime
) -> None:
    waitlist.remember(session, row, wanted, now=now)
    if mode is not None and mode != row.mode:
        row.mode = mode
        row.queued_at, row.put_back_at = now if row.queued_at is not None else None, None
    session.flush()


def full_error(full: Collection[Workshop]) -> DomainError:
    """Return the refusal that names the workshops without a seat left."""
    titles = sorted(full, key=lambda each: each.id)
    return DomainError(
        N_(
            "Plus de place dans : %(titles)s. Choisissez un autre atelier ; vos autres réponses sont gardées."
        ),
        field="workshops",
        titles=", ".join(f"«\u00a0{workshop.title}\u00a0»" for workshop in titles),
    )
