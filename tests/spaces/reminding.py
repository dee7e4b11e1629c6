"""A worker of its own that begins a morning and writes the reminders. For test_reminders only.

`python -m tests.spaces.reminding URI MOMENT guarded|unguarded` waits for a line, then works as a worker does
at that moment. Unguarded, what keeps mails single is taken away: the day's row, what was told, the version;
and each says "looked" once it knows who is to be written to, and waits for a line before it writes: so the
two overlap for certain.
"""

import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.core import clock, jobs, mornings
from hub.core.db import prepare_engine
from hub.core.mail import Site
from hub.spaces.operations import reminders
from hub.spaces.queries import reminders as queries

SITE = Site("http://127.0.0.1:8000", "Réseau d’essai", "reseau@example.org")
NO_SERVER: dict[str, Any] = {"SMTP_HOST": "", "MAIL_FROM": ""}


def tell(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def unguarded() -> None:
    own = f"-{os.getpid()}"
    always: Callable[..., bool] = lambda *_given, **_more: True  # noqa: E731
    mornings.claim = always
    due, first = queries.due, iter([True])

    def look_and_wait(session: Session, day: date) -> Any:
        found = due(session, day)
        if next(first, False):  # not again, while it writes: a writer waits for nobody
            tell("looked")
            sys.stdin.readline()
        return found

    queries.due = look_and_wait  # type: ignore[assignment]
    queries.written = lambda _session, _first: set()
    reminders.version = lambda day: day.isoformat() + own
    reminders._note = lambda *_given, **_more: None


def main(uri: str, moment: datetime, *, guarded: bool) -> None:
    if not guarded:
        unguarded()
    create_app({"SECRET_KEY": "x", "DATA_FOLDER": os.environ["FOLDER"], "SQLALCHEMY_DATABASE_URI": uri})
    engine = create_engine(uri)
    prepare_engine(engine)
    clock.now = lambda: moment  # type: ignore[assignment]
    tell("ready")
    sys.stdin.readline()
    mornings.begin(engine, now=moment)
    while jobs.run_next(engine, f"worker {os.getpid()}", {"site": SITE, "config": NO_SERVER}):
        pass
    tell("done")


if __name__ == "__main__":
    main(sys.argv[1], datetime.fromisoformat(sys.argv[2]), guarded=sys.argv[3] == "guarded")
