"""The pages of a call ask the database at most twelve times, however many organisations and contributions."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import db
from hub.events.models.registrations import QuestionKind
from hub.events.operations.questions import Draft
from hub.recommendations.operations import contributions, derivations, notes, questions
from hub.recommendations.operations.recommendations import Statement
from tests import factories
from tests.recommendations import calls

MOST = 12
MANY = 25


@pytest.fixture
def counted(app: Any) -> Callable[[Callable[[], Any]], int]:
    """Return what counts the statements of a gesture."""

    def count(gesture: Callable[[], Any]) -> int:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.lstrip().upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            answer = gesture()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert answer.status_code == 200
        return len(seen)

    return count


def test_pages_of_a_call(
    client: FlaskClient,
    session: Session,
    sign_in: Callable[[FlaskClient, Any], FlaskClient],
    counted: Callable[[Callable[[], Any]], int],
) -> None:
    now = clock.now()
    user = factories.coordinator(session)
    campaign = calls.call(session, now=now)
    factories.level(session)
    asked = [
        questions.add(session, campaign, Draft(f"Question {n} ?", kind), actor="essai", now=now)
        for n, kind in enumerate((QuestionKind.TEXT, QuestionKind.NUMBER, QuestionKind.YES_NO))
    ]
    sent = []
    for number in range(MANY):
        row = calls.invitation(session, campaign, now=now)
        words = calls.words(answers={asked[0].id: "Ici", asked[1].id: number, asked[2].id: True})
        page = calls.page(str(number))
        sent.append(contributions.submit(session, row, words, page=page, link="/x", now=now))
        contributions.save_draft(session, row, words, page=calls.page(f"b{number}"), now=now)
        notes.add(session, row, "Rappellera.", actor=user, now=now)
    for number in (0, -1):
        made = [calls.recommendation(session, sent[number], now=now, title=f"Demande {n}") for n in range(3)]
        derivations.merge(session, made[:2], Statement(title="Ensemble"), actor="essai", now=now)
    link = calls.link(session, row, now=now)
    sign_in(client, user)
    session.commit()
    slug = campaign.slug
    paths = (
        f"/appels/{slug}/suivi",
        f"/appels/{slug}/suivi?format=csv",
        f"/appels/{slug}/questions",
        f"/appels/{slug}/questions/{asked[0].id}",
        f"/appels/{slug}/modifier",
        f"/appels/{slug}",
        "/appels",
        f"/appels/invitations/{row.id}",
        f"/recommandations/contributions?campaign={slug}",
        f"/recommandations/contributions?campaign={slug}&format=csv",
        f"/recommandations/contributions/nouvelle?campaign={slug}",
        f"/recommandations/contributions/{sent[0].id}",
        link,
        f"{link}/recu/{sent[-1].id}",
    )
    found = {path: counted(partial(client.get, path)) for path in paths}
    assert {path: number for path, number in found.items() if number > MOST} == {}
