"""Coordinators who decide about the same actor at the same moment, through the real server."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from hub.accounts.operations.sessions import open_session
from hub.app import create_app
from hub.core import audit, clock
from hub.core.db import prepare_engine, writing
from hub.network.models.invitations import InvitationChoice
from tests import factories
from tests.events.test_seats import MAILLAGE, free_port, serving
from tests.network.test_invitations import SPACE, World

KEY = "a key for tests only, of a decent length"  # that of `serving`
PEOPLE = 6
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def uri(request: pytest.FixtureRequest, tmp_path: Path, migrated: Callable[[str, Path], str]) -> str:
    """Name a migrated database of this test alone."""
    return migrated(request.param, tmp_path / "decisions.db")


@pytest.fixture
def engine(uri: str) -> Iterator[Engine]:
    made = create_engine(uri)
    prepare_engine(made)
    yield made
    made.dispose()


class Scene:
    """A space, an actor to decide about, and coordinators who are signed in."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        app = create_app({"SECRET_KEY": KEY, "DATA_FOLDER": str(folder / "cookies"), "TESTING": True})
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        assert signer
        with writing(engine) as session:
            world = World(session)
            self.organisation = world.key.id
            people = [factories.coordinator(session) for _ in range(PEOPLE)]
            raws = [open_session(session, person, device="test", now=clock.now()) for person in people]
        self.cookies = [f"session={signer.dumps({'sid': raw})}" for raw in raws]


class Desk(threading.Thread):
    """One coordinator: reads the page, waits for the others, decides."""

    def __init__(self, port: int, scene: Scene, number: int, start: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.scene, self.number, self.barrier = scene, number, start
        self.status, self.text = 0, ""

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        self.connection.request("GET", SPACE, headers={"Cookie": self.scene.cookies[self.number]})
        page = self.connection.getresponse()
        html = page.read().decode()
        cookie = page.headers["Set-Cookie"].split(";")[0]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', html)
        assert token
        fields = {
            "csrf_token": token[1],
            "organisation": self.scene.organisation,
            "decision": "set_aside",
            "reason": f"Raison {self.number}",
            "seen": 0,
        }
        self.connection.close()  # the server closes one that is silent for two seconds
        self.barrier.wait(timeout=60)
        self.connection.request("POST", SPACE, urlencode(fields), FORM | {"Cookie": cookie})
        answer = self.connection.getresponse()
        self.text = answer.read().decode()
        self.status = answer.status


def rush(port: int, scene: Scene) -> list[Desk]:
    """Let everybody decide at once."""
    start = threading.Barrier(PEOPLE)
    desks = [Desk(port, scene, number, start) for number in range(PEOPLE)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join(timeout=120)
    return desks


def stored(engine: Engine) -> tuple[list[str], int, int]:
    """Return the reasons in force, how many decisions were ever kept, and how many acts are told."""
    with Session(engine) as session:
        standing = session.scalars(
            select(InvitationChoice.reason).where(InvitationChoice.replaced_at.is_(None))
        ).all()
        every = session.scalar(select(func.count()).select_from(InvitationChoice)) or 0
        acts = select(func.count()).where(audit.AuditEntry.action == "invitation.decided")
        return list(standing), every, session.scalar(acts) or 0


def test_one_decides_and_the_others_are_told(engine: Engine, uri: str, tmp_path: Path) -> None:
    scene, port = Scene(engine, tmp_path), free_port()
    command = [str(MAILLAGE), "serve", "--port", str(port), "--threads", str(PEOPLE), "--no-worker"]
    with serving(command, uri, tmp_path, port):
        desks = rush(port, scene)
    assert sorted(desk.status for desk in desks) == [303] + [409] * (PEOPLE - 1)
    winner = next(desk for desk in desks if desk.status == 303)
    assert stored(engine) == ([f"Raison {winner.number}"], 1, 1)
    for desk in desks:
        if desk is not winner:  # the other's reason, and one's own that isn't lost
            assert f"Raison {winner.number}" in desk.text
            assert f"Raison {desk.number}" in desk.text


def test_without_the_guard_decisions_overwrite_each_other_unseen(
    engine: Engine, uri: str, tmp_path: Path
) -> None:
    """The control: the test above sees a race, where there is one.

    PostgreSQL lets them all see that nothing stands, so there the index is a guard, too.
    """
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("DROP INDEX uq_invitation_choice_space"))
    scene, port = Scene(engine, tmp_path), free_port()
    command = [sys.executable, "-m", "tests.network.unguarded_server", str(port)]
    with serving(command, uri, tmp_path, port):
        desks = rush(port, scene)
    told_done = sum(desk.status == 303 for desk in desks)
    _standing, every, _acts = stored(engine)
    assert told_done == every > 1
