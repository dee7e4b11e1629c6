"""Signing in: the same answer for everybody, links that work once, new sessions (S9–S11)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.accounts.models import Role, SignedInSession
from hub.accounts.operations import links, passwords
from hub.accounts.views.entry import local_path
from hub.core import clock, tokens
from hub.core.jobs import Job
from hub.core.web import Hub
from tests import factories
from tests.accounts.ways import again, is_signed_in, link_in, mails, raw_session, statements
from tests.conftest import Installation, both_databases

WORDS = "quatre lampes sous la pluie"
Jobs = Callable[[], int]


def with_password(session: Session, **values: Any) -> Any:
    user = factories.user(session, password_hash=passwords.HASHER.hash(WORDS), **values)
    session.commit()
    return user


def ask(client: FlaskClient, email: str, **more: str) -> Any:
    return client.post("/connexion", data={"email": email, **more})


def by_password(client: FlaskClient, email: str, password: str, **more: str) -> Any:
    data = {"by-password-email": email, "by-password-password": password, **more}
    return client.post("/connexion/mot-de-passe", data=data)


@both_databases
def test_a_mailed_link_signs_in_once_and_only_by_post(
    client: FlaskClient, session: Session, run_jobs: Jobs
) -> None:
    user = factories.user(session, name="Camille", email="camille@example.org")
    session.commit()
    assert ask(client, " Camille@Example.org ").headers["Location"] == "/connexion/lien-envoye"
    run_jobs()
    (message,) = mails(session)
    assert message.recipient == "camille@example.org"
    link = link_in(message)
    for _ in range(2):
        page = client.get(link)
        assert page.status_code == 200
        assert "Me connecter" in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert client.head(link).status_code == 200
        assert not is_signed_in(client)
    answer = client.post(link)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tableau-de-bord")
    assert is_signed_in(client)
    other = client.application.test_client()
    assert other.post(link).status_code == 410
    assert not is_signed_in(other)
    again(session, user)
    assert user.last_sign_in_at is not None


def test_using_one_link_ends_the_others(client: FlaskClient, session: Session, run_jobs: Jobs) -> None:
    factories.user(session, email="camille@example.org")
    session.commit()
    for _ in range(2):
        ask(client, "camille@example.org")
    run_jobs()
    first, second = (link_in(message) for message in mails(session))
    assert client.post(first).status_code == 303
    assert client.application.test_client().post(second).status_code == 410


def test_a_link_lives_for_half_an_hour(client: FlaskClient, session: Session) -> None:
    user = factories.user(session)
    born = clock.now() - links.SIGN_IN_LIFETIME
    fresh = tokens.issue(
        session, links.SIGN_IN, user, now=born + timedelta(minutes=1), lifetime=links.SIGN_IN_LIFETIME
    )
    stale = tokens.issue(session, links.SIGN_IN, user, now=born, lifetime=links.SIGN_IN_LIFETIME)
    session.commit()
    assert timedelta(minutes=30) == links.SIGN_IN_LIFETIME
    assert client.get(f"/connexion/{stale}").status_code == 410
    assert client.post(f"/connexion/{stale}").status_code == 410
    assert client.post(f"/connexion/{fresh}").status_code == 303


def test_a_link_for_one_purpose_opens_no_other_door(client: FlaskClient, session: Session) -> None:
    user = factories.user(session)
    raw = tokens.issue(session, links.INVITATION, user, now=clock.now(), lifetime=timedelta(days=1))
    session.commit()
    assert client.post(f"/connexion/{raw}").status_code == 404


@both_databases
def test_asking_for_a_link_tells_nothing_of_who_has_an_account(
    client: FlaskClient, session: Session, run_jobs: Jobs, installation: Installation
) -> None:
    factories.user(session, email="connue@example.org")
    factories.user(session, email="fermee@example.org", is_active=False)
    session.commit()
    ask(client, "premiere@example.org")  # caches of statements are warm from here on
    answers = []
    for email in ("connue@example.org", "inconnu@example.org", "fermee@example.org"):
        visitor = client.application.test_client()
        with statements(installation.engine) as seen:
            answer = ask(visitor, email)
        page = visitor.get(answer.headers["Location"])
        answers.append((answer.status_code, answer.text, dict(answer.headers), page.text, seen))
    assert answers[0] == answers[1] == answers[2]
    run_jobs()
    assert [message.recipient for message in mails(session)] == ["connue@example.org"]


def test_the_address_asked_for_is_forgotten_and_the_mail_sent_once(
    client: FlaskClient, session: Session, run_jobs: Jobs
) -> None:
    factories.user(session, email="connue@example.org")
    session.commit()
    for email in ("connue@example.org", "inconnu@example.org"):
        ask(client, email)
    run_jobs()
    jobs = session.query(Job).filter_by(name="accounts.sign_in_link").all()
    assert [job.arguments for job in jobs] == [{"email": ""}] * 2
    for job in jobs:  # as if the worker had died before it could say that it was done
        job.state, job.run_at = "queued", clock.now()
    session.commit()
    run_jobs()
    assert len(mails(session)) == 1


@pytest.mark.parametrize("email", ["", "a@@b", "a@b.be, c@d.be", "a@b.be\r\nBcc: x@y.be"])
def test_what_is_no_address_is_said_beside_the_field(client: FlaskClient, email: str) -> None:
    answer = ask(client, email)
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text


def test_a_password_signs_in(client: FlaskClient, session: Session) -> None:
    user = with_password(session, email="camille@example.org")
    answer = by_password(client, "Camille@example.org", WORDS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tableau-de-bord")
    assert is_signed_in(client)
    again(session, user)
    assert user.password_hash.startswith("$argon2id$")


def test_a_password_that_does_not_fit_gets_one_answer_and_one_verification(
    client: FlaskClient, session: Session, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_password(session, email="connue@example.org")
    with_password(session, email="fermee@example.org", is_active=False)
    factories.user(session, email="parlien@example.org")
    session.commit()
    verified: list[str] = []

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            verified.append(stored)
            return hasher.verify(stored, password)

    hasher = passwords.HASHER
    monkeypatch.setattr(passwords, "HASHER", Counting())
    by_password(client, "premiere@example.org", "rien du tout ici")
    answers = []
    for email, password in (
        ("connue@example.org", "rien du tout ici"),
        ("inconnu@example.org", "rien du tout ici"),
        ("fermee@example.org", WORDS),
        ("parlien@example.org", "rien du tout ici"),
    ):
        visitor = client.application.test_client()
        verified.clear()
        with statements(installation.engine) as seen:
            answer = by_password(visitor, email, password)
        assert len(verified) == 1
        assert not is_signed_in(visitor)
        assert password not in answer.text
        body = re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", answer.text).replace(email, "…")
        answers.append((answer.status_code, body, seen, verified[0].split("$")[:4]))
    assert answers[0][0] == 422
    for answer in answers[1:]:
        assert answer == answers[0]


def test_a_hash_of_weaker_times_is_made_anew(client: FlaskClient, session: Session) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(WORDS)
    user = factories.user(session, password_hash=weak)
    session.commit()
    by_password(client, user.email, "tout autre chose encore")
    again(session, user)
    assert user.password_hash == weak
    assert by_password(client, user.email, WORDS).status_code == 303
    again(session, user)
    assert user.password_hash != weak
    assert not passwords.HASHER.check_needs_rehash(user.password_hash)
    assert passwords.matches(user, WORDS)


def test_signing_in_leaves_nothing_of_the_former_session(
    client: FlaskClient, session: Session, sign_in: Callable[..., FlaskClient]
) -> None:
    other, user = factories.user(session), with_password(session, email="camille@example.org")
    sign_in(client, other)
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "known to somebody else"
    before = raw_session(client)
    by_password(client, user.email, WORDS)
    with client.session_transaction() as cookie:
        assert "csrf_token" not in cookie
    after = raw_session(client)
    assert after not in {None, before}
    session.rollback()
    rows = session.query(SignedInSession).all()
    assert [(row.user_id, row.hash) for row in rows] == [(user.id, tokens.digest(after or ""))]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/reglages/comptes?q=a%20b", "/reglages/comptes?q=a%20b"),
        ("//evil.example", "/tableau-de-bord"),
        ("https://evil.example/", "/tableau-de-bord"),
        ("/\\evil.example", "/tableau-de-bord"),
        ("/\t/evil.example", "/tableau-de-bord"),
        ("\n//evil.example", "/tableau-de-bord"),
        ("javascript:alert(1)", "/tableau-de-bord"),
        ("reseau", "/tableau-de-bord"),
    ],
)
def test_the_way_on_stays_in_the_house(
    client: FlaskClient, session: Session, run_jobs: Jobs, target: str, expected: str
) -> None:
    user = with_password(session)
    assert by_password(client, user.email, WORDS, suite=target).headers["Location"] == expected
    ask(client, user.email, suite=target)
    run_jobs()
    link = link_in(mails(session)[0])
    page = client.get(link)
    assert ('name="suite"' in page.text) == (expected != "/tableau-de-bord")
    assert client.post(link, data={"suite": target}).headers["Location"] == expected


def test_a_link_keeps_the_page_that_was_asked_for(
    client: FlaskClient, session: Session, run_jobs: Jobs
) -> None:
    user = factories.user(session, Role.ADMINISTRATOR)
    session.commit()
    refused = client.get("/reglages/comptes?role=member")
    assert refused.headers["Location"] == "/connexion?suite=%2Freglages%2Fcomptes%3Frole%3Dmember"
    target = "/reglages/comptes?role=member"
    assert f'value="{target}"' in client.get(refused.headers["Location"]).text
    ask(client, user.email, suite=target)
    run_jobs()
    assert f'name="suite" value="{target}"' in client.get(link_in(mails(session)[0])).text


def test_no_local_path_is_made_of_nothing() -> None:
    assert local_path(None) == local_path("") == ""


def test_the_demonstration_offers_its_people_in_one_click(
    client: FlaskClient, session: Session, app: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    invented = factories.user(session, name="Coordination d’essai", last_sign_in_at=now)
    real = factories.user(session, email="quelquun@association.be", last_sign_in_at=now)
    session.commit()
    assert "démonstration" not in client.get("/connexion").text
    assert client.post("/connexion/demonstration", data={"account": invented.id}).status_code == 404
    assert not is_signed_in(client)
    monkeypatch.setitem(app.config, "DEMO", value=True)
    page = client.get("/connexion").text
    assert "Ceci est une démonstration" in page
    assert invented.name in page
    assert real.name not in page
    for account in (real.id, "x", ""):
        assert client.post("/connexion/demonstration", data={"account": account}).status_code == 404
    assert client.get("/connexion/demonstration").status_code == 404
    assert client.post("/connexion/demonstration", data={"account": invented.id}).status_code == 303
    assert is_signed_in(client)
