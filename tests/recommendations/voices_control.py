"""A server without the guards of an organisation's one voice. For the controls of test_voices_rush only.

Taken away: the locks, and the writing transaction that begins before what stands is read (SQLite's BEGIN
IMMEDIATE); the test takes the unique indexes away itself. Both who click wait for each other between reading
and writing, so that the race doesn't hang on luck.
"""

import sys
import threading
from collections.abc import Callable
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import web
from hub.core.db import begin_write, db
from hub.recommendations.operations import dots, positions
from hub.server import Server

TOGETHER = 2
ENDPOINTS = {"recommendations.put_ballot", "recommendations.say"}
gathering = threading.Barrier(TOGETHER)


def begin_later(session: Session) -> None:
    if request.endpoint not in ENDPOINTS:
        begin_write(session)


def check_then_begin(check: Callable[..., None]) -> Callable[..., None]:
    def checked(*values: Any) -> None:
        check(*values)
        gathering.wait(timeout=20)
        session = db.session()
        session.rollback()
        begin_write(session)

    return checked


def main(port: int) -> None:
    web.begin_write = begin_later
    dots.hold = lambda session, row: session.refresh(row)
    dots._check_spread = check_then_begin(dots._check_spread)
    positions.hold = lambda _session, _invitation: None
    positions._check_unmoved = check_then_begin(positions._check_unmoved)
    Server(create_app(), host="127.0.0.1", port=port, threads=10, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
