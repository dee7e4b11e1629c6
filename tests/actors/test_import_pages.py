"""The pages of an import, from the upload to the undoing."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.imports import ImportBatch, ImportLine, ImportState
from hub.actors.models.organisations import Organisation
from hub.actors.operations import reference
from tests import factories

SignIn = Callable[[FlaskClient, Any], FlaskClient]
RunJobs = Callable[[], int]
LINES = "Nom;Type;Tél\nMaison;association;081 12 34 56\nCarrefour asbl;association;\nAutre;association;12\n"


def anew(session: Session) -> None:
    """Let the test's session see what a request has stored."""
    session.rollback()
    session.expire_all()


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    reference.load(session)
    factories.organisation(session, "Carrefour", search_text="carrefour")
    return sign_in(client, factories.coordinator(session))


def send(client: FlaskClient, content: bytes, kind: str = "organisations", name: str = "liste.csv") -> Any:
    return client.post("/acteurs/importer", data={"kind": kind, "file": (io.BytesIO(content), name)})


def columns(**chosen: int) -> dict[str, int]:
    return {f"field_{field}": place for field, place in chosen.items()}


def all_columns(page: str, **chosen: int) -> dict[str, int]:
    names = re.findall(r'name="(field_[a-z_]+)"', page)
    return {**dict.fromkeys(names, -1), **columns(**chosen)}


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x00", b"", b"PK\x03\x04 rubbish", b"a;b\n" * 10_002],
    ids=["png", "empty", "zip", "long"],
)
def test_a_file_that_is_no_list_is_refused_beside_its_field(coordinator: FlaskClient, content: bytes) -> None:
    answer = send(coordinator, content)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_a_file_must_be_chosen_and_its_content_known(coordinator: FlaskClient) -> None:
    assert coordinator.post("/acteurs/importer", data={"kind": "organisations"}).status_code == 422
    assert send(coordinator, LINES.encode(), kind="nonsense").status_code == 422


def test_an_import_from_end_to_end(session: Session, coordinator: FlaskClient, run_jobs: RunJobs) -> None:
    answer = send(coordinator, LINES.encode("cp1252"), name="dossier/liste.csv")
    assert answer.status_code == 303
    page = coordinator.get(answer.location).text
    assert "081 12 34 56" in page
    anew(session)
    batch = session.scalars(select(ImportBatch)).one()
    assert batch.file.name == "liste.csv"
    address = f"/acteurs/importer/{batch.id}"

    wrong = coordinator.post(f"{address}/colonnes", data=all_columns(page, kind=1))
    assert wrong.status_code == 422
    assert "Dites quelle colonne" in wrong.text
    right = all_columns(page, name=0, kind=1, phone=2)
    assert coordinator.post(f"{address}/colonnes", data=right).status_code == 303
    assert "Vérification des lignes" in coordinator.get(address).text
    assert coordinator.post(f"{address}/colonnes", data=right).status_code == 422
    assert run_jobs() == 1

    finished = coordinator.get(f"{address}/avancement")
    assert finished.headers["HX-Redirect"] == address
    problems = coordinator.get(address).text
    assert "n’existe pas" in problems
    assert "1 acteur sera ajouté." in problems
    alike = coordinator.get(f"{address}?lignes=ressemblances").text
    assert "même nom" in alike
    assert session.scalars(select(Organisation.name)).all() == ["Carrefour"]

    anew(session)
    line = session.scalars(select(ImportLine).where(ImportLine.likeness == "name")).one()
    choice = {
        f"ligne-{line.id}": "create",
        "ligne-999": "skip",
        "ligne-x": "create",
        f"ligne-{line.id + 1}": "?",
    }
    assert coordinator.post(f"{address}/choix", data=choice).status_code == 303
    assert "2 acteurs seront ajoutés." in coordinator.get(address).text
    assert coordinator.post(f"{address}/confirmer").status_code == 303
    assert "Enregistrement des lignes" in coordinator.get(address).text
    assert run_jobs() == 1
    anew(session)
    assert session.scalars(select(Organisation.name).order_by(Organisation.id)).all() == [
        "Carrefour", "Maison", "Carrefour asbl",
    ]  # fmt: skip
    assert "2 acteurs sont dans le registre." in coordinator.get(address).text
    assert coordinator.get(f"{address}/colonnes").status_code == 302

    coordinator.post("/acteurs/maison/verifier")
    question = coordinator.get(f"{address}/annuler").text
    assert "1 élément créé par cet import quittera le registre." in question
    assert "1 élément restera" in question
    assert coordinator.post(f"{address}/annuler").status_code == 303
    after = coordinator.get(address).text
    assert "modifié ou vérifié depuis" in after
    anew(session)
    assert session.scalars(select(Organisation.name).order_by(Organisation.id)).all() == [
        "Carrefour",
        "Maison",
    ]
    assert batch.state == ImportState.UNDONE
    assert coordinator.get(f"{address}/annuler").status_code == 302
    assert "liste.csv" in coordinator.get("/acteurs/importer").text


def test_relations_have_their_own_columns(coordinator: FlaskClient, run_jobs: RunJobs) -> None:
    content = b"Qui;Relation;Avec qui\nCarrefour;pilote;Personne\n"
    location = send(coordinator, content, kind="relations").location
    page = coordinator.get(location).text
    assert "field_target" in page
    assert "default_kind" not in page
    assert coordinator.post(location, data=all_columns(page, source=0, kind=1, target=2)).status_code == 303
    run_jobs()
    assert "Aucun acteur du registre" in coordinator.get(location.removesuffix("/colonnes")).text


def test_a_double_click_on_confirm_is_told_kindly(
    session: Session, coordinator: FlaskClient, run_jobs: RunJobs
) -> None:
    location = send(coordinator, LINES.encode()).location
    page = coordinator.get(location).text
    coordinator.post(location, data=all_columns(page, name=0, kind=1))
    run_jobs()
    address = location.removesuffix("/colonnes")
    coordinator.post(f"{address}/confirmer")
    again = coordinator.post(f"{address}/confirmer", follow_redirects=True)
    assert "déjà en cours ou terminé" in again.text
    assert run_jobs() == 1
    anew(session)
    assert len(session.scalars(select(Organisation)).all()) == 3


def test_readers_do_not_import(client: FlaskClient) -> None:
    assert send(client, LINES.encode()).status_code == 403
    assert client.get("/acteurs/importer").status_code == 302
