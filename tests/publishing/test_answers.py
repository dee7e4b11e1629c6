"""What parties answer: noted, corrected, taken back with a reason; read by whoever asked for it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Family
from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.models.answers import PartyAnswer, PartyStance
from hub.publishing.models.editions import Edition, EditionState
from hub.publishing.operations import answers as writing
from hub.publishing.operations.answers import Told
from hub.recommendations.models.recommendations import (
    Recommendation,
    RecommendationSource,
    RecommendationState,
)
from hub.recommendations.operations import contributions, steps
from hub.recommendations.signals import answers
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene
from tests.recommendations import calls

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}
TODAY = clock.today(NOW)
DAY = timedelta(days=1)
MOST_QUERIES = 12
SignIn = Callable[..., object]
S = RecommendationState


def party(session: Session, name: str = "Parti d’essai") -> Organisation:
    kind = factories.kind(session, "party", Family.PARTY)
    return factories.organisation(session, name, kind_id=kind.id)


def published(session: Session, title: str = "Ouvrir le guichet") -> Recommendation:
    row = scene.recommendation(session, title)
    steps.publish(session, [row.id], **BY)
    return row


def told(party: Organisation, **more: Any) -> Told:
    return Told(**{"party": party, "stance": PartyStance.COMMITS, "answered_on": TODAY, **more})


def printed(session: Session, *, state: EditionState = EditionState.PUBLISHED) -> tuple[Edition, Any]:
    """Return an edition in that state, and a recommendation in it."""
    edition = scene.edition(session, {"Logement": 1})
    scene.put(edition, state)
    session.flush()
    return edition, edition.chapters[0].items[0].recommendation


@both_databases
def test_an_answer_is_noted_corrected_and_taken_back(session: Session) -> None:
    row, who = published(session), party(session)
    answer = writing.record(session, row, told(who, words="« Oui. »"), follows=True, **BY)
    assert row.state is S.FOLLOWED
    (read,) = answers(session, [row])[row.id]
    assert (read.party, read.stance, read.answered_on) == (who.name, "S’y engage", TODAY)
    writing.correct(session, answer, told(who, stance=PartyStance.REFUSES), **BY)
    assert [each.stance for each in answers(session, [row])[row.id]] == ["Refuse"]
    with pytest.raises(DomainError):
        writing.withdraw(session, answer, reason="", **BY)
    writing.withdraw(session, answer, reason="Notée deux fois.", **BY)
    assert answers(session, [row]) == {row.id: []}
    kept = session.get_one(PartyAnswer, answer.id)
    assert (kept.withdrawn_reason, kept.stance) == ("Notée deux fois.", PartyStance.REFUSES)
    with pytest.raises(DomainError):
        writing.withdraw(session, answer, reason="Encore.", **BY)
    with pytest.raises(DomainError):
        writing.correct(session, answer, told(who), **BY)
    noted = set(session.scalars(select(AuditEntry.action)))
    assert {f"recommendation.answer_{word}" for word in ("recorded", "corrected", "withdrawn")} <= noted


@pytest.mark.parametrize(
    ("state", "follows", "after"),
    [
        (S.PUBLISHED, True, S.FOLLOWED),
        (S.PUBLISHED, False, S.PUBLISHED),
        (S.ADOPTED, True, S.ADOPTED),
        (S.CLOSED, True, S.CLOSED),
    ],
)
def test_only_what_is_published_begins_to_be_followed(
    session: Session, state: S, after: S, *, follows: bool
) -> None:
    row = published(session)
    row.state = state
    session.flush()
    writing.record(session, row, told(party(session)), follows=follows, **BY)
    assert row.state is after


def test_reservations_stand_when_the_follow_up_begins(session: Session) -> None:
    row = published(session)
    row.state_reason = "Si les moyens suivent."
    session.flush()
    writing.record(session, row, told(party(session)), follows=True, **BY)
    assert (row.state, row.state_reason) == (S.FOLLOWED, "Si les moyens suivent.")


def test_what_contradicts_itself_is_refused(session: Session) -> None:
    who = party(session)
    draft, of_draft = printed(session, state=EditionState.FROZEN)
    row = published(session)
    cases = [
        (row, told(factories.organisation(session)), "party"),
        (row, told(who, answered_on=TODAY + DAY), "answered_on"),
        (row, told(who, edition=draft), "edition"),
        (of_draft, told(who, edition=draft), "edition"),
        (scene.recommendation(session, "En travail", adopted=False), told(who), None),
    ]
    for asked, said, field in cases:
        with pytest.raises(DomainError) as refusal:
            writing.record(session, asked, said, follows=False, **BY)
        assert refusal.value.field == field
    assert session.scalar(select(func.count()).select_from(PartyAnswer)) == 0


@both_databases
@pytest.mark.parametrize("with_edition", [True, False])
def test_one_answer_a_party_memorandum_and_day(session: Session, *, with_edition: bool) -> None:
    edition, row = printed(session)
    said = told(party(session), edition=edition if with_edition else None)
    first = writing.record(session, row, said, follows=False, **BY)
    with pytest.raises(DomainError) as refusal:
        writing.record(session, row, said, follows=False, **BY)
    assert refusal.value.field == "answered_on"
    writing.correct(session, first, said, **BY)  # it doesn't stand in its own way
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO party_answer (recommendation_id, organisation_id, edition_id, stance, words,"
                " answered_on, source, withdrawn_reason, created_at, updated_at)"
                " SELECT recommendation_id, organisation_id, edition_id, stance, words, answered_on, source,"
                " '', created_at, updated_at FROM party_answer"
            )
        )
    writing.withdraw(session, first, reason="Erreur.", **BY)
    writing.record(session, row, said, follows=False, **BY)


@both_databases
def test_what_is_taken_back_has_a_reason_and_a_day(session: Session) -> None:
    writing.record(session, published(session), told(party(session)), follows=False, **BY)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE party_answer SET withdrawn_reason = 'Sans jour'"))


# --- Pages --------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: FlaskClient, session: Session, sign_in: SignIn) -> FlaskClient:
    """A coordinator's browser."""
    sign_in(client, factories.coordinator(session))
    return client


def typed(who: Organisation, **more: str) -> dict[str, str]:
    return {
        "party": str(who.id), "stance": "partly", "answered_on": TODAY.isoformat(), "words": "« À moitié. »",
        "source": "https://parti.example.org/reponse", "edition": "0", **more,
    }  # fmt: skip


def test_a_coordinator_notes_corrects_and_takes_back(desk: FlaskClient, session: Session) -> None:
    row, who = published(session), party(session)
    silent = party(session, "Parti qui se tait")
    session.commit()
    here = f"/recommandations/{row.code}/reponses"
    assert "Aucun parti n’a encore répondu" in desk.get(here).text
    assert f'href="{here}"' in desk.get(f"/recommandations/{row.code}").text
    assert desk.post(f"{here}/nouvelle", data=typed(who, follows="y")).location == here
    page = desk.get(here).text
    for said in (who.name, silent.name, "S’y engage en partie", "« À moitié. »", "Suivie"):
        assert said in page
    assert 'href="https://parti.example.org/reponse" rel="noopener noreferrer nofollow"' in page
    number = session.scalars(select(PartyAnswer.id)).one()
    form = desk.get(f"{here}/{number}").text
    seen = form.split('name="seen" value="')[1].split('"')[0]
    moved = desk.post(f"{here}/{number}", data=typed(who, words="Autre chose", seen="avant"))
    assert moved.status_code == 409
    assert "Autre chose" in moved.text
    assert "« À moitié. »" in moved.text
    assert desk.post(f"{here}/{number}", data=typed(who, words="Corrigé", seen=seen)).location == here
    assert "Corrigé" in desk.get(here).text
    refused = desk.post(f"{here}/{number}/retirer", data={"reason": ""})
    assert refused.status_code == 422
    assert "Dites pourquoi cette réponse est retirée" in refused.text
    assert desk.post(f"{here}/{number}/retirer", data={"reason": "Mal comprise."}).location == here
    page = desk.get(here).text
    assert "Réponses retirées" in page
    assert "Mal comprise." in page
    assert desk.get(f"{here}/{number}").location == here
    history = desk.get(f"/recommandations/{row.code}").text
    for word in ("notée", "corrigée", "retirée"):
        assert f"Réponse d’un parti {word}" in history


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"party": "0"}, "Choisissez le parti qui répond."),
        ({"stance": ""}, "Dites ce que le parti répond."),
        ({"answered_on": "hier"}, "Écrivez une date"),
        ({"answered_on": (clock.today(clock.now()) + 2 * DAY).isoformat()}, "Ce jour n’est pas encore venu."),
        ({"source": "javascript:alert(1)"}, "Une adresse web commence par https://"),
        ({"words": "x" * 4001}, "Ce texte est trop long"),
        ({"edition": "99"}, "Choisissez dans la liste."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    desk: FlaskClient, session: Session, wrong: dict[str, str], sentence: str
) -> None:
    row, who = published(session), party(session)
    session.commit()
    answer = desk.post(f"/recommandations/{row.code}/reponses/nouvelle", data=typed(who, **wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert ("« À moitié. »" in answer.text) == ("words" not in wrong)
    assert session.scalar(select(func.count()).select_from(PartyAnswer)) == 0


def test_an_answer_belongs_to_its_recommendation(desk: FlaskClient, session: Session) -> None:
    row, other = published(session), published(session, "Autre chose")
    answer = writing.record(session, row, told(party(session)), follows=False, **BY)
    session.commit()
    path = f"/recommandations/{other.code}/reponses/{answer.id}"
    assert desk.get(path).status_code == 404
    assert desk.post(f"{path}/retirer", data={"reason": "x"}).status_code == 404


@pytest.mark.parametrize("is_member", [True, False])
def test_nobody_else_reads_or_writes_them(
    client: FlaskClient, session: Session, sign_in: SignIn, *, is_member: bool
) -> None:
    row = published(session)
    answer = writing.record(session, row, told(party(session), words="Confidence"), follows=False, **BY)
    session.commit()
    if is_member:
        sign_in(client, factories.user(session, Role.MEMBER))
    here = f"/recommandations/{row.code}/reponses"
    for path in (here, f"{here}/nouvelle", f"{here}/{answer.id}"):
        read = client.get(path)
        assert read.status_code in {302, 403}
        assert "Confidence" not in read.text
    for path in (f"{here}/nouvelle", f"{here}/{answer.id}", f"{here}/{answer.id}/retirer"):
        assert client.post(path, data={"reason": "x"}).status_code == 403
    assert session.get_one(PartyAnswer, answer.id).withdrawn_at is None


def test_the_link_of_an_organisation_tells_what_parties_answered(
    client: FlaskClient, session: Session
) -> None:
    now = clock.now()
    call = calls.call(session, now=now)
    invited = calls.invitation(session, call, now=now)
    sent = contributions.submit(session, invited, calls.words(), page=calls.page(), link="/x", now=now)
    row = calls.recommendation(session, sent, now=now, levels=(factories.level(session),))
    steps.adopt(session, row, actor="essai", now=now)
    steps.publish(session, [row.id], actor="essai", now=now)
    by: dict[str, Any] = {"actor": "essai", "now": now}
    who, other = party(session), party(session, "Parti repris")
    said = {"answered_on": date(2026, 3, 2), "words": "« Dès janvier. »"}
    writing.record(session, row, told(who, **said), follows=True, **by)
    wrong = writing.record(session, row, told(other, answered_on=date(2026, 3, 3)), follows=True, **by)
    writing.withdraw(session, wrong, reason="Pas à ce sujet.", **by)
    path = f"{calls.link(session, invited, now=now)}/recu/{sent.id}"
    session.commit()
    page = client.get(path).text
    assert f"Réponse de {who.name}, le lundi 2 mars 2026" in page
    assert "« Dès janvier. »" in page
    assert "Suivie" in page
    assert other.name not in page
    assert "Pas à ce sujet." not in page
    assert count(client, path) <= MOST_QUERIES


def test_pages_ask_little_whatever_was_answered(desk: FlaskClient, session: Session) -> None:
    edition, row = printed(session)
    steps.publish(session, [row.id], **BY)
    for place in range(12):
        who = party(session, f"Parti {place}")
        writing.record(session, row, told(who, edition=edition), follows=False, **BY)
    made_from = session.scalars(select(RecommendationSource.contribution_id).limit(1)).one()
    session.commit()
    leading = desk.get(f"/recommandations/contributions/{made_from}").text
    assert f'href="/recommandations/{row.code}/reponses"' in leading
    number = session.scalars(select(PartyAnswer.id).limit(1)).one()
    here = f"/recommandations/{row.code}/reponses"
    found = {path: count(desk, path) for path in (here, f"{here}/nouvelle", f"{here}/{number}")}
    assert {path: asked for path, asked in found.items() if asked > MOST_QUERIES} == {}


def count(client: FlaskClient, path: str) -> int:
    """Return how many questions a page asks."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with client.application.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([each for each in asked if each.startswith(("SELECT", "WITH"))])
