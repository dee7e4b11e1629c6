"""What goes wrong is written to the log without saying whom it befell."""

import logging
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiosmtpd.controller import Controller
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from hub.core import clock, jobs
from hub.core.db import briefly, described, prepare_engine
from tests.conftest import Installation, both_databases
from tests.core.test_mail import Catcher
from tests.events.plenary import plenary
from tests.events.test_seats import MAILLAGE, free_port, make_day, serving

NAME, EMAIL = "Zoé Quatremots", "zoe.quatremots@example.org"
TWICE = text(
    "INSERT INTO newsletter_consent (email, given_at) "
    "VALUES (:email, '2026-01-01 00:00:00'), (:email, '2026-01-01 00:00:00')"
)


@both_databases
def test_a_refusal_of_the_database_tells_no_values(session: Session) -> None:
    """PostgreSQL would add « Key (email)=(…) already exists », SQLAlchemy the parameters."""
    with pytest.raises(StatementError) as refused:
        session.execute(TWICE, {"email": EMAIL})
    told = described(refused.value)
    assert "quatremots" not in told
    assert "newsletter_consent" in briefly(refused.value)
    assert "INSERT INTO newsletter_consent" in told
    assert "test_log.py" in told, "where it was stays"
    assert "hide_parameters" in str(refused.value)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.postgresql
def test_what_postgresql_cannot_read_is_not_told(session: Session) -> None:
    with pytest.raises(StatementError) as refused:
        session.execute(text("SELECT CAST(:name AS integer)"), {"name": NAME})
    assert NAME in str(refused.value.orig), "the control: the database itself tells it"
    assert "Quatremots" not in described(refused.value)
    assert "invalid input syntax" in described(refused.value)


@both_databases
def test_a_job_that_fails_tells_no_values(
    installation: Installation,
    session: Session,
    run_jobs: Callable[[], int],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(context: jobs.JobContext) -> dict[str, Any]:
        with context.write() as writing:
            writing.execute(TWICE, {"email": EMAIL})
        return {}

    monkeypatch.setitem(jobs.HANDLERS, "events.test", fail)
    row = jobs.enqueue(session, "events.test", now=clock.now())
    session.commit()
    run_jobs()
    session.refresh(row)
    assert "newsletter_consent" in row.error
    assert "newsletter_consent" in caplog.text
    assert "quatremots" not in row.error + caplog.text
    assert installation.engine.hide_parameters


def test_a_page_that_breaks_tells_no_link(
    app: Any, session: Session, client: FlaskClient, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Whoever reads the log can't open the page of whom it befell."""
    from hub.core import tokens  # noqa: PLC0415
    from hub.events.operations import letters, sign_up  # noqa: PLC0415
    from tests.events.plenary import person, wishes  # noqa: PLC0415
    from tests.factories import NOW  # noqa: PLC0415

    monkeypatch.setattr(clock, "now", lambda: NOW)
    event = plenary(session)
    row = sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW).registration
    raw = letters.issue_link(session, row, now=NOW)
    session.commit()

    def break_it(*_given: object, **_named: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(app.view_functions, "events.own_data_page", break_it)
    monkeypatch.setitem(app.config, "RAISE_ERRORS", 0)
    with caplog.at_level(logging.ERROR):
        answer = client.get(f"/inscription/{raw}/mes-donnees")
    assert answer.status_code == 500
    assert "unhandled: GET /inscription/…/mes-donnees" in caplog.text
    assert "RuntimeError: broken" in caplog.text
    assert raw not in caplog.text
    assert tokens.BYTES == 32, "links have as many signs as the log looks for"


def test_the_server_s_own_lines_hold_no_links(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Gunicorn names an address where a request breaks outside the application, or in a log of accesses."""
    from hub.core import logs, tokens  # noqa: PLC0415

    raw = tokens.secrets.token_urlsafe(tokens.BYTES)
    line = f"GET /inscription/{raw}/mes-donnees?invitation={raw} HTTP/1.1"
    assert app is not None
    for name in logs.SERVER_LOGS:
        log = logging.getLogger(name)
        log.addHandler(caplog.handler)
        log.setLevel(logging.INFO)
        try:
            log.error("Error handling request %s %s", "GET", f"/groupe/{raw}")
            log.info('%(h)s "%(r)s" %(s)s', {"h": "127.0.0.1", "r": line, "s": "200"})
            log.warning(line)
        finally:
            log.removeHandler(caplog.handler)
        assert caplog.text.count(f"{name}:") >= 3, name
    assert '127.0.0.1 "GET /inscription/…/mes-donnees?invitation=… HTTP/1.1" 200' in caplog.text
    assert "Error handling request GET /groupe/…" in caplog.text
    assert raw not in caplog.text


@pytest.fixture
def engine(tmp_path: Path, migrated: Callable[[str, Path], str]) -> Iterator[Engine]:
    made = create_engine(migrated("sqlite", tmp_path / "log.db"))
    prepare_engine(made)
    yield made
    made.dispose()


class Later(Catcher):
    """A server that wants no mail now and names whom it was for."""

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, _envelope: Any, address: str, _options: Any
    ) -> str:
        return f"451 <{address}> come back later"


def test_the_real_server_writes_no_name_no_address_no_link(engine: Engine, tmp_path: Path) -> None:
    """Somebody signs up and looks; a server puts their mail off and names them; a link is mistyped."""
    slug = make_day(engine, "Journée", seats=10, workshops=(10, 10))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        letter_box = probe.getsockname()[1]
    post = Controller(Later(), hostname="127.0.0.1", port=letter_box)
    post.start()
    port = free_port()
    command = [
        "env", "HUB_SMTP_HOST=127.0.0.1", f"HUB_SMTP_PORT={letter_box}", "HUB_SMTP_TLS=none",
        "HUB_MAIL_FROM=reseau@example.org", str(MAILLAGE), "serve", "--port", str(port),
    ]  # fmt: skip
    log = tmp_path / "server.log"
    try:
        with serving(command, str(engine.url), tmp_path, port):
            link = sign_up_by_form(port, slug)
            raw = link.rpartition("/")[2]
            deadline = time.monotonic() + 30
            while "mail.deliver" not in log.read_text() and time.monotonic() < deadline:
                time.sleep(0.05)  # nothing else says that the worker came by
            for path in (link, f"{link}/mes-donnees", f"{link}/mes-donnees/fichier", f"/inscription/{raw}x"):
                fetch(port, "GET", path)
    finally:
        post.stop()
    told = log.read_text()
    assert "UndeliveredError: SMTPRecipientsRefused 451" in told
    assert raw not in told
    assert "quatremots" not in told.casefold()


def sign_up_by_form(port: int, slug: str) -> str:
    """Sign up as a browser does; return the path of the personal page."""
    path = f"/journees/{slug}/inscription"
    html, cookie, _ = fetch(port, "GET", path)
    fields = [
        (name, re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)[1])  # type: ignore[index]
        for name in ("csrf_token", "form_key")
    ]
    chosen = re.findall(r'name="workshops" value="(\d+)"', html)[:2]
    fields += [("name", NAME), ("email", EMAIL), ("organisation", "alone")]
    fields += [("workshops", number) for number in chosen]
    _, _, place = fetch(port, "POST", path, urlencode(fields), cookie)
    assert "/inscription/" in place, place
    return place.removeprefix(f"http://127.0.0.1:{port}")


def fetch(port: int, method: str, path: str, body: str = "", cookie: str = "") -> tuple[str, str, str]:
    """Return the page, the cookie that it sets, and where it leads."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie} if body else {}
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        html = answer.read().decode("utf-8", "replace")
    return html, (answer.headers["Set-Cookie"] or "").split(";")[0], answer.headers["Location"] or ""
