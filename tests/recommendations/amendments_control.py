"""A server without the guards of an answer to an amendment. For the control of test_amendments_rush only.

Taken away: the locks, and the writing transaction that begins before what stands is read (SQLite's BEGIN
IMMEDIATE). Both who answer wait for each other between reading and writing, so that the race doesn't hang on
luck.
"""

import sys
import threading
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import web
from hub.core.db import begin_write, db
from hub.recommendations.operations import amendments
from hub.server import Server

TOGETHER = 2
gathering = threading.Barrier(TOGETHER)
check = amendments._check_waits


def begin_later(session: Session) -> None:
    if request.endpoint != "recommendations.answer_amendment":
        begin_write(session)


def check_then_begin(amendment: Any) -> None:
    check(amendment)
    gathering.wait(timeout=20)
    session = db.session()
    session.rollback()
    begin_write(session)


def main(port: int) -> None:
    web.begin_write = begin_later
    amendments._hold = lambda _session, amendment: amendment.recommendation
    amendments._check_waits = check_then_begin
    Server(create_app(), host="127.0.0.1", port=port, threads=10, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
