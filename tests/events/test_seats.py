"""40 people act at one moment through the real server: seats are given once, and none stays free (S1)."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.accounts.operations.sessions import open_session
from hub.app import create_app
from hub.core import clock
from hub.core.db import prepare_engine, writing
from hub.core.mail import Message
from hub.events.models.days import Event, Promotion
from hub.events.models.registrations import Choice, Registration
from hub.events.models.workshops import Way
from hub.events.operations import allocation, days, letters, recounting, seats, sign_up, waitlist
from tests.conftest import SITE
from tests.events.plenary import details, person, rooms
from tests.events.waiting import come
from tests.factories import user

MAILLAGE = Path(sys.executable).parent / "maillage"
PEOPLE, SEATS = 40, 5
DEADLINE = 180.0  # seconds; a busy machine takes its time to start a server
ROOMY = 500
SIGN_UPS = 200


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def uri(request: pytest.FixtureRequest, tmp_path: Path, migrated: Callable[[str, Path], str]) -> str:
    """Name a migrated database of this test alone."""
    return migrated(request.param, tmp_path / "seats.db")


@pytest.fixture
def engine(uri: str) -> Iterator[Engine]:
    made = create_engine(uri)
    prepare_engine(made)
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
def serving(command: list[str], uri: str, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
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
        yield process
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
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
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
        self.connection.close()  # the server closes one that is silent for two seconds
        self.barrier.wait(timeout=60)
        self.connection.request("POST", self.path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        self.status = answer.status


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


class Act(threading.Thread):
    """One person with a page open: waits for the others, then presses the button."""

    def __init__(self, port: int, start: threading.Barrier, act: "Gesture") -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.barrier, self.act, self.status = start, act, 0

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        headers = {"Cookie": self.act.cookie} if self.act.cookie else {}
        self.connection.request("GET", self.act.page, headers=headers)
        answer = self.connection.getresponse()
        html = answer.read().decode()
        cookie = (answer.headers["Set-Cookie"] or self.act.cookie).split(";")[0]
        found = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', html)
        assert found, (self.act.page, answer.status)
        fields = [("csrf_token", found[1]), *self.act.fields]
        key = re.search(r'name="form_key"[^>]*value="([^"]*)"', html)
        if key:
            fields.append(("form_key", key[1]))
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        self.connection.close()  # the server closes one that is silent for two seconds
        self.barrier.wait(timeout=60)
        self.connection.request("POST", self.act.target, urlencode(fields), headers)
        answer = self.connection.getresponse()
        answer.read()
        self.status = answer.status


@dataclass(frozen=True)
class Gesture:
    """A page, and the form of it that is sent."""

    page: str
    target: str
    fields: tuple[tuple[str, str], ...] = ()
    cookie: str = ""


def act_together(port: int, gestures: list[Gesture]) -> list[int]:
    start = threading.Barrier(len(gestures))
    people = [Act(port, start, gesture) for gesture in gestures]
    for each in people:
        each.start()
    for each in people:
        each.join(timeout=120)
    return [each.status for each in people]


def crowd(engine: Engine, uri: str, folder: Path, *, by_offer: bool) -> tuple[str, list[Gesture]]:
    """Make a full day with ten people who wait, and forty gestures: sign up, leave, swap, change the room."""
    slug = make_day(engine, "Salle comble", seats=10, workshops=(8, 8, 8))
    now = clock.now()
    gestures = []
    with writing(engine, site=SITE) as session:
        event = session.scalars(select(Event).where(Event.slug == slug)).one()
        for block in event.blocks:
            block.choices_min = block.choices_max = 1
        if by_offer:
            event.promotion = Promotion.OFFER
        session.flush()
        rows = [come(session, event, 100 + number, number % 3, now=now) for number in range(20)]
        links = [letters.issue_link(session, row, now=now) for row in rows]
        numbers = [str(workshop.id) for workshop in event.workshops]
        coordinator = user(session, role=Role.COORDINATOR)
        sid = open_session(session, coordinator, device="test", now=now)
    gone = [*range(6), *range(10, 13)]
    paths = [f"/inscription/{links[number]}/annuler" for number in gone]
    gestures += [Gesture(path, path) for path in paths]
    for number in range(6, 10):
        path = f"/inscription/{links[number]}"
        fields = (("workshop", numbers[(number + 1) % 3]), ("gives_up", numbers[number % 3]))
        gestures.append(Gesture(f"{path}/annuler", f"{path}/attendre", fields))
    coordinators = f"/journees/{slug}/liste-attente"
    cookie = signed(uri, folder, sid)
    for places in ("8", "12", "9", "14", "11"):
        rooms_then = [(f"workshop-{number}", "8") for number in numbers]
        fields = (("onsite", places), ("put_back", "1"), *rooms_then)
        gestures.append(Gesture(coordinators, f"{coordinators}/places", fields, cookie))
    for word in ("suspendre", "reprendre"):
        gestures.append(Gesture(coordinators, f"{coordinators}/{word}", (), cookie))
    form = f"/journees/{slug}/inscription"
    for number in range(PEOPLE - len(gestures)):
        fields = (
            ("name", f"Participant·e {number}"), ("email", f"p{number}@example.org"),
            ("organisation", "alone"), ("workshops", numbers[number % 3]), ("agrees_to_wait", "y"),
        )  # fmt: skip
        gestures.append(Gesture(form, form, fields))
    return slug, gestures


def signed(uri: str, folder: Path, sid: str) -> str:
    """Return the cookie of somebody who is signed in, as the server signs it."""
    app = create_app(
        {
            "SECRET_KEY": "a key for tests only, of a decent length",
            "BASE_URL": "http://localhost",
            "DATA_FOLDER": str(folder),
            "SQLALCHEMY_DATABASE_URI": uri,
        }
    )
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["sid"] = sid
    name = app.config["SESSION_COOKIE_NAME"]
    found = client.get_cookie(name)
    assert found is not None
    return f"{name}={found.value}"


@pytest.mark.parametrize("by_offer", [False, True], ids=["automatic", "by_offer"])
def test_seats_stay_right_whatever_forty_people_do_at_once(
    engine: Engine, uri: str, tmp_path: Path, by_offer: bool
) -> None:
    slug, gestures = crowd(engine, uri, tmp_path, by_offer=by_offer)
    port = free_port()
    command = [str(MAILLAGE), "serve", "--port", str(port), "--threads", str(PEOPLE), "--no-worker"]
    with serving(command, uri, tmp_path, port):
        statuses = act_together(port, gestures)
    assert all(status in {303, 422} for status in statuses), (tmp_path / "server.log").read_text()[-3000:]
    with writing(engine, site=SITE) as session:
        event = session.scalars(select(Event).where(Event.slug == slug)).one()
        assert recounting.counted(event) == recounting.held(session, event)
        assert event.capacity is not None
        assert 0 <= event.taken <= event.capacity
        assert all(0 <= workshop.taken <= workshop.capacity for workshop in event.workshops)
        rows = session.scalars(select(Registration).where(Registration.event_id == event.id)).all()
        assert len([row for row in rows if row.is_live]) == len({row.email for row in rows if row.is_live})
        assert all(len(row.choices) <= 1 for row in rows)
        waitlist.resume(session, event, actor="test", now=clock.now())
        before = {row.id: (row.state, tuple(each.workshop_id for each in row.choices)) for row in rows}
        seats.lock(session, event)
        waitlist.settle(session, event, now=clock.now())
        assert before == {
            row.id: (row.state, tuple(each.workshop_id for each in row.choices)) for row in rows
        }
        if any(row.state == "waiting" for row in rows):
            assert event.taken == event.capacity
        mails = session.execute(select(Message.subject_id, Message.kind, Message.version)).all()
        assert len(mails) == len({tuple(mail) for mail in mails})


def test_publishing_an_allocation_holds_while_people_come_change_and_leave(
    engine: Engine, uri: str, tmp_path: Path
) -> None:
    slug = make_day(engine, "Journée par souhaits", seats=30, workshops=(8, 8, 8))
    now = clock.now()
    with writing(engine, site=SITE) as session:
        event = session.scalars(select(Event).where(Event.slug == slug)).one()
        (block,) = event.blocks
        block.way, block.choices_min, block.choices_max = Way.WISHES, 1, 1
        session.flush()
        session.expire_all()
        numbers = [workshop.id for workshop in event.workshops]
        rows = [
            sign_up.register(
                session, event, person(100 + number),
                sign_up.Wishes(ranked=((block.id, (numbers[number % 3], numbers[(number + 1) % 3])),)),
                now=now,
            ).registration
            for number in range(20)
        ]  # fmt: skip
        links = [letters.issue_link(session, row, now=now) for row in rows]
        run = allocation.compute(session, block, actor="test", now=now)
        sid = open_session(session, user(session, role=Role.COORDINATOR), device="test", now=now)
        in_run = {row.id for row in rows}
        number, ranks = run.id, [f"wish_{block.id}_{rank}" for rank in (1, 2)]
    cookie = signed(uri, tmp_path, sid)
    coordinators, form = f"/journees/{slug}/repartitions/{number}", f"/journees/{slug}/inscription"
    publishes = Gesture(f"{coordinators}/publier", f"{coordinators}/publier", (), cookie)
    gestures = [publishes] * 3
    for link in links[:8]:
        gestures.append(Gesture(f"/inscription/{link}/annuler", f"/inscription/{link}/annuler"))
    for link in links[8:12]:
        wished = ((ranks[0], str(numbers[2])), (ranks[1], str(numbers[0])))
        gestures.append(Gesture(f"/inscription/{link}/modifier", f"/inscription/{link}/modifier", wished))
    for newcomer in range(PEOPLE - len(gestures)):
        fields = (
            ("name", f"Participant·e {newcomer}"), ("email", f"p{newcomer}@example.org"),
            ("organisation", "alone"), (ranks[0], str(numbers[newcomer % 3])), ("agrees_to_wait", "y"),
        )  # fmt: skip
        gestures.append(Gesture(form, form, fields))
    port = free_port()
    command = [str(MAILLAGE), "serve", "--port", str(port), "--threads", str(PEOPLE), "--no-worker"]
    with serving(command, uri, tmp_path, port):
        statuses = act_together(port, gestures)
    assert all(status in {303, 422} for status in statuses), (tmp_path / "server.log").read_text()[-3000:]
    with writing(engine, site=SITE) as session:
        event = session.scalars(select(Event).where(Event.slug == slug)).one()
        (block,) = event.blocks
        assert block.allotted_at is not None
        assert recounting.counted(event) == recounting.held(session, event)
        assert event.capacity is not None
        assert 0 <= event.taken <= event.capacity
        assert all(0 <= workshop.taken <= workshop.capacity for workshop in event.workshops)
        found = session.scalars(select(Registration).where(Registration.event_id == event.id)).all()
        assert all(len(row.choices) <= 1 for row in found)
        assert not any(row.choices for row in found if not row.is_live)
        # Who was in the run and stayed holds the one workshop that the mail told of, written once.
        stayed = {row.id for row in found if row.is_live and row.id in in_run}
        assert all(row.choices for row in found if row.id in stayed)
        told = select(Message.subject_id).where(Message.kind == "events.allotted")
        mails = list(session.scalars(told))
        assert len(mails) == len(set(mails))
        assert stayed <= set(mails)


def test_whoever_was_told_yes_is_there_after_the_server_was_killed(
    engine: Engine, uri: str, tmp_path: Path
) -> None:
    slug = make_day(engine, "Grande salle", seats=ROOMY, workshops=(ROOMY, ROOMY))
    port = free_port()
    command = [str(MAILLAGE), "serve", "--port", str(port), "--threads", "8", "--no-worker"]
    enough, told = threading.Event(), set[str]()

    def keep_signing_up(first: int) -> None:
        with suppress(OSError, HTTPException):
            for number in range(first, SIGN_UPS, 8):
                one = Browser(port, slug, number, threading.Barrier(1), slice(0, 2))
                one.run()
                if one.status == 303:
                    told.add(f"p{number}@example.org")
                if len(told) >= SIGN_UPS // 4:
                    enough.set()

    with serving(command, uri, tmp_path, port) as process:
        people = [threading.Thread(target=keep_signing_up, args=(n,), daemon=True) for n in range(8)]
        for each in people:
            each.start()
        assert enough.wait(timeout=120)
        process.send_signal(signal.SIGKILL)
        for each in people:
            each.join(timeout=120)
    with writing(engine, site=SITE) as session:
        event = session.scalars(select(Event).where(Event.slug == slug)).one()
        stored_now = set(session.scalars(select(Registration.email)))
        assert told <= stored_now
        assert len(told) < SIGN_UPS
        assert recounting.counted(event) == recounting.held(session, event)
        confirmed = select(func.count(Message.id)).where(Message.kind == "events.confirmed")
        assert session.scalar(confirmed) == len(stored_now)
