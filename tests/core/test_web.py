"""One request, one transaction; errors that look like the product; headers that protect."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Blueprint, abort
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.app import create_app
from hub.core.access import everyone, permit
from hub.core.db import db
from hub.core.errors import DomainError
from tests import factories
from tests.conftest import both_databases

WAYS: dict[str, Callable[[], Any]] = {}


@pytest.fixture
def trial(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """Offer /essai/<way>, which adds an account and then answers as WAYS says."""
    if "trial" not in app.blueprints:
        blueprint = Blueprint("trial", __name__)

        @blueprint.route("/essai/<way>", methods=["GET", "POST"])
        @permit(everyone)
        def answer(way: str) -> Any:
            factories.user(db.session())
            return WAYS[way]()

        monkeypatch.setattr(app, "_got_first_request", value=False)
        app.register_blueprint(blueprint)
    monkeypatch.setitem(app.config, "RAISE_ERRORS", value=False)
    return app.test_client()


def fail() -> Any:
    raise RuntimeError("secret detail")


def away() -> Any:
    raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))


WAYS.update(
    fine=lambda: "ok",
    moved=lambda: ("", 303),
    invalid=lambda: ("", 422),
    refused=lambda: abort(403),
    crash=fail,
    away=away,
)


def accounts(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(User.id))) or 0


@both_databases
@pytest.mark.parametrize(
    ("method", "way", "status", "kept"),
    [
        ("POST", "fine", 200, 1),
        ("POST", "moved", 303, 1),
        ("POST", "invalid", 422, 0),
        ("POST", "refused", 403, 0),
        ("POST", "crash", 500, 0),
        ("POST", "away", 503, 0),
        ("GET", "fine", 200, 0),
    ],
)
def test_only_a_good_answer_to_an_unsafe_method_is_stored(
    *, trial: FlaskClient, session: Session, method: str, way: str, status: int, kept: int
) -> None:
    assert trial.open(f"/essai/{way}", method=method).status_code == status
    assert accounts(session) == kept


@pytest.mark.parametrize(("way", "status"), [("refused", 403), ("crash", 500), ("away", 503)])
def test_an_error_page_is_kind_and_tells_nothing_of_the_inside(
    trial: FlaskClient, way: str, status: int
) -> None:
    page = trial.get(f"/essai/{way}")
    text = page.get_data(as_text=True)
    assert page.status_code == status
    assert 'lang="fr"' in text
    assert "<h1" in text
    for inside in ("secret detail", "Traceback", "server closed", "sqlalchemy"):
        assert inside not in text


def test_what_is_not_there_says_so(client: FlaskClient) -> None:
    page = client.get("/nulle-part")
    assert page.status_code == 404
    assert "Accueil" in page.get_data(as_text=True) or "accueil" in page.get_data(as_text=True)


def test_every_answer_is_protected(client: FlaskClient) -> None:
    headers = client.get("/healthz").headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_another_host_is_refused(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/healthz", headers={"Host": "localhost:8000"}).status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_switch_of_appearance_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    answer = client.post("/apparence", data={"theme": "dark", "next": target})
    assert answer.headers["Location"] == "/"


def test_a_form_without_its_csrf_token_is_refused(tmp_path: Any, installation: Any) -> None:
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a key for tests only",
            "DATA_FOLDER": str(tmp_path),
            "SQLALCHEMY_DATABASE_URI": str(installation.engine.url),
        }
    )
    client = app.test_client()
    for token in ({}, {"csrf_token": "wrong"}, {"csrf_token": "é\u202f"}):
        assert client.post("/apparence", data={"theme": "dark", **token}).status_code == 400
    with app.app_context():
        db.engine.dispose()


def test_a_domain_error_carries_its_field_and_its_words() -> None:
    error = DomainError("Il reste %(count)s places.", field="seats", count=3)
    assert (str(error), error.field, error.params) == ("Il reste 3 places.", "seats", {"count": 3})
