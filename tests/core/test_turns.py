"""Writers of one process queue: in the order of asking, none starves, no turn is ever lost."""

import gc
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hub.core import db as database
from hub.core.db import Turns, begin_write, prepare_engine, writing
from tests.conftest import Installation

WRITERS, TIMES = 8, 5
SOON_MS = 50


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path / 'turns.db'}")
    prepare_engine(made)
    with writing(made) as session:
        session.execute(text("CREATE TABLE line (writer INTEGER)"))
    yield made
    made.dispose()


def write(engine: Engine, number: int = 0) -> None:
    with writing(engine) as session:
        session.execute(text("INSERT INTO line VALUES (:number)"), {"number": number})


def lines(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return list(session.scalars(text("SELECT writer FROM line ORDER BY rowid")))


def elsewhere(act: Callable[[], Any]) -> Any:
    """Do it in another thread; return what came of it, be it an exception."""
    came: list[Any] = []

    def work() -> None:
        try:
            came.append(act())
        except Exception as problem:  # noqa: BLE001 - the test looks at it
            came.append(problem)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(timeout=60)
    assert came, "it still waits"
    return came[0]


class Line:
    """Threads that wait for a turn, one behind the other: each is known to stand before the next comes."""

    def __init__(self, turns: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
        self.turns, self.threads = turns, list[threading.Thread]()
        self.standing = threading.Semaphore(0)
        line = self

        class Call(threading.Event):
            def wait(self, timeout: float | None = None) -> bool:
                if threading.current_thread() in line.threads:
                    line.standing.release()
                return super().wait(timeout)

        monkeypatch.setattr(threading, "Event", Call)

    def join(self, act: Callable[[], None]) -> None:
        thread = threading.Thread(target=act, daemon=True)
        self.threads.append(thread)
        thread.start()
        assert self.standing.acquire(timeout=60)

    def end(self) -> None:
        for thread in self.threads:
            thread.join(timeout=60)
            assert not thread.is_alive()


def test_turns_come_in_the_order_of_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, served = Turns(), list[int]()
    line = Line(turns, monkeypatch)

    def wait(number: int) -> None:
        assert turns.take(number, 60)
        served.append(number)
        turns.leave(number)

    assert turns.take("first", 60)
    for number in range(WRITERS):
        line.join(lambda number=number: wait(number))  # type: ignore[misc]
    turns.leave("first")
    line.end()
    assert served == list(range(WRITERS))


def test_whoever_gives_up_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, served = Turns(), list[bool]()
    line = Line(turns, monkeypatch)
    assert turns.take("first", 60)
    line.join(lambda: served.append(turns.take("second", 60)))
    line.join(lambda: served.append(turns.take("third", 60)))
    turns.leave("second")
    turns.leave("nobody")
    turns.leave("first")
    line.threads[1].join(timeout=60)
    assert served == [True]
    turns.leave("third")
    assert turns.take("fourth", 0)


def test_no_writer_starves_and_nothing_is_lost(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """All wait behind one: then each writes once before anybody writes again."""
    line = Line(Turns(), monkeypatch)

    def work(number: int) -> None:
        for _ in range(TIMES):
            write(engine, number)

    with writing(engine) as session:
        session.execute(text("DELETE FROM line"))
        for number in range(WRITERS):
            line.join(lambda number=number: work(number))  # type: ignore[misc]
    line.end()
    written = lines(engine)
    assert written[:WRITERS] == list(range(WRITERS))
    assert sorted(written) == sorted(list(range(WRITERS)) * TIMES)


def test_a_turn_ends_with_an_exception(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine):
        raise ZeroDivisionError
    with pytest.raises(OperationalError), writing(engine) as session:
        session.execute(text("INSERT INTO nowhere VALUES (1)"))
    assert elsewhere(lambda: write(engine)) is None


def test_a_turn_ends_with_a_killed_connection(engine: Engine) -> None:
    session = Session(engine)
    begin_write(session)
    session.execute(text("INSERT INTO line VALUES (1)"))
    session.connection().invalidate()
    assert elsewhere(lambda: write(engine, 2)) is None
    session.close()
    assert lines(engine) == [2]


def test_a_turn_ends_with_a_connection_that_nobody_holds_any_more(engine: Engine) -> None:
    session = Session(engine)
    begin_write(session)
    del session
    gc.collect()
    assert elsewhere(lambda: write(engine, 3)) is None


def test_a_turn_ends_where_another_process_keeps_the_file(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", SOON_MS)
    engine.dispose()
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    problem = elsewhere(lambda: write(engine))
    assert isinstance(problem, OperationalError)
    assert "locked" in str(problem)
    other.execute("ROLLBACK")
    other.close()
    assert elsewhere(lambda: write(engine)) is None


def test_two_transactions_of_one_thread_are_an_error_at_once(engine: Engine) -> None:
    with writing(engine), pytest.raises(RuntimeError, match="already"):
        write(engine)
    assert elsewhere(lambda: write(engine)) is None


def test_readers_need_no_turn(engine: Engine) -> None:
    with writing(engine):
        assert elsewhere(lambda: lines(engine)) == []


def test_who_waits_too_long_is_told_to_come_back(
    installation: Installation, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", SOON_MS)
    monkeypatch.setitem(installation.app.config, "RAISE_ERRORS", value=False)
    signing_in = {"email": "nobody@example.org", "password": "not the right one"}
    with writing(installation.engine):
        answer = elsewhere(lambda: client.post("/connexion", data=signing_in))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert elsewhere(lambda: client.post("/connexion", data=signing_in)).status_code == 303


def test_no_process_overtakes_one_that_asks_already(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another engine stands for another process: its turns are its own, the file is the same."""
    other = create_engine(f"sqlite:///{tmp_path / 'turns.db'}")
    prepare_engine(other)
    asks = threading.Event()
    monkeypatch.setattr(database, "sleep", lambda seconds: (asks.set(), time.sleep(seconds)))
    line = Line(Turns(), monkeypatch)
    stranger = threading.Thread(target=write, args=(other, 1), daemon=True)
    with writing(engine) as session:
        session.execute(text("INSERT INTO line VALUES (0)"))
        stranger.start()
        assert asks.wait(60)
        line.join(lambda: write(engine, 2))
    line.end()
    stranger.join(timeout=60)
    assert lines(engine) == [0, 1, 2]
    other.dispose()
