"""What the product does when its database is full, away or killed."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.app import create_app
from hub.core.db import db
from hub.core.settings import NetworkSettings
from tests import factories
from tests.clusters import cluster
from tests.conftest import Installation

ENOUGH = 40
FORM = "application/x-www-form-urlencoded"
IDENTITY = {"name": "Réseau de la Meuse", "short_name": "Meuse", "primary_colour": "#7a1fa2"}


def test_a_full_disk_lets_people_read_answers_503_and_heals(
    client: FlaskClient, session: Session, installation: Installation, sign_in: Callable[..., FlaskClient]
) -> None:
    sign_in(client, factories.user(session, Role.ADMINISTRATOR))
    limit = {"pages": 1}

    # SQLite's own bound answers as a full disk does: "database or disk is full".
    @event.listens_for(installation.engine, "checkout")
    def bound(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count={limit['pages']}")

    try:
        assert client.get("/").status_code == 200
        words = "é" * 4900
        refused = client.post("/reglages/reseau", data=IDENTITY | {"about": words})
        assert refused.status_code == 503
        assert "Retry-After" in refused.headers
        assert 'lang="fr"' in refused.get_data(as_text=True)
        assert session.scalar(select(NetworkSettings.id)) is None
        limit["pages"] = 1_000_000
        assert client.post("/reglages/reseau", data=IDENTITY | {"about": words}).status_code == 303
    finally:
        event.remove(installation.engine, "checkout", bound)


@pytest.mark.postgresql
def test_a_database_that_goes_away_is_503_and_comes_back_without_a_restart(tmp_path: Path) -> None:
    with cluster() as info:
        uri = info.create_database("away")
        app = create_app(
            {"SECRET_KEY": "k", "DATA_FOLDER": str(tmp_path), "SQLALCHEMY_DATABASE_URI": uri,
             "BASE_URL": "http://localhost"}
        )  # fmt: skip
        client = app.test_client()
        assert client.get("/healthz").status_code == 200
        moved = info.folder.rename(f"{info.folder}-away")
        try:
            with app.app_context():
                db.engine.dispose()
            page = client.get("/")
            assert page.status_code == 503
            assert "<h1" in page.get_data(as_text=True)
        finally:
            moved.rename(info.folder)
        assert client.get("/healthz").status_code == 200
        with app.app_context():
            db.engine.dispose()


@contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")} | {
        "HUB_DATA_FOLDER": str(folder), "HUB_SECRET_KEY": "k", "HUB_BASE_URL": f"http://127.0.0.1:{port}",
        "HUB_WTF_CSRF_ENABLED": "false", "HUB_RATELIMIT_ENABLED": "false",
    }  # fmt: skip
    command = [sys.executable, "-m", "hub.cli"]
    subprocess.run([*command, "init"], env=environment, check=True, capture_output=True)
    process = subprocess.Popen(
        [*command, "serve", "--no-worker", "--port", str(port)], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_a_server_killed_under_load_has_stored_all_that_it_confirmed(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    confirmed: list[str] = []
    with served(tmp_path, port) as process:
        wait_for(port)
        threads = [
            threading.Thread(target=ask_for_links, args=(port, number, confirmed)) for number in range(4)
        ]
        for thread in threads:
            thread.start()
        while len(confirmed) < ENOUGH and any(thread.is_alive() for thread in threads):
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join()
    assert len(confirmed) >= ENOUGH
    with closing(sqlite3.connect(tmp_path / "maillage.db")) as connection:
        rows = connection.execute("SELECT arguments FROM job").fetchall()
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    stored = " ".join(row[0] for row in rows)
    assert [address for address in confirmed if address not in stored] == []


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        time.sleep(0.05)
    pytest.fail("the server does not answer")


def ask_for_links(port: int, thread: int, confirmed: list[str]) -> None:
    """Ask for sign-in links, each of which must be stored as a job, until the server is gone."""
    for number in range(10_000):
        address = f"personne-{thread}-{number}@example.org"
        body = urlencode({"email": address})
        with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            try:
                connection.request("POST", "/connexion", body, {"Content-Type": FORM})
                answer = connection.getresponse()
                answer.read()
            except (OSError, HTTPException):
                return
            if answer.status == HTTPStatus.SEE_OTHER:
                confirmed.append(address)
