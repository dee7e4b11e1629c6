"""The pages of actors: who sees what, what is kept, what is refused."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.actors.models.imports import ImportKind
from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Theme
from hub.actors.models.relations import Relation, RelationKind
from hub.actors.operations import organisations, reference
from hub.actors.operations.imports import checking
from hub.actors.operations.imports.register import load as load_register
from hub.actors.operations.organisations import OrganisationFacts
from hub.actors.signals import LinkGroup, card_links
from hub.actors.values import columns, spreadsheets
from hub.core import audit
from tests import factories
from tests.conftest import Installation
from tests.factories import NOW

SignIn = Callable[[FlaskClient, Any], FlaskClient]


def anew(session: Session) -> None:
    """Let the test's session see what a request has stored."""
    session.rollback()
    session.expire_all()


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    reference.load(session)
    return sign_in(client, factories.coordinator(session))


@pytest.fixture
def house(session: Session) -> Organisation:
    reference.load(session)
    kind = factories.kind(session)
    facts = OrganisationFacts(
        name="Maison des langues", kind_id=kind.id, acronym="MdL", email="info@exemple.be", note="À rappeler",
        theme_ids=(factories.theme(session).id,), commune_id=factories.commune(session).id,
    )  # fmt: skip
    row = organisations.create(session, facts, actor="essai", now=NOW)
    session.commit()
    return row


@contextmanager
def counted(installation: Installation) -> Iterator[list[str]]:
    """Gather the statements that are sent to the database."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(installation.engine, "before_cursor_execute", note)
    yield statements
    event.remove(installation.engine, "before_cursor_execute", note)


def form_of(house: Organisation, **values: Any) -> dict[str, Any]:
    return {
        "name": house.name, "kind": house.kind_id, "legal_form": "unknown", "state": "active",
        "confidence": "high", "seen": house.updated_at.isoformat(), **values,
    }  # fmt: skip


def test_readers_see_the_public_facts_only(
    session: Session, client: FlaskClient, house: Organisation
) -> None:
    page = client.get(f"/acteurs/{house.slug}").text
    assert "Maison des langues" in page
    assert "info@exemple.be" not in page
    house.public_fields = ["email"]
    session.commit()
    assert "info@exemple.be" in client.get(f"/acteurs/{house.slug}").text
    for hidden in ("À rappeler", "Historique", "Fiabilité", "Toujours juste", "Modifier"):
        assert hidden not in page
    assert "Maison des langues" in client.get("/acteurs", follow_redirects=True).text


def test_coordinators_see_all(coordinator: FlaskClient, house: Organisation) -> None:
    page = coordinator.get(f"/acteurs/{house.slug}").text
    for shown in ("À rappeler", "Historique", "Fiche créée", "Fiabilité", "Toujours juste", "Modifier"):
        assert shown in page


PATHS = (
    ("GET", "/acteurs/ajouter"), ("POST", "/acteurs/ajouter"), ("GET", "/acteurs/export.csv"),
    ("GET", "/acteurs/mdl/modifier"), ("POST", "/acteurs/mdl/modifier"), ("POST", "/acteurs/mdl/verifier"),
    ("GET", "/acteurs/mdl/relations/ajouter"), ("POST", "/acteurs/mdl/relations/ajouter"),
    ("GET", "/acteurs/importer"), ("POST", "/acteurs/importer"), ("GET", "/reglages/references"),
    ("GET", "/reglages/references/themes"), ("POST", "/reglages/references/themes/ajouter"),
    ("POST", "/reglages/references/themes/ordre"), ("POST", "/reglages/references/themes/1/supprimer"),
    ("GET", "/reglages/references/territoires"), ("POST", "/reglages/references/territoires/ajouter"),
)  # fmt: skip


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_members_and_readers_change_nothing(
    session: Session, client: FlaskClient, sign_in: SignIn, house: Organisation, method: str, path: str
) -> None:
    assert house.slug == "mdl"
    answer = client.open(path, method=method)
    assert answer.status_code == (302 if method == "GET" else 403)
    sign_in(client, factories.user(session))
    assert client.open(path, method=method).status_code == 403


def test_an_actor_is_added_with_its_facts(session: Session, coordinator: FlaskClient) -> None:
    kind, theme = factories.kind(session), factories.theme(session)
    place = factories.commune(session)
    answer = coordinator.post(
        "/acteurs/ajouter",
        data={
            "name": "  Ateliers   du pont ", "kind": kind.id, "legal_form": "asbl", "state": "active",
            "confidence": "medium", "enterprise_number": "BE 0123.456.749", "phone": "081/12.34.56",
            "website": "www.exemple.be", "commune": place.id, "themes": [theme.id], "languages": ["fr", "ar"],
            "founded": "1998", "former_names": "Les Ateliers\r\n\r\nLe Pont",
        },
    )  # fmt: skip
    assert answer.status_code == 303
    assert answer.location == "/acteurs/ateliers-du-pont"
    anew(session)
    row = session.scalars(select(Organisation)).one()
    assert (row.name, row.enterprise_number, row.phone) == (
        "Ateliers du pont",
        "0123456749",
        "+32 81 12 34 56",
    )
    assert (row.website, row.former_names) == ("https://www.exemple.be", "Les Ateliers\nLe Pont")
    assert row.languages == ["fr", "ar"]
    page = coordinator.get(answer.location).text
    for shown in ("0123.456.749", "français, arabe", "Logement", "Namur (5000)"):
        assert shown in page


def test_a_wrong_form_keeps_what_was_typed(session: Session, coordinator: FlaskClient) -> None:
    theme = factories.theme(session)
    answer = coordinator.post(
        "/acteurs/ajouter",
        data={
            "name": "Ateliers", "phone": "12", "enterprise_number": "0123.456.789",
            "website": "javascript:alert(1)", "description": "Des ateliers <script>",
            "themes": [theme.id], "founded": "autrefois",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    for kept in (
        'value="Ateliers"', 'value="12"', 'value="0123.456.789"', 'value="javascript:alert(1)"',
        "Des ateliers &lt;script&gt;", f'value="{theme.id}" selected', 'value="autrefois"',
    ):  # fmt: skip
        assert kept in answer.text
    for said in ("chiffres de contrôle", "n’existe pas", "ne convient pas", "Choisissez un type d’acteur"):
        assert said in answer.text
    assert session.scalar(select(Organisation)) is None


def test_a_likely_duplicate_is_shown_before_a_second_is_made(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    data = form_of(house, name="MAISON DES LANGUES asbl")
    answer = coordinator.post("/acteurs/ajouter", data=data)
    assert answer.status_code == 422
    assert "créer quand même" in answer.text
    assert f'href="/acteurs/{house.slug}"' in answer.text
    assert len(session.scalars(select(Organisation)).all()) == 1
    assert coordinator.post("/acteurs/ajouter", data={**data, "create_anyway": "y"}).status_code == 303
    anew(session)
    assert len(session.scalars(select(Organisation)).all()) == 2


def test_a_card_is_changed_and_tells_it(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    assert "Maison des langues" in coordinator.get(f"/acteurs/{house.slug}/modifier").text
    data = form_of(house, name="Maison des mots", state="closed", state_since="2023-04-30")
    assert coordinator.post(f"/acteurs/{house.slug}/modifier", data=data).status_code == 303
    anew(session)
    assert (house.name, house.state) == ("Maison des mots", OrganisationState.CLOSED)
    page = coordinator.get(f"/acteurs/{house.slug}").text
    assert "nom : Maison des langues → Maison des mots" in page
    assert "état : Actif → Activité terminée" in page


def test_a_change_over_somebody_elses_is_refused_with_what_was_typed(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    stale = form_of(house, name="Le mien", seen="2020-01-01T00:00:00+00:00")
    answer = coordinator.post(f"/acteurs/{house.slug}/modifier", data=stale)
    assert answer.status_code == 422
    assert 'value="Le mien"' in answer.text
    anew(session)
    assert house.name == "Maison des langues"


def test_still_right_is_one_click(session: Session, coordinator: FlaskClient, house: Organisation) -> None:
    answer = coordinator.post(f"/acteurs/{house.slug}/verifier", data={"from": "list"})
    assert answer.status_code == 303
    assert answer.location == f"/acteurs#acteur-{house.id}"
    anew(session)
    assert house.checked_on is not None
    assert "Jamais vérifié" not in coordinator.get(f"/acteurs/{house.slug}").text


def test_lists_are_narrowed_by_removable_filters(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    assert house.state == OrganisationState.ACTIVE
    factories.organisation(session, "Collectif d’été", state=OrganisationState.DORMANT)
    session.commit()
    for address, seen in {
        "/acteurs?q=MDL": {"Maison des langues"},
        "/acteurs?q=ete+collectif": {"Collectif d’été"},
        "/acteurs?theme=housing": {"Maison des langues"},
        "/acteurs?commune=92094": {"Maison des langues"},
        "/acteurs?territory=90000": {"Maison des langues"},
        "/acteurs?state=dormant": {"Collectif d’été"},
        "/acteurs?family=health": set(),
        "/acteurs?family=nonsense&state=nonsense&page=99&sort=nonsense": {
            "Maison des langues",
            "Collectif d’été",
        },
    }.items():
        page = coordinator.get(address)
        assert page.status_code == 200
        table = page.text.partition("<tbody>")[2]
        assert {name for name in ("Maison des langues", "Collectif d’été") if name in table} == seen
    chips = coordinator.get("/acteurs?theme=housing&q=MDL").text
    assert 'href="/acteurs?q=MDL"' in chips
    assert 'href="/acteurs?theme=housing"' in chips
    assert "Aucun acteur ne correspond" in coordinator.get("/acteurs?family=health").text


def test_the_number_of_queries_does_not_grow_with_the_list(
    session: Session, coordinator: FlaskClient, house: Organisation, installation: Installation
) -> None:
    def queries() -> int:
        coordinator.get("/acteurs")
        with counted(installation) as statements:
            assert coordinator.get("/acteurs").status_code == 200
        return len(statements)

    before = queries()
    theme = session.scalars(select(Theme)).first()
    for _ in range(30):
        row = factories.organisation(session, commune_id=house.commune_id)
        row.themes = [theme] if theme else []
    session.commit()
    assert queries() == before


def test_the_number_of_queries_does_not_grow_with_the_ties(
    session: Session, coordinator: FlaskClient, house: Organisation, installation: Installation
) -> None:
    kind = session.scalars(select(RelationKind)).first()
    assert kind is not None

    def tie() -> None:
        other = factories.organisation(session)
        session.add(Relation(source_id=house.id, target_id=other.id, kind_id=kind.id, created_at=NOW))
        session.commit()

    def queries() -> int:
        with counted(installation) as statements:
            assert coordinator.get(f"/acteurs/{house.slug}").status_code == 200
        return len(statements)

    tie()
    before = queries()
    for _ in range(20):
        tie()
    assert queries() == before


def test_what_is_exported_can_be_imported_again(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    house.description, house.phone = "=1+1", "+32 81 12 34 56"
    session.commit()
    for kind in ("csv", "xlsx"):
        answer = coordinator.get(f"/acteurs/export.{kind}?theme=housing")
        assert answer.status_code == 200
        sheet = spreadsheets.read(answer.data)
        assert len(sheet.lines) == 1
        mapping = columns.guess(ImportKind.ORGANISATIONS, sheet.header)
        assert set(columns.ORGANISATION_FIELDS) - set(mapping) == set()
        checker = checking.Checker(load_register(session), ImportKind.ORGANISATIONS, None)
        rows = checking.check_lines(checker, sheet.lines, mapping, lambda _done, _total: None)
        assert rows[0]["problems"] == []
        assert (rows[0]["likeness"], rows[0]["organisation_id"]) == ("slug", house.id)
    assert coordinator.get("/acteurs/export.pdf").status_code == 404


def test_formulas_are_neutralised(session: Session, coordinator: FlaskClient, house: Organisation) -> None:
    house.name = '=HYPERLINK("http://exemple.be")'
    session.commit()
    text = coordinator.get("/acteurs/export.csv").data.decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(text), delimiter=";"))[1]
    assert row[1] == '\'=HYPERLINK("http://exemple.be")'


def test_a_tie_is_told_ended_withdrawn_and_brought_back(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    other = factories.organisation(session, "Plan provincial")
    kind = session.scalars(select(RelationKind).where(RelationKind.code == "pilots")).one()
    session.commit()
    base = f"/acteurs/{house.slug}/relations"
    bad = {"kind": f"{kind.id}<", "other": other.id, "start": "un jour", "confidence": "high"}
    answer = coordinator.post(f"{base}/ajouter", data=bad)
    assert answer.status_code == 422
    assert 'value="un jour"' in answer.text
    assert "ne se lit pas" in answer.text
    assert coordinator.post(f"{base}/ajouter", data={**bad, "start": "avril 2016"}).status_code == 303
    anew(session)
    row = session.scalars(select(Relation)).one()
    assert (row.source_id, row.target_id) == (other.id, house.id)
    assert "depuis avril 2016" in coordinator.get(f"/acteurs/{house.slug}").text
    assert coordinator.post(f"{base}/ajouter", data={**bad, "start": "avril 2016"}).status_code == 422

    assert coordinator.post(f"{base}/{row.id}/terminer", data={"end": ""}).status_code == 422
    assert coordinator.post(f"{base}/{row.id}/terminer", data={"end": "2015"}).status_code == 422
    assert coordinator.post(f"{base}/{row.id}/terminer", data={"end": "avant 2025"}).status_code == 303
    page = coordinator.get(f"/acteurs/{other.slug}").text
    assert "Par le passé" in page
    assert "avril 2016, terminé avant 2025" in page

    assert coordinator.post(f"{base}/{row.id}/retirer", data={"reason": ""}).status_code == 422
    assert coordinator.post(f"{base}/{row.id}/retirer", data={"reason": "Mal lu"}).status_code == 303
    page = coordinator.get(f"/acteurs/{other.slug}").text
    assert "1 relation retirée" in page
    assert "Mal lu" in page
    assert coordinator.post(f"{base}/{row.id}/remettre").status_code == 303
    anew(session)
    assert row.withdrawn_at is None
    assert next(entry.action for entry in session.scalars(audit.history(row))) == "relation.restored"


def test_a_tie_is_reached_from_its_own_ends_only(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    ends = [factories.organisation(session) for _ in range(2)]
    kind = session.scalars(select(RelationKind)).first()
    assert kind is not None
    row = factories.add(
        session, Relation(source_id=ends[0].id, target_id=ends[1].id, kind_id=kind.id, created_at=NOW)
    )
    session.commit()
    for address in ("terminer", "retirer"):
        assert coordinator.get(f"/acteurs/{house.slug}/relations/{row.id}/{address}").status_code == 404
    assert coordinator.post(f"/acteurs/{house.slug}/relations/{row.id}/remettre").status_code == 404


def test_other_features_speak_on_the_card_in_the_order_of_the_chain(
    client: FlaskClient, house: Organisation
) -> None:
    def late(_organisation: Organisation, **_who: Any) -> list[Any]:
        return [LinkGroup("Recommandations", [("Loger", "/r/1")], 4), ("Ailleurs", [("Rien", "/x")])]

    def early(_organisation: Organisation, *, session: Any, user: Any) -> list[Any]:
        assert session is not None
        assert user is None
        return [LinkGroup("Espaces", [("Plateforme", "/e/1")], 1), LinkGroup("Vide", [], 2)]

    with card_links.connected_to(late), card_links.connected_to(early):
        page = client.get(f"/acteurs/{house.slug}").text
    assert page.index("Espaces") < page.index("Recommandations") < page.index("Ailleurs")
    assert "Vide" not in page
    assert 'href="/r/1"' in page


def test_a_list_is_edited_on_its_pages(session: Session, coordinator: FlaskClient) -> None:
    base = "/reglages/references/themes"
    assert "Thèmes et droits" in coordinator.get("/reglages/references").text
    assert coordinator.post(f"{base}/ajouter", data={"label": "", "kind": "general"}).status_code == 422
    assert (
        coordinator.post(f"{base}/ajouter", data={"label": "logement", "kind": "general"}).status_code == 422
    )
    assert coordinator.post(f"{base}/ajouter", data={"label": "Sport", "kind": "general"}).status_code == 303
    anew(session)
    row = session.scalars(select(Theme).where(Theme.label == "Sport")).one()
    assert "Sport" in coordinator.get(f"{base}/{row.id}").text
    renamed = {"label": "Sports et jeux", "kind": "specific"}
    assert coordinator.post(f"{base}/{row.id}", data=renamed).status_code == 303
    assert coordinator.post(f"{base}/ordre", data={"item": [row.id]}).status_code == 204
    assert coordinator.get(base).text.index("Sports et jeux") < coordinator.get(base).text.index(
        "Citoyenneté"
    )
    assert coordinator.post(f"{base}/ordre", data={"moved": row.id, "direction": "down"}).status_code == 303
    assert coordinator.post(f"{base}/{row.id}/supprimer").status_code == 303
    anew(session)
    assert session.scalar(select(Theme).where(Theme.label == "Sports et jeux")) is None
    assert coordinator.get(f"{base}/999999").status_code == 404
    assert coordinator.get("/reglages/references/nonsense").status_code == 404


def test_a_used_entry_says_where_it_is_used(
    session: Session, coordinator: FlaskClient, house: Organisation
) -> None:
    theme = house.themes[0]
    answer = coordinator.post(f"/reglages/references/themes/{theme.id}/supprimer", follow_redirects=True)
    assert "acteurs (1)" in answer.text
    anew(session)
    assert session.get(Theme, theme.id) is not None


@pytest.mark.parametrize("what", ["niveaux", "types-d-acteurs", "types-de-relations", "publics"])
def test_every_list_has_its_pages(coordinator: FlaskClient, what: str) -> None:
    assert coordinator.get(f"/reglages/references/{what}").status_code == 200
    assert coordinator.get(f"/reglages/references/{what}/ajouter").status_code == 200
    assert coordinator.get(f"/reglages/references/{what}/1").status_code == 200
    assert coordinator.post(f"/reglages/references/{what}/1", data={"label": ""}).status_code == 422


def test_a_quarter_is_added_and_renamed(session: Session, coordinator: FlaskClient) -> None:
    namur = factories.commune(session)
    base = "/reglages/references/territoires"
    assert coordinator.get(f"{base}/ajouter").status_code == 200
    data = {"name": "Bomel", "commune": namur.id, "postal_code": "5000"}
    assert coordinator.post(f"{base}/ajouter", data={**data, "name": ""}).status_code == 422
    assert coordinator.post(f"{base}/ajouter", data=data).status_code == 303
    assert coordinator.post(f"{base}/ajouter", data=data).status_code == 422
    page = coordinator.get(f"{base}?q=bomel").text
    assert "Quartier" in page
    anew(session)
    made = session.scalars(select(type(namur)).where(type(namur).name == "Bomel")).one()
    assert coordinator.get(f"{base}/{made.id}").status_code == 200
    assert coordinator.post(f"{base}/{made.id}", data={"name": "Bomel-Heuvy"}).status_code == 303
    assert coordinator.post(f"{base}/{made.id}/supprimer").status_code == 303
    assert "Aucun territoire" in coordinator.get(f"{base}?q=bomel").text
