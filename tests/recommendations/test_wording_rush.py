"""Several tablets save the same wording at the same moment, through the real server."""

import json
import re
import sys
import threading
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import writing
from hub.recommendations.models.carrying import WorkshopRecommendation
from hub.recommendations.operations import recommendations, workshops
from hub.recommendations.operations.recommendations import Statement
from tests.events.test_seats import MAILLAGE, engine, free_port, serving, uri
from tests.recommendations.workshops import link, workshop

__all__ = ["engine", "uri"]  # fixtures
TABLETS = 4


def prepare(made: Engine) -> tuple[str, int]:
    """Return the path of a workshop's tables, and the number of the one wording that they work on."""
    now = clock.now()
    with writing(made) as session:
        here = workshop(session, now=now)
        asked = recommendations.create(session, Statement("Des bus", text="Un bus."), actor="test", now=now)
        workshops.add(session, here, [asked], actor="test", now=now)
        row = session.scalars(select(WorkshopRecommendation)).one()
        return link(session, here, now=now), row.id


class Tablet(threading.Thread):
    """One tablet: opens the page, then saves its own words at the same moment as the others."""

    def __init__(self, port: int, path: str, number: int, name: int, start: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.path, self.number, self.name_, self.barrier = path, number, name, start
        self.status = 0
        self.told: dict[str, str] = {}

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.connection.request("GET", f"{self.path}/textes")
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
            words = {"wording": f"Texte {self.name_}", "version": 0, "page": f"page-{self.name_}"}
            self.connection.close()  # the server closes one that is silent for two seconds
            self.barrier.wait(timeout=60)
            self.connection.request("POST", f"{self.path}/textes/{self.number}", urlencode(words), headers)
            answer = self.connection.getresponse()
            self.status, self.told = answer.status, json.loads(answer.read())


def rush(port: int, path: str, number: int) -> list[Tablet]:
    start = threading.Barrier(TABLETS)
    tablets = [Tablet(port, path, number, name, start) for name in range(TABLETS)]
    for each in tablets:
        each.start()
    for each in tablets:
        each.join(timeout=120)
    return tablets


def test_one_tablet_saves_and_the_others_see_its_words(engine: Engine, uri: str, tmp_path: Path) -> None:
    path, number = prepare(engine)
    port = free_port()
    command = [str(MAILLAGE), "serve", "--port", str(port), "--threads", "20", "--no-worker"]
    with serving(command, uri, tmp_path, port):
        tablets = rush(port, path, number)
    assert sorted(each.status for each in tablets) == [200] + [409] * (TABLETS - 1)
    with Session(engine) as session:
        row = session.scalars(select(WorkshopRecommendation)).one()
        assert row.wording_version == 1
        assert {each.told["text"] for each in tablets} == {row.wording}


def test_without_the_guard_words_are_lost_unseen(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control: the test above sees a race, where there is one."""
    path, number = prepare(engine)
    port = free_port()
    command = [sys.executable, "-m", "tests.recommendations.wording_control", str(port)]
    with serving(command, uri, tmp_path, port):
        tablets = rush(port, path, number)
    assert [each.status for each in tablets] == [200] * TABLETS
