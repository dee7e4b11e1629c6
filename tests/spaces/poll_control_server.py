"""A server without the guards of a poll that becomes a meeting. For the control of test_poll_rush only.

Taken away: the row's lock, and the writing transaction that begins before the state is read (SQLite's BEGIN
IMMEDIATE); the test takes the unique index away itself. Those who click first wait for each other between
reading and writing, so that the race doesn't hang on luck.
"""

import sys
import threading

from flask import request
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import web
from hub.core.db import begin_write
from hub.server import Server
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.polls import DatePoll
from hub.spaces.operations import polls

TOGETHER = 2
gathering = threading.Barrier(TOGETHER)
read = polls.known_meeting


def begin_later(session: Session) -> None:
    if request.endpoint != "spaces.turn_poll":
        begin_write(session)


def read_then_begin(session: Session, poll: DatePoll) -> Meeting | None:
    found = read(session, poll)
    if found is None:
        gathering.wait(timeout=20)
    session.rollback()
    begin_write(session)
    return found


def main(port: int) -> None:
    web.begin_write = begin_later
    polls.lock = lambda _session, _poll: None
    polls.known_meeting = read_then_begin
    Server(create_app(), host="127.0.0.1", port=port, threads=10, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
