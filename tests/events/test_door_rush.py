"""Several doors note the same people at the same moment, through the real server."""

import re
import sys
import threading
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from hub.core import clock, tokens
from hub.core.db import writing
from hub.events.models.days import Event, EventSession, EventState
from hub.events.models.outcomes import Presence
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.operations import door
from tests.events.test_seats import MAILLAGE, engine, free_port, serving, uri

__all__ = ["engine", "uri"]  # fixtures
DOORS, PEOPLE, SEATS = 8, 3, 2


def open_day(made: Engine) -> tuple[str, int, list[int]]:
    """Return the path of a door, its session's number and its people's."""
    now = clock.now()
    with writing(made) as session:
        event = Event(
            slug="rush", title="Une journée", starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=2), sign_up_closes_at=now - timedelta(hours=2),
            capacity=PEOPLE + SEATS, taken=PEOPLE, state=EventState.PUBLISHED, created_at=now, updated_at=now,
        )  # fmt: skip
        moment = EventSession(event=event, starts_at=event.starts_at, ends_at=event.ends_at)
        people = [
            Registration(event=event, name=f"Personne {number}", created_at=now, updated_at=now)
            for number in range(PEOPLE)
        ]
        session.add_all([event, moment, *people])
        session.flush()
        raw = tokens.issue(session, door.PURPOSE, event, now=now, until=event.ends_at + timedelta(days=1))
        return f"/accueil/{raw}", moment.id, [row.id for row in people]


class Volunteer(threading.Thread):
    """One phone: opens the page, then sends each gesture at the same moment as the others."""

    def __init__(
        self, port: int, path: str, gestures: list[dict[str, object]], start: threading.Barrier
    ) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.path, self.gestures, self.barrier = path, gestures, start
        self.statuses: list[int] = []

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        self.connection.request("GET", self.path)
        page = self.connection.getresponse()
        cookie = page.headers["Set-Cookie"].split(";")[0]
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
        assert token is not None
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie,
            "X-Gesture": "1",
            "X-CSRFToken": token[1],
        }
        for gesture in self.gestures:
            self.connection.close()  # the server closes one that is silent for two seconds
            self.barrier.wait(timeout=60)
            self.connection.request("POST", self.path, urlencode(gesture), headers)
            answer = self.connection.getresponse()
            answer.read()
            self.statuses.append(answer.status)


def rush(port: int, path: str, gestures: list[list[dict[str, object]]]) -> list[list[int]]:
    start = threading.Barrier(len(gestures))
    volunteers = [Volunteer(port, path, one, start) for one in gestures]
    for each in volunteers:
        each.start()
    for each in volunteers:
        each.join(timeout=120)
    return [each.statuses for each in volunteers]


def test_eight_doors_note_each_person_once_and_no_seat_twice(
    engine: Engine, uri: str, tmp_path: Path
) -> None:
    path, moment, people = open_day(engine)
    arrive = [{"gesture": "arrive", "session": moment, "registration": one} for one in people]
    same = {"gesture": "walk_in", "session": moment, "name": "La même", "client_key": "k" * 32}
    port = free_port()
    command = [str(MAILLAGE), "serve", "--port", str(port), "--threads", "20", "--no-worker"]
    with serving(command, uri, tmp_path, port):
        other = [
            {
                "gesture": "walk_in",
                "session": moment,
                "name": f"Autre {number}",
                "client_key": f"{number}" * 32,
            }
            for number in range(DOORS)
        ]
        statuses = rush(port, path, [[*arrive, same, one] for one in other])
    assert all(each[: PEOPLE + 1] == [200] * (PEOPLE + 1) for each in statuses), statuses
    assert sorted(each[-1] for each in statuses) == [200] * (SEATS - 1) + [422] * (DOORS - SEATS + 1)
    with Session(engine) as session:
        event = session.scalars(select(Event)).one()
        assert event.taken == event.capacity == PEOPLE + SEATS
        assert session.scalar(select(func.count()).select_from(Presence)) == PEOPLE + SEATS
        confirmed = select(func.count()).where(Registration.state == RegistrationState.CONFIRMED)
        assert session.scalar(confirmed) == event.taken


def test_without_the_guard_doors_get_in_each_others_way(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control: the test above sees a race, where there is one."""
    path, moment, people = open_day(engine)
    port = free_port()
    command = [sys.executable, "-m", "tests.events.door_control", str(port)]
    gesture: dict[str, object] = {"gesture": "arrive", "session": moment, "registration": people[0]}
    with serving(command, uri, tmp_path, port):
        statuses = rush(port, path, [[gesture] for _ in range(4)])
    assert sorted(status for (status,) in statuses) == [200, 409, 409, 409]
