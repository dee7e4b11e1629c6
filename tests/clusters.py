"""Throw-away PostgreSQL clusters for the tests: made in a second, gone without trace.

The server listens on a socket in its own folder only, so that any number of clusters run side by side.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER = "maillage"
# PostgreSQL refuses to run as root; Debian's package brings this account.
SYSTEM_ACCOUNT = "postgres"
DEADLINE = 30.0
# What is lost in a power cut need not be kept here, and tests that race need many connections.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}
# For measuring: what is committed is on the disk.
DURABLE = {**SETTINGS, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class ClusterError(Exception):
    """PostgreSQL is missing or doesn't start; the text says what to do."""


@dataclass(frozen=True)
class ClusterInfo:
    """A running cluster, reached through the socket in its folder."""

    folder: Path

    def url(self, database: str) -> str:
        """Return the address of a database as SQLAlchemy writes it."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def create_database(self, name: str, template: str = "template0") -> str:
        """Make a database, as a copy of `template` if given, and return its address."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, also if someone is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


@contextmanager
def cluster(settings: Mapping[str, str] = SETTINGS) -> Iterator[ClusterInfo]:
    """Run a cluster of its own for as long as the block lasts.

    However the tests end, no server stays behind: leaving the block stops it, and if this process
    dies before (kill -9 too), the kernel tells the server to quit.
    """
    binaries = _binaries()
    # Not TMPDIR: the path of a socket holds 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="maillage-pg-", dir="/tmp"))
    identity = _identity(folder)
    try:
        _initialise(binaries, folder, identity)
        server = _start(binaries, folder, identity, settings)
        try:
            _wait(server, folder)
            yield ClusterInfo(folder)
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    """Return the folder of the newest PostgreSQL: Debian keeps one per version, off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise ClusterError("PostgreSQL is missing: apt-get install postgresql")


def _identity(folder: Path) -> dict[str, Any]:
    """Return the arguments of subprocess that make PostgreSQL run as someone who is not root."""
    if os.geteuid() != 0:
        return {"cwd": folder}
    try:
        account = pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        raise ClusterError("The account postgres is missing: apt-get install postgresql") from None
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"cwd": folder, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _initialise(binaries: Path, folder: Path, identity: dict[str, Any]) -> None:
    command = [str(binaries / "initdb"), "--pgdata", str(folder / "data"), "--username", OWNER]
    command += [
        "--auth",
        "trust",
        "--encoding",
        "UTF8",
        "--locale",
        "C.UTF-8",
        "--no-sync",
        "--no-instructions",
    ]
    done = subprocess.run(command, **identity, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ClusterError(f"initdb failed:\n{done.stdout}{done.stderr}")


def _start(
    binaries: Path, folder: Path, identity: dict[str, Any], settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = ["setpriv", "--pdeathsig", "QUIT", str(binaries / "postgres")]
    command += ["-D", str(folder / "data"), "-k", str(folder)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen([*command, *options], **identity, stdout=log, stderr=subprocess.STDOUT)


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    """Return once the server accepts connections."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(psycopg.OperationalError):
            psycopg.connect(host=str(folder), user=OWNER, dbname="postgres").close()
            return
        time.sleep(0.02)  # nothing tells us: PostgreSQL has no way to say that it is ready
    raise ClusterError(f"PostgreSQL does not start:\n{(folder / 'log').read_text()}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop at once: nothing in the cluster is worth a tidy end."""
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
