"""Sessions end when they should; forms without their token change nothing (S9, S14)."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.accounts.models import Role, SignedInSession
from hub.accounts.operations import links, passwords, sessions
from hub.app import create_app
from hub.core import clock, schema, tokens
from hub.core.db import db
from hub.core.web import Hub, limiter
from tests import factories
from tests.accounts.ways import again, is_signed_in, mails
from tests.conftest import both_databases

OLD, NEW = "quatre lampes sous la pluie", "sept chaises dans le couloir"
SignIn = Callable[[FlaskClient, Any], FlaskClient]


@pytest.fixture
def two(app: Hub, session: Session, sign_in: SignIn) -> tuple[Any, FlaskClient, FlaskClient]:
    """Sign one account in on two devices, half an hour ago."""
    user = factories.user(session, password_hash=passwords.HASHER.hash(OLD))
    clients = sign_in(app.test_client(), user), sign_in(app.test_client(), user)
    for row in session.query(SignedInSession):
        row.created_at -= timedelta(minutes=30)
    session.commit()
    return user, *clients


def test_signing_out_ends_this_session_on_the_server(two: Any) -> None:
    _, here, there = two
    with here.session_transaction() as cookie:
        kept = dict(cookie)
    assert here.post("/deconnexion").status_code == 303
    assert not is_signed_in(here)
    assert is_signed_in(there)
    with here.session_transaction() as cookie:  # the old cookie, put back
        cookie.update(kept)
    assert not is_signed_in(here)
    assert here.post("/deconnexion").status_code == 303


def test_signing_out_everywhere_ends_every_session(two: Any) -> None:
    _, here, there = two
    assert here.post("/deconnexion/partout").status_code == 303
    assert not is_signed_in(here)
    assert not is_signed_in(there)


@both_databases
def test_a_new_password_ends_the_other_sessions_and_links(two: Any, session: Session) -> None:
    user, here, there = two
    raw = tokens.issue(session, links.SIGN_IN, user, now=clock.now(), lifetime=timedelta(minutes=30))
    session.commit()
    answer = here.post("/compte/mot-de-passe", data={"current": OLD, "password": NEW})
    assert answer.status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert there.post(f"/connexion/{raw}").status_code == 410
    again(session, user)
    assert passwords.matches(user, NEW)
    assert not passwords.matches(user, OLD)
    assert [message.kind for message in mails(session)] == ["accounts.password_changed"]


@pytest.mark.parametrize("data", [{"password": NEW}, {"current": "autre chose ici", "password": NEW}])
def test_the_present_password_is_asked(two: Any, session: Session, data: dict[str, str]) -> None:
    user, here, there = two
    answer = here.post("/compte/mot-de-passe", data=data)
    assert answer.status_code == 422
    assert 'id="current-error"' in answer.text
    assert is_signed_in(there)
    again(session, user)
    assert passwords.matches(user, OLD)


def test_whoever_has_just_signed_in_may_choose_anew(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    user = factories.user(session, password_hash=passwords.HASHER.hash(OLD))
    sign_in(client, user)
    assert 'name="current"' not in client.get("/compte").text
    assert client.post("/compte/mot-de-passe", data={"password": NEW}).status_code == 303


def test_a_weak_password_is_refused_beside_its_field(two: Any) -> None:
    _, here, there = two
    answer = here.post("/compte/mot-de-passe", data={"current": OLD, "password": "motdepasse2024"})
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert is_signed_in(there)


def test_closing_an_account_ends_its_sessions(
    two: Any, client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    user, here, there = two
    sign_in(client, factories.user(session, Role.ADMINISTRATOR))
    assert client.post(f"/reglages/comptes/{user.id}/fermer").status_code == 303
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    client.post(f"/reglages/comptes/{user.id}/rouvrir")
    assert not is_signed_in(here)


def test_an_account_closed_behind_its_back_is_out_at_once(two: Any, session: Session) -> None:
    user, here, _ = two
    user.is_active = False
    session.commit()
    assert not is_signed_in(here)


def test_a_session_has_an_end(client: FlaskClient, session: Session) -> None:
    user = factories.user(session)
    now = clock.now()
    raw = sessions.open_session(session, user, device="", now=now - sessions.SESSION_LIFETIME)
    session.commit()
    with client.session_transaction() as cookie:
        cookie["sid"] = raw
    assert not is_signed_in(client)
    sessions.open_session(session, user, device="", now=now)
    assert session.query(SignedInSession).count() == 1


def test_one_device_can_be_signed_out_by_its_owner_only(
    two: Any, client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    _, here, there = two
    first, second = session.query(SignedInSession).order_by(SignedInSession.id)
    sign_in(client, factories.user(session, Role.ADMINISTRATOR))
    assert client.post(f"/compte/sessions/{second.id}/fermer").status_code == 403
    assert is_signed_in(there)
    assert here.post(f"/compte/sessions/{second.id}/fermer").status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert here.post(f"/compte/sessions/{first.id + 1000}/fermer").status_code == 404


def test_the_devices_are_listed_in_words(client: FlaskClient, session: Session) -> None:
    user = factories.user(session, password_hash=passwords.HASHER.hash(OLD))
    session.commit()
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
    data = {"by-password-email": user.email, "by-password-password": OLD}
    client.post("/connexion/mot-de-passe", data=data, headers={"User-Agent": agent})
    assert "Firefox · Windows" in client.get("/compte").text


@pytest.fixture
def csrf_on(app: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", value=True)


FORMS = [
    "/connexion",
    "/connexion/mot-de-passe",
    "/connexion/demonstration",
    "/deconnexion",
    "/deconnexion/partout",
    "/compte/mot-de-passe",
    "/reglages/comptes/inviter",
]


@pytest.mark.usefixtures("csrf_on")
@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("token", [None, "", "é’\u202f→", "x.y.z"])
def test_a_form_without_its_token_changes_nothing(
    path: str, token: str | None, two: Any, session: Session
) -> None:
    _, here, _ = two
    data = {"email": "a@example.org", "by-password-email": "a@example.org", "by-password-password": OLD}
    answer = here.post(path, data=data if token is None else {**data, "csrf_token": token})
    assert answer.status_code == 400
    assert "n’a pas pu être comprise" in answer.text
    assert is_signed_in(here)
    assert mails(session) == []


@pytest.mark.usefixtures("csrf_on")
def test_a_token_of_strange_letters_in_the_header_is_refused_too(client: FlaskClient) -> None:
    environment = {"HTTP_X_CSRFTOKEN": "\xe9\xff"}
    assert client.post("/connexion", environ_overrides=environment).status_code == 400


def token_in(page: Any) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


@pytest.mark.usefixtures("csrf_on")
def test_the_forms_as_they_are_served_work(client: FlaskClient, session: Session) -> None:
    user = factories.user(session, password_hash=passwords.HASHER.hash(OLD))
    raw = tokens.issue(session, links.SIGN_IN, user, now=clock.now(), lifetime=timedelta(minutes=30))
    session.commit()
    token = token_in(client.get("/connexion"))
    assert client.post("/connexion", data={"email": user.email, "csrf_token": token}).status_code == 303
    # Over https the page of a link sends no Referer: its form must do without.
    secure = {"base_url": "https://localhost"}
    token = token_in(client.get(f"/connexion/{raw}", **secure))
    assert client.post(f"/connexion/{raw}", data={"csrf_token": token}, **secure).status_code == 303


def test_trying_again_and_again_is_slowed_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a key for tests only",
            "DATA_FOLDER": str(tmp_path),
            "BASE_URL": "http://localhost",
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": True,
        }
    )
    with app.app_context():
        schema.upgrade(db.engine)
    limiter.reset()
    client = app.test_client()
    for path, field, allowed in (
        ("/connexion", "email", 6),
        ("/connexion/mot-de-passe", "by-password-email", 10),
    ):
        data = {field: "quelquun@example.org", "by-password-password": OLD}
        codes = [client.post(path, data=data).status_code for _ in range(allowed + 2)]
        assert 429 not in codes[:allowed]
        assert codes[allowed:] == [429, 429]
        assert client.post(path, data={**data, field: " Quelquun@EXAMPLE.org"}).status_code == 429
        others = [
            client.post(path, data={**data, field: f"p{number}@example.org"}).status_code
            for number in range(30)
        ]
        assert others[0] != 429
        assert others[-1] == 429
    assert client.get("/connexion").status_code == 200
    assert "Trop d’essais" in client.post("/connexion", data={"email": "x@example.org"}).text
    limiter.reset()
    with app.app_context():
        db.engine.dispose()
