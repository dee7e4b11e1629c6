"""Two coordinators write one edition at the same moment, through two processes of the real server.

Nobody's text is lost unseen, one click undoes one change, and each is seen by the other.
"""

import os
import re
import sys
import threading
import time as clocks
from collections.abc import Iterator, Sequence
from contextlib import closing
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from hub.accounts.operations.sessions import open_session
from hub.core import clock, schema
from hub.core.db import prepare_engine, writing
from hub.publishing.models.composition import EditionSection
from hub.publishing.models.writing import EditionPresence, EditionSnapshot
from hub.publishing.operations import composing
from tests import factories
from tests.conftest import SITE
from tests.events.test_seats import free_port, serving
from tests.publishing import scene
from tests.recommendations.test_voices_rush import two_processes
from tests.spaces.test_poll_rush import cookie

TEXTS = ("Le texte d’Anna.", "Le texte de Bob.")
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a database of this test alone."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'rush.db'}"
    cluster = request.getfixturevalue("postgresql_cluster")
    name: str = cluster.create_database(f"writing_{os.getpid()}_{clocks.monotonic_ns()}")
    return name


@pytest.fixture
def engine(uri: str) -> Iterator[Engine]:
    made = create_engine(uri)
    prepare_engine(made)
    schema.upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def written(engine: Engine) -> tuple[str, int, list[str], list[str]]:
    """Make an edition with two changes to undo: its address, its preamble, two people's names and cookies."""
    now = clock.now()
    with writing(engine, site=SITE) as session:
        edition = scene.edition(session, {"Logement": 1}, now=now)
        for title in ("Avant-dernier", "Dernier"):
            composing.add_chapter(session, edition, title, actor=scene.ACTOR, now=now)
        users = [factories.coordinator(session) for _ in TEXTS]
        cookies = [cookie(open_session(session, user, device="test", now=now)) for user in users]
        address = f"/memorandums/{edition.memorandum.slug}/edition-1"
        return address, scene.part(session, edition).id, [user.name for user in users], cookies


class Writer(threading.Thread):
    """Somebody who opens a page, waits for the other, and sends a form that stands on it."""

    def __init__(
        self, port: int, page: str, action: str, said: dict[str, str], own: str, start: threading.Barrier
    ) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.page, self.action, self.said, self.cookie, self.barrier = page, action, said, own, start
        self.status, self.text = 0, ""

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        self.connection.request("GET", self.page, headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        fresh = answer.headers.get_all("Set-Cookie") or []
        html = answer.read().decode()
        cookies = next((one.split(";")[0] for one in fresh if one.startswith("session=")), self.cookie)
        self.connection.close()  # the server closes one that is silent for two seconds
        fields = {**hidden(html, self.action), **self.said}
        self.barrier.wait(timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        self.connection.request("POST", self.action, urlencode(fields), headers)
        answer = self.connection.getresponse()
        self.text = unescape(answer.read().decode())
        self.status = answer.status


def hidden(html: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form that goes there."""
    form = html[html.index(f'"{action}"') :].split("</form>", 1)[0]
    found = {}
    for tag in HIDDEN.findall(form):
        named = dict(re.findall(r'(name|value)="([^"]*)"', tag))
        found[named["name"]] = unescape(named.get("value", ""))
    return found


def rush(
    ports: Sequence[int], page: str, action: str, said: Sequence[dict[str, str]], cookies: Sequence[str]
) -> list[Writer]:
    """Let two people open the page, then send the form together; return both."""
    start = threading.Barrier(len(ports))
    people = [
        Writer(port, page, action, words, own, start)
        for port, words, own in zip(ports, said, cookies, strict=True)
    ]
    for each in people:
        each.start()
    for each in people:
        each.join(timeout=120)
    return people


def preamble(engine: Engine, identifier: int) -> str:
    with Session(engine) as session:
        return session.get_one(EditionSection, identifier).text


def chapters(engine: Engine) -> list[str]:
    with Session(engine) as session:
        edition = session.scalars(select(EditionSection)).first()
        assert edition is not None
        return [title for title, _ in scene.titles(session, edition.edition)]


def test_two_who_write_the_same_part_lose_nothing_unseen(
    engine: Engine, uri: str, tmp_path: Path, written: tuple[str, int, list[str], list[str]]
) -> None:
    address, part, _names, cookies = written
    page = f"{address}/parties/{part}"
    said = [{"title": "", "text": text} for text in TEXTS]
    with two_processes(uri, tmp_path) as ports:
        people = rush(ports, page, page, said, cookies)
    assert sorted(each.status for each in people) == [303, 422]
    kept = preamble(engine, part)
    for each, text in zip(people, TEXTS, strict=True):
        if each.status == 303:
            assert kept == text
        else:
            assert "a changé depuis que vous l’avez ouverte" in each.text
            assert text in each.text, "what was typed is kept"
            assert kept in each.text, "beside what is stored"
    with Session(engine) as session:
        count = select(func.count()).where(EditionSnapshot.action == "edition.section_written")
        assert session.scalar(count) == 1


def test_two_who_undo_at_once_undo_one_change(
    engine: Engine, uri: str, tmp_path: Path, written: tuple[str, int, list[str], list[str]]
) -> None:
    address, _part, _names, cookies = written
    with two_processes(uri, tmp_path) as ports:
        people = rush(ports, address, f"{address}/annuler", [{}, {}], cookies)
    assert [each.status for each in people] == [303, 303]
    assert chapters(engine) == ["Logement", "Avant-dernier"]


def test_each_sees_where_the_other_is_and_two_windows_are_one_person(
    engine: Engine, uri: str, tmp_path: Path, written: tuple[str, int, list[str], list[str]]
) -> None:
    address, _part, names, cookies = written
    action = f"{address}/presence"
    with two_processes(uri, tmp_path) as ports:
        windows = rush(ports, address, action, [{"place": "plan"}, {"place": "Préambule"}], [cookies[0]] * 2)
        (other,) = rush(ports[1:], address, action, [{"place": "Logement"}], cookies[1:])
        (again,) = rush(ports[:1], address, action, [{"place": "Préambule"}], cookies[:1])
    assert [each.status for each in (*windows, other, again)] == [200] * 4
    assert f"{names[0]} " in other.text
    assert f"{names[1]} écrit dans «\u00a0Logement\u00a0»" in again.text
    assert names[0] not in again.text
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(EditionPresence)) == 2


def test_without_the_guards_a_text_is_lost_unseen(
    engine: Engine, uri: str, tmp_path: Path, written: tuple[str, int, list[str], list[str]]
) -> None:
    """The controls: the tests above see a race, where there is one."""
    address, part, _names, cookies = written
    page = f"{address}/parties/{part}"
    said = [{"title": "", "text": text} for text in TEXTS]
    port = free_port()
    command = [sys.executable, "-m", "tests.publishing.writing_control", str(port)]
    with serving(command, uri, tmp_path, port):
        people = rush([port] * 2, page, page, said, cookies)
        assert [each.status for each in people] == [303, 303], "one of both texts is gone"
        # The two texts are two changes more: the third and fourth from the end are chapters.
        people = rush([port] * 2, address, f"{address}/annuler", [{}, {}], cookies)
        assert preamble(engine, part) == "Nous sommes un réseau.", "two clicks undid two changes"
        windows = [{"place": "plan"}, {"place": "Préambule"}]
        people = rush([port] * 2, address, f"{address}/presence", windows, [cookies[0]] * 2)
        assert sorted(each.status for each in people) == [200, 409]
