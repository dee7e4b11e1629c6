"""Taking and giving back seats (S1).

A seat is taken by one guarded update, which takes the row's lock on PostgreSQL and re-reads it there after
any wait; on SQLite writers stand in line. The CHECK constraints stand behind. Rows are always touched in one
order, the day and then its workshops by number, so that no two sign-ups wait for each other in a circle.
"""

from collections.abc import Collection

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventState
from hub.events.models.workshops import Workshop


def take_place(session: Session, event: Event) -> bool:
    """Take one seat of the day; return whether there was one."""
    done = session.execute(
        update(Event)
        .where(
            Event.id == event.id,
            Event.state == EventState.PUBLISHED,
            or_(Event.capacity.is_(None), Event.taken < Event.capacity),
        )
        .values(taken=Event.taken + 1)
        .execution_options(synchronize_session=False)
    )
    session.expire(event, ["taken"])
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def give_place_back(session: Session, event: Event) -> None:
    """Give one seat of the day back."""
    session.execute(
        update(Event)
        .where(Event.id == event.id)
        .values(taken=Event.taken - 1)
        .execution_options(synchronize_session=False)
    )
    session.expire(event, ["taken"])


def exchange(session: Session, give: Collection[Workshop], take: Collection[Workshop]) -> list[Workshop]:
    """Give seats of some workshops back and take seats of others; return the workshops that were full.

    The caller rolls back if any was: an exchange is whole or doesn't happen.
    """
    full = []
    for workshop in sorted({*give, *take}, key=lambda each: each.id):
        if workshop not in take:
            _give_back(session, workshop)
        elif not _take(session, workshop):
            full.append(workshop)
    return full


def _take(session: Session, workshop: Workshop) -> bool:
    done = session.execute(
        update(Workshop)
        .where(Workshop.id == workshop.id, Workshop.taken < Workshop.capacity)
        .values(taken=Workshop.taken + 1)
        .execution_options(synchronize_session=False)
    )
    session.expire(workshop, ["taken"])
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _give_back(session: Session, workshop: Workshop) -> None:
    session.execute(
        update(Workshop)
        .where(Workshop.id == workshop.id)
        .values(taken=Workshop.taken - 1)
        .execution_options(synchronize_session=False)
    )
    session.expire(workshop, ["taken"])


def full_error(full: Collection[Workshop]) -> DomainError:
    """Return the refusal that names the workshops without a seat left."""
    return DomainError(
        N_(
            "Plus de place dans : %(titles)s. Choisissez un autre atelier ; vos autres réponses sont gardées."
        ),
        field="workshops",
        titles=", ".join(f"«\u00a0{workshop.title}\u00a0»" for workshop in full),
    )
