"""What was read is remembered as long as nothing is committed, and never a moment longer."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core.db import writing
from hub.core.remembering import Remembered
from tests import factories
from tests.conftest import Installation, both_databases

Count = Callable[[], int]


@pytest.fixture
def read(installation: Installation) -> tuple[Count, list[int]]:
    """Count organisations through a memory; note each time that they are really counted."""
    remembered: Remembered[int] = Remembered(2)
    reads: list[int] = []

    def really(session: Session) -> int:
        reads.append(1)
        return session.scalar(select(func.count()).select_from(Organisation)) or 0

    return lambda: remembered.get(installation.engine, "count", really), reads


@both_databases
def test_nothing_is_read_twice_until_something_is_committed(
    session: Session, read: tuple[Count, list[int]]
) -> None:
    count, reads = read
    factories.organisation(session, "Une")
    session.commit()
    assert (count(), count(), len(reads)) == (1, 1, 1)
    factories.organisation(session, "Autre")
    session.flush()
    assert count() == 1, "what isn't committed isn't there"
    session.commit()
    assert (count(), count()) == (2, 2)
    row = session.query(Organisation).filter_by(name="Autre").one()
    session.delete(row)
    session.commit()
    assert count() == 1


@both_databases
def test_a_commit_while_one_reads_is_not_lost(installation: Installation, session: Session) -> None:
    """What was read before the commit is given to who asked, and to nobody after."""
    remembered: Remembered[int] = Remembered(2)
    factories.organisation(session, "Une")
    session.commit()

    def slow(reading: Session) -> int:
        found = reading.scalar(select(func.count()).select_from(Organisation)) or 0
        with writing(installation.engine) as other:
            factories.organisation(other, f"Encore {found}")
        return found

    assert remembered.get(installation.engine, "count", slow) == 1
    assert remembered.get(installation.engine, "count", slow) == 2


def test_who_asks_meanwhile_waits_instead_of_reading_too(installation: Installation) -> None:
    remembered: Remembered[int] = Remembered(2)
    begun, go = threading.Event(), threading.Event()
    reads: list[int] = []

    def slow(_session: Session) -> int:
        reads.append(1)
        begun.set()
        assert go.wait(10)
        return 7

    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(remembered.get(installation.engine, "x", slow)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go.set()
    for thread in threads:
        thread.join(10)
    assert (found, len(reads)) == ([7, 7, 7], 1)


def test_only_so_many_are_kept(installation: Installation) -> None:
    remembered: Remembered[str] = Remembered(2)
    reads: list[str] = []

    def ask(key: str) -> None:
        remembered.get(installation.engine, key, lambda _: reads.append(key) or key)

    for key in "abcb":
        ask(key)
    assert reads == ["a", "b", "c"]
    ask("a")
    assert reads[-1] == "a"
