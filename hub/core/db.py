"""The database: one declarative base, one session a request, the same rules on SQLite and PostgreSQL.

SQLite runs in WAL with synchronous=FULL (R1: no confirmed write is lost) and every writing transaction
begins with BEGIN IMMEDIATE, so that two writers queue up instead of losing an update. PostgreSQL runs at
READ COMMITTED; operations guard what they take by a conditional update or a row lock.

SQLite lets writers that wait sleep and try again, longer each time: under load whoever comes last is served
first, and somebody waits for seconds. The writers of one process therefore queue before they ask SQLite.
Between processes only one at a time asks, again and again at short intervals; who asks next is decided by a
lock on a file beside the database, so that no process overtakes one that asks already.
"""

import fcntl
import os
import sqlite3
import threading
import traceback
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, partial
from time import monotonic, sleep
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    Enum,
    Insert,
    MetaData,
    Table,
    TypeDecorator,
    event,
    insert,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, OperationalError, StatementError
from sqlalchemy.orm import DeclarativeBase, Session

BUSY_TIMEOUT_MS = 15_000
ASK_AGAIN_SECONDS = 0.0002
BEGIN = "BEGIN IMMEDIATE"
WRITE = {"hub_write": True}


class Base(DeclarativeBase):
    """What every mapped class of the hub inherits."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@event.listens_for(Table, "after_parent_attach")
def never_reuse_ids(table: Table, _parent: object) -> None:
    """Let SQLite never give a deleted row's id again: history and personal links point to rows by id."""
    table.dialect_options["sqlite"]["autoincrement"] = True


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC. A naive one is refused: nobody could say later which clock it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime can't be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back in UTC; SQLite forgets the zone."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kind: type[StrEnum], name: str) -> Enum:
    """Return a column type for one of the words of `kind`, held by a CHECK called `name`."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda words: [word.value for word in words],
    )


class Turns:
    """The right to write, given to one connection at a time, in the order of asking."""

    def __init__(self) -> None:
        # The garbage collector may roll a lost connection back in the middle of anything, even of this.
        self._guard = threading.RLock()
        self._writer: object = None
        self._thread = 0
        self._waiting: deque[tuple[object, int, threading.Event]] = deque()  # connection, thread, its call

    def take(self, connection: object, seconds: float) -> bool:
        """Wait for the connection's turn; return whether it came within so many seconds.

        Whoever took it or gave up says so by `leave`. Raises RuntimeError where waiting could never end.
        """
        own, called = threading.get_ident(), threading.Event()
        with self._guard:
            if self._writer is None:
                self._writer, self._thread = connection, own
                return True
            if self._thread == own:
                raise RuntimeError("this thread is writing already, in another transaction")
            self._waiting.append((connection, own, called))
        return called.wait(seconds)

    def leave(self, connection: object) -> None:
        """End the connection's turn, or its waiting for one; nothing happens if it has neither."""
        with self._guard:
            if self._writer is not connection:
                self._give_up(connection)
            elif self._waiting:
                self._writer, self._thread, called = self._waiting.popleft()
                called.set()
            else:
                self._writer, self._thread = None, 0

    def _give_up(self, connection: object) -> None:
        for one in self._waiting:
            if one[0] is connection:
                self._waiting.remove(one)
                return


class Gate:
    """Where the writers of several processes wait for who may ask SQLite next: a lock on an empty file.

    The kernel lets go of it when a process dies.
    """

    def __init__(self, database: str | None) -> None:
        self._path = f"{database}-gate" if database and database != ":memory:" else None
        self._descriptor, self._process = -1, 0

    def enter(self) -> None:
        """Wait until no other process asks: as long as the first may ask, at most."""
        if self._path is None:
            return
        if self._process != os.getpid():
            # A file opened before a fork is one lock for both processes.
            self._process = os.getpid()
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            weakref.finalize(self, os.close, self._descriptor)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def leave(self) -> None:
        """Let the next process ask."""
        if self._path is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)


class QueuedConnection(sqlite3.Connection):
    """A connection that ends its turn when its transaction is truly over: the engine's events come before."""

    def __init__(self, *given: Any, turns: Turns, **options: Any) -> None:
        self.turns = turns
        super().__init__(*given, **options)

    def commit(self) -> None:
        """Commit; one that fails keeps its turn until it is rolled back."""
        super().commit()
        self.turns.leave(self)

    def rollback(self) -> None:
        """Roll back; where even that fails, the pool closes the connection."""
        super().rollback()
        self.turns.leave(self)

    def close(self) -> None:
        """Close, which ends any transaction."""
        try:
            super().close()
        finally:
            self.turns.leave(self)


def prepare_engine(engine: Engine) -> None:
    """Give an SQLite engine the pragmas and transactions that the hub counts on; PostgreSQL needs none.

    No error of either tells what was to be stored: names would stand in the log.
    """
    engine.hide_parameters = True
    if engine.dialect.name != "sqlite":
        return
    turns, gate = Turns(), Gate(engine.url.database)

    @event.listens_for(engine, "do_connect")
    def queue(_dialect: object, _record: object, _args: object, options: dict[str, Any]) -> None:
        options["factory"] = partial(QueuedConnection, turns=turns)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transactions begin too late and never IMMEDIATE: we begin them ourselves.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # What is deleted is overwritten: a name that was erased stands in no free part of the file (G5).
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("hub_write"):
            begin_in_turn(connection, turns, gate)
        else:
            connection.exec_driver_sql("BEGIN")


def described(problem: BaseException) -> str:
    """Return what went wrong and where, for the log: of the database's refusals nothing that was stored (G5).

    PostgreSQL tells the values of a row that it refuses after the first line, those that it can't read after
    a colon.
    """
    if not isinstance(problem, StatementError):
        return "".join(traceback.format_exception(problem)).rstrip()
    where = "".join(traceback.format_tb(problem.__traceback__))
    return f"{briefly(problem)}\n{problem.statement or ''}\n{where}".rstrip()


def briefly(problem: BaseException) -> str:
    """Return what went wrong in one line."""
    if not isinstance(problem, StatementError):
        return "".join(traceback.format_exception_only(problem)).strip()
    first = str(problem.orig).partition("\n")[0]
    if isinstance(problem, DataError):
        first = first.partition(":")[0]
    return f"{type(problem.orig).__name__}: {first}"


def begin_in_turn(connection: Connection, turns: Turns, gate: Gate) -> None:
    """Begin a writing transaction in its turn. Raises OperationalError if that takes BUSY_TIMEOUT_MS."""
    driver: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
    until = monotonic() + BUSY_TIMEOUT_MS / 1000
    begun = False
    try:
        if turns.take(driver, BUSY_TIMEOUT_MS / 1000):
            begin_after_others(driver, gate, until)
            begun = True
    except sqlite3.OperationalError as problem:
        raise OperationalError(BEGIN, None, problem) from problem
    finally:
        if not begun:
            turns.leave(driver)
    if not begun:
        raise OperationalError(BEGIN, None, sqlite3.OperationalError("too many writers wait"))


def begin_after_others(driver: sqlite3.Connection, gate: Gate, until: float) -> None:
    """Begin a writing transaction when those of other processes are over.

    Raises sqlite3.OperationalError where one of them is not by then. SQLite's own way of waiting would sleep
    longer than most transactions take.
    """
    gate.enter()
    try:
        driver.execute("PRAGMA busy_timeout=0")
        while True:
            try:
                driver.execute(BEGIN)
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() >= until:
                    raise
                sleep(ASK_AGAIN_SECONDS)
            else:
                return
    finally:
        gate.leave()
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def insert_plainly(session: Session, model: type[Base], **values: Any) -> None:
    """Insert a row that nobody looks at in this transaction, after all that the session holds back.

    An eighth of what the unit of work takes for one row, and history, links and jobs are made by the
    hundred while others wait.
    """
    session.flush()
    session.execute(_plain_insert(model), values)


@cache
def _plain_insert(model: type[Base]) -> Insert:
    return insert(cast("Table", model.__table__))


def begin_write(session: Session) -> None:
    """Begin the session's transaction as a writing one; whatever it had read before is dropped."""
    session.rollback()
    session.connection(execution_options=WRITE)


@contextmanager
def writing(engine: Engine, **info: Any) -> Iterator[Session]:
    """Yield a session whose transaction is committed at the end, or rolled back on an error."""
    with Session(engine, info=info) as session:
        begin_write(session)
        yield session
        session.commit()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Yield a session for reading; it is rolled back at the end."""
    with Session(engine) as session:
        yield session
        session.rollback()
