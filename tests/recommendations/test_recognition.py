"""Texts that look alike: what is compared, how the index keeps up, and who may see it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.recommendations.models.contributions import ContributionState
from hub.recommendations.models.recognition import SimilarityIndex
from hub.recommendations.operations import recognition, recommendations, triage
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
ASKED = "Rembourser 90 % du revenu d’intégration aux CPAS."
TWIN = "Rembourser 100 % du revenu d’intégration aux CPAS."
OTHER = "Faire rouler un bus vers le centre de formation après 21 heures."


@pytest.fixture(autouse=True)
def _another_process() -> None:
    """Forget the index: tests share an engine, and each has a database of its own."""
    recognition._held.clear()


def keys(session: Session, body: str, **more: Any) -> list[str]:
    """Return the keys of what is suggested for a text."""
    groups, _ = recognition.suggestions(session, body, **more)
    return [match.key for group in groups for match in (group.first, *group.beside)]


@both_databases
def test_what_is_sent_is_found_and_what_is_withdrawn_is_not(session: Session) -> None:
    twin = calls.contribution(session, now=NOW, proposal=TWIN)
    calls.contribution(session, now=NOW, proposal=OTHER)
    session.commit()
    assert keys(session, ASKED) == [f"c{twin.id}"]
    triage.set_aside(session, twin, ContributionState.WITHDRAWN, reason="Demandé.", actor="essai", now=NOW)
    session.commit()
    assert keys(session, ASKED) == []


def test_a_draft_is_never_compared(session: Session) -> None:
    campaign = calls.call(session, now=NOW)
    invited = calls.invitation(session, campaign, now=NOW)
    calls.contributions.save_draft(session, invited, calls.words(proposal=TWIN), page=calls.page(), now=NOW)
    session.commit()
    assert keys(session, ASKED) == []


def test_a_recommendation_is_found_by_its_words_of_now(session: Session) -> None:
    row = calls.recommendation(session, now=NOW, title="Revenu d’intégration", text=OTHER)
    session.commit()
    assert keys(session, ASKED) == []
    statement = recommendations.Statement(title="Revenu d’intégration", text=TWIN)
    recommendations.edit(session, row, statement, actor="essai", now=NOW)
    session.commit()
    assert keys(session, ASKED) == [f"r{row.id}"]


@both_databases
def test_the_index_kept_is_read_back_and_brought_up_to_date(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    first = calls.contribution(session, now=clock.now(), proposal=TWIN)
    recognition.ask(session, now=clock.now())
    recognition.ask(session, now=clock.now())  # one waits already
    session.commit()
    assert run_jobs() == 1
    kept = session.scalars(select(SimilarityIndex)).one()
    assert kept.texts == 1
    second = calls.contribution(session, now=clock.now(), proposal=ASKED)
    session.commit()
    recognition._held.clear()  # as another process does
    assert set(keys(session, ASKED)) == {f"c{first.id}", f"c{second.id}"}
    recognition.ask(session, now=clock.now())
    session.commit()
    run_jobs()
    session.expire_all()
    assert session.scalars(select(SimilarityIndex)).one().texts == 2


def test_many_new_texts_wait_for_the_job(
    session: Session, run_jobs: Callable[[], int], monkeypatch: Any
) -> None:
    monkeypatch.setattr(recognition, "AT_ONCE", 2)
    organisation = factories.organisation(session)
    sent = [
        calls.contribution(session, now=clock.now(), organisation=organisation, proposal=TWIN)
        for _ in range(3)
    ]
    session.commit()
    groups, held = recognition.suggestions(session, ASKED)
    assert (groups, held.behind) == ((), 3)
    recognition.ask(session, now=clock.now())
    session.commit()
    run_jobs()
    session.rollback()
    assert set(keys(session, ASKED)) == {f"c{row.id}" for row in sent}
    assert recognition.current(session).behind == 0


def test_the_page_of_a_contribution_says_where_its_twin_differs(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    sent = calls.contribution(session, now=NOW, proposal=ASKED)
    row = calls.recommendation(session, now=NOW, title="Rembourser le revenu", text=TWIN)
    session.commit()
    sign_in(client, factories.coordinator(session))
    path = f"/recommandations/contributions/{sent.id}/ressemblances"
    assert path in client.get(f"/recommandations/contributions/{sent.id}").text
    whole, part = client.get(path).text, client.get(path, headers={"HX-Request": "true"}).text
    assert "<html" in whole
    assert "<html" not in part
    for page in (whole, part):
        assert row.code in page
        assert "Très proche" in page
        assert "L’une dit « 90 % », l’autre « 100 % »." in page
        assert '<mark class="differs">100 %<span class="differs-label"> chiffre</span></mark>' in page
        assert f"/recommandations/contributions/{sent.id}/rejoindre" in page


def test_a_text_pasted_is_looked_for_and_not_kept(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    calls.contribution(session, now=NOW, proposal=TWIN)
    session.commit()
    sign_in(client, factories.coordinator(session))
    assert client.get("/recommandations/qui-demande").status_code == 200
    found = client.post("/recommandations/qui-demande", data={"asked": ASKED})
    assert found.status_code == 200
    assert "l’autre « 100 % »" in found.text
    assert ASKED in found.text
    refused = client.post("/recommandations/qui-demande", data={"asked": " "})
    assert refused.status_code == 422
    assert "Collez ou écrivez" in refused.text
    long = client.post("/recommandations/qui-demande", data={"asked": "mot " * 4000})
    assert long.status_code == 422
    assert "trop long" in long.text
    nothing = client.post("/recommandations/qui-demande", data={"asked": "zzz"})
    assert "Aucun texte du réseau" in nothing.text


def test_a_recommendation_being_rewritten_is_not_said_to_ask_the_same(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    row = calls.recommendation(session, now=NOW, title="Revenu d’intégration", text=TWIN)
    session.commit()
    sign_in(client, factories.coordinator(session))
    form = client.get(f"/recommandations/{row.code}/modifier").text
    assert f'name="itself" value="{row.id}"' in form
    typing = {"text": ASKED, "itself": str(row.id)}
    hx = {"HX-Request": "true"}
    assert row.code not in client.post("/recommandations/qui-demande", data=typing, headers=hx).text
    del typing["itself"]
    assert row.code in client.post("/recommandations/qui-demande", data=typing, headers=hx).text


def test_nobody_but_coordinators_is_shown_what_others_sent(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    sent = calls.contribution(session, now=NOW, proposal=TWIN)
    member = factories.user(session)
    campaign = calls.call(session, now=clock.now())
    link = calls.link(session, calls.invitation(session, campaign, now=clock.now()), now=clock.now())
    session.commit()
    path = f"/recommandations/contributions/{sent.id}/ressemblances"
    assert client.get(link).status_code == 200
    assert "qui-demande" not in client.get(link).text
    for _ in ("public", "member"):
        for answer in (
            client.get(path),
            client.get("/recommandations/qui-demande"),
            client.post("/recommandations/qui-demande", data={"asked": ASKED}),
        ):
            assert answer.status_code in {302, 303, 403, 404}
            assert "100 %" not in answer.text
        sign_in(client, member)


def test_pages_ask_the_database_at_most_twelve_times(
    session: Session, client: FlaskClient, sign_in: SignIn, installation: Installation
) -> None:
    for _ in range(4):
        sent = calls.contribution(session, now=NOW, proposal=ASKED)
        calls.recommendation(session, sent, now=NOW, text=TWIN)
    session.commit()
    sign_in(client, factories.coordinator(session))
    counted = 0

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal counted
        counted += statement != "BEGIN"

    recognition._held.clear()
    event.listen(installation.engine, "before_cursor_execute", count)
    for ask in (
        lambda: client.get(f"/recommandations/contributions/{sent.id}/ressemblances"),
        lambda: client.post("/recommandations/qui-demande", data={"asked": ASKED}),
    ):
        counted = 0
        assert ask().status_code == 200
        assert 0 < counted <= 12
    event.remove(installation.engine, "before_cursor_execute", count)
