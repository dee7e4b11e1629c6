"""The pages of reports: who sees what, what is refused how, from the button to the page and its PDF."""

import io
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.reports.models.reports import PartKind, PlenaryReport, ReportPart, ReportState
from hub.reports.operations import editing
from hub.reports.operations.editing import OpenPage
from memoranda import check
from tests import factories
from tests.factories import NOW
from tests.reports import scenes

SignIn = Callable[[FlaskClient, Any], FlaskClient]
HOME = "/rapports/etat-des-lieux-et-perspectives-2025"


@pytest.fixture
def held(session: Session) -> None:
    """Two meetings of an organisation whose name looks like markup, with a decision and an action."""
    where = scenes.space(session, "Plateforme logement")
    odd = factories.organisation(session, "Alpha & <b>Oméga</b>")
    for month in (2, 3):
        row = scenes.meeting(session, where, scenes.moment(2025, month, 5, 8), present=(odd,))
    scenes.decision(session, row, row.starts_at.date(), "On *écrit* à <script>la Ville</script>.")
    scenes.action(session, where, organisation_id=odd.id, created_at=scenes.moment(2025, 2, 5))
    session.commit()


@pytest.fixture
def coordinator(client: FlaskClient, session: Session, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def words(client: FlaskClient, place: str) -> str:
    return client.get(place, follow_redirects=True).get_data(as_text=True)


def pdf_of(client: FlaskClient) -> bytes:
    with client.get(f"{HOME}/rapport.pdf") as answer:
        return answer.data


def drafted(client: FlaskClient, session: Session) -> PlenaryReport:
    assert client.post("/rapports/nouveau", data={"year": "2025"}).status_code == 303
    return session.scalars(select(PlenaryReport)).one()


@pytest.mark.usefixtures("held")
def test_from_the_button_to_the_public_page_and_its_pdf(
    coordinator: FlaskClient, app: Any, session: Session, run_jobs: Callable[[], int]
) -> None:
    drafted(coordinator, session)
    reader = app.test_client()
    assert reader.get(HOME).status_code == 404
    assert reader.get(f"{HOME}/rapport.pdf").status_code == 404
    assert "Alpha &amp; &lt;b&gt;Oméga" in words(coordinator, f"{HOME}/apercu")
    coordinator.post(f"{HOME}/construire")
    coordinator.post(f"{HOME}/construire")  # the one that waits is meant
    assert run_jobs() == 1
    draft = pdf_of(coordinator)
    assert "Projet" in (pypdf.PdfReader(io.BytesIO(draft)).metadata or {})["/Title"]
    assert "déjà à jour" in coordinator.post(f"{HOME}/construire", follow_redirects=True).get_data(
        as_text=True
    )
    assert run_jobs() == 0
    assert "ne changeront plus" in words(coordinator, f"{HOME}/publier")
    coordinator.post(f"{HOME}/publier")
    assert reader.get(HOME).status_code == 404  # not before its PDF is there
    assert "Publication en cours" in words(coordinator, f"{HOME}/composer")
    assert run_jobs() == 1
    page = words(reader, HOME)
    assert "Qui a pris part" in page
    assert "Alpha &amp; &lt;b&gt;Oméga" in page
    assert "<script>la Ville" not in page
    assert "style=" not in page.partition("<main")[2].partition("</main")[0]
    assert HOME in words(reader, "/rapports")
    pdf = pdf_of(reader)
    assert check.problems(pdf) == []
    document = pypdf.PdfReader(io.BytesIO(pdf))
    assert (document.metadata or {})["/Title"] == "État des lieux et perspectives 2025"
    root = document.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    titles = [entry["/Title"] for entry in document.outline if isinstance(entry, dict)]
    assert any("En bref" in title for title in titles)
    assert any("Comment c’est compté" in title for title in titles)
    text = " ".join(sheet.extract_text() for sheet in document.pages)
    assert "Alpha & <b>Oméga</b>" in text
    assert "Projet" not in text
    coordinator.post(f"{HOME}/retirer")
    assert reader.get(HOME).status_code == 404
    assert reader.get(f"{HOME}/rapport.pdf").status_code == 404
    assert "retiré des pages publiques" in words(coordinator, HOME)
    coordinator.post(f"{HOME}/remettre")
    assert reader.get(HOME).status_code == 200


@pytest.mark.usefixtures("held")
def test_what_the_register_says_later_changes_nothing_that_was_handed_out(
    coordinator: FlaskClient, app: Any, session: Session, run_jobs: Callable[[], int]
) -> None:
    drafted(coordinator, session)
    coordinator.post(f"{HOME}/publier")
    run_jobs()
    reader = app.test_client()
    before = words(reader, HOME), pdf_of(reader)
    session.rollback()
    where = scenes.space(session, "Plateforme nouvelle")
    scenes.meeting(
        session, where, scenes.moment(2025, 4, 1), present=(factories.organisation(session, "Nouvelle"),)
    )
    session.commit()
    for gesture in ("recalculer", "construire", "publier", "supprimer", "parties"):
        assert coordinator.post(f"{HOME}/{gesture}", data={"title": "Autre"}).status_code in {303, 409}
    run_jobs()
    assert (words(reader, HOME), pdf_of(reader)) == before


@pytest.mark.usefixtures("held")
def test_a_character_that_can_t_be_printed_stops_the_publication_and_says_which(
    coordinator: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    report = drafted(coordinator, session)
    one = session.scalars(select(ReportPart).where(ReportPart.kind == PartKind.SPACES)).one()
    editing.write(session, one, one.title, "Bravo \U0001f389", page=OpenPage("", 0), actor=None, now=NOW)
    session.commit()
    coordinator.post(f"{HOME}/publier")
    run_jobs()
    session.rollback()
    assert report.state is ReportState.DRAFT
    assert "ne peut pas être imprimé" in words(coordinator, f"{HOME}/composer")


def test_a_publication_can_be_stopped(
    coordinator: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    report = drafted(coordinator, session)
    coordinator.post(f"{HOME}/publier")
    coordinator.post(f"{HOME}/arreter")
    run_jobs()
    session.rollback()
    assert report.state is ReportState.DRAFT
    assert report.file_id is None


def test_words_are_saved_by_themselves_and_both_are_kept_in_a_conflict(
    coordinator: FlaskClient, session: Session
) -> None:
    drafted(coordinator, session)
    one = session.scalars(select(ReportPart).where(ReportPart.kind == PartKind.SPACES)).one()
    place, auto = f"/rapports/parties/{one.id}", {"X-Autosave": "1"}
    first = {"title": one.title, "text": "Du premier écran.", "page": "a", "version": "0"}
    other = {"title": one.title, "text": "Du second écran.", "page": "b", "version": "0"}
    assert coordinator.post(place, data=first, headers=auto).status_code == 204
    assert (
        coordinator.post(place, data={**first, "text": "Du premier écran, suite."}, headers=auto).status_code
        == 204
    )
    refused = coordinator.post(place, data=other, headers=auto)
    assert (refused.status_code, refused.mimetype) == (409, "text/plain")
    answer = coordinator.post(place, data=other)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Du second écran." in page
    assert "Du premier écran, suite." in page
    assert 'name="version" type="hidden" value="2"' in page or 'value="2"' in page
    assert coordinator.post(place, data={**other, "version": "2"}).status_code == 303
    session.rollback()
    assert one.text == "Du second écran."
    empty = coordinator.post(place, data={**other, "version": "3", "title": " "})
    assert empty.status_code == 422
    assert "Donnez un titre" in empty.get_data(as_text=True)
    assert "Du second écran." in empty.get_data(as_text=True)
    assert coordinator.post(place, data={**other, "text": "x" * 15_001}, headers=auto).status_code == 422


def test_lines_and_parts_are_hidden_and_shown(coordinator: FlaskClient, session: Session) -> None:
    drafted(coordinator, session)
    one = session.scalars(select(ReportPart).where(ReportPart.kind == PartKind.IN_SHORT)).one()
    assert "Réunions tenues" in words(coordinator, f"{HOME}/apercu")
    coordinator.post(f"/rapports/parties/{one.id}/lignes", data={"shown": ["lead", "fact:hours", "nonsense"]})
    page = words(coordinator, f"{HOME}/apercu")
    assert "Réunions annulées" not in page
    assert "Heures de réunion" in page
    coordinator.post(f"/rapports/parties/{one.id}/montrer", data={"hidden": "1"})
    assert "Heures de réunion" not in words(coordinator, f"{HOME}/apercu")


def test_parts_are_put_in_order_with_and_without_scripts(coordinator: FlaskClient, session: Session) -> None:
    report = drafted(coordinator, session)
    identifiers = [row.id for row in report.parts]
    turned = [str(number) for number in reversed(identifiers)]
    assert coordinator.post(f"{HOME}/ordre", data={"item": turned}).status_code == 204
    assert coordinator.post(f"{HOME}/ordre", data={"item": turned[:-1]}).status_code == 409
    last = str(identifiers[0])
    assert coordinator.post(f"{HOME}/ordre", data={"moved": last, "direction": "up"}).status_code == 303
    session.rollback()
    assert [row.id for row in report.parts][-2] == identifiers[0]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"first": "31/02/2025"}, "Écrivez une date"),
        ({"last": ""}, "Donnez une date"),
        ({"last": "2024-01-01"}, "Le dernier jour vient avant le premier."),
        ({"first": "2999-01-01", "last": "2999-12-31"}, "pas encore commencé"),
        ({"title": " "}, "Donnez un titre"),
        ({"absent_after": "0"}, "Un nombre de 1 à 12."),
        ({"space": "999999"}, "Choisissez dans la liste."),
    ],
)
def test_bad_input_is_said_beside_the_field_and_kept(
    coordinator: FlaskClient, session: Session, form: dict[str, str], said: str
) -> None:
    given = {
        "title": "Bilan choisi", "first": "2025-01-01", "last": "2025-12-31", "territory": "0", "space": "0",
        "plan": "0", "absent_after": "3",
    }  # fmt: skip
    answer = coordinator.post("/rapports/nouveau", data={**given, **form})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert form.get("title", "Bilan choisi") in page
    assert session.scalar(select(PlenaryReport.id)) is None


def test_the_period_is_changed_by_its_form(coordinator: FlaskClient, session: Session) -> None:
    report = drafted(coordinator, session)
    given = {
        "title": "Autre titre", "first": "2024-01-01", "last": "2024-06-30", "territory": "0", "space": "0",
        "plan": "0", "absent_after": "2",
    }  # fmt: skip
    assert "État des lieux" in words(coordinator, f"{HOME}/sujet")
    assert coordinator.post(f"{HOME}/sujet", data={**given, "last": "x"}).status_code == 422
    assert coordinator.post(f"{HOME}/sujet", data=given).status_code == 303
    session.rollback()
    assert (report.title, report.last_on.month, report.slug) == ("Autre titre", 6, HOME.rpartition("/")[2])


def test_a_draft_is_deleted_once_it_was_asked(coordinator: FlaskClient, session: Session) -> None:
    drafted(coordinator, session)
    assert "Supprimer" in words(coordinator, f"{HOME}/supprimer")
    coordinator.post(f"{HOME}/supprimer")
    session.rollback()
    assert session.scalar(select(PlenaryReport.id)) is None
    assert session.scalar(select(ReportPart.id)) is None


@pytest.mark.parametrize(
    "gesture",
    [
        "recalculer",
        "construire",
        "publier",
        "arreter",
        "retirer",
        "remettre",
        "supprimer",
        "ordre",
        "parties",
        "sujet",
    ],
)
def test_members_may_not_touch_it(
    client: FlaskClient, session: Session, sign_in: SignIn, gesture: str
) -> None:
    report = scenes.report(session)
    session.commit()
    sign_in(client, factories.user(session))
    assert client.post(f"/rapports/{report.slug}/{gesture}").status_code == 403
    assert client.get(f"/rapports/{report.slug}/composer").status_code == 403
    assert client.get(f"/rapports/parties/{report.parts[0].id}").status_code == 403
    assert client.get("/rapports/nouveau").status_code == 403
    assert client.get("/rapports/activite").status_code == 403
    assert client.get(f"/rapports/{report.slug}").status_code == 404


def test_what_isn_t_there_is_404(coordinator: FlaskClient) -> None:
    for place in (
        "/rapports/rien",
        "/rapports/rien/composer",
        "/rapports/parties/99",
        "/rapports/activite/exports/9",
    ):
        assert coordinator.get(place).status_code == 404


@pytest.mark.usefixtures("held")
def test_every_page_asks_at_most_twelve_queries(
    coordinator: FlaskClient, session: Session, installation: Any, run_jobs: Callable[[], int]
) -> None:
    report = drafted(coordinator, session)
    run_jobs()
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    try:
        for place in (
            "/rapports", "/rapports/nouveau", f"{HOME}/composer", f"{HOME}/apercu", f"{HOME}/sujet",
            f"/rapports/parties/{report.parts[0].id}", f"{HOME}/publier", "/rapports/activite",
            "/rapports/activite/releve.xlsx",
        ):  # fmt: skip
            asked.clear()
            assert coordinator.get(place).status_code == 200
            real = [one for one in asked if not one.startswith(("BEGIN", "PRAGMA"))]
            assert len(real) <= 12, (place, len(real))
    finally:
        event.remove(installation.engine, "before_cursor_execute", note)
