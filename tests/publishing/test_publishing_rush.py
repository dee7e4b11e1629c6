"""Two coordinators freeze, publish, edit or correct at the same moment, through the real server.

Each step is done once, what is frozen holds what was written before it, and no erratum is lost.
"""

import os
import re
import sys
import threading
import time as clocks
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from hub.accounts.operations.sessions import open_session
from hub.core import clock, schema
from hub.core.audit import AuditEntry
from hub.core.db import prepare_engine, writing
from hub.core.files import Store
from hub.core.jobs import Job
from hub.publishing.models.composition import Chapter
from hub.publishing.models.editions import (
    Edition,
    EditionErratum,
    EditionState,
    Memorandum,
    StableNumber,
)
from hub.publishing.operations import memoranda, steps
from tests import factories
from tests.conftest import SITE
from tests.events.test_seats import free_port, serving
from tests.publishing import scene
from tests.publishing.test_freezing import build
from tests.recommendations.test_voices_rush import two_processes
from tests.spaces.test_poll_rush import cookie

HIDDEN = re.compile(r'<input(?=[^>]*type="hidden")(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")[^>]*>')


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name a database of this test alone."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'rush.db'}"
    cluster = request.getfixturevalue("postgresql_cluster")
    name: str = cluster.create_database(f"editions_{os.getpid()}_{clocks.monotonic_ns()}")
    return name


@pytest.fixture
def engine(uri: str) -> Iterator[Engine]:
    made = create_engine(uri)
    prepare_engine(made)
    schema.upgrade(made)
    yield made
    made.dispose()


def prepare(engine: Engine, folder: Path, *, frozen: bool = False) -> tuple[str, list[str]]:
    """Make an edition, frozen with its PDF if asked; return its address and two coordinators' cookies."""
    now = clock.now()
    with writing(engine, site=SITE) as session:
        edition = scene.edition(session, {"Logement": 3}, now=now)
        if frozen:
            scene.freeze(session, edition, publishes=False, now=now)
            build(session, Store(folder / "files"), edition, now)
        users = [factories.coordinator(session) for _ in range(2)]
        cookies = [cookie(open_session(session, user, device="test", now=now)) for user in users]
        return f"/memorandums/{edition.memorandum.slug}/edition-1", cookies


class Coordinator(threading.Thread):
    """Somebody who reads what will happen, waits for the other, and clicks."""

    def __init__(
        self, port: int, path: str, cookie: str, start: threading.Barrier, typed: Mapping[str, str]
    ) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.path, self.cookie, self.barrier, self.typed = path, cookie, start, typed
        self.status = 0

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        self.connection.request("GET", self.path, headers={"Cookie": self.cookie})
        page = self.connection.getresponse()
        fresh = page.headers.get_all("Set-Cookie") or []
        html = page.read().decode()
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(html)}
        assert "csrf_token" in hidden, html
        cookies = next((one.split(";")[0] for one in fresh if one.startswith("session=")), self.cookie)
        self.connection.close()  # the server closes one that is silent for two seconds
        self.barrier.wait(timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        self.connection.request("POST", self.path, urlencode({**hidden, **self.typed}), headers)
        answer = self.connection.getresponse()
        answer.read()
        self.status = answer.status


Form = tuple[str, Mapping[str, str]]


def rush(ports: list[int], cookies: list[str], *forms: Form) -> list[int]:
    """Let each of two people open a form and send it with what they typed; return how each was answered."""
    start = threading.Barrier(2)
    people = [
        Coordinator(port, path, one, start, typed)
        for port, one, (path, typed) in zip(ports, cookies, forms, strict=True)
    ]
    for each in people:
        each.start()
    for each in people:
        each.join(timeout=120)
    return [each.status for each in people]


def twice(path: str) -> tuple[Form, Form]:
    return (path, {}), (path, {})


def told(engine: Engine, action: str) -> int:
    """Return how often history tells of it."""
    with Session(engine) as session:
        count = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
        return session.scalar(count) or 0


def test_two_who_freeze_at_once_freeze_it_once(engine: Engine, uri: str, tmp_path: Path) -> None:
    address, cookies = prepare(engine, tmp_path)
    with two_processes(uri, tmp_path) as ports:
        assert rush(ports, cookies, *twice(f"{address}/geler")) == [303, 303]
    assert told(engine, "edition.frozen") == 1
    with Session(engine) as session:
        assert session.scalars(select(Edition.state)).all() == [EditionState.FROZEN]
        assert sorted(session.scalars(select(StableNumber.number))) == [1, 2, 3]
        assert (
            session.scalar(select(func.count()).select_from(Job).where(Job.name == "publishing.build")) == 1
        )


def test_two_who_publish_at_once_publish_it_once(engine: Engine, uri: str, tmp_path: Path) -> None:
    address, cookies = prepare(engine, tmp_path, frozen=True)
    with two_processes(uri, tmp_path) as ports:
        assert rush(ports, cookies, *twice(f"{address}/publier")) == [303, 303]
    assert told(engine, "edition.published") == 1
    assert told(engine, "edition.replaced") == 0
    with Session(engine) as session:
        assert session.scalars(select(Edition.state)).all() == [EditionState.PUBLISHED]


@contextmanager
def unguarded(engine: Engine, uri: str, folder: Path, trigger: str, table: str) -> Iterator[list[int]]:
    """Serve without the guards of an edition's steps, and without one of the database's own."""
    on = f" ON {table}" if engine.dialect.name == "postgresql" else ""
    if trigger:
        with engine.begin() as connection:
            connection.execute(text(f"DROP TRIGGER {trigger}{on}"))
    port = free_port()
    command = [sys.executable, "-m", "tests.publishing.publishing_control", str(port)]
    with serving(command, uri, folder, port):
        yield [port, port]


def test_without_the_guards_the_same_clicks_freeze_it_twice(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control: the tests above see a race, where there is one."""
    address, cookies = prepare(engine, tmp_path)
    with unguarded(engine, uri, tmp_path, "edition_item_frozen_no_update", "edition_item") as ports:
        assert rush(ports, cookies, *twice(f"{address}/geler")) == [303, 303]
    assert told(engine, "edition.frozen") == 2


# --- One freezes while the other edits ----------------------------------------------------------


def chapter_form(engine: Engine, address: str) -> Form:
    with Session(engine) as session:
        chapter = session.scalars(select(Chapter)).one()
        return f"{address}/chapitres/{chapter.id}", {"title": "Se loger", "introduction": ""}


def written_after_it_was_frozen(engine: Engine) -> bool:
    with Session(engine) as session:
        order = session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.action.in_(["edition.frozen", "edition.chapter_edited"]))
            .order_by(AuditEntry.id)
        ).all()
        title = session.scalars(select(Chapter.title)).one()
        # What history tells was done, and what it doesn't wasn't.
        assert (title == "Se loger") == ("edition.chapter_edited" in order)
    return list(order) == ["edition.frozen", "edition.chapter_edited"]


def test_who_edits_what_is_being_frozen_is_before_it_or_refused(
    engine: Engine, uri: str, tmp_path: Path
) -> None:
    address, cookies = prepare(engine, tmp_path)
    with two_processes(uri, tmp_path) as ports:
        freezing: Form = (f"{address}/geler", {})
        assert rush(ports, cookies, freezing, chapter_form(engine, address)) == [303, 303]
    assert told(engine, "edition.frozen") == 1
    assert not written_after_it_was_frozen(engine)


def test_without_the_guards_words_change_after_they_were_frozen(
    engine: Engine, uri: str, tmp_path: Path
) -> None:
    """The control of the test above."""
    address, cookies = prepare(engine, tmp_path)
    with unguarded(engine, uri, tmp_path, "chapter_frozen_no_update", "chapter") as ports:
        freezing: Form = (f"{address}/geler", {})
        assert rush(ports, cookies, freezing, chapter_form(engine, address)) == [303, 303]
    assert written_after_it_was_frozen(engine)


# --- Errata -------------------------------------------------------------------------------------


def erratum(address: str, words: str) -> Form:
    return f"{address}/errata/nouveau", {"recommendation": "0", "text": words}


def prepare_second(engine: Engine, folder: Path) -> tuple[str, list[str]]:
    """Make a published edition, and the next one, frozen with its PDF."""
    address, cookies = prepare(engine, folder, frozen=True)
    now = clock.now()
    with writing(engine, site=SITE) as session:
        first = session.scalars(select(Edition)).one()
        steps.take(session, first, EditionState.PUBLISHED, actor=scene.ACTOR, now=now)
        second = memoranda.new_edition(session, first.memorandum, actor=scene.ACTOR, now=now)
        scene.freeze(session, second, publishes=False, now=now)
        build(session, Store(folder / "files"), second, now)
    return address.removesuffix("/edition-1"), cookies


def test_an_erratum_written_while_the_next_edition_is_published_is_kept(
    engine: Engine, uri: str, tmp_path: Path
) -> None:
    address, cookies = prepare_second(engine, tmp_path)
    with two_processes(uri, tmp_path) as ports:
        publishing: Form = (f"{address}/edition-2/publier", {})
        told_beside = erratum(f"{address}/edition-1", "Lire 2 000.")
        assert rush(ports, cookies, publishing, told_beside) == [303, 303]
    with Session(engine) as session:
        states = session.scalars(select(Edition.state).order_by(Edition.number)).all()
        assert states == [EditionState.REPLACED, EditionState.PUBLISHED]
        row = session.scalars(select(EditionErratum)).one()
        assert (row.edition.number, row.number, row.text) == (1, 1, "Lire 2 000.")
    assert told(engine, "edition.published") == 2
    assert told(engine, "edition.replaced") == 1


def published(engine: Engine, folder: Path) -> tuple[str, list[str]]:
    address, cookies = prepare(engine, folder, frozen=True)
    with writing(engine, site=SITE) as session:
        only = session.scalars(select(Edition)).one()
        steps.take(session, only, EditionState.PUBLISHED, actor=scene.ACTOR, now=clock.now())
    return address, cookies


def test_two_who_write_an_erratum_at_once_write_two(engine: Engine, uri: str, tmp_path: Path) -> None:
    address, cookies = published(engine, tmp_path)
    with two_processes(uri, tmp_path) as ports:
        assert rush(ports, cookies, erratum(address, "L’un."), erratum(address, "L’autre.")) == [303, 303]
    with Session(engine) as session:
        rows = session.scalars(select(EditionErratum).order_by(EditionErratum.number)).all()
        assert [row.number for row in rows] == [1, 2]
        assert {row.text for row in rows} == {"L’un.", "L’autre."}


def test_without_the_guards_one_erratum_is_lost(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control of the test above: both count from the same number, and the database refuses one."""
    address, cookies = published(engine, tmp_path)
    with unguarded(engine, uri, tmp_path, "", "") as ports:
        answers = rush(ports, cookies, erratum(address, "L’un."), erratum(address, "L’autre."))
    assert sorted(answers) == [303, 409]


# --- Who holds what first -----------------------------------------------------------------------


@pytest.fixture
def postgresql(request: pytest.FixtureRequest) -> Iterator[Engine]:
    cluster = request.getfixturevalue("postgresql_cluster")
    made = create_engine(cluster.create_database(f"holds_{os.getpid()}_{clocks.monotonic_ns()}"))
    prepare_engine(made)
    schema.upgrade(made)
    yield made
    made.dispose()


@pytest.mark.postgresql
def test_who_freezes_and_who_changes_the_memorandum_never_wait_for_each_other(
    postgresql: Engine, tmp_path: Path
) -> None:
    """Both hold the memorandum first, then its edition."""
    prepare(postgresql, tmp_path)
    problems: list[Exception] = []

    def freeze() -> None:
        try:
            with writing(postgresql, site=SITE) as session:
                steps.take(
                    session, session.scalars(select(Edition)).one(), EditionState.FROZEN,
                    actor=scene.ACTOR, now=clock.now(),
                )  # fmt: skip
        except Exception as problem:  # noqa: BLE001 - told below, in the thread of the test
            problems.append(problem)

    other = threading.Thread(target=freeze, daemon=True)
    with writing(postgresql, site=SITE) as session:
        memorandum = session.scalars(select(Memorandum).with_for_update()).one()
        other.start()
        wait_for_a_lock(postgresql)
        facts = memoranda.Facts(title="Autre titre")
        memoranda.edit(session, memorandum, facts, actor=scene.ACTOR, now=clock.now())
    other.join(timeout=60)
    assert problems == []
    with Session(postgresql) as session:
        assert session.scalars(select(Edition.state)).all() == [EditionState.FROZEN]
        assert session.scalars(select(Memorandum.title)).all() == ["Autre titre"]


def wait_for_a_lock(engine: Engine) -> None:
    """Return once somebody waits for a row that another holds."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    deadline = clocks.monotonic() + 60
    while clocks.monotonic() < deadline:
        with engine.connect() as connection:
            if connection.scalar(waiting):
                return
        clocks.sleep(0.02)  # the database has no other way to say so
    pytest.fail("nobody waits")
