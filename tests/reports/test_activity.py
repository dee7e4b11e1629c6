"""The yearly activity: its sheets, read back from the files; filters, notes, large periods."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.reports.models.activity import ActivityExport, ActivityNote
from hub.reports.operations import activity
from hub.reports.operations.editing import ChangedMeanwhileError
from hub.reports.queries import gathering
from hub.reports.values.activity import Sheet, sheets
from hub.reports.values.asked import Asked
from hub.reports.values.period import Period
from hub.spaces.models.actions import ActionState
from hub.spaces.models.meetings import MeetingState, Presence
from hub.spaces.models.spaces import Space, SpaceKind
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.reports import scenes

SignIn = Callable[[FlaskClient, Any], FlaskClient]
YEAR = Period(*scenes.YEAR)
PLACE = "/rapports/activite"
FIGURES = f"{PLACE}/chiffres"
MOST_QUERIES = 12
DAYS = {"du": "2025-01-01", "au": "2025-12-31"}


@pytest.fixture
def space(session: Session) -> Space:
    """Two meetings of two organisations, one called off, a decision, actions; a name like a formula."""
    commune = factories.commune(session)
    housing = factories.theme(session)
    health = factories.theme(session, "health", "Santé")
    where = scenes.space(
        session, "Chantier logement", kind=SpaceKind.WORKSTREAM, territory_id=commune.id,
        output="Une brochure",
        themes=[housing, health],
    )  # fmt: skip
    one = factories.organisation(session, "=cmd|' /C calc'!A0", commune_id=commune.id)
    two = factories.organisation(session, "Bêta")
    first = scenes.meeting(session, where, scenes.moment(2025, 2, 5, 8), minutes=90, present=(one, two))
    scenes.came(session, first, one, person_id=scenes.person(session).id)
    second = scenes.meeting(session, where, scenes.moment(2025, 3, 30, 0, 30), minutes=60, present=(one,))
    scenes.came(session, second, two, Presence.REPRESENTED, represented_by_id=one.id)
    scenes.meeting(session, where, scenes.moment(2025, 4, 5), state=MeetingState.CANCELLED, present=(one,))
    scenes.decision(session, first, date(2025, 2, 5))
    created = {"created_at": scenes.moment(2025, 2, 5)}
    scenes.action(
        session, where, state=ActionState.DONE, done_on=date(2025, 6, 2), due_on=date(2025, 6, 1), **created
    )
    scenes.action(session, where, due_on=date(2025, 12, 31), **created)
    scenes.action(session, where, due_on=date(2026, 1, 1), **created)
    session.commit()
    return where


@pytest.fixture
def coordinator(client: FlaskClient, session: Session, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def made(session: Session, period: Period = YEAR, **values: Any) -> dict[str, Sheet]:
    asked = Asked(period, date(2026, 3, 10), **values)
    read = activity.gather(session, asked, gathering.ground(session))
    return {sheet.code: sheet for sheet in sheets(read)}


def line(sheet: Sheet, name: str) -> dict[str, Any]:
    row = next(row for row in sheet.rows if row[0] == name)
    return dict(zip(sheet.header, row, strict=True))


@both_databases
@pytest.mark.usefixtures("space")
def test_the_same_meetings_are_counted_by_space_commune_theme_and_month(session: Session) -> None:
    found = made(session)
    expected = {
        "Réunions": 2, "Annulées": 1, "Heures": 2.5, "Participations": 3, "Présences": 4,
        "Représentations": 1,
        "Organisations": 2, "Décisions": 1, "Actions décidées": 3, "Actions faites": 1,
        "Faites après l’échéance": 1, "En retard à la fin": 1,
    }  # fmt: skip
    for sheet, name in (
        ("espaces", "Chantier logement"),
        ("communes", "Namur"),
        ("themes", "Logement"),
        ("themes", "Santé"),
    ):
        assert {head: line(found[sheet], name)[head] for head in expected} == expected
    whole = {row[0]: row[1] for row in found["ensemble"].rows}
    assert {head: whole[head] for head in expected} == expected
    assert line(found["mois"], "2025-02")["Heures"] == 1.5
    assert line(found["mois"], "2025-03")["Réunions"] == 1
    assert sum(row[1] for row in found["mois"].rows) == 2  # type: ignore[misc]
    place = line(found["communes"], "Namur")
    assert (place["Organisations dont le siège y est"], place["Leurs participations"]) == (1, 2)
    assert "Prévu : Une brochure" in line(found["espaces"], "Chantier logement")["Productions"]


@both_databases
@pytest.mark.usefixtures("space")
def test_meetings_line_by_line_and_participations_by_month(session: Session) -> None:
    found = made(session)
    assert [row[:4] for row in found["reunions"].rows] == [
        (date(2025, 2, 5), "09:00", "10:30", 1.5),
        (date(2025, 3, 30), "01:30", "03:30", 1.0),  # the night when clocks go forward
        (date(2025, 4, 5), "02:00", "04:00", 2.0),
    ]
    assert [row[8] for row in found["reunions"].rows] == ["Tenue", "Tenue", "Annulée"]
    assert [row[9:] for row in found["reunions"].rows] == [(2, 3, 0), (1, 1, 1), (0, 0, 0)]
    assert found["participations"].rows == (
        ("=cmd|' /C calc'!A0", "Namur", "Chantier logement", "2025-02", 1),
        ("=cmd|' /C calc'!A0", "Namur", "Chantier logement", "2025-03", 1),
        ("Bêta", "Sans territoire", "Chantier logement", "2025-02", 1),
    )


@both_databases
def test_filters_narrow_all_sheets(session: Session, space: Space) -> None:
    other = scenes.space(session, "Plateforme santé", themes=[factories.theme(session, "health")])
    scenes.meeting(session, other, scenes.moment(2025, 5, 5))
    assert len(made(session)["reunions"].rows) == 4
    assert len(made(session, space_id=other.id)["reunions"].rows) == 1
    assert len(made(session, theme="housing")["reunions"].rows) == 3
    assert len(made(session, theme="health")["reunions"].rows) == 4
    assert len(made(session, territory_id=space.territory_id)["reunions"].rows) == 3
    assert len(made(session, Period(date(2025, 2, 5), date(2025, 2, 5)))["reunions"].rows) == 1


@both_databases
@pytest.mark.usefixtures("space")
def test_every_column_is_explained_and_nobody_is_named(session: Session) -> None:
    found = made(session)
    heads = {head for code in ("espaces", "themes", "mois") for head in found[code].header}
    told = {row[0] for row in found["explications"].rows}
    assert heads - told == {"Espace", "Type", "Thèmes", "Mois"}
    assert "Exemple-Nom" not in repr(found)
    assert "Personne invitée" not in repr(found)


@pytest.mark.usefixtures("space")
def test_the_workbook_read_back_has_no_formula(coordinator: FlaskClient) -> None:
    answer = coordinator.get(f"{PLACE}/releve.xlsx", query_string=DAYS)
    assert (
        answer.headers["Content-Disposition"] == 'attachment; filename="activite-2025-01-01-2025-12-31.xlsx"'
    )
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == [
        "Ensemble", "Par espace", "Par commune", "Par thème", "Par mois", "Réunions", "Participations",
        "Comment c’est compté",
    ]  # fmt: skip
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert book["Participations"]["A2"].value == "'=cmd|' /C calc'!A0"
    assert book["Par espace"]["E2"].value == 2
    assert book["Par espace"].freeze_panes == "A2"


@pytest.mark.usefixtures("space")
def test_each_sheet_as_csv_and_all_in_one_archive(coordinator: FlaskClient) -> None:
    text = coordinator.get(f"{PLACE}/feuilles/participations.csv", query_string=DAYS).data.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";"))[1][0] == "'=cmd|' /C calc'!A0"
    archive = zipfile.ZipFile(io.BytesIO(coordinator.get(f"{PLACE}/releve.zip", query_string=DAYS).data))
    assert archive.testzip() is None
    assert set(archive.namelist()) == {
        f"{code}.csv"
        for code in (
            "ensemble",
            "espaces",
            "communes",
            "themes",
            "mois",
            "reunions",
            "participations",
            "explications",
        )
    }
    assert archive.read("participations.csv").decode("utf-8-sig") == text
    assert coordinator.get(f"{PLACE}/feuilles/rien.csv", query_string=DAYS).status_code == 404


@pytest.mark.usefixtures("space")
def test_the_page_shows_the_same_and_says_what_is_wrong(coordinator: FlaskClient) -> None:
    page = coordinator.get(FIGURES, query_string=DAYS).get_data(as_text=True)
    assert "Chantier logement" in page
    assert "2,5" in page
    for wrong, said in (
        ({"du": "2025-13-01"}, "Écrivez une date"),
        ({"du": "2026-01-01"}, "avant le premier"),
        ({"espace": "99999"}, "Choisissez dans la liste."),
        ({"theme": "<b>"}, "Choisissez dans la liste."),
    ):
        for place in (PLACE, FIGURES):
            answer = coordinator.get(place, query_string={**DAYS, **wrong})
            assert answer.status_code == 422
            assert said in answer.get_data(as_text=True)
        assert coordinator.get(f"{PLACE}/releve.xlsx", query_string={**DAYS, **wrong}).status_code == 422


@pytest.mark.usefixtures("space")
def test_figures_come_after_the_page_or_in_it_and_each_asks_few_queries(
    installation: Installation, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(place: str, **headers: str) -> str:
        statements: list[str] = []

        def gather(_conn: Any, _cursor: Any, statement: str, *_others: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                statements.append(statement)

        event.listen(installation.engine, "before_cursor_execute", gather)
        answer = coordinator.get(place, query_string=DAYS, headers=headers)
        event.remove(installation.engine, "before_cursor_execute", gather)
        assert answer.status_code == 200
        assert len(statements) <= MOST_QUERIES, "\n".join(statements)
        return str(answer.get_data(as_text=True))

    whole, part = asked(FIGURES), asked(FIGURES, **{"HX-Request": "true"})
    assert "<form" in whole
    assert "<html" not in part
    for told in ("2,5", "Exporter (Excel)", f"{PLACE}/releve.xlsx?du=2025-01-01&amp;au=2025-12-31"):
        assert told in whole
        assert told in part
    # The page itself never counts: it leads to the figures, by itself and by a link.
    monkeypatch.setattr(activity, "gather", None)
    page = asked(PLACE)
    assert page.count(f'="{FIGURES}?du=2025-01-01&amp;au=2025-12-31"') == 2
    assert "Premier jour" in page


@pytest.mark.usefixtures("space")
def test_a_large_period_is_written_in_the_background(
    coordinator: FlaskClient, session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    direct = coordinator.get(f"{PLACE}/releve.xlsx", query_string=DAYS).data
    monkeypatch.setattr(activity, "LARGE", 1)
    assert "Préparer l’export" in coordinator.get(FIGURES, query_string=DAYS).get_data(as_text=True)
    assert coordinator.get(f"{PLACE}/releve.xlsx", query_string=DAYS).status_code == 303
    place = coordinator.post(f"{PLACE}/exports", data={**DAYS, "theme": "housing"}).location
    assert "L’export se prépare" in coordinator.get(place).get_data(as_text=True)
    assert coordinator.get(f"{place}/releve").status_code == 404
    assert run_jobs() == 1
    assert "Télécharger le classeur" in coordinator.get(place).get_data(as_text=True)
    with coordinator.get(f"{place}/releve") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert (
        book["Par espace"]["E2"].value == openpyxl.load_workbook(io.BytesIO(direct))["Par espace"]["E2"].value
    )
    with coordinator.get(f"{place}/feuilles") as answer:
        assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    row = session.scalars(select(ActivityExport)).one()
    assert row.theme_code == "housing"
    assert coordinator.post(f"{PLACE}/exports", data={**DAYS, "du": "x"}).status_code == 422


@both_databases
def test_notes_stand_beside_the_figures_and_are_not_overwritten_unseen(
    session: Session, space: Space
) -> None:
    by: dict[str, Any] = {"actor": None, "now": NOW}
    activity.write_note(session, space, 2025, "Une affiche", "Dix relais", version=0, **by)
    activity.write_note(session, space, 2024, "", "Un an plus tôt", version=0, **by)
    with pytest.raises(ChangedMeanwhileError):
        activity.write_note(session, space, 2025, "Autre", "", version=0, **by)
    row = line(made(session)["espaces"], space.name)
    assert row["Productions"] == "Prévu : Une brochure\nUne affiche"
    assert row["Ce que les chiffres ne disent pas"] == "Dix relais"
    both = made(session, Period(date(2024, 1, 1), date(2025, 12, 31)))["espaces"]
    assert (
        line(both, space.name)["Ce que les chiffres ne disent pas"]
        == "2024 : Un an plus tôt\n2025 : Dix relais"
    )
    with pytest.raises(DomainError):
        activity.write_note(session, space, 1066, "", "Hastings", version=0, **by)
    session.add(ActivityNote(space_id=space.id, year=2025, updated_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_page_of_a_note_keeps_both_texts(coordinator: FlaskClient, space: Space) -> None:
    place = f"{PLACE}/notes/{space.slug}/2025"
    first = {"outputs": "Une affiche", "note": "", "version": "0"}
    assert coordinator.post(place, data=first).status_code == 303
    answer = coordinator.post(place, data={**first, "outputs": "Autre chose"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Une affiche" in page
    assert "Autre chose" in page
    assert coordinator.post(place, data={"outputs": "x" * 4_001, "version": "1"}).status_code == 422
    assert coordinator.get(f"{PLACE}/notes/rien/2025").status_code == 404
    assert "Une affiche" in coordinator.get(place).get_data(as_text=True)
