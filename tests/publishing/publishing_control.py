"""A server without the guards of an edition's steps. For the controls of test_publishing_rush only.

Taken away: the row that a step holds, and the writing transaction that begins before what stands is read
(SQLite's BEGIN IMMEDIATE). Both who click wait for each other between reading and writing, so that the race
doesn't hang on luck; then each believes what it read. Who changes a chapter writes once it is frozen.
"""

import sys
import threading
from collections.abc import Callable
from typing import Any

from flask import has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from hub.app import create_app, load_models
from hub.core import web
from hub.core.db import begin_write, db
from hub.server import Server

# Tables name each other: all are there before an operation asks anything of one.
load_models()

from hub.publishing.models.editions import IN_COMPOSITION, Edition  # noqa: E402
from hub.publishing.operations import composing, errata, freezing, steps  # noqa: E402

TOGETHER = 2
WAIT = 20  # seconds
ENDPOINTS = {
    "publishing.freeze",
    "publishing.publish",
    "publishing.change_chapter",
    "publishing.write_erratum",
}
gathering = threading.Barrier(TOGETHER)
frozen = threading.Event()


def begin_later(session: Session) -> None:
    if request.endpoint not in ENDPOINTS:
        begin_write(session)


def check_then_begin(check: Callable[..., Any]) -> Callable[..., Any]:
    def checked(session: Session, edition: Edition, *values: Any) -> Any:
        step = check(session, edition, *values)
        before, frozen_at = edition.state, edition.frozen_at
        gathering.wait(timeout=WAIT)
        db.session().rollback()
        begin_write(session)
        set_committed_value(edition, "state", before)
        set_committed_value(edition, "frozen_at", frozen_at)
        return step

    return checked


def hold_nothing(session: Session, edition: Edition) -> None:
    session.refresh(edition)


def change_later(session: Session, edition: Edition) -> None:
    """Believe that the edition is composed, and write once the other has frozen it."""
    session.refresh(edition)
    assert edition.state in IN_COMPOSITION
    gathering.wait(timeout=WAIT)
    frozen.wait(timeout=WAIT)
    session.rollback()
    begin_write(session)


def tell_frozen(_session: Session) -> None:
    if has_request_context() and request.endpoint == "publishing.freeze":
        frozen.set()


def number_together(count: Callable[..., Any]) -> Callable[..., Any]:
    """Let both who write an erratum count those before theirs, before one of them writes it."""

    def counted(session: Session, edition: Edition) -> int:
        last: int = count(session, edition)
        gathering.wait(timeout=WAIT)
        session.rollback()
        begin_write(session)
        return last

    return counted


def main(port: int) -> None:
    web.begin_write = begin_later
    freezing.hold = hold_nothing
    composing.hold = change_later
    errata.last_number = number_together(errata.last_number)
    event.listen(Session, "after_commit", tell_frozen)
    steps._checked = check_then_begin(steps._checked)
    Server(create_app(), host="127.0.0.1", port=port, threads=10, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
