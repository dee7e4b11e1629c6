"""Several people of one association correct its record at the same moment, through the real server."""

import html
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

from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import RecordChange
from hub.actors.operations.ownership import letters
from hub.core import clock, tokens
from hub.core.db import prepare_engine, writing
from tests import factories
from tests.events.test_seats import MAILLAGE, free_port, serving

PEOPLE = 6
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def uri(request: pytest.FixtureRequest, tmp_path: Path, migrated: Callable[[str, Path], str]) -> str:
    """Name a migrated database of this test alone."""
    return migrated(request.param, tmp_path / "records.db")


@pytest.fixture
def engine(uri: str) -> Iterator[Engine]:
    made = create_engine(uri)
    prepare_engine(made)
    yield made
    made.dispose()


def link(engine: Engine) -> str:
    """Return the address of a record behind its personal link."""
    with writing(engine) as session:
        house = factories.organisation(session, "Maison", description="Au départ.")
        raw = tokens.issue(session, letters.PURPOSE, house, now=clock.now(), lifetime=letters.LIFETIME)
    return f"/fiche/{raw}/corriger"


class Hand(threading.Thread):
    """One person: reads the form, waits for the others, sends their own words."""

    def __init__(self, port: int, address: str, number: int, start: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.address, self.words, self.barrier = address, f"Les mots de {number}.", start
        self.status, self.text = 0, ""

    def run(self) -> None:
        with closing(self.connection):  # whatever goes wrong
            self.go()

    def go(self) -> None:
        self.connection.request("GET", self.address)
        page = self.connection.getresponse()
        text = page.read().decode()
        cookie = page.headers["Set-Cookie"].split(";")[0]
        hidden = dict(re.findall(r'name="(csrf_token|seen)" value="([^"]*)"', text))
        kind = re.search(r'<option value="(\d+)" selected>Association', text)
        assert kind
        fields = {name: html.unescape(value) for name, value in hidden.items()} | {
            "name": "Maison", "kind": kind[1], "legal_form": "unknown", "structured": "unknown",
            "description": self.words,
        }  # fmt: skip
        self.connection.close()  # the server closes one that is silent for two seconds
        self.barrier.wait(timeout=60)
        self.connection.request("POST", self.address, urlencode(fields), FORM | {"Cookie": cookie})
        answer = self.connection.getresponse()
        self.text, self.status = answer.read().decode(), answer.status


def rush(port: int, address: str) -> list[Hand]:
    """Let everybody send at once."""
    start = threading.Barrier(PEOPLE)
    hands = [Hand(port, address, number, start) for number in range(PEOPLE)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(timeout=120)
    return hands


def stored(engine: Engine) -> tuple[str, list[list[str]]]:
    """Return what the record says, and the changes of it that were kept."""
    with Session(engine) as session:
        house = session.scalars(select(Organisation)).one()
        kept = session.scalars(select(RecordChange).order_by(RecordChange.id))
        return house.description, [row.fields["description"] for row in kept]


def test_one_is_stored_and_the_others_see_it_with_their_own_words(
    engine: Engine, uri: str, tmp_path: Path
) -> None:
    address, port = link(engine), free_port()
    command = [str(MAILLAGE), "serve", "--port", str(port), "--threads", str(PEOPLE), "--no-worker"]
    with serving(command, uri, tmp_path, port):
        hands = rush(port, address)
    assert sorted(hand.status for hand in hands) == [303] + [422] * (PEOPLE - 1)
    winner = next(hand for hand in hands if hand.status == 303)
    assert stored(engine) == (winner.words, [["Au départ.", winner.words]])
    for hand in hands:
        if hand is not winner:
            assert winner.words in hand.text
            assert hand.words in hand.text


def test_without_the_marks_words_are_overwritten_unseen(engine: Engine, uri: str, tmp_path: Path) -> None:
    """The control: the test above sees a race, where there is one."""
    address, port = link(engine), free_port()
    command = [sys.executable, "-m", "tests.actors.blind_server", str(port)]
    with serving(command, uri, tmp_path, port):
        hands = rush(port, address)
    assert [hand.status for hand in hands] == [303] * PEOPLE
    assert len(stored(engine)[1]) > 1
