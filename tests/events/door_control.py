"""A server that looks whether somebody is noted and then notes it. For the control of test_door_rush only.

The first to arrive wait for each other between looking and noting, so that the race doesn't hang on luck; the
writing transaction begins after looking, as without SQLite's BEGIN IMMEDIATE.
"""

import sys
import threading
from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import web
from hub.core.db import begin_write
from hub.events.models.outcomes import Presence
from hub.events.operations import presence
from hub.server import Server

TOGETHER = 4
arrivals = count()
meeting = threading.Barrier(TOGETHER)
looked = threading.local()


def look_then_begin(session: Session) -> None:
    if request.endpoint == "events.door_gesture":
        registration = int(request.form.get("registration", 0))
        known = select(Presence.id).where(Presence.registration_id == registration)
        looked.known = session.scalar(known)
        session.rollback()
        if next(arrivals) < TOGETHER:
            meeting.wait(timeout=20)
    begin_write(session)


def note_without_guard(session: Session, notes: Iterable[Any], *, now: datetime) -> set[tuple[int, int]]:
    for one in notes:
        if looked.known is None:
            session.add(
                Presence(
                    session_id=one.session_id, registration_id=one.registration_id,
                    was_there=one.was_there, source=one.source, at=one.at, stored_at=now,
                )
            )  # fmt: skip
    session.flush()
    return set()


def main(port: int) -> None:
    web.begin_write = look_then_begin
    presence.note = note_without_guard  # type: ignore[assignment]
    Server(create_app(), host="127.0.0.1", port=port, threads=20, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
