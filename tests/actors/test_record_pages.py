"""The pages of what hangs on a record: who may tell it, what is kept when it is refused, what readers see."""

import csv
import io
from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.forms import values
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.actors.models.projects import PartRole, Project, ProjectCall, ProjectPart
from hub.actors.models.record import DropIn, Figure, Mission, TeamRole, TerritoryLabel, Unit
from hub.actors.models.reference import Territory
from hub.actors.operations import projects, reference
from hub.actors.operations.projects import CallFacts, ProjectFacts
from hub.actors.operations.record import rows
from hub.actors.operations.record.facts import DropInFacts, FigureFacts, PartFacts, TeamRoleFacts, UnitFacts
from hub.actors.values import dates
from hub.actors.values.recurrence import Slot
from tests import factories
from tests.factories import NOW

SignIn = Callable[[FlaskClient, Any], FlaskClient]


def anew(session: Session) -> None:
    """Let the test's session see what a request has stored."""
    session.rollback()
    session.expire_all()


@pytest.fixture
def house(session: Session) -> Organisation:
    reference.load(session)
    row = factories.organisation(session, "Maison des langues")
    session.commit()
    return row


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: SignIn, house: Organisation) -> FlaskClient:
    del house
    return sign_in(client, factories.coordinator(session))


@pytest.fixture
def representative(
    session: Session, client: FlaskClient, sign_in: SignIn, house: Organisation
) -> FlaskClient:
    user = factories.user(session)
    person = factories.add(session, Person(name="Sam", user_id=user.id, created_at=NOW))
    mandate = Mandate(
        person_id=person.id, organisation_id=house.id, starts_on=date(2020, 1, 1), created_at=NOW
    )
    factories.add(session, mandate)
    session.commit()
    return sign_in(client, user)


@pytest.fixture
def project(session: Session, house: Organisation) -> Project:
    row: Project = projects.create(session, ProjectFacts(name="Relance"), actor="essai", now=NOW)
    part = PartFacts(organisation_id=house.id, role=PartRole.LEAD)
    rows.add(session, row, part, actor="essai", now=NOW)
    session.commit()
    return row


def namur(session: Session) -> Territory:
    return session.scalars(select(Territory).where(Territory.code == "92094")).one()


@pytest.mark.parametrize(
    ("typed", "number"), [("1 250", 1250.0), ("12,5", 12.5), ("1\u202f250\u00a0000", 1_250_000.0), ("", None)]
)
def test_numbers_are_read_as_people_write_them(typed: str, number: float | None) -> None:
    assert values.number_of(typed) == number
    assert values.number_of(values.shown_number(number)) == number


# The page, a right answer, and the mapped class of the row that it makes.
RIGHT: list[tuple[str, dict[str, Any], type[Any]]] = [
    (
        "/acteurs/{house}/antennes",
        {"name": "Antenne de Jambes", "neighbourhood": "Jambes", "commune_id": "NAMUR"},
        Unit,
    ),
    (
        "/acteurs/{house}/permanences",
        {
            "subject": "Équivalence de diplôme",
            "appointment": "none",
            "languages": ["ar", "fr"],
            "weekday_1": "1",
            "begins_1": "09:00",
            "finishes_1": "12:00",
            "every_1": "2",
            "weekday_3": "3",
            "begins_3": "13:30",
            "every_3": "1",
            "every_2": "1",
        },
        DropIn,
    ),
    (
        "/acteurs/{house}/missions",
        {"label": "PLI", "early": "2007", "legal_basis": "décret", "official": "2009"},
        Mission,
    ),
    (
        "/acteurs/{house}/equipe",
        {"role": "Accueil", "headcount": "3", "as_of": "2025", "source": "rapport"},
        TeamRole,
    ),
    (
        "/acteurs/{house}/chiffres",
        {
            "label": "Personnes aidées",
            "exactness": "more_than",
            "value": "1250,5",
            "as_of": "2022",
            "source": "RTBF",
        },
        Figure,
    ),
    (
        "/projets/{project}/roles",
        {"organisation_id": "OTHER", "role": "funder", "starts": "2010"},
        ProjectPart,
    ),
    (
        "/projets/{project}/chiffres",
        {"label": "Services", "exactness": "exact", "value": "5", "as_of": "2009", "source": "CAI"},
        Figure,
    ),
    ("/territoires/92094/labels", {"label": "Commune hospitalière", "source": "site"}, TerritoryLabel),
    (
        "/territoires/92094/chiffres",
        {
            "label": "Population",
            "exactness": "about",
            "value": "110000",
            "as_of": "2020",
            "source": "Statbel",
        },
        Figure,
    ),
]


def filled(
    session: Session, path: str, values: dict[str, Any], house: Organisation, project: Project
) -> tuple[str, Any]:
    other = factories.organisation(session, "Fonds")
    session.commit()
    swap = {"NAMUR": namur(session).id, "OTHER": other.id}
    data = {
        name: swap.get(value, value) if isinstance(value, str) else value for name, value in values.items()
    }
    return path.format(house=house.slug, project=project.slug), data


@pytest.mark.parametrize(("path", "values", "model"), RIGHT)
def test_a_row_from_its_form_to_its_withdrawal(
    session: Session,
    coordinator: FlaskClient,
    house: Organisation,
    project: Project,
    path: str,
    values: dict[str, Any],
    model: type[Any],
) -> None:
    base, data = filled(session, path, values, house, project)
    assert coordinator.get(f"{base}/ajouter").status_code == 200
    answer = coordinator.post(f"{base}/ajouter", data=data)
    assert answer.status_code == 303, answer.text
    anew(session)
    row = session.scalars(select(model).order_by(model.id.desc())).first()
    assert row is not None
    page = coordinator.get(f"{base}/{row.id}/modifier").text
    for value in data.values():
        assert isinstance(value, list) or str(value) in page  # what was told stands in the form again
    assert coordinator.post(f"{base}/{row.id}/modifier", data=data).status_code == 303
    if model is Figure:
        assert coordinator.get(f"{base}/{row.id}/terminer").status_code == 404
        assert coordinator.post(f"{base}/{row.id}/terminer", data={"ends": "2030"}).status_code == 404
    else:
        assert coordinator.get(f"{base}/{row.id}/terminer").status_code == 200
        assert coordinator.post(f"{base}/{row.id}/terminer", data={"ends": ""}).status_code == 422
        assert coordinator.post(f"{base}/{row.id}/terminer", data={"ends": "2024"}).status_code == 303
    assert coordinator.get(f"{base}/{row.id}/retirer").status_code == 200
    assert coordinator.post(f"{base}/{row.id}/retirer", data={"reason": " "}).status_code == 422
    assert coordinator.post(f"{base}/{row.id}/retirer", data={"reason": "Faux"}).status_code == 303
    anew(session)
    assert session.get_one(model, row.id).withdrawn_at is not None
    assert coordinator.post(f"{base}/{row.id}/remettre").status_code == 303
    anew(session)
    assert session.get_one(model, row.id).withdrawn_at is None


@pytest.mark.parametrize(("path", "values", "model"), RIGHT)
def test_nobody_else_tells_it(
    session: Session,
    client: FlaskClient,
    sign_in: SignIn,
    house: Organisation,
    project: Project,
    path: str,
    values: dict[str, Any],
    model: type[Any],
) -> None:
    base, data = filled(session, path, values, house, project)
    before = len(session.scalars(select(model)).all())
    for words in ("ajouter", "1/modifier", "1/terminer", "1/retirer"):
        assert client.get(f"{base}/{words}").status_code == 302
        assert client.post(f"{base}/{words}", data=data).status_code == 403
    sign_in(client, factories.user(session))
    for words in ("ajouter", "1/modifier", "1/terminer", "1/retirer", "1/remettre"):
        assert client.post(f"{base}/{words}", data=data).status_code == 403
    anew(session)
    assert len(session.scalars(select(model)).all()) == before


def test_a_representative_keeps_the_own_record_and_no_other(
    session: Session, representative: FlaskClient, house: Organisation, project: Project
) -> None:
    other = factories.organisation(session, "Ailleurs")
    foreign = rows.add(session, other, UnitFacts(name="Antenne d’ailleurs"), actor="essai", now=NOW)
    session.commit()
    assert "Compléter la fiche" in representative.get(f"/acteurs/{house.slug}").text
    assert "Compléter la fiche" not in representative.get(f"/acteurs/{other.slug}").text
    data = {"name": "Antenne"}
    assert representative.post(f"/acteurs/{house.slug}/antennes/ajouter", data=data).status_code == 303
    assert representative.post(f"/acteurs/{other.slug}/antennes/ajouter", data=data).status_code == 403
    # A row of somebody else's is not reached by the address of one's own.
    assert representative.get(f"/acteurs/{house.slug}/antennes/{foreign.id}/modifier").status_code == 404
    # Whoever speaks for the lead tells the project, but does not withdraw it.
    assert representative.get(f"/projets/{project.slug}/modifier").status_code == 200
    assert representative.get(f"/projets/{project.slug}/retirer").status_code == 403
    assert representative.get("/projets/ajouter").status_code == 403


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("antennes", {"name": "", "note": "gardé"}, ["Donnez un nom.", "gardé"]),
    (
        "antennes",
        {"name": "A", "neighbourhood": "Jambes"},
        ["Choisissez la commune de ce quartier.", "Jambes"],
    ),
    ("antennes", {"name": "A", "starts": "hier"}, ["Cette date ne se lit pas.", "hier"]),
    ("antennes", {"name": "x" * 201}, ["trop long"]),
    ("permanences", {"subject": "S", "weekday_1": "1"}, ["Dites à quelle heure cela commence."]),
    ("permanences", {"subject": "S", "begins_2": "09:00"}, ["Choisissez le jour de ces heures.", "09:00"]),
    ("permanences", {"subject": "S", "weekday_1": "1", "begins_1": "midi"}, ["Écrivez une heure"]),
    (
        "permanences",
        {"subject": "S", "weekday_1": "1", "begins_1": "12:00", "finishes_1": "09:00"},
        ["La fin vient avant le début."],
    ),
    (
        "permanences",
        {"subject": "S", "weekday_1": "1", "begins_1": "09:00", "weekday_2": "1", "begins_2": "09:00"},
        ["se recouvrent"],
    ),
    ("permanences", {"subject": "S", "theme_id": "999999"}, ["form-error"]),
    ("missions", {"label": "PLI"}, ["Dites depuis quand"]),
    (
        "missions",
        {"label": "PLI", "legal_basis": "décret"},
        ["Dites depuis quand ce texte donne la mission."],
    ),
    ("equipe", {"role": "Accueil", "headcount": "trois"}, ["Écrivez un nombre entier.", "trois"]),
    ("equipe", {"role": "Accueil", "headcount": "3"}, ["Un nombre a une date", "3"]),
    (
        "chiffres",
        {"label": "L", "value": "beaucoup", "as_of": "2022", "source": "s"},
        ["Écrivez un nombre", "beaucoup"],
    ),
    ("chiffres", {"label": "L", "value": "nan", "as_of": "2022", "source": "s"}, ["Écrivez un nombre"]),
    ("chiffres", {"label": "L", "value": "1e400", "as_of": "2022", "source": "s"}, ["Écrivez un nombre"]),
    ("chiffres", {"label": "L", "value": "5", "as_of": "", "source": "s"}, ["Un chiffre a une date"]),
    ("chiffres", {"label": "L", "value": "5", "as_of": "2022", "source": " "}, ["Un chiffre a une source"]),
]


@pytest.mark.parametrize(("part", "values", "words"), REFUSED)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    coordinator: FlaskClient, house: Organisation, part: str, values: dict[str, Any], words: list[str]
) -> None:
    answer = coordinator.post(f"/acteurs/{house.slug}/{part}/ajouter", data=values)
    assert answer.status_code == 422
    for word in words:
        assert word in answer.text


def test_unknown_parts_and_rows_are_not_there(coordinator: FlaskClient, house: Organisation) -> None:
    assert coordinator.get(f"/acteurs/{house.slug}/labels/ajouter").status_code == 404
    assert coordinator.get(f"/acteurs/{house.slug}/antennes/7/modifier").status_code == 404
    assert coordinator.get(f"/acteurs/{house.slug}/antennes/{2**31}/modifier").status_code == 404
    assert coordinator.get("/territoires/nulle-part").status_code == 404


# --- What readers see --------------------------------------------------------------------------


def test_readers_see_the_offer_but_neither_team_nor_address(
    session: Session, client: FlaskClient, house: Organisation
) -> None:
    place = namur(session)
    for facts in (
        UnitFacts(name="Antenne de Jambes", commune_id=place.id, address="Rue des Essais 4"),
        DropInFacts(subject="Droit des étrangers", slots=(Slot(1, time(9), time(12), 2),)),
        TeamRoleFacts(role="Médiation interculturelle"),
        FigureFacts(label="Aidées", value=400, as_of=dates.parse("2022"), source="RTBF"),
    ):
        rows.add(session, house, facts, actor="essai", now=NOW)
    session.commit()
    page = client.get(f"/acteurs/{house.slug}").text
    for shown in (
        "Antenne de Jambes",
        "Droit des étrangers",
        "le mardi, de 9\u00a0h à 12\u00a0h",
        "RTBF",
        "2022",
    ):
        assert shown in page.replace("\u202f", "\u00a0")
    for hidden in ("Rue des Essais", "Médiation interculturelle", "Compléter la fiche", "Il manque"):
        assert hidden not in page
    house.public_fields = ["address"]
    session.commit()
    assert "Rue des Essais 4" in client.get(f"/acteurs/{house.slug}").text


def test_drop_ins_are_narrowed_by_place_theme_language_and_day(
    session: Session, client: FlaskClient, house: Organisation
) -> None:
    place, theme = namur(session), factories.theme(session)
    unit = rows.add(
        session,
        house,
        UnitFacts(name="Antenne", commune_id=place.id, neighbourhood="Jambes"),
        actor="essai",
        now=NOW,
    )
    told = (
        DropInFacts(subject="Au quartier", unit_id=unit.id, languages=("ar",), slots=(Slot(1, time(9)),)),
        DropInFacts(subject="Logement", theme_id=theme.id, commune_id=place.id, languages=("fr",)),
        DropInFacts(subject="Ailleurs"),
        DropInFacts(subject="Passée", ends=dates.parse("2020", end=True)),
    )
    for facts in told:
        rows.add(session, house, facts, actor="essai", now=NOW)
    session.commit()

    def subjects(query: str) -> set[str]:
        answer = client.get(f"/permanences?format=csv&{query}")
        lines = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
        return {line["sujet"] for line in lines}

    everything = {"Au quartier", "Logement", "Ailleurs"}
    quarter = session.get_one(Territory, unit.neighbourhood_id).code
    assert subjects("") == everything
    assert subjects("place=92094") == {"Au quartier", "Logement"}
    assert subjects(f"place={quarter}") == {"Au quartier"}
    assert subjects(f"theme={theme.code}") == {"Logement"}
    assert subjects("language=ar") == {"Au quartier"}
    assert subjects("day=1") == {"Au quartier"}
    assert subjects("day=9") == everything  # what makes no sense narrows nothing
    assert subjects("q=MAISON+quartier") == {"Au quartier"}
    assert subjects("q=Namur") == {"Au quartier", "Logement"}  # by where it is held, its unit's commune too
    page = client.get("/permanences?q=rien-de-tel").text
    assert "Aucune permanence ne correspond." in page
    assert client.get("/permanences?format=pdf").status_code == 404
    for sort in ("place", "subject", "organisation", "x"):
        assert client.get(f"/permanences?sort={sort}&direction=desc").status_code == 200


def test_exports_hold_no_formula(session: Session, client: FlaskClient, house: Organisation) -> None:
    rows.add(session, house, DropInFacts(subject="=1+1"), actor="essai", now=NOW)
    projects.create(session, ProjectFacts(name="@somme"), actor="essai", now=NOW)
    session.commit()
    assert "'=1+1" in client.get("/permanences?format=csv").text
    assert "'@somme" in client.get("/projets?format=csv").text


def test_a_place_tells_who_is_there_and_its_labels(session: Session, coordinator: FlaskClient) -> None:
    place = namur(session)
    factories.organisation(session, "Seated", commune_id=place.id)
    session.commit()
    data = {"label": "Commune hospitalière", "source": "https://www.example.be/page"}
    assert coordinator.post("/territoires/92094/labels/ajouter", data=data).status_code == 303
    page = coordinator.get("/territoires/92094").text
    assert "Commune hospitalière" in page
    assert "Seated" in page
    assert "Commune hospitalière" in coordinator.get("/territoires?label=Commune+hospitalière").text
    assert "Namur" not in coordinator.get("/territoires?q=dinant").text.split("<main", 1)[1]


# --- Projects and calls ------------------------------------------------------------------------


def test_a_project_from_its_form_to_its_withdrawal(session: Session, coordinator: FlaskClient) -> None:
    theme = factories.theme(session)
    session.commit()
    data = {
        "name": "Relance",
        "starts": "2010",
        "ends": "2015",
        "theme_ids": [theme.id],
        "services": "un\ndeux",
    }
    assert coordinator.post("/projets/ajouter", data=data).location == "/projets/relance"
    anew(session)
    row = session.scalars(select(Project)).one()
    wrong = {
        **data,
        "seen": row.updated_at.isoformat(),
        "name": "Relance 2",
        "ends": "2009",
        "origin": "gardé",
    }
    answer = coordinator.post("/projets/relance/modifier", data=wrong)
    assert answer.status_code == 422
    assert "La fin vient avant le début." in answer.text
    assert "gardé" in answer.text
    assert coordinator.post("/projets/relance/modifier", data={**wrong, "ends": "2015"}).status_code == 303
    # The page that somebody else still had before them is refused.
    assert coordinator.post("/projets/relance/modifier", data={**wrong, "ends": "2016"}).status_code == 422
    assert coordinator.post("/projets/relance/retirer", data={"reason": ""}).status_code == 422
    assert coordinator.post("/projets/relance/retirer", data={"reason": "Doublon"}).status_code == 303
    assert "Ce projet est retiré" in coordinator.get("/projets/relance").text
    assert "1 page retirée" in coordinator.get("/projets").text
    assert coordinator.post("/projets/relance/remettre").status_code == 303


def test_a_withdrawn_project_is_gone_for_readers(
    session: Session, client: FlaskClient, project: Project
) -> None:
    assert client.get(f"/projets/{project.slug}").status_code == 200
    assert "Relance" in client.get("/projets").text
    projects.withdraw(session, project, "Doublon", actor="essai", now=NOW)
    session.commit()
    assert client.get(f"/projets/{project.slug}").status_code == 404
    assert "Relance" not in client.get("/projets").text


def test_a_call_has_a_session_with_day_and_hour(session: Session, coordinator: FlaskClient) -> None:
    data = {"title": "PCI 2025", "session_day": "2025-02-20", "session_hour": ""}
    answer = coordinator.post("/appels-a-projets/ajouter", data=data)
    assert answer.status_code == 422
    assert "Dites à quelle heure commence la séance." in answer.text
    assert "2025-02-20" in answer.text
    data["session_hour"] = "14:00"
    assert coordinator.post("/appels-a-projets/ajouter", data=data).status_code == 303
    anew(session)
    call = session.scalars(select(ProjectCall)).one()
    assert call.session_at is not None
    assert call.session_at.isoformat() == "2025-02-20T13:00:00+00:00"
    page = coordinator.get("/appels-a-projets/pci-2025/modifier").text
    assert 'value="14:00' in page
    assert "jeudi 20 février 2025 à 14" in coordinator.get("/appels-a-projets/pci-2025").text
    assert coordinator.post("/appels-a-projets/pci-2025/retirer", data={"reason": "x"}).status_code == 303
    assert coordinator.get("/appels-a-projets").status_code == 200


def test_lists_of_projects_sort_filter_and_send(
    session: Session, client: FlaskClient, project: Project
) -> None:
    funder = factories.organisation(session, "Fonds")
    projects.create(session, CallFacts(title="Appel", funder_id=funder.id), actor="essai", now=NOW)
    session.commit()
    for query in (
        "sort=name",
        "sort=end&direction=asc",
        "sort=x",
        "stage=over",
        "stage=x",
        "theme=x",
        "page=99",
    ):
        assert client.get(f"/projets?{query}").status_code == 200
        assert client.get(f"/appels-a-projets?{query}").status_code == 200
    assert project.name in client.get("/projets?organisation=maison-des-langues").text
    assert "Aucun projet ne correspond." in client.get("/projets?organisation=fonds").text
    assert "Appel" in client.get("/appels-a-projets?organisation=fonds").text
    for page in ("projets", "appels-a-projets"):
        assert client.get(f"/{page}?format=csv").status_code == 200
        assert client.get(f"/{page}?format=xlsx").data[:2] == b"PK"
        assert client.get(f"/{page}?format=exe").status_code == 404
