"""What was typed comes back where a sign-in has ended, or a page stood open too long."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core.web import Hub
from tests import factories

SignIn = Callable[[FlaskClient, Any], FlaskClient]
TEXT = "Une première ligne,\r\n\r\n« une autre » & <b>rien</b>."
TYPED = {"title": "Un titre", "text": TEXT, "levels": ["commune", "federal"], "csrf_token": "périmé"}
BROWSER = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Site": "same-origin"}
PATH = "/recommandations/nouvelle"


@pytest.fixture
def checked(app: Hub) -> Iterator[None]:
    """Check tokens, as outside tests."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def held(page: str) -> list[tuple[str, str]]:
    """Return what the page would send anew."""
    form = page.split('id="kept"')[1].split("</form>", maxsplit=1)[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    long = re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    return [(name, html.unescape(value)) for name, value in [*found, *long] if name != "csrf_token"]


def test_a_text_sent_after_the_sign_in_ended_comes_back(client: FlaskClient) -> None:
    answer = client.post(PATH, data=TYPED, headers=BROWSER)
    assert answer.status_code == 403
    assert "Votre connexion a pris fin" in answer.text
    assert 'href="/connexion"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert sorted(held(answer.text)) == [
        ("levels", "commune"), ("levels", "federal"), ("text", TEXT), ("title", "Un titre"),
    ]  # fmt: skip


@pytest.mark.usefixtures("checked")
def test_signed_in_again_it_is_sent_anew(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.coordinator(session))
    answer = client.post(PATH, data=TYPED, headers=BROWSER)
    assert answer.status_code == 400
    assert "Votre texte est là" in answer.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text.split('id="kept"')[1])
    assert token is not None
    again = {"csrf_token": token.group(1), "title": "Un titre", "text": TEXT, "beneficiaries": "everyone"}
    made = client.post(PATH, data=again, headers=BROWSER)
    assert made.status_code == 303
    assert "Une première ligne" in client.get(made.location).text


@pytest.mark.usefixtures("checked")
def test_the_holder_of_a_link_needs_no_sign_in(client: FlaskClient) -> None:
    answer = client.post("/contribution/" + "a" * 43, data={"proposal": "Un bus."}, headers=BROWSER)
    assert answer.status_code == 400
    assert "Envoyer à nouveau" in answer.text
    assert ("proposal", "Un bus.") in held(answer.text)


@pytest.mark.usefixtures("checked")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "*/*", "Sec-Fetch-Site": "same-origin"},
        {**BROWSER, "Sec-Fetch-Site": "cross-site"},
        {**BROWSER, "Sec-Fetch-Site": "same-site"},
        {"Accept": "text/html", "Origin": "https://elsewhere.example"},
        {"Accept": "text/html"},
        {**BROWSER, "HX-Request": "true"},
    ],
)
def test_what_another_site_sends_is_never_offered(
    client: FlaskClient, session: Session, sign_in: SignIn, headers: dict[str, str]
) -> None:
    sign_in(client, factories.coordinator(session))
    answer = client.post(PATH, data=TYPED, headers=headers)
    assert answer.status_code == 400
    assert "Un titre" not in answer.text


def test_a_browser_that_says_only_where_it_comes_from_is_believed(client: FlaskClient) -> None:
    answer = client.post(PATH, data=TYPED, headers={"Accept": "text/html", "Origin": "http://localhost"})
    assert "Un titre" in answer.text


@pytest.mark.usefixtures("checked")
def test_a_password_is_never_sent_back(client: FlaskClient) -> None:
    typed = {"email": "quelquun@example.org", "password": "un secret bien long", "csrf_token": "périmé"}
    answer = client.post("/connexion", data=typed, headers=BROWSER)
    assert answer.status_code == 400
    assert "secret" not in answer.text


def test_who_lacks_a_right_is_refused_as_before(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.user(session))
    answer = client.post(PATH, data=TYPED, headers=BROWSER)
    assert answer.status_code == 403
    assert "Un titre" not in answer.text
