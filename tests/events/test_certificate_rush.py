"""Coordinators give certificates at the same moment, in the real server: no double, no hole."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from hub.accounts.operations.sessions import open_session
from hub.core import clock
from hub.core.db import prepare_engine, writing
from hub.events.models.outcomes import Certificate, CertificateCounter
from tests import factories
from tests.conftest import SITE
from tests.events.afterwards import module, participant
from tests.events.test_seats import MAILLAGE, free_port, serving
from tests.spaces.test_poll_rush import cookie

PEOPLE, TWICE = 4, 2


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def uri(request: pytest.FixtureRequest, tmp_path: Path, migrated: Callable[[str, Path], str]) -> str:
    """Name a migrated database of this test alone."""
    return migrated(request.param, tmp_path / "rush.db")


@pytest.fixture
def engine(uri: str) -> Iterator[Engine]:
    made = create_engine(uri)
    prepare_engine(made)
    yield made
    made.dispose()


def prepare(engine: Engine, people: int) -> tuple[str, list[int], list[str]]:
    """Make a module and who earned its certificate; return its name, their numbers, as many cookies."""
    with writing(engine, site=SITE) as session:
        event = module(session)
        rows = [participant(session, event, "111") for _ in range(people)]
        users = [factories.coordinator(session) for _ in range(people * TWICE)]
        now = clock.now() - timedelta(minutes=1)
        cookies = [cookie(open_session(session, user, device="test", now=now)) for user in users]
        return event.slug, [row.id for row in rows], cookies


class Coordinator(threading.Thread):
    """Somebody who waits for the others, and clicks « Délivrer »."""

    def __init__(self, port: int, path: str, cookie: str, start: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.path, self.cookie, self.barrier = path, cookie, start
        self.status = 0

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        self.connection.request(
            "GET",
            self.path.partition("/attestations")[0] + "/attestations/reglages",
            headers={"Cookie": self.cookie},
        )
        page = self.connection.getresponse()
        fresh = page.headers.get_all("Set-Cookie") or []
        html = page.read().decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', html)
        assert token is not None, html
        cookies = next((one.split(";")[0] for one in fresh if one.startswith("session=")), self.cookie)
        body = urlencode({"csrf_token": token[1]})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        self.connection.close()  # the server closes one that is silent for two seconds
        self.barrier.wait(timeout=60)
        self.connection.request("POST", self.path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        self.status = answer.status


def rush(port: int, slug: str, numbers: list[int], cookies: list[str]) -> list[int]:
    start = threading.Barrier(len(numbers))
    threads = [
        Coordinator(port, f"/journees/{slug}/attestations/{number}/delivrer", one, start)
        for number, one in zip(numbers, cookies, strict=False)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return [thread.status for thread in threads]


def test_everybody_gets_one_and_no_number_is_given_twice(engine: Engine, uri: str, tmp_path: Path) -> None:
    slug, numbers, cookies = prepare(engine, PEOPLE)
    port = free_port()
    command = [str(MAILLAGE), "serve", "--port", str(port), "--threads", "16", "--no-worker"]
    with serving(command, uri, tmp_path, port):
        statuses = rush(port, slug, numbers * TWICE, cookies)
    assert statuses == [303] * PEOPLE * TWICE
    with Session(engine) as session:
        rows = session.scalars(select(Certificate)).all()
        counter = session.scalars(select(CertificateCounter)).one()
    assert sorted(row.registration_id or 0 for row in rows) == sorted(numbers)
    assert counter.last == PEOPLE
    year = counter.year
    assert sorted(row.serial for row in rows) == [f"{year}-{place:04d}" for place in range(1, PEOPLE + 1)]


def test_without_the_guards_some_go_without(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control: the test above sees a race, where there is one; the unique number stands behind it."""
    slug, numbers, cookies = prepare(engine, PEOPLE)
    port = free_port()
    command = [sys.executable, "-m", "tests.events.certificate_control_server", str(port)]
    with serving(command, uri, tmp_path, port):
        statuses = rush(port, slug, numbers, cookies)
    with Session(engine) as session:
        serials = list(session.scalars(select(Certificate.serial)))
    assert statuses.count(303) == len(serials) < PEOPLE
