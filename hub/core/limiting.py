"""Where limits are counted when several processes serve: a small file beside the data.

What is counted is an address or what somebody typed: only a keyed hash of it is stored, and only for as long
as its limit lasts.
"""

import hashlib
import os
import sqlite3
import threading
import time
from typing import Any

from limits.storage import Storage

SCHEME = "shared"
WAIT_SECONDS = 5.0
TABLE = (
    "CREATE TABLE IF NOT EXISTS counter (name BLOB PRIMARY KEY, number INTEGER NOT NULL, ends REAL NOT NULL)"
    " WITHOUT ROWID"
)
# What has ended begins anew.
COUNT = """
INSERT INTO counter (name, number, ends) VALUES (:name, :amount, :ends)
ON CONFLICT (name) DO UPDATE SET
    number = CASE WHEN ends <= :now THEN excluded.number ELSE number + excluded.number END,
    ends = CASE WHEN ends <= :now THEN excluded.ends ELSE ends END
RETURNING number
"""


class SharedStorage(Storage):
    """Counters of all processes that serve one installation: `shared:///path/of/the/file`."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the library's own way

    def __init__(self, uri: str, wrap_exceptions: bool = False, *, key: str, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions)
        self._path = uri.removeprefix(f"{SCHEME}://")
        self._key = hashlib.sha256(key.encode()).digest()
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        os.register_at_fork(after_in_child=self._forget)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count so many more and return how many there are; the first begins a window of `expiry` seconds."""
        now = time.time()
        given = {"name": self._name(key), "amount": amount, "now": now, "ends": now + expiry}
        with self._guard:
            ((number,),) = self._file().execute(COUNT, given).fetchall()
        return int(number)

    def get(self, key: str) -> int:
        """Return how many were counted."""
        return int(self._row(key)[0])

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds since 1970; now, where none is open."""
        return float(self._row(key)[1])

    def check(self) -> bool:
        """Say whether counting works."""
        with self._guard:
            return bool(self._file().execute("SELECT 1").fetchone())

    def reset(self) -> int:
        """Forget all; return how many counters that were."""
        with self._guard:
            return self._file().execute("DELETE FROM counter").rowcount

    def clear(self, key: str) -> None:
        """Forget one."""
        with self._guard:
            self._file().execute("DELETE FROM counter WHERE name = ?", (self._name(key),))

    def _row(self, key: str) -> tuple[int, float]:
        now = time.time()
        with self._guard:
            row = (
                self._file()
                .execute(
                    "SELECT number, ends FROM counter WHERE name = ? AND ends > ?", (self._name(key), now)
                )
                .fetchone()
            )
        return row or (0, now)

    def _name(self, key: str) -> bytes:
        return hashlib.blake2b(key.encode(), key=self._key, digest_size=16).digest()

    def _file(self) -> sqlite3.Connection:
        """Return this process's connection; what has ended is deleted when it is opened."""
        if self._connection is None:
            made = sqlite3.connect(
                self._path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            # A power cut may lose counts: they need not wait for the disk.
            for pragma in ("journal_mode=WAL", "synchronous=OFF", "secure_delete=ON"):
                made.execute(f"PRAGMA {pragma}")
            made.execute(TABLE)
            made.execute("DELETE FROM counter WHERE ends <= ?", (time.time(),))
            self._connection = made
        return self._connection

    def _forget(self) -> None:
        """Open another connection in a process that was made of this one: SQLite's can't be shared."""
        self._guard = threading.Lock()
        self._connection = None
