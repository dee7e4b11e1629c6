"""A server without the guards of those who write together. For the controls of test_writing_rush only.

Taken away: the row that writing a part holds and the writing transaction that begins before what stands is
read (SQLite's BEGIN IMMEDIATE), the moment that undoing expects, the one statement that says where one is.
Who writes or says where they are waits between reading and writing until another has read as well.
"""

import sys
import threading
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.app import create_app, load_models
from hub.core import web
from hub.core.db import begin_write, db
from hub.server import Server

# Tables name each other: all are there before an operation asks anything of one.
load_models()

from hub.publishing.models.editions import Edition  # noqa: E402
from hub.publishing.models.writing import EditionPresence  # noqa: E402
from hub.publishing.operations import composing, parts, presence, snapshots, undoing  # noqa: E402

TOGETHER = 2
WAIT = 20  # seconds
RACING = {"publishing.write_section", "publishing.presence"}
gathering = threading.Barrier(TOGETHER)


def begin_later(session: Session) -> None:
    if request.endpoint not in RACING:
        begin_write(session)


def meet() -> None:
    """Wait for the other one, then begin to write with what was read before."""
    gathering.wait(timeout=WAIT)
    db.session().rollback()
    begin_write(db.session())


def marked(*texts: str) -> str:
    mark = composing.seen(*texts)
    meet()
    return mark


def seen_somewhere(session: Session, edition: Edition, user_id: int, place: str, *, now: datetime) -> None:
    number = edition.id
    known = session.scalar(
        select(EditionPresence.id).where(
            EditionPresence.edition_id == number, EditionPresence.user_id == user_id
        )
    )
    meet()
    if known is None:
        session.add(EditionPresence(edition_id=number, user_id=user_id, place=place, seen_at=now))
        session.flush()


def without_a_head(log: Any) -> Any:
    def read(session: Session, edition: Edition, _head: int, now: datetime) -> Any:
        composing.hold(session, edition)  # the two still come one after the other
        last = snapshots.latest(session, edition)
        return log(session, edition, last.number if last else 0, now)

    return read


def main(port: int) -> None:
    web.begin_write = begin_later
    parts.hold_to_change = lambda session, edition, _now: session.refresh(edition)
    parts.seen = marked
    presence.seen = seen_somewhere
    undoing._log = without_a_head(undoing._log)
    Server(create_app(), host="127.0.0.1", port=port, threads=10, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
