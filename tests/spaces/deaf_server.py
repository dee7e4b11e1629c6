"""A server that saves notes whatever they started from. For the control of test_notes_at_once only."""

import sys
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.server import Server
from hub.spaces.models.meetings import AgendaItem
from hub.spaces.operations import notes

THREADS = 12


def store(session: Session, item: AgendaItem, text: str, *, base: int, now: datetime) -> bool:
    """Put a text in the place of whatever stands there."""
    del base
    session.execute(
        update(AgendaItem)
        .where(AgendaItem.id == item.id)
        .values(notes=text, notes_version=AgendaItem.notes_version + 1, notes_saved_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(item)
    return True


def main(port: int) -> None:
    notes.store = store
    Server(create_app(), host="127.0.0.1", port=port, threads=THREADS, with_worker=False).run()


if __name__ == "__main__":
    number = int(sys.argv.pop())
    main(number)
