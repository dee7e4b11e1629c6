"""Taking the network along: what the page offers, what the files hold, and for whom."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from graph.exchange.formats import Format
from graph.exchange.reading import read
from graph.exchange.rows import Row, Rows
from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.relations import Precision, Relation, RelationKind
from hub.actors.operations import reference
from hub.core.files import Store
from hub.demo import actors
from hub.demo.world import World
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW

SignIn = Callable[..., FlaskClient]
RunJobs = Callable[[], int]


def download(client: FlaskClient, form: Format = Format.JSON, query: str = "") -> Any:
    answer = client.get(f"/reseau/exporter/{form.value}{query}")
    assert answer.status_code == 200, answer.text
    return answer


def rows(client: FlaskClient, form: Format = Format.JSON, query: str = "") -> Rows:
    found = read(download(client, form, query).data)
    assert found is not None
    assert found.form == form
    return found.rows


@pytest.fixture
def network(session: Session) -> Session:
    """Tell two actors with all that consent may withhold, one that has ended, and ties between them."""
    reference.load(session)
    house = factories.organisation(
        session, "Maison", acronym="MdL", founded=1998, website="https://maison.example.org",
        languages=["fr", "ar"], description="Accueil", enterprise_number="0123456749",
        email="info@example.org", phone="+32 81 12 34 56", address="rue de l’Essai 1", note="entre nous",
        source="rapport", commune_id=place(session).id, public_fields=["languages"],
    )  # fmt: skip
    bridge = factories.organisation(session, "Pont")
    gone = factories.organisation(
        session, "Ruche", state=OrganisationState.CLOSED, state_since=date(2023, 4, 30)
    )
    kind = session.scalars(select(RelationKind).where(RelationKind.code == "partner_in")).one()
    for other, values in (
        (bridge, {"start_on": date(2016, 1, 1), "start_precision": Precision.YEAR, "origin": "rapport 2024"}),
        (gone, {"end_on": date(2023, 4, 30), "note": "même rue"}),
    ):
        session.add(
            Relation(source_id=house.id, kind_id=kind.id, target_id=other.id, created_at=NOW, **values)
        )
    session.commit()
    return session


def place(session: Session) -> Any:
    found = factories.commune(session)
    found.latitude, found.longitude = 50.4669, 4.8675
    return found


def by_id(found: Rows) -> dict[str, Row]:
    return {row["id"]: row for row in found.actors}


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize("form", Format)
def test_each_format_is_sent_under_its_name(client: FlaskClient, form: Format) -> None:
    answer = download(client, form, "?date=2024-06-01")
    assert re.fullmatch(
        r"attachment; filename=reseau-2024-06-01[-a-z.]+", answer.headers["Content-Disposition"]
    )
    assert answer.headers["Cache-Control"] == "no-store"
    found = read(answer.data)
    assert found is not None
    assert [row["nom"] for row in found.rows.actors] == ["Maison", "Pont"]
    assert [row["relation_code"] for row in found.rows.ties] == ["partner_in"]


@pytest.mark.usefixtures("network")
def test_a_file_holds_one_day_or_all_times(client: FlaskClient) -> None:
    assert set(by_id(rows(client, query="?date=2022"))) == {"maison", "pont", "ruche"}
    assert set(by_id(rows(client, query="?date=2024"))) == {"maison", "pont"}
    ever = rows(client, query="?date=2024&periode=tout")
    assert by_id(ever)["ruche"]["etat_code"] == "closed"
    assert [(row["de"], row["vers"], row.get("debut"), row.get("fin")) for row in ever.ties] == [
        ("maison", "pont", "2016", None),
        ("maison", "ruche", None, "2023-04-30"),
    ]
    assert ever.ties[0]["provenance"] == "rapport 2024"
    assert ever.ties[1]["precision"] == "même rue"
    assert ever.ties[0]["origine_code"] == "declared"


@pytest.mark.usefixtures("network")
def test_the_filters_of_the_map_are_obeyed(client: FlaskClient) -> None:
    assert set(by_id(rows(client, query="?q=pont"))) == {"pont"}
    assert not rows(client, query="?origine=").ties
    page = client.get("/reseau/exporter?q=pont&date=2024-06-01").text
    assert "1 acteur et 0 relation" in page
    assert "Mot : pont." in page
    assert "q=pont" in re.findall(r'href="(/reseau/exporter/gexf[^"]*)"', page)[0]
    assert "Selon vos choix" not in client.get("/reseau/exporter").text


def test_readers_get_what_was_agreed_to_and_coordinators_more_but_nobody_a_contact(
    network: Session, client: FlaskClient, sign_in: SignIn
) -> None:
    public = by_id(rows(client))["maison"]
    assert public["langues_codes"] == "fr|ar"
    assert public["latitude"] == "50.4669"
    assert public["provenance"] == "rapport"
    assert not {"site", "description", "fondation", "numero_entreprise", "fiabilite"} & public.keys()
    assert "accepté de publier" not in client.get("/reseau/exporter").text
    sign_in(client, factories.coordinator(network))
    private = by_id(rows(client))["maison"]
    assert private["site"] == "https://maison.example.org"
    assert private["fondation"] == "1998"
    assert "accepté de publier" in client.get("/reseau/exporter").text
    assert by_id(rows(client, query="?pour=tous"))["maison"] == public
    for form in Format:
        content = (
            "".join(text for row in rows(client, form).actors for text in row.values())
            + download(client, Format.GEXF).text
        )
        for secret in ("info@example.org", "81 12 34 56", "rue de l’Essai", "entre nous"):
            assert secret not in content


@pytest.mark.usefixtures("network")
def test_a_tie_keeps_its_name(client: FlaskClient) -> None:
    names = [row["id"] for row in rows(client, query="?periode=tout").ties]
    assert names == ["maison--partner-in--pont--2016-01-01", "maison--partner-in--ruche"]


@pytest.mark.usefixtures("network")
def test_a_date_that_cannot_be_read_is_said(client: FlaskClient) -> None:
    assert client.get("/reseau/exporter?date=demain").status_code == 422
    assert client.get("/reseau/exporter/gexf?date=demain").status_code == 422
    assert client.get("/reseau/exporter/docx").status_code == 404


@pytest.mark.usefixtures("network")
def test_nobody_is_offered_an_empty_file(client: FlaskClient) -> None:
    page = client.get("/reseau/exporter?q=personne+de+ce+nom").text
    assert "Il n’y a rien à exporter." in page
    assert "Télécharger" not in page


@pytest.fixture
def queries(installation: Installation) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Engine, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    yield found
    event.remove(installation.engine, "before_cursor_execute", note)


def test_the_number_of_queries_does_not_depend_on_the_size(
    network: Session, client: FlaskClient, queries: list[str]
) -> None:
    rows(client)
    few = len(queries)
    for number in range(20):
        factories.organisation(network, f"Autre {number}")
    network.commit()
    queries.clear()
    assert len(rows(client).actors) == 22
    assert len(queries) == few


@both_databases
@pytest.mark.parametrize("form", [Format.CSV, Format.XLSX, Format.JSON, Format.GEXF])
def test_the_demonstration_comes_back_in_an_empty_register(
    session: Session, installation: Installation, client: FlaskClient, sign_in: SignIn, run_jobs: RunJobs,
    form: Format, tmp_path: Any,
) -> None:  # fmt: skip
    """Export the whole demonstration, import it where nothing is, export it again: the same network."""
    reference.load(session)
    world = World(now=NOW, store=Store(tmp_path))
    world.put("user", "coordinator", factories.coordinator(session))
    actors.load(session, world)
    session.commit()
    sign_in(client, factories.coordinator(session))
    query = "?periode=tout&origine=declared"
    content = download(client, form, query).data
    before = read(content)
    assert before is not None
    assert (len(before.rows.actors), len(before.rows.ties)) == (116, 155)

    session.close()
    installation.empty()
    reference.load(session)
    sign_in(client, factories.coordinator(session))
    location = bring(client, content)
    run_jobs()
    page = client.get(location).text
    assert "116 acteurs seront ajoutés. 155 relations seront ajoutées." in page
    client.post(f"{location}/confirmer")
    run_jobs()
    session.rollback()
    assert len(session.scalars(select(Organisation.id)).all()) == 116
    after = read(download(client, form, query).data)
    assert after is not None
    assert in_order(after.rows) == in_order(before.rows)


def in_order(found: Rows) -> tuple[list[Row], list[Row]]:
    return tuple(sorted(part, key=lambda row: row["id"]) for part in (found.actors, found.ties))  # type: ignore[return-value]


def bring(client: FlaskClient, content: bytes) -> str:
    answer = client.post(
        "/acteurs/importer", data={"kind": "organisations", "file": (io.BytesIO(content), "reseau")}
    )
    assert answer.status_code == 303, answer.text
    return str(answer.location)
