"""Many demands of one document from a table: each line is looked at, and taken once."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core import exports
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import Hub
from hub.recommendations.models.contributions import Beneficiaries, Confirmation, Contribution
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.operations import batches, documents
from hub.recommendations.operations.documents import DocumentFacts
from hub.recommendations.values import sheets
from hub.recommendations.values.sheets import Column
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
HEADER = ["Page", "Citation", "Demande", "Thème", "Niveaux de pouvoir", "À qui elle profite"]
GOOD = ["12", "« Il faut former. »", "Former les guichets des communes.", "", "", ""]
OTHER = ["13", "", "Étendre le parc public de logements.", "", "", "everyone"]


def document(session: Session) -> SourceDocument:
    """Return a document of a new organisation."""
    facts = DocumentFacts("Mémorandum", factories.organisation(session), year=2024)
    return documents.register(session, facts, actor="essai", now=NOW)


def send(client: FlaskClient, row: SourceDocument, content: bytes, name: str = "demandes.csv") -> Any:
    """Send a table by the page's form."""
    data = {"file": (io.BytesIO(content), name)}
    path = f"/recommandations/documents/{row.id}/lot"
    return client.post(path, data=data, content_type="multipart/form-data")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_is_looked_at_then_taken_once(
    client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int], kind: str
) -> None:
    sign_in(client, factories.coordinator(session))
    row = document(session)
    theme, level = factories.theme(session), factories.level(session)
    near = calls.contribution(session, now=NOW, proposal="Former les guichets des communes")
    session.commit()
    wrong = ["1", "", "Une autre demande.", "Thème inconnu", "Niveau inconnu", "personne"]
    full = ["7", "", "Soutenir les écoles.", theme.label.upper(), f"{level.label} | {level.code}", "specific"]
    lines = [GOOD, OTHER, full, ["3", "", "", "", "", ""], wrong, GOOD]
    made = exports.as_csv(HEADER, lines) if kind == "csv" else exports.as_xlsx("d", HEADER, lines)
    page = send(client, row, made, f"demandes.{kind}").headers["Location"]
    assert f'hx-get="{page}/avancement"' in client.get(page).text
    assert calls.again(session).scalars(select(Contribution.id)).all() == [near.id]
    run_jobs()
    assert client.get(f"{page}/avancement").headers["HX-Redirect"] == page
    shown = client.get(page).text.replace("\u00a0", " ")
    assert "3 lignes peuvent être prises" in shown
    for words in (
        "La demande manque.", "« Thème inconnu » n’est pas dans la liste.", "« personne » n’est pas",
        "C’est la même que la ligne 2.", f"Contribution n° {near.id}", "« Niveau inconnu » n’est pas",
    ):  # fmt: skip
        assert words in shown, words
    assert client.post(page).status_code == 422
    chosen = {"line": ["2", "3", "4", "5", "6", "7"]}
    for _ in range(2):
        assert client.post(page, data=chosen).status_code == 303
    run_jobs()
    assert "3 demandes sont prises." in client.get(page).text
    taken = calls.again(session).scalars(
        select(Contribution).where(Contribution.document_id == row.id).order_by(Contribution.id)
    ).all()  # fmt: skip
    assert [each.proposal for each in taken] == [GOOD[2], OTHER[2], full[2]]
    assert {each.confirmed_how for each in taken} == {Confirmation.DOCUMENT}
    assert (taken[0].source_page, taken[0].quote) == ("12", "« Il faut former. »")
    assert taken[1].beneficiaries == Beneficiaries.EVERYONE
    assert (taken[2].theme_id, [each.id for each in taken[2].levels]) == (theme.id, [level.id])
    # The same table again, from another computer: nothing is left to take.
    again = send(client, row, made, "copie.csv").headers["Location"]
    run_jobs()
    shown = client.get(again).text
    assert "Aucune ligne ne peut être prise" in shown
    assert f"/recommandations/contributions/{taken[0].id}" in shown


@both_databases
def test_lines_are_taken_once_however_often_the_work_is_done(session: Session) -> None:
    row, known = document(session), batches.lists(session)
    said = {"page": "1", "quote": "", "proposal": "Former."}
    lines = [batches.Checked(2, said)]
    first = batches.take(session, row, lines, known, actor="essai", now=NOW)
    assert batches.take(session, row, lines, known, actor="essai", now=NOW) == first
    assert batches.take(session, document(session), lines, known, actor="essai", now=NOW) != first


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"Page;Citation\r\n1;mots\r\n", "Il manque la colonne « Demande »"),
        (b"Page;Demande\r\n", "aucune ligne"),
        (b"Demande\r\n" + b"Former.\r\n" * 501, "plus de 500 lignes"),
        (b"PK\x03\x04" + b"x" * 100, ""),
    ],
    ids=["empty", "no demand", "no line", "too long", "no workbook"],
)
def test_what_is_no_table_is_refused_beside_its_field(
    client: FlaskClient, session: Session, sign_in: SignIn, content: bytes, words: str
) -> None:
    sign_in(client, factories.coordinator(session))
    row = document(session)
    session.commit()
    answer = send(client, row, content)
    assert answer.status_code == 422
    assert words in answer.text.replace("\u00a0", " ")


def test_the_template_is_a_table_that_is_taken(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    sign_in(client, factories.coordinator(session))
    row = document(session)
    session.commit()
    for kind in ("csv", "xlsx"):
        content = client.get(f"/recommandations/documents/{row.id}/lot?format={kind}").data
        (line,) = sheets.read(content, batches.COLUMNS, most=5)
        assert line.said["page"] == "12"
        assert line.said["proposal"].startswith("Rendre")


def test_another_documents_table_is_not_shown(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    sign_in(client, factories.coordinator(session))
    row, other = document(session), document(session)
    session.commit()
    page = send(client, row, exports.as_csv(HEADER, [GOOD])).headers["Location"]
    assert client.get(page.replace(f"/{row.id}/", f"/{other.id}/")).status_code == 404
    assert client.get(f"/recommandations/documents/{row.id}/lot/999").status_code == 404
    sign_in(client, factories.user(session))
    for path in (page, page.rsplit("/", 1)[0], f"{page}/avancement"):
        assert client.get(path).status_code == 403
    assert client.post(page).status_code == 403


@pytest.mark.parametrize("lines", [1, 120])
def test_lines_ask_the_database_little(
    app: Hub, client: FlaskClient, session: Session, sign_in: SignIn, run_jobs: Callable[[], int], lines: int
) -> None:
    sign_in(client, factories.coordinator(session))
    row = document(session)
    calls.contribution(session, now=NOW, proposal="Former les guichets des communes")
    session.commit()
    many = [[str(number), "", GOOD[2], "", "", ""] for number in range(lines)]
    page = send(client, row, exports.as_csv(HEADER, many)).headers["Location"]
    run_jobs()
    asked: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert client.get(page).status_code == 200
    assert len([each for each in asked if each.startswith(("SELECT", "WITH"))]) <= 12


COLUMNS = (Column("text", "Texte", ("réponse",), is_needed=True), Column("note", "Note"))
cells = st.text(st.characters(blacklist_categories=["C", "Z"]), min_size=1, max_size=12)


@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=8), st.sampled_from(["Texte", "REPONSE", "text"])
)
def test_what_an_export_wrote_is_read_as_it_was(lines: list[tuple[str, str]], title: str) -> None:
    content = exports.as_csv(["Autre", title, "Note"], [["x", *line] for line in lines])
    read = sheets.read(content, COLUMNS, most=10)
    assert [(line.said["text"], line.said["note"]) for line in read] == [
        (one.strip(), other.strip()) for one, other in lines
    ]


def test_a_formula_is_text() -> None:
    (line,) = sheets.read(b"Texte;Note\r\n=1+1;'=HYPERLINK(1)\r\n", COLUMNS, most=10)
    assert dict(line.said) == {"text": "=1+1", "note": "=HYPERLINK(1)"}
    with pytest.raises(DomainError):
        sheets.read(b"Note\r\nx\r\n", COLUMNS, most=10)
