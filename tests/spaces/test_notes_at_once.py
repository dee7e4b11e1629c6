"""Several people save the notes of one point at the same moment, through two real servers on one database."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.json.tag import TaggedJSONSerializer
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from hub.accounts.operations.sessions import open_session
from hub.core import clock
from hub.core.db import prepare_engine, writing
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import AgendaItem
from hub.spaces.models.running import NoteConflict
from tests import factories
from tests.events.test_seats import MAILLAGE, free_port, serving
from tests.spaces.tables import table

PEOPLE = 6
KEY = "a key for tests only, of a decent length"  # as `serving` gives it
Gesture = tuple[str, dict[str, str]]
FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-Gesture": "1"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def uri(request: pytest.FixtureRequest, tmp_path: Path, migrated: Callable[[str, Path], str]) -> str:
    """Name a migrated database of this test alone."""
    return migrated(request.param, tmp_path / "notes.db")


@pytest.fixture
def engine(uri: str) -> Iterator[Engine]:
    made = create_engine(uri)
    prepare_engine(made)
    yield made
    made.dispose()


def cookie(raw: str) -> str:
    """Return the cookie of an open session, signed as the server signs it."""
    signer = URLSafeTimedSerializer(
        KEY,
        salt="cookie-session",
        serializer=TaggedJSONSerializer(),
        signer_kwargs={"key_derivation": "hmac"},
    )
    return f"session={signer.dumps({'sid': raw})}"


def prepare(engine: Engine) -> tuple[int, int, list[str]]:
    """Return a meeting, its point, and a cookie for each person."""
    with writing(engine) as session:
        made = table(session, now=clock.now(), points=1)
        people = [factories.coordinator(session) for _ in range(PEOPLE)]
        raws = [open_session(session, user, device="test", now=clock.now()) for user in people]
        return made.meeting.id, made.items[0].id, [cookie(raw) for raw in raws]


class Hand(threading.Thread):
    """One person: opens the page, waits for the others, sends one gesture."""

    def __init__(
        self, port: int, meeting: int, session: str, start: threading.Barrier, gesture: Gesture
    ) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.page, self.session, self.barrier = f"/reunions/{meeting}/tenue", session, start
        self.path, self.fields = gesture
        self.status = 0

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        self.connection.request("GET", self.page, headers={"Cookie": self.session})
        page = self.connection.getresponse()
        text = page.read().decode()
        token = re.search(r'name="csrf-token" content="([^"]+)"', text)
        assert token, text[:500]
        session = (page.headers["Set-Cookie"] or self.session).split(";")[0]
        headers = FORM | {"Cookie": session, "X-CSRFToken": token[1]}
        self.connection.close()  # the server closes one that is silent for two seconds
        self.barrier.wait(timeout=60)
        self.connection.request("POST", self.path, urlencode(self.fields), headers)
        answer = self.connection.getresponse()
        answer.read()
        self.status = answer.status


def rush(ports: list[int], meeting: int, cookies: list[str], gestures: list[Gesture]) -> list[int]:
    """Let everybody act at once, half on each server; return the answers' statuses."""
    start = threading.Barrier(len(gestures))
    hands = [
        Hand(ports[number % len(ports)], meeting, cookies[number], start, gesture)
        for number, gesture in enumerate(gestures)
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(timeout=120)
    return sorted(hand.status for hand in hands)


def saving(item: int, number: int) -> Gesture:
    return f"/reunions/points/{item}/notes", {"text": f"Les mots de {number}.", "version": "0"}


def stored(engine: Engine) -> tuple[str, list[str]]:
    """Return the notes, and the texts that are kept beside them."""
    with Session(engine) as session:
        item = session.scalars(select(AgendaItem)).one()
        return item.notes, list(session.scalars(select(NoteConflict.text)))


def run(uri: str, folder: Path, command: list[str], engine: Engine, *, same: bool = False) -> list[int]:
    """Let everybody save at once, or send one and the same decision; return the statuses."""
    meeting, item, cookies = prepare(engine)
    ports = [free_port(), free_port()]
    gestures = [saving(item, number) for number in range(PEOPLE)]
    if same:
        decision = {"text": "Nous écrivons.", "client_key": "one-gesture"}
        gestures = [(f"/reunions/points/{item}/decisions", decision)] * PEOPLE
    with ExitStack() as servers:
        for port in ports:
            place = folder / str(port)
            place.mkdir()
            servers.enter_context(serving([*command, str(port)], uri, place, port))
        return rush(ports, meeting, cookies, gestures)


REAL = [str(MAILLAGE), "serve", "--threads", str(PEOPLE), "--no-worker", "--port"]
DEAF = [sys.executable, "-m", "tests.spaces.deaf_server"]


def test_one_is_saved_and_every_other_text_is_kept(engine: Engine, uri: str, tmp_path: Path) -> None:
    statuses = run(uri, tmp_path, REAL, engine)
    notes, kept = stored(engine)
    assert statuses == [200] + [409] * (PEOPLE - 1)
    assert sorted([notes, *kept]) == [f"Les mots de {number}." for number in range(PEOPLE)]


def test_without_the_version_texts_are_lost(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control: the test above sees a race, where there is one."""
    statuses = run(uri, tmp_path, DEAF, engine)
    notes, kept = stored(engine)
    assert statuses == [200] * PEOPLE
    assert (notes.startswith("Les mots de"), kept) == (True, [])


def test_one_gesture_sent_from_everywhere_counts_once(engine: Engine, uri: str, tmp_path: Path) -> None:
    assert run(uri, tmp_path, REAL, engine, same=True) == [200] * PEOPLE
    with Session(engine) as session:
        assert [row.text for row in session.scalars(select(Decision))] == ["Nous écrivons."]
