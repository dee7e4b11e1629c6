"""The database: one declarative base, one session a request, the same rules on SQLite and PostgreSQL.

SQLite runs in WAL with synchronous=FULL (R1: no confirmed write is lost) and every writing transaction
begins with BEGIN IMMEDIATE, so that two writers queue up instead of losing an update. PostgreSQL runs at
READ COMMITTED; operations guard what they take by a conditional update or a row lock.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, Table, TypeDecorator, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session

BUSY_TIMEOUT_MS = 15_000
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


def prepare_engine(engine: Engine) -> None:
    """Give an SQLite engine the pragmas and transactions that the hub counts on; PostgreSQL needs none."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transactions begin too late and never IMMEDIATE: we begin them ourselves.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("hub_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


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
