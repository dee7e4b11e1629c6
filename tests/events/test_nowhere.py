"""Names of people signed up stand on no page for others, in no search; once forgotten, on no page at all."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.core import clock
from hub.events.models.registrations import Registration
from hub.events.operations import own_data, retention
from tests import factories
from tests.events.test_erasing import by_form
from tests.events.test_retention import after
from tests.factories import NOW

# They build a PDF from what the lists say, which tests/events/test_papers.py reads.
BUILT = ("pdf", "paper", "static", "style.")
WORD = "quatremots"


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def addresses(app: Any, row: Registration, *, of_day: bool) -> Iterator[str]:
    """Return the addresses of all pages of the application that need no more than the day and the sign-up."""
    known = {"slug": row.event.slug, "number": row.id} if of_day else {}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or any(word in rule.endpoint for word in BUILT):
            continue
        if of_day != rule.rule.startswith("/journees/<slug>") or not rule.arguments <= set(known):
            continue
        path = adapter.build(rule.endpoint, {name: known[name] for name in rule.arguments})
        yield from (path, f"{path}?q={WORD}", f"{path}?format=csv", f"{path}?format=xlsx")


def told(client: FlaskClient, path: str) -> str:
    """Return all words of an answer, those of a workbook too."""
    answer = client.get(path)
    content = answer.get_data()
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    # What was searched for stands on the page that says so.
    return (
        content.decode("utf-8", "replace").casefold().replace(f'value="{WORD}"', "").replace(f"q={WORD}", "")
    )


def naming(client: FlaskClient, paths: Iterator[str]) -> set[str]:
    """Return the pages that say the name or the address."""
    said = ("zoe." + WORD, "d&#39;" + WORD, "d'" + WORD)
    found = set()
    for path in paths:
        words = told(client, path)
        if any(each in words for each in said):
            found.add(path)
    return found


@pytest.mark.parametrize("role", ["anybody", "association"])
def test_no_page_no_search_and_no_suggestion_names_who_is_signed_up(
    app: Any, session: Session, client: FlaskClient, sign_in: Callable[..., FlaskClient], role: str
) -> None:
    row = by_form(session)
    session.commit()
    if role == "association":
        sign_in(client, factories.user(session))
    assert naming(client, addresses(app, row, of_day=False)) == set()
    assert naming(client, addresses(app, row, of_day=True)) == set()


@pytest.mark.parametrize("ending", ["by rule", "by oneself"])
def test_once_forgotten_no_page_and_no_export_names_anybody(
    app: Any, session: Session, client: FlaskClient, sign_in: Callable[..., FlaskClient], ending: str
) -> None:
    row = by_form(session)
    event = row.event
    sign_in(client, factories.user(session, Role.ADMINISTRATOR))
    session.commit()
    before = naming(client, addresses(app, row, of_day=True)) | naming(
        client, addresses(app, row, of_day=False)
    )
    inner = f"/journees/{event.slug}/inscriptions"
    assert {inner, f"{inner}?format=csv", f"{inner}?format=xlsx", f"{inner}/{row.id}"} <= before, (
        "the control"
    )
    assert any(path.startswith("/reglages/mails") for path in before)
    session.rollback()
    if ending == "by rule":
        retention.erase_due(session, event, now=after(event, 4000))
    else:
        own_data.erase(session, row, with_certificates=True, now=NOW)
    session.commit()
    left = naming(client, addresses(app, row, of_day=True)) | naming(
        client, addresses(app, row, of_day=False)
    )
    assert left == set()
