"""Sign-ups a second through the served application, beside the same guarded update with nothing around it.

Both write to databases in one folder, one after the other in one run, with as many clients at a time: the
ratio says what form, rules, mail, job and history cost. The disk's own rate of fsyncs stands beside them.
"""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import time, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep
from urllib.parse import urlencode

from sqlalchemy import Engine, create_engine, select, update

from hub.core import clock, schema
from hub.core.db import prepare_engine, writing
from hub.core.mail import Site
from hub.events.models.days import Event
from hub.events.models.workshops import Workshop
from hub.events.operations import days
from tests.clusters import DURABLE, cluster

CLIENTS = 8
SIGN_UPS, BARE, FSYNCS = 480, 800, 200
WARM = 4  # a client's connections before it counts: each may reach another process, whose caches they fill
START_SECONDS = 60
SITE = Site("http://127.0.0.1", "Banc d’essai", "bench@example.org")


@dataclass(frozen=True)
class Measured:
    """What some clients did together: acts a second, and the seconds of one act (median, 95th percentile)."""

    rate: float
    median: float
    p95: float


def run() -> list[str]:
    """Measure on SQLite, and on a throw-away PostgreSQL; return lines for people."""
    with TemporaryDirectory(prefix="maillage-bench-") as name:
        folder = Path(name)
        lines = [f"fsync of this disk: {fsync_rate(folder):.0f} a second"]
        lines += [
            "SQLite",
            *measured(folder, f"sqlite:///{folder / 'app.db'}", f"sqlite:///{folder / 'bare.db'}"),
        ]
        with cluster(DURABLE) as postgresql:  # it waits for the disk at each commit, as SQLite does here
            uris = [postgresql.create_database(name) for name in ("whole", "bare")]
            lines += ["PostgreSQL", *measured(folder, *uris)]
    return lines


def measured(folder: Path, uri: str, bare_uri: str) -> list[str]:
    """Measure both ways on two empty databases of one kind; return lines for people."""
    engine = database(uri)
    slug = make_day(engine, "Banc")
    engine.dispose()
    with serving(folder, uri) as port:
        whole = through_the_application(port, slug)
    engine = database(bare_uri)
    bare = guarded_updates(engine, make_day(engine, "Banc"))
    engine.dispose()
    return [
        f"sign-ups through the application, {CLIENTS} clients: {whole.rate:.0f} a second",
        f"one of them: median {whole.median * 1000:.0f} ms, p95 {whole.p95 * 1000:.0f} ms",
        f"the guarded update and nothing around it, {CLIENTS} clients: {bare.rate:.0f} a second",
        f"ratio: {whole.rate / bare.rate:.2f}",
    ]


def fsync_rate(folder: Path) -> float:
    """Return how many small writes a second reach the disk for good."""
    with (folder / "fsync").open("wb") as file:
        begin = perf_counter()
        for _ in range(FSYNCS):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        return FSYNCS / (perf_counter() - begin)


def database(uri: str) -> Engine:
    """Return an empty, migrated database with the settings of the application."""
    engine = create_engine(uri)
    prepare_engine(engine)
    schema.upgrade(engine)
    return engine


def make_day(engine: Engine, title: str) -> str:
    """Publish a day with two workshops of which both are chosen; return its slug."""
    now = clock.now()
    day = clock.today(now) + timedelta(days=30)
    rooms = tuple(days.Room(title=f"Atelier {number}", capacity=100_000) for number in (1, 2))
    with writing(engine, site=SITE) as session:
        details = days.Details(
            title=title, day=day, deadline=day, starts=time(9), ends=time(16), capacity=100_000
        )
        event = days.create(session, details, actor="bench", now=now)
        days.set_programme(session, event, days.Programme(workshops=rooms, choices=2), actor="bench", now=now)
        days.publish(session, event, actor="bench", now=now)
        return event.slug


@contextmanager
def serving(folder: Path, uri: str) -> Iterator[int]:
    """Serve the database of the application on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")} | {
        "HUB_SECRET_KEY": "for measuring only, of a decent length",
        "HUB_BASE_URL": f"http://127.0.0.1:{port}",
        "HUB_DATA_FOLDER": str(folder),
        "HUB_SQLALCHEMY_DATABASE_URI": uri,
        "HUB_RATELIMIT_ENABLED": "false",
    }
    command = [str(Path(sys.executable).parent / "maillage"), "serve", "--port", str(port), "--no-worker"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603
    try:
        wait_for(server, port, folder / "log")
        yield port
    finally:
        server.kill()
        server.wait()


def wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the server answers. Raises RuntimeError if it doesn't."""
    deadline = monotonic() + START_SECONDS
    while monotonic() < deadline and server.poll() is None:
        with suppress(OSError, HTTPException):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        sleep(0.05)  # a server that starts has no other way to say that it is ready
    raise RuntimeError(f"the server does not answer:\n{log.read_text()}")


class Client:
    """One browser: its form is open, it only sends it again and again, as another person each time."""

    def __init__(self, port: int, slug: str, number: int) -> None:
        self.path, self.number, self.sent = f"/journees/{slug}/inscription", number, 0
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.request("GET", self.path)
        answer = self.connection.getresponse()
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        page = answer.read().decode()
        self.token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
        self.workshops = re.findall(r'name="workshops" value="(\d+)"', page)
        # The server closes one on which nothing comes for two seconds: each begins with another.
        self.connection.close()

    def __call__(self) -> None:
        """Sign one more person up."""
        self.sent += 1
        fields = [
            ("csrf_token", self.token),
            ("form_key", f"{self.number}-{self.sent}"),
            ("name", f"Participant·e {self.number}-{self.sent}"),
            ("email", f"p{self.number}-{self.sent}@example.org"),
            ("organisation", "alone"),
            *(("workshops", number) for number in self.workshops),
        ]
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        self.connection.request("POST", self.path, urlencode(fields), headers)
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 303, answer.status


def through_the_application(port: int, slug: str) -> Measured:
    """Sign people up by the form, some at a time."""
    clients = [Client(port, slug, number) for number in range(CLIENTS)]
    for client in clients * WARM:
        client()
        client.connection.close()
    return together(clients, SIGN_UPS // CLIENTS)


def guarded_updates(engine: Engine, slug: str) -> Measured:
    """Take one seat of the day and one of each workshop, each time in a transaction of its own."""
    with writing(engine) as session:
        event = session.scalars(select(Event).where(Event.slug == slug)).one()
        day, workshops = event.id, sorted(row.id for row in event.workshops)

    def take() -> None:
        with writing(engine) as session:
            done = session.execute(
                update(Event)
                .where(Event.id == day, Event.taken < Event.capacity)
                .values(taken=Event.taken + 1)
            )
            assert done.rowcount == 1  # type: ignore[attr-defined]
            for number in workshops:
                session.execute(
                    update(Workshop)
                    .where(Workshop.id == number, Workshop.taken < Workshop.capacity)
                    .values(taken=Workshop.taken + 1)
                )

    return together([take] * CLIENTS, BARE // CLIENTS)


def together(acts: list[Callable[[], None]] | list[Client], times: int) -> Measured:
    """Let each client act so many times, all at once."""
    seconds: list[float] = []
    start = threading.Barrier(len(acts) + 1)

    def work(act: Callable[[], None]) -> None:
        own = []
        start.wait()
        for _ in range(times):
            begin = perf_counter()
            act()
            own.append(perf_counter() - begin)
        seconds.extend(own)

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    start.wait()
    begin = perf_counter()
    for thread in threads:
        thread.join()
    elapsed = perf_counter() - begin
    assert len(seconds) == len(acts) * times, "a client failed"
    return Measured(len(seconds) / elapsed, median(seconds), quantiles(seconds, n=20)[-1])
