"""Remembering what was read, for exactly as long as nothing in the database changes.

The database itself says whether anything was committed since: SQLite by `PRAGMA data_version` on a connection
that never writes, PostgreSQL by its current snapshot. So no answer is ever stale, whoever wrote and however;
any commit forgets everything.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Hashable
from itertools import count
from threading import Lock, RLock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from hub.core.db import reading

Value = TypeVar("Value")


_watchers = count()


class _Watcher:
    """Tells in which state an engine's database is: two equal answers mean that nothing was committed."""

    def __init__(self, engine: Engine) -> None:
        self.lock = Lock()
        self.number = next(_watchers)
        self.connection: sqlite3.Connection | None = None
        path = engine.url.database
        if engine.dialect.name == "sqlite" and path and path != ":memory:":
            self.connection = sqlite3.connect(path, check_same_thread=False)
        event.listen(engine, "engine_disposed", self.close)

    def close(self, _engine: Engine) -> None:
        with self.lock:
            if self.connection is not None:
                self.connection.close()
                self.connection = None

    def state(self, engine: Engine) -> str | None:
        """Return the state, or None where it can't be told: then nothing is remembered."""
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                return str(connection.exec_driver_sql("SELECT pg_current_snapshot()").scalar())
        with self.lock:
            if self.connection is None:
                return None
            version = self.connection.execute("PRAGMA data_version").fetchone()[0]
            return f"{self.number} {version}"  # versions of two connections can't be compared


class Remembered(Generic[Value]):
    """A few values by key, each with the state of the database that it was read in."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.lock = RLock()  # what is read may itself rest on something remembered here
        self.watchers: WeakKeyDictionary[Engine, _Watcher] = WeakKeyDictionary()
        self.values: WeakKeyDictionary[Engine, OrderedDict[Hashable, tuple[str, Value]]] = WeakKeyDictionary()

    def get(self, engine: Engine, key: Hashable, read: Callable[[Session], Value]) -> Value:
        """Return what `read` gives for a fresh session, without reading where nothing has changed since.

        Of several who ask at once one reads, the others wait for it. The value is shared: leave it as it is.
        """
        with self.lock:
            watcher = self._watcher(engine)
            kept = self.values.setdefault(engine, OrderedDict())
            before = watcher.state(engine)
            found = kept.get(key)
            if found is not None and before is not None and found[0] == before:
                kept.move_to_end(key)
                return found[1]
            kept.pop(key, None)
            with reading(engine) as session:
                value = read(session)
            # Read between two equal states, so it is of that state.
            if before is not None and watcher.state(engine) == before:
                kept[key] = (before, value)
                while len(kept) > self.size:
                    kept.popitem(last=False)
            return value

    def _watcher(self, engine: Engine) -> _Watcher:
        watcher = self.watchers.get(engine)
        if watcher is None or (watcher.connection is None and engine.dialect.name == "sqlite"):
            watcher = self.watchers[engine] = _Watcher(engine)
        return watcher
