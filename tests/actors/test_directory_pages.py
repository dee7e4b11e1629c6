"""The directory's pages: what is understood, what can be taken away, what stays hidden, how much is asked."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.record import DropIn, TerritoryLabel, Unit
from hub.actors.models.reference import Audience, Territory, Theme
from hub.actors.operations import reference
from hub.actors.values import names
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW

SignIn = Callable[[FlaskClient, Any], FlaskClient]


def one(session: Session, model: Any, code: str) -> Any:
    return session.scalars(select(model).where(model.code == code)).one()


def add(session: Session, name: str, **values: Any) -> Organisation:
    """Add an actor with themes, publics and places by their codes."""
    lists: tuple[tuple[str, Any], ...] = (
        ("themes", Theme),
        ("audiences", Audience),
        ("territories", Territory),
    )
    several = {key: [one(session, model, code) for code in values.pop(key, ())] for key, model in lists}
    commune = values.pop("commune", None)
    row = factories.organisation(
        session,
        name,
        search_text=names.search_text(name, values.get("acronym", "")),
        commune_id=one(session, Territory, commune).id if commune else None,
        **values,
    )
    for key, rows in several.items():
        getattr(row, key).extend(rows)
    session.flush()
    return row


@pytest.fixture
def network(session: Session) -> dict[str, Organisation]:
    reference.load(session)
    made = {
        "cai": add(
            session, "Centre interculturel", acronym="CIN", commune="92094", themes=["legal"],
            territories=["90000"], public_fields=["phone"], phone="+32 81 00 00 00",
            email="cache@example.org",
        ),
        "school": add(
            session, "École des langues", commune="92142", themes=["fle_alpha"], audiences=["women"],
            languages=["ar"], public_fields=["languages"], description="=HYPERLINK(1)",
        ),
        "roof": add(session, "Toits", commune="84059", themes=["housing"]),
        "gone": add(session, "La Ruche", commune="92094", state=OrganisationState.CLOSED),
    }  # fmt: skip
    session.commit()
    return made


def names_on(page: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'card-link-title"><a href="[^"]+">([^<]+)<', page)]


def look(client: FlaskClient, address: str) -> str:
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200, address
    return answer.text


def chips(page: str) -> dict[str, str]:
    """Return the label of each chip and where taking it away leads."""
    found = re.findall(r'class="chip" href="([^"]+)"><span>([^<]+)<', page)
    return {unescape(label).replace("\xa0", " "): unescape(url) for url, label in found}


@pytest.mark.usefixtures("network")
def test_a_request_becomes_chips_that_can_each_be_taken_away(client: FlaskClient) -> None:
    answer = client.get("/annuaire?q=aide+juridique+pr%C3%A8s+de+Dinant")
    assert answer.status_code == 302
    args = parse_qs(urlsplit(answer.location).query)
    assert {name: args[name] for name in ("theme", "commune", "radius")} == {
        "theme": ["legal"], "commune": ["91034"], "radius": ["20"]
    }  # fmt: skip
    page = look(client, answer.location)
    assert names_on(page) == ["Centre interculturel"]
    assert "à 25 km (Namur), dessert" in page
    assert 'value="aide juridique près de Dinant"' in page
    found = chips(page)
    assert set(found) == {"Thème : Juridique et justice", "Jusqu’à 20 km de Dinant"}
    without_theme = look(client, found["Thème : Juridique et justice"])
    assert set(chips(without_theme)) == {"Jusqu’à 20 km de Dinant"}
    without_place = look(client, found["Jusqu’à 20 km de Dinant"])
    assert set(chips(without_place)) == {"Thème : Juridique et justice"}


@pytest.mark.usefixtures("network")
def test_the_closed_are_found_only_where_they_are_asked_for(client: FlaskClient) -> None:
    assert set(names_on(look(client, "/annuaire"))) == {"Centre interculturel", "École des langues", "Toits"}
    page = look(client, "/annuaire?q=La+Ruche")
    assert names_on(page) == []
    assert "Parmi ceux dont l’activité est terminée" in page
    assert names_on(look(client, "/annuaire?state=closed")) == ["La Ruche"]


def test_a_merged_record_is_not_there_twice(
    client: FlaskClient, session: Session, network: dict[str, Organisation]
) -> None:
    network["roof"].merged_into_id = network["cai"].id
    session.commit()
    assert "Toits" not in names_on(look(client, "/annuaire"))


def test_what_an_organisation_keeps_to_itself_is_neither_shown_nor_found_by(
    client: FlaskClient, session: Session, network: dict[str, Organisation]
) -> None:
    page = look(client, "/annuaire")
    assert "+32 81 00 00 00" in page
    assert "cache@example.org" not in page
    assert names_on(look(client, "/annuaire?audience=women")) == []
    assert names_on(look(client, "/annuaire?language=ar")) == ["École des langues"]
    exported = client.get("/annuaire/export.csv").text
    assert "+32 81 00 00 00" in exported
    assert "cache@example.org" not in exported
    assert "HYPERLINK" not in exported
    network["school"].public_fields = []
    session.commit()
    assert names_on(look(client, "/annuaire?language=ar")) == []


def test_units_and_drop_ins_are_places_where_one_is_met(
    client: FlaskClient, session: Session, network: dict[str, Organisation]
) -> None:
    dinant = one(session, Territory, "91034").id
    roof = network["roof"].id
    assert "Personne dans l’annuaire" in look(client, "/annuaire?theme=housing&commune=91034&radius=5")
    unit = factories.add(
        session, Unit(organisation_id=roof, name="Antenne", commune_id=dinant, created_at=NOW)
    )
    session.commit()
    page = look(client, "/annuaire?theme=housing&commune=91034&radius=5")
    assert (names_on(page), "Personne dans" in page) == (["Toits"], False)
    unit.withdrawn_at = NOW
    diplomas = one(session, Theme, "diplomas").id
    factories.add(
        session,
        DropIn(
            organisation_id=roof, subject="Équivalence", commune_id=dinant, theme_id=diplomas,
            languages=["tr"], created_at=NOW,
        ),
    )  # fmt: skip
    session.commit()
    assert names_on(look(client, "/annuaire?q=%C3%A9quivalence+en+turc+%C3%A0+Dinant")) == ["Toits"]


@pytest.mark.usefixtures("network")
def test_nobody_is_answered_with_what_to_try(client: FlaskClient) -> None:
    page = look(client, "/annuaire?theme=housing&commune=91034&radius=10")
    assert "Personne dans l’annuaire" in page
    assert names_on(page) == ["Toits"]  # the next nearest
    assert "Jusqu’à 50 km" in page
    assert "Sans «\xa0Logement\xa0»" in page


@pytest.mark.parametrize(
    "query",
    [
        "x" * 10_000,
        "\x00\x07\x1b[31m",
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "'; DROP TABLE organisation; --",
        "%%%___",
        "\u202e\u200f\ufeff",
        "éàü" * 500,
    ],
)
@pytest.mark.usefixtures("network")
def test_anything_may_be_typed(client: FlaskClient, query: str) -> None:
    answer = client.get("/annuaire", query_string={"q": query}, follow_redirects=True)
    assert answer.status_code == 200
    assert len(answer.request.url) < 5_000
    assert "<script>alert" not in answer.text
    raw = dict.fromkeys(
        ("word", "theme", "audience", "language", "kind", "commune", "territory", "asked"), query
    )
    assert client.get("/annuaire", query_string={**raw, "radius": query, "page": query}).status_code == 200
    for kind in ("csv", "xlsx"):
        assert client.get(f"/annuaire/export.{kind}", query_string=raw).status_code == 200


def test_the_export_holds_what_the_list_shows_in_its_order(
    client: FlaskClient, session: Session, network: dict[str, Organisation]
) -> None:
    network["school"].public_fields = ["description"]
    session.commit()
    address = "commune=92094&radius=30"
    answer = client.get(f"/annuaire/export.csv?{address}")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [row["nom"] for row in rows] == ["Centre interculturel", "École des langues"]
    assert [row["distance (km)"] for row in rows] == ["0", "15"]
    assert rows[1]["description"] == "'=HYPERLINK(1)"
    assert rows[0]["fiche"] == "http://localhost/acteurs/centre-interculturel"
    sheet = load_workbook(io.BytesIO(client.get(f"/annuaire/export.xlsx?{address}").data)).active
    assert sheet is not None
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [
        "Centre interculturel",
        "École des langues",
    ]
    assert client.get("/annuaire/export.pdf").status_code == 404


@pytest.mark.usefixtures("network")
def test_old_addresses_of_the_register_lead_readers_to_the_same_actors(
    client: FlaskClient, session: Session, sign_in: SignIn
) -> None:
    for address, expected in {
        "/acteurs": {"Centre interculturel", "École des langues", "Toits"},
        "/acteurs?theme=housing": {"Toits"},
        "/acteurs?commune=92142": {"École des langues"},
        "/acteurs?territory=90000": {"Centre interculturel", "École des langues"},
        "/acteurs?q=CIN": {"Centre interculturel"},
        "/acteurs?q=langues&theme=fle_alpha": {"École des langues"},
        "/acteurs?state=closed": {"La Ruche"},
        "/acteurs?family=association&kind=association&sort=nonsense&page=7": {
            "Centre interculturel", "École des langues", "Toits",
        },
    }.items():  # fmt: skip
        answer = client.get(address)
        assert (answer.status_code, urlsplit(answer.location).path) == (302, "/annuaire")
        assert set(names_on(look(client, answer.location))) == expected, address
    assert sign_in(client, factories.coordinator(session)).get("/acteurs").status_code == 200


@contextmanager
def counted(installation: Installation) -> Iterator[list[str]]:
    """Gather the statements that are sent to the database."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    yield statements
    event.remove(installation.engine, "before_cursor_execute", note)


@both_databases
@pytest.mark.usefixtures("network")
def test_the_number_of_queries_does_not_grow_with_the_register(
    client: FlaskClient, session: Session, installation: Installation
) -> None:
    addresses = (
        "/annuaire?commune=92094&radius=50",
        "/annuaire?theme=legal&language=tr&commune=92142&radius=5",
    )
    numbers = []
    for more in (0, 60):
        for number in range(more):
            add(session, f"Association {number}", commune="92094", themes=["legal"], territories=["90000"])
        session.commit()
        for address in addresses:
            client.get(address)
            with counted(installation) as statements:
                assert client.get(address).status_code == 200
            numbers.append(len(statements))
    assert numbers[:2] == numbers[2:]
    assert max(numbers) <= 20


@pytest.mark.usefixtures("network")
def test_the_list_is_cut_into_pages(client: FlaskClient, session: Session) -> None:
    for number in range(30):
        add(session, f"Voisine {number:02}", commune="92094")
    session.commit()
    first, second = (
        names_on(look(client, f"/annuaire?commune=92094&radius=0&page={page}")) for page in (1, 2)
    )
    assert (len(first), len(second)) == (20, 11)
    assert not set(first) & set(second)
    assert names_on(look(client, "/annuaire?commune=92094&radius=0&page=99")) == second


@pytest.mark.usefixtures("network")
def test_the_place_asked_for_tells_its_labels_of_today(client: FlaskClient, session: Session) -> None:
    place = one(session, Territory, "92142").id
    common = {"territory_id": place, "source": "essai", "created_at": NOW}
    factories.add(session, TerritoryLabel(label="Commune hospitalière", **common))
    factories.add(session, TerritoryLabel(label="Ancien label", ends_on=date(2020, 1, 1), **common))
    factories.add(session, TerritoryLabel(label="Erreur", withdrawn_at=NOW, **common))
    session.commit()
    page = look(client, "/annuaire?q=langues+%C3%A0+Gembloux")
    assert "Tout sur Gembloux</a> · Commune hospitalière</p>" in page


@pytest.mark.usefixtures("network")
def test_the_usual_order_changes_with_the_filters(client: FlaskClient) -> None:
    chosen = re.compile(r'<option value="(\w*)" selected>(\w+)</option>')
    orders = {
        "/annuaire": ("", "Nom"),
        "/annuaire?commune=92094": ("", "Distance"),
        "/annuaire?commune=92094&sort=name": ("name", "Nom"),
        "/annuaire?sort=distance": ("", "Nom"),
    }
    for address, expected in orders.items():
        assert chosen.findall(look(client, address))[-1] == expected, address


def test_an_empty_directory_says_so(client: FlaskClient, session: Session) -> None:
    session.commit()
    assert "L’annuaire est encore vide" in look(client, "/annuaire")
    assert client.get("/annuaire?q=aide+juridique", follow_redirects=True).status_code == 200
