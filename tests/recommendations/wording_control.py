"""A server that looks which wording stands, then writes its own. For the control of test_wording_rush only.

The first to save wait for each other between looking and writing, so that the race doesn't hang on luck; the
writing transaction begins after looking, as without SQLite's BEGIN IMMEDIATE.
"""

import sys
import threading
from datetime import datetime
from itertools import count

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import web
from hub.core.db import begin_write
from hub.recommendations.models.carrying import WorkshopRecommendation
from hub.recommendations.operations import workshops
from hub.recommendations.operations.workshops import Seen
from hub.server import Server

TOGETHER = 4
arrivals = count()
meeting = threading.Barrier(TOGETHER)
looked = threading.local()


def look_then_begin(session: Session) -> None:
    if request.endpoint == "recommendations.save_wording":
        looked.version = session.scalar(select(WorkshopRecommendation.wording_version))
        session.rollback()
        if next(arrivals) < TOGETHER:
            meeting.wait(timeout=20)
    begin_write(session)


def store_without_guard(
    session: Session, row: WorkshopRecommendation, wording: str, *, seen: Seen, now: datetime
) -> bool:
    if looked.version != seen.version:
        return False
    row.wording, row.wording_version = wording, seen.version + 1
    row.saved_by_page, row.saved_at = seen.page, now
    session.flush()
    return True


def main(port: int) -> None:
    web.begin_write = look_then_begin
    workshops.store = store_without_guard
    Server(create_app(), host="127.0.0.1", port=port, threads=20, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
