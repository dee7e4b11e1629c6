"""A server without the guard of seats: count, then write. For the control of test_seats only.

What guards is taken away, one piece each: the lock of the day; the condition of the update; the writing
transaction that begins before the count (SQLite's BEGIN IMMEDIATE); the CHECK constraint (by a pragma on
SQLite; the test drops it on PostgreSQL). The first sign-ups wait for each other between count and write, so
that the race doesn't hang on luck.
"""

import sys
import threading
from collections.abc import Collection, Mapping
from itertools import count

from flask import request
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import web
from hub.core.db import begin_write, db
from hub.events.models.days import Event, Mode
from hub.events.models.workshops import Workshop
from hub.events.operations import seats
from hub.server import Server

TOGETHER = 8
arrivals = count()
meeting = threading.Barrier(TOGETHER)
counted = threading.local()


def count_then_begin(session: Session) -> None:
    if request.endpoint == "events.sign_up_now":
        counted.taken = session.scalar(select(Event.taken))
        session.rollback()
        if next(arrivals) < TOGETHER:
            meeting.wait(timeout=20)
    begin_write(session)


def nothing(*_given: object, **_named: object) -> None:
    """Neither lock nor wait."""


def available_as_counted(
    _session: Session, event: Event, mode: Mode, wanted: Collection[Workshop], **_named: object
) -> tuple[bool, set[Workshop]]:
    del mode
    return event.capacity is None or counted.taken < event.capacity, set(wanted)


def shift_without_guard(
    session: Session, event: Event, *, places: Mapping[Mode, int], workshops: Mapping[int, int]
) -> None:
    del workshops
    more = sum(places.values())
    session.execute(
        update(Event).values(taken=Event.taken + more).execution_options(synchronize_session=False)
    )
    session.expire(event, ["taken"])


def main(port: int) -> None:
    web.begin_write = count_then_begin
    seats.lock = nothing
    seats.available = available_as_counted
    seats.shift = shift_without_guard
    app = create_app()
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            sqlalchemy_event.listen(
                engine,
                "connect",
                lambda connection, _record: connection.execute("PRAGMA ignore_check_constraints=ON"),
            )
            engine.dispose()
    Server(app, host="127.0.0.1", port=port, threads=40, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
