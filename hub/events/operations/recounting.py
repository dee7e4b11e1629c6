"""Recounting seats: what is counted beside what is held, told to coordinators and mended by them alone."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.events.models.days import Event, Mode
from hub.events.models.discrepancies import SeatDiscrepancy
from hub.events.operations import counters, waitlist
from hub.events.queries import waitlist as queries

Pool = tuple[Mode | None, int | None]


def held(session: Session, event: Event) -> dict[Pool, int]:
    """Return the seats held of each way of taking part and each workshop, counted one by one."""
    counts: dict[Pool, int] = {(Mode.ONSITE, None): 0, (Mode.ONLINE, None): 0}
    for asked in (queries.held_places(event), queries.reserved_places(event)):
        for mode, number in session.execute(asked):
            counts[mode, None] += number
    counts |= {(None, workshop.id): 0 for workshop in event.workshops}
    for workshop, number in session.execute(queries.held_seats(event)):
        counts[None, workshop] = number
    return counts


def counted(event: Event) -> dict[Pool, int]:
    """Return the seats counted as taken of each way of taking part and each workshop."""
    return {
        (Mode.ONSITE, None): event.taken,
        (Mode.ONLINE, None): event.online_taken,
        **{(None, workshop.id): workshop.taken for workshop in event.workshops},
    }


def recount(session: Session, event: Event, *, now: datetime) -> int:
    """Note each count of a day that is wrong, and that earlier ones are right again; return how many are."""
    counters.lock(session, event)
    seen, true = counted(event), held(session, event)
    known = {(row.mode, row.workshop_id): row for row in session.scalars(queries.discrepancies(event.id))}
    wrong = {pool for pool, number in true.items() if seen[pool] != number}
    for pool, row in known.items():
        if pool not in wrong:
            row.gone_at = now
    for pool in sorted(wrong, key=str):
        row = known.get(pool) or SeatDiscrepancy(
            event_id=event.id, mode=pool[0], workshop_id=pool[1], found_at=now
        )
        row.counted, row.held = seen[pool], true[pool]
        session.add(row)
    session.flush()
    return len(wrong)


def mend(session: Session, event: Event, *, actor: User | str, now: datetime) -> None:
    """Count the seats of a day anew, as a coordinator asks; what gets free goes to who waits.

    Raises DomainError where more seats are held than there are: capacity comes first.
    """
    counters.lock(session, event)
    seen, true = counted(event), held(session, event)
    differences = {pool: number - seen[pool] for pool, number in true.items() if number != seen[pool]}
    counters.shift(
        session, event,
        places={mode: number for (mode, _), number in differences.items() if mode is not None},
        workshops={
            workshop: number for (_, workshop), number in differences.items() if workshop is not None
        },
    )  # fmt: skip
    session.refresh(event)
    recount(session, event, now=now)
    changes = {"counts": [len(differences), 0]}
    audit.record(session, "event.recounted", event, actor=actor, now=now, changes=changes)
    waitlist.settle(session, event, now=now)
