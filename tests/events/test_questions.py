"""A day's own questions: written by coordinators, answered in the form, never lost; who may come."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.app import load_models
from hub.core import clock
from hub.core.audit import AuditEntry
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.events.models.days import Event
from hub.events.models.registrations import (
    Answer,
    Question,
    QuestionKind,
    QuestionPurpose,
    Registration,
    RegistrationState,
    Unmet,
)
from hub.events.operations import questions, sign_up
from hub.events.operations.questions import PRESETS, Draft
from hub.events.queries import questions as queries
from hub.events.values import answers
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW

load_models()


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def asked(session: Session, event: Event, **values: Any) -> Question:
    return questions.add(session, event, Draft(**{"label": "Une question", **values}), actor="test", now=NOW)


def preset(session: Session, event: Event, name: str, **values: Any) -> Question:
    draft = Draft(**{**vars(PRESETS[name]), **values})
    return questions.add(session, event, draft, actor="test", now=NOW)


KINDS = [
    (QuestionKind.TEXT, (), "Bonjour", "Bonjour"),
    (QuestionKind.LONG_TEXT, (), "Deux\nlignes", "Deux\nlignes"),
    (QuestionKind.ONE, ("a", "b"), "b", "b"),
    (QuestionKind.MANY, ("a", "b", "c"), ["a", "c"], ["a", "c"]),
    (QuestionKind.YES_NO, (), False, False),
    (QuestionKind.NUMBER, (), 12.5, 12.5),
    (QuestionKind.DATE, (), date(2026, 5, 4), "2026-05-04"),
    (QuestionKind.SCALE, (), 4, 4),
]


@both_databases
@pytest.mark.parametrize(("kind", "options", "given", "kept"), KINDS)
def test_every_kind_is_stored_as_what_it_is(
    session: Session, kind: QuestionKind, options: tuple[str, ...], given: Any, kept: Any
) -> None:
    event = plenary(session)
    question = asked(session, event, kind=kind, options=options, is_required=True)
    told = wishes(event, 0, 1, answers=((question.id, given),))
    row = sign_up.register(session, event, person(), told, now=NOW).registration
    session.commit()
    (answer,) = session.scalars(select(Answer).where(Answer.registration_id == row.id))
    assert answer.value == kept
    assert type(answer.value) is type(kept)


@pytest.mark.parametrize(
    ("kind", "options", "wrong"),
    [
        (QuestionKind.TEXT, (), "x" * 301),
        (QuestionKind.LONG_TEXT, (), "x" * 2001),
        (QuestionKind.ONE, ("a", "b"), "c"),
        (QuestionKind.MANY, ("a", "b"), ["a", "z"]),
        (QuestionKind.MANY, ("a", "b"), ["a", "a"]),
        (QuestionKind.YES_NO, (), "oui"),
        (QuestionKind.NUMBER, (), True),
        (QuestionKind.NUMBER, (), float("inf")),
        (QuestionKind.NUMBER, (), 10.0**13),
        (QuestionKind.DATE, (), "2026-05-04"),
        (QuestionKind.SCALE, (), 6),
    ],
)
def test_an_answer_that_the_question_does_not_allow(
    session: Session, kind: QuestionKind, options: tuple[str, ...], wrong: Any
) -> None:
    event = plenary(session)
    question = asked(session, event, kind=kind, options=options)
    told = wishes(event, 0, 1, answers=((question.id, wrong),))
    with pytest.raises(DomainError, match="ne convient pas") as refusal:
        sign_up.register(session, event, person(), told, now=NOW)
    assert refusal.value.field == f"q{question.id}"


def test_a_question_of_another_day_is_not_answered_here(session: Session) -> None:
    event, other = plenary(session), plenary(session)
    stranger = asked(session, other)
    told = wishes(event, 0, 1, answers=((stranger.id, "x"),))
    with pytest.raises(DomainError, match="questions ont changé"):
        sign_up.register(session, event, person(), told, now=NOW)


def test_what_must_be_answered_is(session: Session) -> None:
    event = plenary(session)
    question = asked(session, event, is_required=True)
    with pytest.raises(DomainError, match="Répondez") as refusal:
        sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    assert refusal.value.field == f"q{question.id}"


@given(st.text(), st.integers(), st.sampled_from(list(QuestionKind)))
def test_no_answer_breaks_the_reading(text: str, number: int, kind: QuestionKind) -> None:
    question = Question(
        id=1, kind=kind, purpose=QuestionPurpose.SIGN_UP, options=["a", "b"], is_required=False
    )
    for value in (text, number, [text], None, True):
        try:
            kept = answers.clean([question], {1: value})
        except DomainError:
            continue
        assert set(kept) <= {1}


# --- Who may come ---------------------------------------------------------------------------------


def test_the_threshold_is_the_coordinations(session: Session) -> None:
    event = plenary(session)
    five = preset(session, event, "permit")
    three = preset(session, event, "permit", threshold=3)
    assert answers.wording(five) == "Avez-vous un titre de séjour depuis moins de 5 ans\u00a0?"
    assert "moins de 3 ans" in answers.wording(three)
    assert "5" not in five.label


@both_databases
def test_an_unmet_condition_that_is_checked_waits_for_a_coordinator(session: Session) -> None:
    event = plenary(session)
    gate = preset(session, event, "french")
    told = wishes(event, 0, 1, answers=((gate.id, False),))
    row = sign_up.register(session, event, person(), told, now=NOW).registration
    session.commit()
    session.refresh(event)
    assert row.state == RegistrationState.PENDING
    assert (event.taken, row.choices) == (0, [])
    assert [wait.workshop_id for wait in row.waits] == [event.workshops[0].id, event.workshops[1].id]
    assert session.scalars(select(Message.kind)).all() == ["events.pending"]
    assert session.scalars(select(Answer.value)).all() == [False]


@both_databases
def test_an_unmet_condition_that_refuses_stores_nothing(session: Session) -> None:
    event = plenary(session)
    gate = preset(session, event, "outside_union", unmet=Unmet.REFUSE)
    session.commit()
    told = wishes(event, 0, 1, answers=((gate.id, False),))
    with pytest.raises(DomainError, match="autres personnes") as refusal:
        sign_up.register(session, event, person(), told, now=NOW)
    assert refusal.value.field == f"q{gate.id}"
    assert "journees@example.org" in str(refusal.value)
    session.commit()
    for table in (Registration, Answer, Message):
        assert session.scalar(select(table.id)) is None
    met = wishes(event, 0, 1, answers=((gate.id, True),))
    assert sign_up.register(session, event, person(), met, now=NOW).registration.is_confirmed


def test_who_may_come_is_always_asked(session: Session) -> None:
    event = plenary(session)
    preset(session, event, "french", is_required=False)
    with pytest.raises(DomainError, match="Choisissez une réponse"):
        sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)


@pytest.mark.parametrize(
    ("values", "words", "field"),
    [
        ({"label": "  "}, "Écrivez la question", "label"),
        ({"kind": QuestionKind.ONE, "options": ("seule",)}, "réponses possibles", "options"),
        ({"kind": QuestionKind.MANY, "options": ("a", "a")}, "réponses possibles", "options"),
        ({"purpose": QuestionPurpose.ELIGIBILITY, "kind": QuestionKind.TEXT}, "oui ou non", "expected"),
        (
            {"purpose": QuestionPurpose.ELIGIBILITY, "kind": QuestionKind.YES_NO, "expected": True,
             "label": "Depuis {seuil} ans ?"},
            "seuil",
            "threshold",
        ),
        (
            {"purpose": QuestionPurpose.ELIGIBILITY, "kind": QuestionKind.YES_NO, "expected": True,
             "label": "Depuis {seuil} ans ?", "threshold": 0},
            "commence à 1",
            "threshold",
        ),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked(
    session: Session, values: dict[str, Any], words: str, field: str
) -> None:
    event = plenary(session)
    with pytest.raises(DomainError, match=words) as refusal:
        asked(session, event, **values)
    assert refusal.value.field == field
    assert session.scalar(select(Question.id)) is None


# --- Writing questions ----------------------------------------------------------------------------


@both_databases
def test_what_was_answered_is_never_lost(session: Session) -> None:
    event = plenary(session)
    question = asked(session, event, kind=QuestionKind.ONE, options=("a", "b"))
    told = wishes(event, 0, 1, answers=((question.id, "a"),))
    sign_up.register(session, event, person(), told, now=NOW)
    other = Draft(label="Une question", kind=QuestionKind.TEXT)
    with pytest.raises(DomainError, match="déjà répondu"):
        questions.change(session, event, question, other, actor="test", now=NOW)
    reworded = Draft(label="Mieux dit", kind=QuestionKind.ONE, options=("b", "c"))
    questions.change(session, event, question, reworded, actor="test", now=NOW)
    assert questions.retire(session, event, question, actor="test", now=NOW)
    session.commit()
    assert session.scalars(select(Answer.value)).all() == ["a"]
    assert session.scalars(queries.asked(event)).all() == []
    questions.bring_back(session, event, question, actor="test", now=NOW)
    assert session.scalars(queries.asked(event)).all() == [question]


def test_a_question_without_answers_goes(session: Session) -> None:
    event = plenary(session)
    question = asked(session, event)
    assert not questions.retire(session, event, question, actor="test", now=NOW)
    session.commit()
    assert session.scalar(select(Question.id)) is None
    assert "event.question_retired" in session.scalars(select(AuditEntry.action)).all()


def test_order_is_kept_whatever_is_named(session: Session) -> None:
    event = plenary(session)
    one, two, three = (asked(session, event, label=f"Q{number}") for number in (1, 2, 3))
    purpose = QuestionPurpose.SIGN_UP
    questions.reorder(session, event, purpose, [three.id, 999, one.id])
    assert session.scalars(queries.asked(event)).all() == [three, one, two]
    questions.move(session, event, two, -1)
    assert session.scalars(queries.asked(event)).all() == [three, two, one]
    questions.move(session, event, three, -1)
    assert session.scalars(queries.asked(event)).all() == [three, two, one]
    gate = preset(session, event, "french")
    assert session.scalars(queries.asked(event)).first() is gate


def test_questions_are_copied_without_answers(session: Session) -> None:
    event, other = plenary(session), plenary(session)
    preset(session, event, "permit", threshold=7)
    retired = asked(session, event, label="Ancienne")
    told = wishes(
        event, 0, 1, answers=((retired.id, "x"), (session.scalars(queries.asked(event)).first().id, True))
    )
    sign_up.register(session, event, person(), told, now=NOW)
    questions.retire(session, event, retired, actor="test", now=NOW)
    questions.copy(session, other, event)
    (copied,) = session.scalars(queries.asked(other))
    assert (copied.threshold, copied.expected) == (7, True)


# --- Pages --------------------------------------------------------------------------------------------


def test_a_coordinator_writes_orders_and_retires_questions(
    session: Session, client: FlaskClient, sign_in: Callable[..., Any]
) -> None:
    event = plenary(session)
    session.commit()
    sign_in(client, factories.coordinator(session))
    url = f"/journees/{event.slug}/questions"
    assert "Aucune question" in client.get(url).text
    assert client.get(f"{url}/ajouter?modele=permit").status_code == 200
    refused = client.post(f"{url}/ajouter", data={"purpose": "sign_up", "label": "", "kind": "text"})
    assert refused.status_code == 422
    assert "Écrivez la question" in refused.text
    data = {"purpose": "sign_up", "label": "Venez-vous en train ?", "kind": "yes_no", "expected": "yes",
            "unmet": "check"}  # fmt: skip
    assert client.post(f"{url}/ajouter", data=data).status_code == 303
    gate = {"purpose": "eligibility", "label": "Depuis moins de {seuil} ans ?", "kind": "text",
            "expected": "yes", "threshold": "4", "unmet": "refuse"}  # fmt: skip
    assert client.post(f"{url}/ajouter", data=gate).status_code == 303
    page = client.get(url).text
    assert "Venez-vous en train" in page
    assert "moins de 4 ans" in page
    session.rollback()
    first, second = session.scalars(queries.asked(event)).all()
    assert (first.kind, first.unmet, first.expected) == (QuestionKind.YES_NO, Unmet.REFUSE, True)
    changed = client.post(f"{url}/{second.id}", data={**data, "label": "Venez-vous à vélo ?"})
    assert changed.status_code == 303
    preview = client.get(f"{url}/apercu").text
    assert "Venez-vous à vélo" in preview
    assert "Réserver ma place" in preview
    assert client.post(f"{url}/{first.id}/retirer").status_code == 303
    assert "moins de 4 ans" not in client.get(url).text
    assert client.get(f"{url}/{first.id}").status_code == 404


def test_the_form_asks_and_keeps_what_was_answered(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    made = {
        kind: asked(session, event, label=f"Q {kind.value}", kind=kind, options=options, is_required=True)
        for kind, options, _, _ in KINDS
    }
    session.commit()
    url = f"/journees/{event.slug}/inscription"
    data: dict[str, Any] = {
        "name": "Zoé B.", "email": "zoe@example.org", "form_key": "k",
        "workshops": [str(row.id) for row in event.workshops[:2]],
        f"q{made[QuestionKind.TEXT].id}": " Bon  jour ",
        f"q{made[QuestionKind.LONG_TEXT].id}": "a\r\nb",
        f"q{made[QuestionKind.ONE].id}": "b",
        f"q{made[QuestionKind.MANY].id}": ["a", "c"],
        f"q{made[QuestionKind.YES_NO].id}": "no",
        f"q{made[QuestionKind.NUMBER].id}": "douze",
        f"q{made[QuestionKind.DATE].id}": "2026-02-31",
        f"q{made[QuestionKind.SCALE].id}": "5",
    }  # fmt: skip
    refused = client.post(url, data=data)
    assert refused.status_code == 422
    assert "Écrivez un nombre" in refused.text
    assert "Écrivez une date" in refused.text
    for kept in ('value="douze"', 'value="2026-02-31"', 'value="Bon jour"'):
        assert kept in refused.text
    data |= {f"q{made[QuestionKind.NUMBER].id}": "1 250,5", f"q{made[QuestionKind.DATE].id}": "2026-02-28"}
    answer = client.post(url, data=data)
    assert answer.status_code == 303
    session.rollback()
    kept_values = {row.question_id: row.value for row in session.scalars(select(Answer))}
    assert kept_values[made[QuestionKind.NUMBER].id] == 1250.5
    assert kept_values[made[QuestionKind.TEXT].id] == "Bon jour"
    assert kept_values[made[QuestionKind.LONG_TEXT].id] == "a\nb"
    assert kept_values[made[QuestionKind.YES_NO].id] is False
    page = client.get(f"{answer.location}/modifier").text
    assert 'value="1250,5"' in page
    assert 'value="2026-02-28"' in page


@pytest.mark.parametrize("kind", [kind for kind, *_ in KINDS])
def test_an_empty_answer_is_told_beside_its_field(
    session: Session, client: FlaskClient, kind: QuestionKind
) -> None:
    event = plenary(session)
    options = next(each[1] for each in KINDS if each[0] == kind)
    question = asked(session, event, kind=kind, options=options, is_required=True)
    session.commit()
    refused = client.post(f"/journees/{event.slug}/inscription", data={"name": "Zoé"})
    assert refused.status_code == 422
    assert f'href="#q{question.id}"' in refused.text
    assert f'id="q{question.id}-error"' in refused.text
