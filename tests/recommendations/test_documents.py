"""What others have published, and the demands that are taken from it with page and words."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.core import clock, schema
from hub.core.db import WRITE, db
from hub.core.errors import DomainError
from hub.core.web import Hub
from hub.recommendations.models.contributions import Channel, Confirmation, Contribution
from hub.recommendations.models.documents import DocumentKind, SourceDocument
from hub.recommendations.operations import contributions, documents, triage
from hub.recommendations.operations.contributions import Words
from hub.recommendations.operations.documents import DocumentFacts, Taken
from hub.recommendations.operations.recommendations import Statement
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
PATH = "/recommandations/documents"


def document(session: Session, title: str = "Mémorandum", year: int | None = 2024) -> SourceDocument:
    """Return a document of a new organisation."""
    facts = DocumentFacts(title, factories.organisation(session), year=year, url="https://example.org/m.pdf")
    return documents.register(session, facts, actor="essai", now=NOW)


def taken(proposal: str = "Former les guichets.", page: str = "12") -> Taken:
    """Return a demand as one reads it."""
    return Taken(Words(proposal=proposal), page, "« Il faut former. »")


def test_a_demand_is_its_organisations_with_page_and_words(session: Session) -> None:
    row = document(session)
    sent = documents.take(session, row, taken(), actor="essai", now=NOW)
    assert (sent.organisation_id, sent.channel) == (row.organisation_id, Channel.DOCUMENT)
    assert (sent.document_id, sent.source_page, sent.quote) == (row.id, "12", "« Il faut former. »")
    assert (sent.confirmed_at, sent.confirmed_how) == (NOW, Confirmation.DOCUMENT)
    with pytest.raises(DomainError) as refusal:
        documents.take(session, row, taken(proposal=""), actor="essai", now=NOW)
    assert refusal.value.field == "proposal"


@both_databases
def test_the_same_gesture_makes_one_demand_and_other_words_are_never_lost(session: Session) -> None:
    row = document(session)
    first = documents.take(session, row, taken(), client_key="k", actor="essai", now=NOW)
    again = documents.take(session, row, taken(), client_key="k", actor="essai", now=NOW)
    other = documents.take(session, row, taken(page="13"), client_key="k", actor="essai", now=NOW)
    assert again is first
    assert (other.id != first.id, other.source_page, other.client_key) == (True, "13", None)


def test_a_document_is_registered_once(session: Session) -> None:
    row = document(session, year=None)
    same = DocumentFacts(row.title, row.organisation)
    with pytest.raises(DomainError) as refusal:
        documents.register(session, same, actor="essai", now=NOW)
    assert refusal.value.field == "title"
    documents.register(session, DocumentFacts(row.title, row.organisation, year=2019), actor="essai", now=NOW)
    with pytest.raises(DomainError):
        documents.edit(
            session, row, DocumentFacts(row.title, row.organisation, year=2019), actor="essai", now=NOW
        )


def test_its_organisation_stays_once_demands_are_taken_in_its_name(session: Session) -> None:
    row, other = document(session), factories.organisation(session)
    documents.edit(session, row, DocumentFacts(row.title, other), actor="essai", now=NOW)
    documents.take(session, row, taken(), actor="essai", now=NOW)
    changed = DocumentFacts(row.title, factories.organisation(session))
    with pytest.raises(DomainError) as refusal:
        documents.edit(session, row, changed, actor="essai", now=NOW)
    assert refusal.value.field == "organisation"
    documents.edit(session, row, DocumentFacts("Autre titre", other), actor="essai", now=NOW)
    assert (row.title, row.organisation) == ("Autre titre", other)


@both_databases
@pytest.mark.parametrize("change", ["source_page = '9'", "quote = 'autre'", "document_id = NULL"])
def test_where_it_stands_never_changes(session: Session, change: str) -> None:
    sent = documents.take(session, document(session), taken(), actor="essai", now=NOW)
    with pytest.raises(DBAPIError, match="contribution_source_sent_no_update"):
        session.execute(text(f"UPDATE contribution SET {change} WHERE id = {sent.id}"))  # noqa: S608


def test_a_document_is_named_where_a_demand_is_taken_from_one(session: Session) -> None:
    known = contributions.Source(document(session))
    for channel, source in ((Channel.DOCUMENT, None), (Channel.PHONE, known)):
        with pytest.raises(DomainError):
            contributions.enter(
                session, factories.organisation(session), Words(proposal="x"), channel=channel,
                source=source, actor="essai", now=NOW,
            )  # fmt: skip


# --- Moving what contributions said of their document ------------------------------------------

BEFORE, AFTER = "0036_outbox_later", "0037_recommendations"
NAMED = (
    ("Mémorandum", 2019, "https://a.example.org"),
    ("Mémorandum", 2019, "https://a.example.org"),
    ("Mémorandum", 2019, "https://b.example.org"),
    ("Vœux", None, ""),
    ("", None, "https://c.example.org"),
    ("", None, ""),
)


@both_databases
def test_documents_that_contributions_named_are_registered_and_named_again(
    installation: Installation, session: Session
) -> None:
    who = factories.organisation(session)
    sent = [calls.contribution(session, now=NOW, organisation=who) for _ in NAMED]
    numbers = [row.id for row in sent]
    session.commit()
    session.close()
    with installation.engine.connect().execution_options(**WRITE) as connection, connection.begin():
        configuration = schema.configuration(connection)
        command.downgrade(configuration, BEFORE)
        guards = "contribution_sent_no_update"
        on = "ALTER TABLE contribution {} TRIGGER " + guards
        sqlite = connection.dialect.name == "sqlite"
        kept = ""
        if sqlite:
            kept = connection.execute(
                text("SELECT sql FROM sqlite_schema WHERE name = :name"), {"name": guards}
            ).scalar_one()
            connection.execute(text(f"DROP TRIGGER {guards}"))
        else:
            connection.execute(text(on.format("DISABLE")))
        for number, (title, year, url) in zip(numbers, NAMED, strict=True):
            connection.execute(
                text(
                    "UPDATE contribution SET source_title = :t, source_year = :y, source_url = :u "
                    "WHERE id = :i"
                ),
                {"t": title, "y": year, "u": url, "i": number},
            )
        connection.execute(text(kept if sqlite else on.format("ENABLE")))
        command.upgrade(configuration, AFTER)
        found = connection.execute(
            text(
                "SELECT document_id, title, year, url, kind FROM contribution "
                "LEFT JOIN source_document ON source_document.id = document_id ORDER BY contribution.id"
            )
        ).all()
        assert [tuple(row[1:]) for row in found] == [
            ("Mémorandum", 2019, "https://a.example.org", "memorandum"),
            ("Mémorandum", 2019, "https://a.example.org", "memorandum"),
            ("Mémorandum (2)", 2019, "https://b.example.org", "memorandum"),
            ("Vœux", None, "", "other"),
            ("https://c.example.org", None, "https://c.example.org", "other"),
            (None, None, None, None),
        ]
        assert found[0][0] == found[1][0]
        command.downgrade(configuration, BEFORE)
        again = connection.execute(
            text("SELECT source_title, source_year, source_url FROM contribution ORDER BY id")
        ).all()
        assert [tuple(row) for row in again][3:] == [
            ("Vœux", None, ""), ("https://c.example.org", None, "https://c.example.org"), ("", None, ""),
        ]  # fmt: skip
        with pytest.raises(DBAPIError, match="contribution_sent_no_update"), connection.begin_nested():
            connection.execute(text("UPDATE contribution SET source_title = 'autre'"))
        command.upgrade(configuration, "head")  # others use this database after
        with pytest.raises(DBAPIError, match="contribution_sent_no_update"), connection.begin_nested():
            connection.execute(text("UPDATE contribution SET proposal = 'autre'"))


# --- On the pages -----------------------------------------------------------------------------


def test_registering_and_taking_several_in_a_row(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    who, theme, level = factories.organisation(session), factories.theme(session), factories.level(session)
    session.commit()
    data = {"title": "Mémorandum 2024", "organisation": who.slug, "kind": "memorandum", "year": "2024"}
    refused = client.post(f"{PATH}/nouveau", data={**data, "url": "javascript:alert(1)"})
    assert refused.status_code == 422
    assert "Une adresse web commence par https://" in refused.text
    assert 'value="Mémorandum 2024"' in refused.text
    answer = client.post(f"{PATH}/nouveau", data={**data, "url": "https://example.org/m.pdf"})
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert 'href="https://example.org/m.pdf"' in page
    assert "Aucune demande n’en est encore prise" in page
    take = f"{answer.location}/demande"
    keys = []
    for number in (1, 2):
        form = client.get(take if number == 1 else f"{take}?page=7").text
        keys += re.findall(r'name="key" value="([^"]+)"', form)
        typed = {
            "key": keys[-1], "source_page": "7", "quote": f"« Demande {number} »",
            "proposal": f"Faire la demande {number}.", "theme": theme.code, "levels": [level.code],
        }  # fmt: skip
        answers = [client.post(take, data=typed) for _ in range(2)]
        assert [each.location for each in answers] == [f"{take}?page=7&theme={theme.code}"] * 2
    assert len(set(keys)) == 2
    next_form = client.get(answers[-1].location).text
    assert 'value="7"' in next_form
    assert "2 demandes de ce document" in next_form
    refused = client.post(take, data={"key": "x", "source_page": "8", "quote": "Gardée"})
    assert refused.status_code == 422
    assert "Gardée</textarea>" in refused.text
    rows = calls.again(session).scalars(select(Contribution).order_by(Contribution.id)).all()
    assert [row.proposal for row in rows] == ["Faire la demande 1.", "Faire la demande 2."]
    shown = client.get(f"/recommandations/contributions/{rows[0].id}").text
    assert "Mémorandum 2024" in shown
    assert "page 7" in shown
    assert "« Demande 1 »" in shown


def test_what_became_of_each_is_shown(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.coordinator(session))
    row = document(session)
    sent = documents.take(session, row, taken(), actor="essai", now=clock.now())
    made = triage.take_up(
        session, [sent], Statement(title="Former", text="Former."), actor="essai", now=clock.now()
    )
    session.commit()
    assert made.code in client.get(f"{PATH}/{row.id}").text
    exported = client.get(f"{PATH}?format=csv").text
    assert re.search(r"Mémorandum[;,].*[;,]2024[;,].*[;,]1[;,]1[;,]", exported)


def test_two_at_once_lose_nothing(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.coordinator(session))
    row = document(session)
    session.commit()
    path = f"{PATH}/{row.id}/modifier"
    seen = re.findall(r'name="seen" value="([^"]+)"', client.get(path).text)[0]
    data = {"title": "Premier", "organisation": row.organisation.slug, "kind": "report", "seen": seen}
    assert client.post(path, data=data).status_code == 303
    late = client.post(path, data={**data, "title": "Second"})
    assert late.status_code == 409
    assert 'value="Second"' in late.text
    assert "Premier" in late.text
    stored = calls.again(session).get_one(SourceDocument, row.id)
    assert (stored.title, stored.kind) == ("Premier", DocumentKind.REPORT)


def test_lists_are_narrowed(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.coordinator(session))
    near, far = document(session, "Égalité en ville"), document(session, "Vœux", None)
    session.commit()
    of_far = f"organisation={far.organisation.slug}"
    for query, shown in (("q=egalite", near), ("q=2024", near), (of_far, far)):
        page = client.get(f"{PATH}?{query}").text
        assert [f'{PATH}/{row.id}"' in page for row in (near, far)] == [row is shown for row in (near, far)]


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_ask_the_database_little(
    app: Hub, client: FlaskClient, session: Session, sign_in: SignIn, rows: int
) -> None:
    sign_in(client, factories.coordinator(session))
    row = document(session)
    for number in range(rows):
        sent = documents.take(session, row, taken(page=str(number)), actor="essai", now=clock.now())
        document(session, f"Mémorandum {number}")
    session.commit()
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    of_sent = f"/recommandations/contributions/{sent.id}/scinder"
    for path in (PATH, f"{PATH}/{row.id}", f"{PATH}/{row.id}/demande", f"{PATH}/{row.id}/modifier", of_sent):
        asked.clear()
        assert client.get(path).status_code == 200
        assert len([each for each in asked if each.startswith(("SELECT", "WITH"))]) <= 12


def test_they_are_the_coordinations(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    row = document(session)
    session.commit()
    sign_in(client, factories.user(session))
    for path in (PATH, f"{PATH}/nouveau", f"{PATH}/{row.id}", f"{PATH}/{row.id}/demande"):
        assert client.get(path).status_code == 403
    assert client.post(f"{PATH}/{row.id}/demande", data={"proposal": "x"}).status_code == 403
