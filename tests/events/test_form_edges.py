"""The public form at its edges: every bad answer, what is ticked beforehand, one address, one form, news."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.mail import Message
from hub.events.models.days import Event
from hub.events.models.registrations import (
    Answer,
    NewsletterConsent,
    QuestionKind,
    QuestionPurpose,
    Registration,
    Unmet,
)
from hub.events.operations import questions, sign_up
from hub.events.operations.questions import PRESETS, Draft
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import person, plenary, wishes
from tests.factories import NOW

OPTIONS = {QuestionKind.ONE: ("a", "b"), QuestionKind.MANY: ("a", "b", "c")}
BAD = [
    (QuestionKind.TEXT, "x" * 301, "Restez sous 300"),
    (QuestionKind.LONG_TEXT, "x" * 2001, "Restez sous 2000"),
    (QuestionKind.ONE, "z", "ne convient pas"),
    (QuestionKind.MANY, ["a", "z"], "ne convient pas"),
    (QuestionKind.MANY, ["a", "a"], "ne convient pas"),
    *((QuestionKind.YES_NO, text, "ne convient pas") for text in ("maybe", "Oui", "1")),
    *((QuestionKind.NUMBER, text, "Écrivez un nombre") for text in ("douze", "1,2,3", "--1")),
    *((QuestionKind.NUMBER, text, "ne convient pas") for text in ("nan", "inf", "1e400", "1" + "0" * 13)),
    *((QuestionKind.DATE, text, "Écrivez une date") for text in ("2026-02-31", "hier", "0000-00-00")),
    *((QuestionKind.SCALE, text, "ne convient pas") for text in ("6", "0", "-1", "²", "3.5")),
]


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def url_of(event: Event) -> str:
    return f"/journees/{event.slug}/inscription"


def sent(event: Event, **values: Any) -> dict[str, Any]:
    return {
        "name": "Zoé B.",
        "email": "zoe@example.org",
        "form_key": "one form",
        "workshops": [str(row.id) for row in event.workshops[:2]],
        "meal": str(event.meals[1].id),
        "diet": "Sans gluten",
        "access_needs": "Une rampe",
        "consents": "y",
        **values,
    }


def count(session: Session, table: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("prefix", ["", "groupe"])
@pytest.mark.parametrize(("kind", "wrong", "words"), BAD)
def test_a_bad_answer_is_told_beside_its_field_and_nothing_typed_is_lost(
    session: Session, client: FlaskClient, kind: QuestionKind, wrong: Any, words: str, prefix: str
) -> None:
    event = plenary(session)
    draft = Draft(label="Une question", kind=kind, options=OPTIONS.get(kind, ()))
    question = questions.add(session, event, draft, actor="test", now=NOW)
    session.commit()
    name = f"q{question.id}"
    data = sent(event, **{name: wrong})
    if prefix:
        name = f"people-0-{name}"
        mine = ("name", "workshops", "meal")
        data = {f"people-0-{key}": data[key] for key in mine} | sent(event, **{name: wrong})
    refused = client.post(f"{url_of(event)}/{prefix}".rstrip("/"), data=data)
    assert refused.status_code == 422
    assert re.search(rf'id="{name}-error"[^§]*?{words}', refused.text)
    assert f'href="#{name}"' in refused.text
    assert 'value="Zoé B."' in refused.text
    assert 'value="zoe@example.org"' in refused.text
    kept = [f'value="{row.id}" checked' for row in event.workshops[:2]]
    if not prefix:
        kept += ['value="Sans gluten"', "Une rampe"]
    if kind in {QuestionKind.TEXT, QuestionKind.NUMBER, QuestionKind.DATE}:
        kept.append(f'value="{wrong}"')
    assert not [each for each in kept if each not in refused.text]
    assert count(session, Registration) == 0


@both_databases
@pytest.mark.parametrize("field", ["name", "diet", "access_needs", "question"])
def test_a_sign_that_no_database_stores_is_left_out(
    session: Session, client: FlaskClient, field: str
) -> None:
    event = plenary(session)
    question = questions.add(session, event, Draft(label="Une question"), actor="test", now=NOW)
    session.commit()
    name = f"q{question.id}" if field == "question" else field
    answer = client.post(url_of(event), data=sent(event, **{name: "a\0b"}))
    assert answer.status_code == 303
    session.rollback()
    row = session.scalars(select(Registration)).one()
    found = row.answers[0].value if field == "question" else getattr(row, field)
    assert found == "ab"


@pytest.mark.parametrize("path", ["inscription", "inscription/groupe", "inscriptions/ajouter"])
def test_consent_news_and_waiting_are_never_ticked_beforehand(
    session: Session, client: FlaskClient, sign_in: Any, path: str
) -> None:
    event = plenary(session, capacity=1)
    event.offers_newsletter = True
    sign_up.register(session, event, person(), wishes(event, 0, 1), now=NOW)
    session.commit()
    sign_in(client, factories.coordinator(session))
    page = client.get(f"/journees/{event.slug}/{path}").text
    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*>', page)
    names = {name for box in boxes for name in re.findall(r'name="([^"]+)"', box)}
    assert "newsletter" in names
    assert path == "inscription" or "agrees_to_wait" in names  # there a button says that one will wait
    assert ("consents" in names) == (path != "inscription/groupe")
    assert not [box for box in boxes if re.search(r"\schecked\b", box)]


@both_databases
@pytest.mark.parametrize(
    "typed",
    [
        "ZOE@EXAMPLE.ORG",
        "  Zoe@Example.org ",
        "ｚｏｅ＠ｅｘａｍｐｌｅ．ｏｒｇ",
        "zoe@example。org",
        "zo\u200be@example.org".replace("\u200b", ""),
    ],
)
def test_one_address_is_one_sign_up_however_it_is_typed(
    session: Session, client: FlaskClient, typed: str
) -> None:
    event = plenary(session)
    session.commit()
    first = client.post(url_of(event), data=sent(event))
    assert first.status_code == 303
    again = client.post(url_of(event), data=sent(event, email=typed, form_key="another"))
    assert again.location.endswith("/mail-envoye")
    assert count(session, Registration) == 1


@both_databases
def test_a_domain_with_accents_is_the_one_that_dns_writes(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    session.commit()
    for number, typed in enumerate(("zoe@fédération.example.be", "ZOE@XN--FDRATION-B1AB.example.be")):
        answer = client.post(url_of(event), data=sent(event, email=typed, form_key=str(number)))
        assert answer.status_code == 303
    assert count(session, Registration) == 1


@both_databases
def test_a_form_sent_twice_is_one_sign_up_and_one_mail(session: Session, client: FlaskClient) -> None:
    event = plenary(session, capacity=1, capacities=(1, 1, 1, 1))
    session.commit()
    links = [client.post(url_of(event), data=sent(event)).location for _ in range(2)]
    assert all("/inscription/" in link for link in links)
    assert all("Votre place est réservée" in client.get(link).text for link in links)
    assert count(session, Registration) == 1
    assert session.scalars(select(Message.kind)).all() == ["events.confirmed"]


# --- Who may come (requirement 90) ---------------------------------------------------------------------


def gate(session: Session, event: Event, threshold: int, unmet: Unmet) -> str:
    draft = Draft(**{**vars(PRESETS["permit"]), "threshold": threshold, "unmet": unmet})
    return f"q{questions.add(session, event, draft, actor='test', now=NOW).id}"


@pytest.mark.parametrize("threshold", [3, 5, 12])
def test_the_form_asks_with_the_threshold_of_its_day(
    session: Session, client: FlaskClient, threshold: int
) -> None:
    event = plenary(session)
    gate(session, event, threshold, Unmet.CHECK)
    session.commit()
    assert f"depuis moins de {threshold} ans" in client.get(url_of(event)).text


def test_a_refusal_is_kind_and_leaves_no_trace(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    name = gate(session, event, 5, Unmet.REFUSE)
    event.offers_newsletter = True
    session.commit()
    refused = client.post(url_of(event), data=sent(event, newsletter="y", **{name: "no"}))
    assert refused.status_code == 422
    assert "nous chercherons ensemble ce qui vous convient" in refused.text
    assert "journees@example.org" in refused.text
    for table in (Registration, Answer, Message, NewsletterConsent):
        assert count(session, table) == 0


def test_what_is_to_be_checked_waits_and_keeps_a_yes_or_a_no_alone(
    session: Session, client: FlaskClient
) -> None:
    event = plenary(session)
    name = gate(session, event, 5, Unmet.CHECK)
    session.commit()
    assert client.post(url_of(event), data=sent(event, **{name: "depuis 2019"})).status_code == 422
    assert client.post(url_of(event), data=sent(event, **{name: "no"})).status_code == 303
    session.rollback()
    row = session.scalars(select(Registration)).one()
    assert row.state == "pending"
    assert [answer.value for answer in row.answers] == [False]
    assert {preset.kind for preset in PRESETS.values() if preset.purpose == QuestionPurpose.ELIGIBILITY} == {
        QuestionKind.YES_NO
    }


# --- News, on one's own page ---------------------------------------------------------------------------


def test_the_news_are_stopped_on_ones_own_page(session: Session, client: FlaskClient) -> None:
    event = plenary(session)
    event.offers_newsletter = True
    session.commit()
    link = client.post(url_of(event), data=sent(event, newsletter="y")).location
    assert "Ne plus recevoir les nouvelles" in client.get(link).text
    assert count(session, NewsletterConsent) == 1
    assert client.get(f"{link}/nouvelles").status_code == 405
    answer = client.post(f"{link}/nouvelles", follow_redirects=True)
    assert "vous ne recevez plus les nouvelles" in answer.text
    assert "Votre place est réservée" in answer.text
    assert "Ne plus recevoir les nouvelles" not in answer.text
    session.rollback()
    consent = session.scalars(select(NewsletterConsent)).one()
    assert (consent.email, consent.withdrawn_at) == (None, NOW)
    assert client.post(f"{link}/nouvelles").status_code == 303  # twice is once


def test_who_did_not_ask_for_news_here_learns_nothing_of_the_address(
    session: Session, client: FlaskClient
) -> None:
    before, event = plenary(session), plenary(session)
    sign_up.register(
        session, before, person(email="zoe@example.org", wants_news=True), wishes(before, 0, 1), now=NOW
    )
    session.commit()
    link = client.post(url_of(event), data=sent(event)).location
    assert "nouvelles" not in client.get(link).text
    client.post(f"{link}/nouvelles")
    session.rollback()
    assert session.scalars(select(NewsletterConsent.email)).all() == ["zoe@example.org"]


# --- A group ---------------------------------------------------------------------------------------------


def test_one_of_a_group_waits_for_a_workshop_and_keeps_another(session: Session, client: FlaskClient) -> None:
    event = plenary(session, capacities=(1, 9, 9, 9))
    first = sign_up.register(session, event, person(1), wishes(event, 0, 1), now=NOW).registration
    session.commit()
    page = client.get(f"{url_of(event)}/groupe").text
    full, *free = event.workshops
    assert re.search(rf'name="people-0-waits"\s+value="{full.id}"', page)
    data = {
        "name": "Léa C.", "email": "lea@example.org", "form_key": "group", "people-0-name": "Ana",
        "people-0-email": "ana@example.org", "people-0-workshops": [str(row.id) for row in free[:2]],
        "people-0-waits": str(full.id), "people-0-meal": str(event.meals[0].id),
    }  # fmt: skip
    assert client.post(f"{url_of(event)}/groupe", data=data).status_code == 303
    session.rollback()
    ana = session.scalars(select(Registration).where(Registration.name == "Ana")).one()
    assert ana.meal_id == event.meals[0].id
    text = session.scalars(select(Message).where(Message.recipient == "ana@example.org")).one().text
    own = re.search(r"/inscription/[\w-]{43}", text)
    assert own is not None
    assert "Votre place est réservée" in client.get(own[0]).text
    assert 'name="access_needs"' in client.get(f"{own[0]}/modifier").text
    sign_up.cancel(session, first, actor="test", now=NOW + timedelta(minutes=1))
    session.commit()
    session.refresh(ana)
    assert full.id in {choice.workshop_id for choice in ana.choices}
