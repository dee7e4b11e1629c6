"""A module of mornings that is over, and who came: rows alone, for the tests of what comes after."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.search import fold
from hub.events.models.days import CertificateRule, Event, EventKind, EventSession, EventState
from hub.events.models.outcomes import Presence, Source
from hub.events.models.registrations import Registration, RegistrationState
from tests.factories import add

FIRST = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AFTER = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
HOURS = 4
numbers = count(1)


def module(session: Session, *, mornings: int = 3, **values: Any) -> Event:
    """Return a published module of so many mornings of four hours, one a week."""
    number = next(numbers)
    last = FIRST + timedelta(days=7 * (mornings - 1))
    event = add(
        session,
        Event(
            **{
                "slug": f"module-{number}",
                "title": f"Module de citoyenneté {number}",
                "kind": EventKind.MODULE,
                "starts_at": FIRST,
                "ends_at": last + timedelta(hours=HOURS),
                "sign_up_closes_at": FIRST,
                "state": EventState.PUBLISHED,
                "certificate_rule": CertificateRule.ALL,
                "created_at": FIRST,
                "updated_at": FIRST,
                "place_name": "Maison des associations",
                **values,
            }
        ),
    )
    for week in range(mornings):
        starts = FIRST + timedelta(days=7 * week)
        ends = starts + timedelta(hours=HOURS)
        event.sessions.append(EventSession(title=f"Matinée {week + 1}", starts_at=starts, ends_at=ends))
    session.flush()
    return event


def participant(session: Session, event: Event, seen: str = "", **values: Any) -> Registration:
    """Sign somebody up; `seen` has a sign for each morning: there (1), absent (0), not noted (-)."""
    number = next(numbers)
    name = values.pop("name", f"Participant·e {number}")
    row = add(
        session,
        Registration(
            **{
                "event_id": event.id,
                "name": name,
                "email": f"p{number}@example.org",
                "state": RegistrationState.CONFIRMED,
                "created_at": FIRST,
                "updated_at": FIRST,
                "search_text": fold(f"{name} {number}"),
                **values,
            }
        ),
    )
    for one, sign in zip(event.sessions, seen, strict=False):
        if sign != "-":
            saw(session, one, row, was_there=sign == "1")
    return row


def saw(session: Session, one: EventSession, row: Registration, *, was_there: bool = True) -> None:
    """Note a presence; what is told last stands."""
    known = session.scalar(
        select(Presence).where(Presence.session_id == one.id, Presence.registration_id == row.id)
    )
    if known is not None:
        known.was_there = was_there
        session.flush()
        return
    add(
        session,
        Presence(
            session_id=one.id, registration_id=row.id, was_there=was_there, source=Source.GRID,
            at=one.starts_at, stored_at=AFTER,
        ),
    )  # fmt: skip
