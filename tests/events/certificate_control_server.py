"""A server without the guards of certificates. For the control of test_certificate_rush only.

Taken away: the lock of the day's row, the writing transaction that begins before reading (SQLite's BEGIN
IMMEDIATE), and the one statement that takes the next number: it is read, then written. Those who come first
wait for each other between reading and writing, so that the race doesn't hang on luck.
"""

import sys
import threading

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import web
from hub.core.db import begin_write
from hub.events.models.days import Event
from hub.events.models.outcomes import CertificateCounter
from hub.events.operations import certificates
from hub.server import Server

TOGETHER = 4
gathering = threading.Barrier(TOGETHER)


def begin_later(session: Session) -> None:
    if request.endpoint != "events.issue_certificate":
        begin_write(session)


def without_lock(session: Session, event: Event) -> None:
    del session, event


def read_then_write(session: Session, year: int) -> str:
    last = session.scalar(select(CertificateCounter.last).where(CertificateCounter.year == year)) or 0
    session.rollback()
    gathering.wait(timeout=20)
    begin_write(session)
    row = session.get(CertificateCounter, year)
    if row is None:
        session.add(CertificateCounter(year=year, last=last + 1))
    else:
        row.last = last + 1
    session.flush()
    return f"{year}-{last + 1:04d}"


def main(port: int) -> None:
    web.begin_write = begin_later
    certificates._lock = without_lock
    certificates.next_serial = read_then_write
    Server(create_app(), host="127.0.0.1", port=port, threads=16, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
