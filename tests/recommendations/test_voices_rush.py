"""Two people of one organisation click at the same moment, in two processes of the real server: one voice."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import prepare_engine, writing
from hub.recommendations.models.carrying import Ballot, RecommendationPosition
from hub.recommendations.operations import consultations, dots
from hub.recommendations.operations.dots import RoundRules
from tests.conftest import SITE
from tests.events.test_seats import MAILLAGE, free_port, serving
from tests.recommendations import calls

BUDGET = 3
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
UNIQUE = {
    "ballot": "CONSTRAINT uq_ballot_round_id_organisation_id UNIQUE (round_id, organisation_id)",
    "position": "DROP INDEX uq_recommendation_position_one_voice",
}


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


def ask(engine: Engine) -> tuple[str, list[int]]:
    """Open a consultation and a vote on two recommendations; return a link and their numbers."""
    now = clock.now()
    with writing(engine, site=SITE) as session:
        call = calls.call(session, now=now)
        invited = calls.invitation(session, call, now=now)
        rows = [calls.recommendation(session, now=now, title=f"Demande {each}") for each in (0, 1)]
        consultations.add(session, call, rows, actor="essai", now=now)
        day = clock.today(now)
        consultations.set_period(session, call, day, day + timedelta(days=9), actor="essai", now=now)
        dots.open_round(session, call, RoundRules("Vote", BUDGET, BUDGET), actor="essai", now=now)
        return calls.link(session, invited, now=now), [row.id for row in rows]


class Colleague(threading.Thread):
    """Somebody who opens the organisation's page, waits for the other, and sends it."""

    def __init__(self, port: int, path: str, typed: dict[str, str], start: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.path, self.typed, self.barrier = path, typed, start
        self.status = 0

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        self.connection.request("GET", self.path)
        page = self.connection.getresponse()
        cookie = page.headers["Set-Cookie"].split(";")[0]
        shown = {name: unescape(value) for name, value in HIDDEN.findall(page.read().decode())}
        self.connection.close()  # the server closes one that is silent for two seconds
        self.barrier.wait(timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        self.connection.request("POST", self.path, urlencode(shown | self.typed), headers)
        answer = self.connection.getresponse()
        answer.read()
        self.status = answer.status


def rush(ports: list[int], path: str, typed: list[dict[str, str]]) -> list[int]:
    start = threading.Barrier(2)
    people = [Colleague(port, path, each, start) for port, each in zip(ports, typed, strict=True)]
    for each in people:
        each.start()
    for each in people:
        each.join(timeout=120)
    return sorted(each.status for each in people)


@contextmanager
def two_processes(uri: str, folder: Path) -> Iterator[list[int]]:
    with ExitStack() as stack:
        ports = []
        for name in ("one", "two"):
            ports.append(free_port())
            (folder / name).mkdir()
            command = [str(MAILLAGE), "serve", "--port", str(ports[-1]), "--no-worker"]
            stack.enter_context(serving(command, uri, folder / name, ports[-1]))
        yield ports


def unlock(engine: Engine, what: str) -> None:
    """Take the database's own guard away."""
    with engine.begin() as connection:
        if what == "position":
            connection.execute(text(UNIQUE[what]))
        elif engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE ballot DROP CONSTRAINT uq_ballot_round_id_organisation_id"))
        else:
            made = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'ballot'"))
            without = re.sub(rf",?\s*{re.escape(UNIQUE[what])}", "", str(made))
            assert without != made
            connection.execute(text("DROP TABLE ballot"))
            connection.execute(text(without))


def spreads(numbers: list[int]) -> list[dict[str, str]]:
    """Return what two colleagues put: the whole budget each, on another recommendation."""
    return [
        {f"r{number}-dots": str(BUDGET if number == mine else 0) for number in numbers} for mine in numbers
    ]


def voices(numbers: list[int]) -> list[dict[str, str]]:
    return [{f"r{numbers[0]}-support": word} for word in ("support", "oppose")]


def dots_of(engine: Engine) -> list[list[int]]:
    """Return the dots of each ballot."""
    with Session(engine) as session:
        return [[dot.dots for dot in row.dots] for row in session.scalars(select(Ballot))]


def standing(engine: Engine) -> list[str]:
    with Session(engine) as session:
        rows = session.scalars(
            select(RecommendationPosition).where(RecommendationPosition.ended_at.is_(None))
        )
        return sorted(row.support.value for row in rows)


def test_two_clicks_make_one_ballot_and_one_voice(engine: Engine, uri: str, tmp_path: Path) -> None:
    link, numbers = ask(engine)
    with two_processes(uri, tmp_path) as ports:
        assert rush(ports, f"{link}/priorites", spreads(numbers)) == [303, 409]
        assert rush(ports, f"{link}/consultation", voices(numbers)) == [303, 409]
    assert dots_of(engine) == [[BUDGET]]
    assert len(standing(engine)) == 1


def test_without_the_guards_the_same_clicks_make_two(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control: the test above sees a race, where there is one."""
    link, numbers = ask(engine)
    for what in UNIQUE:
        unlock(engine, what)
    port = free_port()
    command = [sys.executable, "-m", "tests.recommendations.voices_control", str(port)]
    with serving(command, uri, tmp_path, port):
        rush([port, port], f"{link}/priorites", spreads(numbers))
        rush([port, port], f"{link}/consultation", voices(numbers))
    assert dots_of(engine) == [[BUDGET], [BUDGET]]
    assert standing(engine) == ["oppose", "support"]
