"""The inbox of pairs that look alike: what waits, what is decided, what is learnt from it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.recommendations.models.recognition import SimilarityVerdict, Verdict
from hub.recommendations.operations import recognition, verdicts
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.recommendations import calls
from tests.recommendations.test_recognition import ASKED, OTHER, TWIN

SignIn = Callable[[FlaskClient, Any], FlaskClient]
INBOX = "/recommandations/ressemblances"


@pytest.fixture(autouse=True)
def _another_process() -> None:
    """Forget the index: tests share an engine, and each has a database of its own."""
    recognition._held.clear()


def waiting(session: Session) -> list[str]:
    """Return the pairs that wait, in their order."""
    session.flush()
    held = recognition.current(session)
    return [match.key for match in recognition.undecided(session, held, recognition.decided(session))]


@both_databases
def test_a_decision_is_replaced_and_never_erased(session: Session) -> None:
    first = verdicts.decide(session, ("r7", "c12"), Verdict.SAME, actor="essai", now=NOW)
    assert (first.first, first.second) == ("c12", "r7")
    again = verdicts.decide(session, ("c12", "r7"), Verdict.SAME, actor="essai", now=NOW)
    assert again is first
    with pytest.raises(DomainError):
        verdicts.decide(session, ("c12", "r7"), Verdict.DIFFERENT, actor="essai", now=NOW)
    other = verdicts.decide(
        session, ("c12", "r7"), Verdict.DIFFERENT, seen=str(first.id), actor="essai", now=NOW
    )
    for _ in range(2):
        verdicts.undo(session, other, actor="essai", now=NOW)
    rows = session.scalars(select(SimilarityVerdict).order_by(SimilarityVerdict.id)).all()
    assert [(row.verdict, row.ended_at) for row in rows] == [(Verdict.SAME, NOW), (Verdict.DIFFERENT, NOW)]


def test_pairs_wait_until_decided_or_joined(session: Session) -> None:
    one = calls.contribution(session, now=NOW, proposal=ASKED)
    other = calls.contribution(session, now=NOW, proposal=TWIN)
    calls.contribution(session, now=NOW, proposal=OTHER)
    pair = f"c{one.id} c{other.id}"
    assert waiting(session) == [pair]
    row = verdicts.decide(session, (f"c{one.id}", f"c{other.id}"), Verdict.DIFFERENT, actor="essai", now=NOW)
    assert waiting(session) == []
    verdicts.undo(session, row, actor="essai", now=NOW)
    assert waiting(session) == [pair]
    calls.recommendation(session, one, other, now=NOW, text="Ouvrir des crèches.")
    assert waiting(session) == []


def test_texts_behind_two_recommendations_wait_as_one_pair(session: Session) -> None:
    rows = [
        calls.recommendation(session, calls.contribution(session, now=NOW, proposal=text), now=NOW, text=text)
        for text in (ASKED, TWIN)
    ]
    assert waiting(session) == [f"r{rows[0].id} r{rows[1].id}"]


def test_what_other_decisions_say_moves_a_pair(session: Session) -> None:
    keys = [f"c{calls.contribution(session, now=NOW, proposal=ASKED).id}" for _ in range(4)]
    verdicts.decide(session, (keys[0], keys[1]), Verdict.SAME, actor="essai", now=NOW)
    verdicts.decide(session, (keys[1], keys[2]), Verdict.SAME, actor="essai", now=NOW)
    verdicts.decide(session, (keys[0], keys[3]), Verdict.DIFFERENT, actor="essai", now=NOW)
    found = waiting(session)
    assert found[0] == f"{keys[0]} {keys[2]}"
    assert set(found[1:]) == {f"{keys[1]} {keys[3]}", f"{keys[2]} {keys[3]}"}


def test_deciding_on_the_page_leads_on_and_can_be_taken_back(
    session: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    sent = calls.contribution(session, now=NOW, proposal=ASKED)
    row = calls.recommendation(session, now=NOW, title="Rembourser le revenu", text=TWIN)
    session.commit()
    sign_in(client, factories.coordinator(session))
    listed = client.get(INBOX).text
    assert "1 paire de textes" in listed
    assert "L’une dit « 90 % », l’autre « 100 % »." in listed
    assert client.post(f"{INBOX}/c{sent.id}/r{row.id}", data={"verdict": "peut-être"}).status_code == 404
    assert client.post(f"{INBOX}/c{sent.id}/c9999", data={"verdict": "same"}).status_code == 404
    done = client.post(f"{INBOX}/c{sent.id}/r{row.id}", data={"verdict": "same"}, follow_redirects=True).text
    assert f"/recommandations/contributions/{sent.id}/rejoindre?q={row.code}" in done
    assert row.code in client.get(f"/recommandations/contributions/{sent.id}/rejoindre?q={row.code}").text
    assert "1 paire de textes" in client.get(f"{INBOX}?decision=same").text
    verdict = session.scalars(select(SimilarityVerdict)).one()
    back = client.post(f"{INBOX}/{verdict.id}/defaire", follow_redirects=True).text
    assert "1 paire de textes" in back


def test_the_list_is_narrowed_and_turned(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    for _ in range(2):
        calls.contribution(session, now=NOW, proposal=ASKED)
    session.commit()
    sign_in(client, factories.coordinator(session))
    for address, found in (
        ("?kind=cc", True),
        ("?kind=cr", False),
        ("?q=rembourser", True),
        ("?q=autobus", False),
        ("?sort=recent&page=9", True),
        ("?theme=nulle-part", False),
        ("?done=99999999999999", True),
    ):
        assert ("1 paire de textes" in client.get(INBOX + address).text) is found, address


def test_only_coordinators_read_and_decide(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    keys = [f"c{calls.contribution(session, now=NOW, proposal=ASKED).id}" for _ in range(2)]
    session.commit()
    for _ in ("public", "member"):
        assert client.get(INBOX).status_code in {302, 303, 403}
        assert client.post(f"{INBOX}/{keys[0]}/{keys[1]}", data={"verdict": "same"}).status_code != 200
        sign_in(client, factories.user(session))
    assert session.scalars(select(SimilarityVerdict)).all() == []


def test_the_inbox_asks_the_database_at_most_twelve_times(
    session: Session, client: FlaskClient, sign_in: SignIn, installation: Installation
) -> None:
    for _ in range(6):
        calls.contribution(session, now=NOW, proposal=ASKED)
        calls.recommendation(session, now=NOW, text=TWIN)
    verdicts.decide(session, ("c1", "r1"), Verdict.SAME, actor="essai", now=NOW)
    session.commit()
    sign_in(client, factories.coordinator(session))
    client.get(INBOX)
    counted = 0

    def count(*_: Any) -> None:
        nonlocal counted
        counted += 1

    event.listen(installation.engine, "before_cursor_execute", count)
    for address in ("", "?q=rembourser", "?decision=same"):
        counted = 0
        assert client.get(INBOX + address).status_code == 200
        assert 0 < counted <= 12
    event.remove(installation.engine, "before_cursor_execute", count)
