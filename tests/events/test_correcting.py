"""A mistyped name or address is put right: the same person, and nothing stays with a stranger."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit, clock
from hub.core.errors import DomainError
from hub.core.mail import Message
from hub.events.models.registrations import Registration
from hub.events.operations import correcting, letters, sign_up
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import person, plenary, wishes
from tests.events.test_retention import dump
from tests.factories import NOW

TEAM = "équipe"


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def somebody(session: Session) -> Registration:
    event = plenary(session)
    who = person(name="Zoé Quatrémots", email="quatrmots@example.org")
    return sign_up.register(session, event, who, wishes(event, 0, 1), now=NOW).registration


@both_databases
def test_another_address_gets_a_link_and_nothing_stays_with_the_old_one(
    session: Session, client: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    row = somebody(session)
    old = letters.issue_link(session, row, now=NOW)
    session.commit()
    run_jobs()
    session.expire_all()
    assert correcting.correct(session, row, "Zoé Quatremots", "zoe@example.org", actor=TEAM, now=NOW)
    session.commit()
    assert "quatrmots" not in dump(session)
    mail = session.scalars(select(Message).where(Message.recipient == "zoe@example.org")).one()
    new = f"/inscription/{mail.text.partition('/inscription/')[2].split()[0]}"
    session.commit()
    assert client.get(f"/inscription/{old}").status_code == 410
    assert "Zoé Quatremots" in client.get(f"{new}/mes-donnees").text
    session.rollback()
    assert (row.event.heads, len(row.choices)) == (1, 2)
    act = session.scalars(audit.history(row)).first()
    assert act is not None
    assert (act.action, act.changes) == ("registration.renamed", {"fields": [None, ["name", "email"]]})


@both_databases
def test_the_same_words_change_nothing_and_a_name_alone_writes_to_nobody(session: Session) -> None:
    row = somebody(session)
    mails = len(session.scalars(select(Message)).all())
    assert not correcting.correct(session, row, row.name, row.email, actor=TEAM, now=NOW)
    assert correcting.correct(session, row, "Zoé Q.", row.email, actor=TEAM, now=NOW)
    assert row.search_text.startswith("zoe q ")
    assert len(session.scalars(select(Message)).all()) == mails


@both_databases
def test_an_address_that_is_signed_up_is_refused(session: Session) -> None:
    row = somebody(session)
    sign_up.register(session, row.event, person(5), wishes(row.event, 2, 3), now=NOW)
    with pytest.raises(DomainError) as refused:
        correcting.correct(session, row, row.name, "p5@example.org", actor=TEAM, now=NOW)
    assert refused.value.field == "email"


def test_the_page_keeps_what_was_typed_and_is_for_the_team(
    session: Session, client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    row = somebody(session)
    path = f"/journees/{row.event.slug}/inscriptions/{row.id}/corriger"
    session.commit()
    assert client.get(path).status_code == 302
    sign_in(client, factories.coordinator(session))
    session.commit()
    assert "quatrmots@example.org" in client.get(path).text
    answer = client.post(path, data={"name": "Zoé", "email": "pas une adresse"})
    assert answer.status_code == 422
    assert "pas une adresse" in answer.text
    assert client.post(path, data={"name": " ", "email": ""}).status_code == 422
    assert client.post(path, data={"name": "Zoé", "email": ""}).status_code == 303
    session.expire_all()
    assert (row.name, row.email) == ("Zoé", None)
