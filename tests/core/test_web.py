"""One request, one transaction; errors that look like the product; headers that protect."""

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, abort, redirect
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.app import create_app
from hub.core import access, mail
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


def raising(problem: Exception) -> Callable[[], Any]:
    def do() -> Any:
        raise problem

    return do


WAYS.update(
    fine=lambda: "ok",
    moved=lambda: ("", 303),
    invalid=lambda: ("", 422),
    refused=lambda: abort(403),
    crash=fail,
    away=raising(OperationalError("SELECT 1", {}, Exception("server closed the connection"))),
    exhausted=raising(PoolTimeoutError("QueuePool limit reached")),
    full=raising(OSError(errno.ENOSPC, "No space left on device")),
    race=raising(IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed"))),
    unstorable=raising(DataError("INSERT", {}, Exception("NUL"))),
    domain=raising(DomainError("Il reste %(count)s places.", count=3)),
    elsewhere=lambda: abort(redirect("/ailleurs")),
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
        ("POST", "exhausted", 503, 0),
        ("POST", "full", 503, 0),
        ("POST", "race", 409, 0),
        ("POST", "unstorable", 400, 0),
        ("POST", "domain", 422, 0),
        ("POST", "elsewhere", 302, 0),
        ("HEAD", "fine", 200, 0),
        ("OPTIONS", "fine", 200, 0),
        ("GET", "fine", 200, 0),
    ],
)
def test_only_a_good_answer_to_an_unsafe_method_is_stored(
    *, trial: FlaskClient, session: Session, method: str, way: str, status: int, kept: int
) -> None:
    assert trial.open(f"/essai/{way}", method=method).status_code == status
    assert accounts(session) == kept


@pytest.mark.parametrize(
    ("way", "status"), [("refused", 403), ("crash", 500), ("away", 503), ("race", 409), ("full", 503)]
)
def test_an_error_page_is_kind_and_tells_nothing_of_the_inside(
    trial: FlaskClient, way: str, status: int
) -> None:
    page = trial.get(f"/essai/{way}")
    text = page.get_data(as_text=True)
    assert page.status_code == status
    assert 'lang="fr"' in text
    assert "<h1" in text
    for inside in ("secret detail", "Traceback", "server closed", "sqlalchemy", "UNIQUE", "No space"):
        assert inside not in text


def test_what_is_not_there_says_so(client: FlaskClient) -> None:
    page = client.get("/nulle-part")
    assert page.status_code == 404
    assert "Accueil" in page.get_data(as_text=True) or "accueil" in page.get_data(as_text=True)


def test_a_refusal_that_no_page_caught_is_said_in_its_own_words(trial: FlaskClient) -> None:
    assert "Il reste 3 places." in trial.post("/essai/domain").get_data(as_text=True)


def test_two_requests_that_store_the_same_thing_are_no_defect_of_ours(
    trial: FlaskClient, session: Session
) -> None:
    factories.user(session, email="double@example.org")
    session.commit()
    WAYS["double"] = lambda: factories.user(db.session(), email="double@example.org") and "ok"
    assert trial.post("/essai/double").status_code == 409


def test_a_wrong_method_says_which_ones_there_are(client: FlaskClient) -> None:
    page = client.delete("/apparence")
    assert page.status_code == 405
    assert set(page.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_too_much_at_once_is_said_before_anything_is_read(app: Any, client: FlaskClient) -> None:
    body = b"next=" + b"x" * app.config["MAX_CONTENT_LENGTH"]
    page = client.post("/apparence", data=body, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 413
    assert "trop lourd" in page.get_data(as_text=True)


def test_browsers_keep_for_good_what_is_named_by_its_content_and_nothing_else(
    app: Any, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    kept = {}
    for name in (
        "app.S7FBLF23.css", "network.7ARQTPZU.js", "source-sans-3-latin.BXY22JBL.woff2",
        "icons.c8cd088d77.svg", "manifest.json", "app.css",
    ):  # fmt: skip
        (tmp_path / "dist").mkdir(exist_ok=True)
        (tmp_path / "dist" / name).write_text("x")
        with client.get(f"/static/dist/{name}") as answer:
            kept[name] = answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert [name for name in kept if not kept[name]] == ["manifest.json", "app.css"]


def test_every_answer_about_a_personal_link_is_private_refusals_too(client: FlaskClient) -> None:
    unknown = client.get("/connexion/inconnu")
    assert (unknown.status_code, unknown.headers["Referrer-Policy"]) == (404, "no-referrer")
    assert unknown.headers["Cache-Control"] == "no-store"
    app = client.application
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        refused = client.post("/connexion/inconnu")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert (refused.status_code, refused.headers["Referrer-Policy"]) == (400, "no-referrer")


def test_what_somebody_with_an_account_sees_is_kept_by_no_cache(
    trial: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    sign_in(trial, factories.coordinator(session))
    WAYS["data"] = lambda: {"name": access.current_user().name}
    assert trial.get("/essai/data").headers["Cache-Control"] == "private, no-store"


def test_every_answer_is_protected(client: FlaskClient) -> None:
    headers = client.get("/healthz").headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_another_host_is_refused(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/healthz", headers={"Host": "localhost:8000"}).status_code == 200


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example"],
)
def test_the_switch_of_appearance_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    answer = client.post("/apparence", data={"theme": "dark", "next": target})
    assert answer.headers["Location"] == "/"


def test_the_choice_of_a_language_leads_back_and_only_offered_ones_are_kept(client: FlaskClient) -> None:
    answer = client.post("/langue", data={"language": "fr", "next": "/acteurs?q=caf%C3%A9"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/acteurs?q=caf%C3%A9")
    assert "language=fr" in answer.headers["Set-Cookie"]
    assert "Set-Cookie" not in client.post("/langue", data={"language": "nl"}).headers


def test_a_form_without_its_csrf_token_is_refused(tmp_path: Any, installation: Any) -> None:
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a key for tests only",
            "DATA_FOLDER": str(tmp_path),
            "SQLALCHEMY_DATABASE_URI": str(installation.engine.url),
            "RATELIMIT_ENABLED": False,
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


def test_what_is_cut_short_ends_with_one_sign(app: Any) -> None:
    page = app.jinja_env.from_string("{{ words|truncate(12) }}")
    assert page.render(words="Une mesure concrète et chiffrée") == "Une mesure…"
    letter = mail.environment("fr").from_string("{{ words|truncate(12) }}")
    assert letter.render(words="Une mesure concrète et chiffrée") == "Une mesure…"


def test_initials_are_cut_to_the_sign(app: Any) -> None:
    page = app.jinja_env.from_string('{{ words|truncate(2, true, "", leeway=0) }}')
    assert page.render(words="CDR") == "CD"
