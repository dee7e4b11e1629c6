"""40 people sign up at the same moment for the last 5 seats, through the real server (S1)."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from hub.core import clock, schema
from hub.core.db import prepare_engine, writing
from hub.events.models.days import Event
from hub.events.models.registrations import Choice, Registration
from hub.events.operations import days
from tests.conftest import SITE
from tests.events.plenary import details, rooms

MAILLAGE = Path(sys.executable).parent / "maillage"
PEOPLE, SEATS = 40, 5
DEADLINE = 60.0
ROOMY = 500


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a database of this test alone."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'seats.db'}"
    cluster = request.getfixturevalue("postgresql_cluster")
    name = f"seats_{os.getpid()}_{time.monotonic_ns()}"
    return cluster.create_database(name)


@pytest.fixture
def engine(uri: str) -> Iterator[Engine]:
    made = create_engine(uri)
    prepare_engine(made)
    schema.upgrade(made)
    yield made
    made.dispose()


def make_day(engine: Engine, title: str, *, seats: int | None, workshops: tuple[int, ...]) -> str:
    now = clock.now()
    day = clock.today(now) + timedelta(days=30)
    with writing(engine, site=SITE) as session:
        described = details(title=title, day=day, deadline=day, capacity=seats)
        event = days.create(session, described, actor="test", now=now)
        programme = days.Programme(workshops=rooms(*workshops), choices=2)
        days.set_programme(session, event, programme, actor="test", now=now)
        days.publish(session, event, actor="test", now=now)
        return event.slug


@contextmanager
def serving(command: list[str], uri: str, folder: Path, port: int) -> Iterator[None]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")} | {
        "HUB_SECRET_KEY": "a key for tests only, of a decent length",
        "HUB_BASE_URL": f"http://127.0.0.1:{port}",
        "HUB_DATA_FOLDER": str(folder),
        "HUB_SQLALCHEMY_DATABASE_URI": uri,
        "HUB_RATELIMIT_ENABLED": "false",
    }
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(process, port, log)
        yield
    finally:
        process.kill()
        process.wait()


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline and process.poll() is None:
        with (
            suppress(OSError, HTTPException),
            closing(HTTPConnection("127.0.0.1", port, timeout=5)) as try_it,
        ):
            try_it.request("GET", "/healthz")
            if try_it.getresponse().status == 200:
                return
        time.sleep(0.05)  # a server that starts has no other way to say that it is ready
    pytest.fail(f"the server does not answer:\n{log.read_text()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Browser(threading.Thread):
    """One person: opens the form, waits for the others, sends it."""

    def __init__(self, port: int, slug: str, number: int, start: threading.Barrier, places: slice) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.path = f"/journees/{slug}/inscription"
        self.number, self.barrier, self.places = number, start, places
        self.status = 0

    def run(self) -> None:
        self.connection.request("GET", self.path)
        page = self.connection.getresponse()
        cookie = page.headers["Set-Cookie"].split(";")[0]
        html = page.read().decode()
        fields = {
            name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)[1]  # type: ignore[index]
            for name in ("csrf_token", "form_key")
        }
        fields |= {
            "name": f"Participant·e {self.number}",
            "email": f"p{self.number}@example.org",
            "organisation": "alone",
        }
        chosen = re.findall(r'name="workshops" value="(\d+)"', html)[self.places]
        body = urlencode([*fields.items(), *(("workshops", number) for number in chosen)])
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        self.barrier.wait(timeout=60)
        self.connection.request("POST", self.path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        self.status = answer.status
        self.connection.close()


def rush(port: int, slug: str, places: slice = slice(0, 2)) -> list[int]:
    """Let everybody sign up at once; return the answers' statuses in order."""
    start = threading.Barrier(PEOPLE)
    people = [Browser(port, slug, number, start, places) for number in range(PEOPLE)]
    for each in people:
        each.start()
    for each in people:
        each.join(timeout=120)
    return sorted(each.status for each in people)


def stored(engine: Engine, slug: str) -> tuple[int, int, list[int], int]:
    """Return the day's taken seats, its registrations, its workshops' taken seats and its choices."""
    with Session(engine) as session:
        event = session.scalars(select(Event).where(Event.slug == slug)).one()
        rows = select(func.count()).select_from(Registration).where(Registration.event_id == event.id)
        choices = (
            select(func.count())
            .select_from(Choice)
            .join(Registration)
            .where(Registration.event_id == event.id)
        )
        return (
            event.taken,
            session.scalar(rows) or 0,
            [workshop.taken for workshop in event.workshops],
            session.scalar(choices) or 0,
        )


def test_the_last_seats_are_given_once(engine: Engine, uri: str, tmp_path: Path) -> None:
    small_room = make_day(engine, "Petite salle", seats=SEATS, workshops=(ROOMY, ROOMY))
    small_workshop = make_day(engine, "Petit atelier", seats=None, workshops=(ROOMY, SEATS, ROOMY))
    port = free_port()
    command = [str(MAILLAGE), "serve", "--port", str(port), "--threads", str(PEOPLE), "--no-worker"]
    expected = [303] * SEATS + [422] * (PEOPLE - SEATS)
    with serving(command, uri, tmp_path, port):
        assert rush(port, small_room) == expected
        assert rush(port, small_workshop, slice(0, 2)) == expected
    assert stored(engine, small_room) == (SEATS, SEATS, [SEATS, SEATS], 2 * SEATS)
    assert stored(engine, small_workshop) == (SEATS, SEATS, [SEATS, SEATS, 0], 2 * SEATS)


def test_without_the_guard_the_same_rush_overbooks(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control: the test above sees a race, where there is one."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE event DROP CONSTRAINT ck_event_never_overbooked"))
    slug = make_day(engine, "Petite salle", seats=SEATS, workshops=(ROOMY, ROOMY))
    port = free_port()
    command = [sys.executable, "-m", "tests.events.control_server", str(port)]
    with serving(command, uri, tmp_path, port):
        statuses = rush(port, slug)
    taken, rows, _, _ = stored(engine, slug)
    assert statuses.count(303) == rows == taken
    assert rows > SEATS
