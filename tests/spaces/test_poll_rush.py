"""Two coordinators click « Faire la réunion » at the same moment, through the real server: one meeting."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import time, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from hub.accounts.operations.sessions import open_session
from hub.core import clock
from hub.core.db import prepare_engine, writing
from hub.spaces.models.meetings import Meeting
from hub.spaces.models.polls import DatePoll, DateProposal
from hub.spaces.operations import polls
from hub.spaces.operations.polls import PollFacts, Proposal
from tests import factories
from tests.conftest import SITE
from tests.events.test_seats import MAILLAGE, free_port, serving
from tests.spaces import acting

KEY = "a key for tests only, of a decent length"
COLUMNS = "poll_id INTEGER, proposal_id INTEGER, meeting_id INTEGER, created_at TIMESTAMP WITH TIME ZONE"
UNGUARDED = {
    "sqlite": "CREATE TABLE date_found (id INTEGER PRIMARY KEY, poll_id INTEGER, proposal_id INTEGER, "
    "meeting_id INTEGER, created_at DATETIME)",
    "postgresql": f"CREATE TABLE date_found (id SERIAL PRIMARY KEY, {COLUMNS})",
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


def ask(engine: Engine) -> tuple[int, list[int], list[str]]:
    """Make a poll of two dates; return it, its dates, and the cookies of two coordinators."""
    now = clock.now()
    day = clock.today(now) + timedelta(days=30)
    with writing(engine, site=SITE) as session:
        where = acting.space(session)
        acting.seat(session, where, shown=True)
        dates = tuple(Proposal(day + timedelta(days=more), time(9), time(11)) for more in (0, 1))
        poll = polls.create(
            session, where, PollFacts("Réunion", clock.today(now), dates), actor="test", now=now
        )
        people = [factories.coordinator(session) for _ in range(2)]
        cookies = [cookie(open_session(session, user, device="test", now=now)) for user in people]
        return poll.id, [row.id for row in poll.proposals], cookies


def cookie(raw: str) -> str:
    app = Flask("signer")
    app.secret_key = KEY
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return f"session={signer.dumps({'sid': raw})}"


class Coordinator(threading.Thread):
    """Somebody who opens the table, waits for the other, and clicks on a date."""

    def __init__(self, port: int, poll: int, proposal: int, cookie: str, start: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.poll, self.proposal, self.cookie, self.barrier = poll, proposal, cookie, start
        self.answer: tuple[int, str | None] = (0, None)

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        self.connection.request("GET", f"/dates/{self.poll}", headers={"Cookie": self.cookie})
        page = self.connection.getresponse()
        own = page.headers["Set-Cookie"].split(";")[0]
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
        assert found is not None
        body = urlencode({"csrf_token": found[1], "proposal": self.proposal})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": own}
        self.connection.close()  # the server closes one that is silent for two seconds
        self.barrier.wait(timeout=60)
        self.connection.request("POST", f"/dates/{self.poll}/reunion", body, headers)
        answer = self.connection.getresponse()
        answer.read()
        self.answer = answer.status, answer.headers["Location"]


def rush(port: int, poll: int, proposals: list[int], cookies: list[str]) -> list[tuple[int, str | None]]:
    start = threading.Barrier(2)
    people = [
        Coordinator(port, poll, proposal, own, start)
        for proposal, own in zip(proposals, cookies, strict=True)
    ]
    for each in people:
        each.start()
    for each in people:
        each.join(timeout=120)
    return [each.answer for each in people]


def meetings(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Meeting)) or 0


def test_two_clicks_make_one_meeting_and_both_are_led_to_it(engine: Engine, uri: str, tmp_path: Path) -> None:
    poll, proposals, cookies = ask(engine)
    port = free_port()
    command = [str(MAILLAGE), "serve", "--port", str(port), "--no-worker"]
    with serving(command, uri, tmp_path, port):
        answers = rush(port, poll, proposals, cookies)
    assert [status for status, _ in answers] == [303, 303]
    assert answers[0] == answers[1], "whoever clicks second is led to the meeting that is there"
    assert meetings(engine) == 1
    with Session(engine) as session:
        row = session.scalars(select(Meeting)).one()
        asked = session.scalars(select(DateProposal.starts_at).where(DateProposal.poll_id == poll)).all()
        assert row.starts_at in asked
        assert session.get_one(DatePoll, poll).state.value == "turned"


def test_without_the_guards_the_same_clicks_make_two(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control: the test above sees a race, where there is one."""
    poll, proposals, cookies = ask(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE date_found"))
        connection.execute(text(UNGUARDED[engine.dialect.name]))
    port = free_port()
    command = [sys.executable, "-m", "tests.spaces.poll_control_server", str(port)]
    with serving(command, uri, tmp_path, port):
        rush(port, poll, proposals, cookies)
    assert meetings(engine) == 2
