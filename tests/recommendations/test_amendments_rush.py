"""Two coordinators answer one amendment at once, in two processes of the real server: one answer stands."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from hub.accounts.operations.sessions import open_session
from hub.app import create_app
from hub.core import audit, clock
from hub.core.db import prepare_engine, writing
from hub.recommendations.models.versions import Amendment, RecommendationVersion
from tests import factories
from tests.conftest import SITE
from tests.events.test_seats import free_port, serving
from tests.recommendations.test_amendments import one, proposed
from tests.recommendations.test_voices_rush import two_processes

KEY = "a key for tests only, of a decent length"  # that of `serving`
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ANSWERS = (
    {"gesture": "decline", "answer": "Déjà obtenu."},
    {"gesture": "adapt", "answer": "Autrement.", "words": "Rouler chaque dimanche."},
)
# Without the guards: an adapted one that is then declined would be refused by the table itself.
DECLINED_TWICE = (ANSWERS[0], {"gesture": "decline", "answer": "Déjà demandé."})
ACTS = ("recommendation.amendment_declined", "recommendation.amendment_adapted")


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


def scene(engine: Engine, folder: Path) -> tuple[int, list[str]]:
    """Make an amendment that waits; return its number and the cookies of two coordinators."""
    app = create_app({"SECRET_KEY": KEY, "DATA_FOLDER": str(folder / "cookies"), "TESTING": True})
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    assert signer
    with writing(engine, site=SITE) as session:
        people = [factories.coordinator(session) for _ in ANSWERS]
        raws = [open_session(session, person, device="test", now=clock.now()) for person in people]
        number = proposed(session, one(session)).id
    return number, [f"session={signer.dumps({'sid': raw})}" for raw in raws]


class Desk(threading.Thread):
    """A coordinator who reads the amendment, waits for the other, and answers."""

    def __init__(
        self, port: int, path: str, cookie: str, typed: dict[str, str], start: threading.Barrier
    ) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.path, self.cookie, self.typed, self.barrier = path, cookie, typed, start
        self.status = 0

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        self.connection.request("GET", self.path, headers={"Cookie": self.cookie})
        page = self.connection.getresponse()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', page.read().decode())
        assert token
        cookie = (page.headers["Set-Cookie"] or self.cookie).split(";")[0]
        self.connection.close()  # the server closes one that is silent for two seconds
        self.barrier.wait(timeout=60)
        fields = {"csrf_token": token[1], "seen": "1", "place": "1", "weight": "minor", "words": "x"}
        self.connection.request("POST", self.path, urlencode(fields | self.typed), FORM | {"Cookie": cookie})
        answer = self.connection.getresponse()
        answer.read()
        self.status = answer.status


def rush(
    ports: list[int], number: int, cookies: list[str], answers: tuple[dict[str, str], ...] = ANSWERS
) -> list[int]:
    """Let both answer at once; return what they were told."""
    start = threading.Barrier(len(answers))
    desks = [
        Desk(port, f"/amendements/{number}", cookie, typed, start)
        for port, cookie, typed in zip(ports, cookies, answers, strict=True)
    ]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join(timeout=120)
    return sorted(desk.status for desk in desks)


def acts(engine: Engine) -> list[str]:
    """Return which answers the history tells."""
    with Session(engine) as session:
        rows = select(audit.AuditEntry.action).where(audit.AuditEntry.action.in_(ACTS))
        return list(session.scalars(rows))


def test_one_answers_and_the_other_is_told(engine: Engine, uri: str, tmp_path: Path) -> None:
    number, cookies = scene(engine, tmp_path)
    with two_processes(uri, tmp_path) as ports:
        assert rush(ports, number, cookies) == [303, 409]
    assert len(acts(engine)) == 1
    with Session(engine) as session:
        row = session.get_one(Amendment, number)
        versions = session.scalars(select(RecommendationVersion.number)).all()
        assert len(versions) == (2 if row.state == "adapted" else 1)
        assert acts(engine) == [f"recommendation.amendment_{row.state}"]


def test_without_the_guards_both_are_told_it_is_done(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control: the test above sees a race, where there is one."""
    number, cookies = scene(engine, tmp_path)
    port = free_port()
    command = [sys.executable, "-m", "tests.recommendations.amendments_control", str(port)]
    with serving(command, uri, tmp_path, port):
        assert rush([port, port], number, cookies, DECLINED_TWICE) == [303, 303]
    assert acts(engine) == [ACTS[0]] * 2
