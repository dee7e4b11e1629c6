"""Leaflets: who sees which, what is built once, what is chosen by hand, what is asked of candidates."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, insert, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from hub.actors.models.reference import Territory, TerritoryKind
from hub.app import create_app
from hub.core import clock, files, schema
from hub.core.db import db, writing
from hub.core.errors import DomainError
from hub.core.files import Store
from hub.core.jobs import Job
from hub.core.web import Hub, limiter
from hub.publishing.jobs import leaflets as jobs
from hub.publishing.models.builds import Build
from hub.publishing.models.composition import CandidateQuestion, Item
from hub.publishing.models.editions import Edition, EditionState
from hub.publishing.models.leaflets import Leaflet, LeafletKind
from hub.publishing.operations import composing, content, errata, leaflets, questions, variants
from hub.publishing.operations.composing import ChangedMeanwhileError, FrozenError
from hub.publishing.operations.leaflets import Facts
from hub.publishing.operations.publication import PDF, Printed
from hub.publishing.operations.questions import Asked
from hub.publishing.operations.variants import Sheet
from memoranda.content import to_json
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene
from tests.publishing.conftest import SMALLEST_PDF

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}
LATER = factories.NOW.replace(year=factories.NOW.year + 1)
TABLE = Facts(kind=LeafletKind.PLENARY_TABLE, title="Table 1 : logement", introduction="Pour **ouvrir**.")


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


@pytest.fixture
def reader(client: FlaskClient) -> FlaskClient:
    """Give a browser where nobody is signed in."""
    return client.application.test_client()


@pytest.fixture
def quick_print(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Print nothing: give a PDF that is there already, and note which leaflets were to be printed."""
    asked: list[str] = []

    def give(_context: Any, _store: Store, sheet: Sheet, _place: Any) -> Printed:
        asked.append(sheet.name)
        return Printed(SMALLEST_PDF, sheet.fingerprint, to_json(sheet.edition), {})

    monkeypatch.setattr(jobs, "print_sheet", give)
    return asked


def address(edition: Edition, more: str = "") -> str:
    return f"/memorandums/{edition.memorandum.slug}/edition-{edition.number}/feuillets{more}"


def make_public(session: Session, app: Any, edition: Edition) -> None:
    """Put an edition before the public, with the content that it has now."""
    material = content.gather(session, edition)
    public = replace(material.edition, is_draft=False)
    store = Store(Path(app.config["FILES_FOLDER"]))
    file = files.keep(session, store, SMALLEST_PDF, "m.pdf", PDF, now=NOW)
    session.add(
        Build(
            edition_id=edition.id, content_hash=material.fingerprint, content=to_json(public), is_draft=False,
            pages=1, places={}, created_at=NOW, file=file,
        )
    )  # fmt: skip
    scene.put(edition, EditionState.PUBLISHED)
    session.commit()


def items_of(session: Session, edition: Edition) -> list[Item]:
    return list(session.scalars(select(Item).where(Item.edition_id == edition.id).order_by(Item.id)))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


# --- Who sees what -------------------------------------------------------------------------------------


def test_nothing_of_a_draft_is_known_to_the_public(session: Session, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 2})
    leaflet = leaflets.create(session, edition, TABLE, **BY)
    session.commit()
    for more in (
        "", "/level-commune", "/level-commune.pdf", "/level-commune/construction", "/gestion",
        "/pleniere.zip", f"/leaflet-{leaflet.slug}.pdf", f"/choisis/{leaflet.slug}",
    ):  # fmt: skip
        assert reader.get(address(edition, more)).status_code in {302, 403, 404}, more
    assert reader.post(address(edition, "/level-commune/construire")).status_code == 404
    assert session.scalar(select(func.count()).select_from(Job).where(Job.name == variants.JOB)) == 0


def test_a_frozen_edition_is_not_public_either(session: Session, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    scene.put(edition, EditionState.FROZEN)
    session.commit()
    assert reader.get(address(edition)).status_code == 404
    with pytest.raises(DomainError, match="gelée"):
        variants.request(session, edition, ["level-commune"], **BY)


def test_readers_find_what_is_asked_of_their_level(session: Session, app: Hub, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 2})
    make_public(session, app, edition)
    page = reader.get(address(edition))
    assert page.status_code == 200
    assert "2 demandes" in words(page.text)
    assert address(edition, "/level-commune") in page.text
    leaflet = reader.get(address(edition, "/level-commune"))
    assert "Logement, demande 1" in words(leaflet.text)
    assert 'id="r-' in leaflet.text
    assert reader.get(address(edition, "/level-federal")).status_code == 404
    assert reader.get(address(edition, "/full")).status_code == 404


def test_data_say_what_was_corrected_since(session: Session, app: Hub, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 2})
    _first, second = items_of(session, edition)
    assert reader.get(beside(edition, "/donnees/errata.csv")).status_code == 404
    make_public(session, app, edition)
    assert "Télécharger les errata" not in reader.get(beside(edition, "/donnees")).text
    assert reader.get(beside(edition, "/donnees.json")).get_json()["errata"] == []
    for about, text in ((second.recommendation_id, "=Lisez **dix**."), (None, "Page trois.")):
        errata.write(session, edition, text, about, actor=scene.ACTOR, now=NOW)
    session.commit()
    day = clock.today(NOW).isoformat()
    told = reader.get(beside(edition, "/donnees.json")).get_json()
    assert told["errata"] == [
        {"number": 1, "date": day, "item": told["items"][1]["number"], "text": "=Lisez **dix**."},
        {"number": 2, "date": day, "item": None, "text": "Page trois."},
    ]
    promised = reader.get("/memorandums/donnees.schema.json").get_json()
    assert set(promised["required"]) == set(told)
    assert promised["properties"]["format"]["const"] == told["format"]
    header, *lines = table_of(reader, beside(edition, "/donnees.csv"))
    assert [line[header.index("Errata")] for line in lines] == ["", f"{day} : =Lisez **dix**."]
    _header, *lines = table_of(reader, beside(edition, "/donnees/errata.csv"))
    assert lines == [
        ["1", day, told["items"][1]["number"], "'=Lisez **dix**."],
        ["2", day, "", "Page trois."],
    ]
    assert "2 errata ont été publiés depuis" in words(reader.get(beside(edition, "/donnees")).text)


def table_of(reader: FlaskClient, path: str) -> list[list[str]]:
    """Return the cells of a CSV."""
    return list(csv.reader(io.StringIO(reader.get(path).data.decode("utf-8-sig")), delimiter=";"))


def test_a_leaflet_tells_what_was_corrected_in_its_demands(
    session: Session, app: Hub, reader: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    first, second = items_of(session, edition)
    first.priority = 1
    make_public(session, app, edition)
    for item, text in ((first, "Lisez deux ans."), (second, "Lisez dix."), (None, "Page trois.")):
        about = item.recommendation_id if item else None
        errata.write(session, edition, text, about, actor=scene.ACTOR, now=NOW)
    session.commit()
    page = words(reader.get(address(edition, "/level-commune")).text)
    one = page.index("Nous demandons")
    two = page.index("Nous demandons", one + 1)
    assert one < page.index("Lisez deux ans.") < two < page.index("Lisez dix.")
    assert "Page trois." not in page
    summary = words(reader.get(address(edition, "/summary")).text)
    assert "deux ans" in summary
    assert "Lisez dix." not in summary


def test_readers_find_their_commune(session: Session, app: Hub, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    commune = factories.commune(session)
    make_public(session, app, edition)
    page = reader.get(address(edition, f"?commune={commune.code}"))
    assert f"Aucune demande ne nomme {commune.name}" in words(page.text)
    assert reader.get(address(edition, "?commune=99999")).status_code == 200


@pytest.mark.usefixtures("quick_print")
def test_a_commune_has_a_leaflet_in_its_own_name(
    session: Session, app: Hub, reader: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    dinant = factories.commune(session, "91034", "Dinant")
    named, other = (
        factories.organisation(
            session, f"Commune de {name}", kind_id=factories.kind(session, "commune").id, commune_id=place.id
        )
        for name, place in (("Dinant", dinant), ("Ciney", factories.commune(session, "91030", "Ciney")))
    )
    first, second = items_of(session, edition)
    first.recommendation.authorities = [named]
    second.recommendation.authorities = [other]
    make_public(session, app, edition)
    leaflet = "/commune-91034"
    assert address(edition, leaflet) in reader.get(address(edition, "?commune=91034")).text
    page = words(reader.get(address(edition, leaflet)).text)
    assert "Ce que nous demandons à la commune de Dinant" in page
    assert "Logement, demande 1" in page
    assert "Logement, demande 2" not in page
    assert reader.post(address(edition, f"{leaflet}/construire")).status_code == 303
    run_jobs()
    with reader.get(address(edition, f"{leaflet}.pdf")) as answer:
        assert answer.data == SMALLEST_PDF
    # Nothing is asked of Namur, and there is no commune 1.
    factories.commune(session)
    session.commit()
    assert "ne demande rien aux communes" in words(reader.get(address(edition, "?commune=92094")).text)
    for unknown in ("/commune-92094", "/commune-1"):
        assert reader.get(address(edition, unknown)).status_code == 404
        assert reader.post(address(edition, f"{unknown}/construire")).status_code == 404


def test_a_memorandum_for_a_province_has_leaflets_of_its_communes_alone(
    session: Session, app: Hub, reader: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    province, elsewhere = (
        factories.add(session, Territory(code=code, name=code, kind=TerritoryKind.PROVINCE))
        for code in ("namur", "liege")
    )
    edition.memorandum.territory = province
    for code, parent in (("91034", province), ("62063", elsewhere)):
        factories.commune(session, code, f"Commune {code}").parent_id = parent.id
    make_public(session, app, edition)
    assert reader.get(address(edition, "/commune-91034")).status_code == 200
    assert reader.get(address(edition, "/commune-62063")).status_code == 404


@pytest.mark.usefixtures("quick_print")
def test_a_leaflet_chosen_by_hand_stays_with_the_coordination(
    session: Session, app: Hub, coordinator: FlaskClient, reader: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    leaflet = leaflets.create(session, edition, TABLE, **BY)
    leaflets.add_items(session, leaflet, [items_of(session, edition)[0].id], **BY)
    make_public(session, app, edition)
    name = f"/leaflet-{leaflet.slug}"
    assert coordinator.post(address(edition, f"{name}/construire")).status_code == 303
    run_jobs()
    assert coordinator.get(address(edition, name)).status_code == 200
    with coordinator.get(address(edition, f"{name}.pdf")) as answer:
        assert answer.data == SMALLEST_PDF
    for more in (name, f"{name}.pdf", f"{name}/construction"):
        assert reader.get(address(edition, more)).status_code == 404
    assert reader.post(address(edition, f"{name}/construire")).status_code == 404
    assert leaflet.title not in reader.get(address(edition)).text


@pytest.mark.parametrize("more", ["", "/level-commune", "?commune=92094", "/commune-92094"])
def test_pages_ask_few_questions(session: Session, app: Hub, reader: FlaskClient, more: str) -> None:
    edition = scene.edition(session, {"Logement": 5, "Santé": 4})
    factories.commune(session)
    make_public(session, app, edition)
    assert _statements(session, lambda: reader.get(address(edition, more))) <= 12


@pytest.mark.parametrize("more", ["", "/gestion", "/level-commune", "/choisis/table-1-logement"])
def test_pages_of_a_draft_ask_few_questions(session: Session, coordinator: FlaskClient, more: str) -> None:
    edition = scene.edition(session, {"Logement": 5, "Santé": 4})
    leaflet = leaflets.create(session, edition, TABLE, **BY)
    leaflets.add_items(session, leaflet, [item.id for item in items_of(session, edition)], **BY)
    session.commit()
    assert _statements(session, lambda: coordinator.get(address(edition, more))) <= 12


def _statements(session: Session, ask: Callable[[], Any]) -> int:
    heard: list[str] = []
    engine = session.get_bind()

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        assert ask().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return len([one for one in heard if one.lstrip().upper().startswith("SELECT")])


# --- Building ---------------------------------------------------------------------------------------------


def test_the_public_asks_for_a_pdf_that_is_built_once_and_never_changes(
    session: Session, app: Hub, reader: FlaskClient, quick_print: list[str], run_jobs: Callable[[], None]
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    make_public(session, app, edition)
    url = address(edition, "/level-commune/construire")
    for _ in range(3):
        assert reader.post(url).status_code == 303
    assert session.scalar(select(func.count()).select_from(Job).where(Job.name == variants.JOB)) == 1
    run_jobs()
    assert reader.post(url).status_code == 303
    run_jobs()
    assert quick_print == ["level-commune"]
    with reader.get(address(edition, "/level-commune.pdf")) as answer:
        assert (answer.status_code, answer.data) == (200, SMALLEST_PDF)
    assert "Télécharger le PDF" in reader.get(address(edition, "/level-commune")).text
    # The register may change: what was published doesn't.
    session.rollback()
    item = items_of(session, edition)[0]
    item.recommendation.title = "Tout autre chose"
    session.commit()
    assert "Tout autre chose" not in reader.get(address(edition, "/level-commune")).text


def test_the_public_can_ask_only_for_what_there_is(session: Session, app: Hub, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    make_public(session, app, edition)
    for name in ("level-mars", "full", "authority-x", "leaflet-x", "gestion"):
        assert reader.post(address(edition, f"/{name}/construire")).status_code == 404


def test_the_public_is_held_back_after_many_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)
    app = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "a key for tests only",
            "DATA_FOLDER": str(tmp_path),
            "BASE_URL": "http://localhost",
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": True,
        }
    )
    with app.app_context():
        schema.upgrade(db.engine)
        with writing(db.engine) as session:
            scene.memorandum(session)
    limiter.reset()
    url = "/memorandums/memorandum-d-essai/edition-1/feuillets/level-commune/construire"
    answers = [app.test_client().post(url).status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]
    limiter.reset()
    with app.app_context():
        db.engine.dispose()


def test_a_draft_s_leaflet_is_built_again_once_it_changed(
    session: Session, coordinator: FlaskClient, quick_print: list[str], run_jobs: Callable[[], None]
) -> None:
    edition = scene.edition(session, {"Logement": 1, "Santé": 1})
    session.commit()
    for title in ("", "Un autre titre"):
        session.rollback()
        if title:
            items_of(session, edition)[0].recommendation.title = title
        session.commit()
        for _ in range(2):
            coordinator.post(address(edition, "/level-commune/construire"))
            run_jobs()
    assert quick_print == ["level-commune", "level-commune"]
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Build)) == 2


def test_what_was_read_as_a_draft_is_not_kept_for_a_published_edition(session: Session, app: Hub) -> None:
    edition = scene.edition(session, {"Logement": 1})
    (sheet,) = variants.sheets(session, edition, ["level-commune"])
    make_public(session, app, edition)
    printed = Printed(SMALLEST_PDF, sheet.fingerprint, to_json(sheet.edition), {})
    store = Store(Path(app.config["FILES_FOLDER"]))
    assert variants.keep(session, store, edition, sheet, printed, now=NOW) is None


def test_coordinators_build_all_and_take_the_set_for_a_plenary(
    session: Session, coordinator: FlaskClient, quick_print: list[str], run_jobs: Callable[[], None]
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    assert coordinator.get(address(edition, "/pleniere.zip")).status_code == 404
    for place in (1, 2):
        row = leaflets.create(session, edition, replace(TABLE, title=f"Table {place}"), **BY)
        leaflets.add_items(session, row, [items_of(session, edition)[place - 1].id], **BY)
    leaflets.create(session, edition, replace(TABLE, title="Table vide"), **BY)
    session.commit()
    coordinator.post(address(edition, "/gestion"), data={"which": "tables"})
    run_jobs()
    assert quick_print == ["leaflet-table-1", "leaflet-table-2"]
    answer = coordinator.get(address(edition, "/pleniere.zip"))
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["01-table-1.pdf", "02-table-2.pdf"]
        assert archive.read("01-table-1.pdf") == SMALLEST_PDF
    coordinator.post(address(edition, "/gestion"))
    run_jobs()
    assert "level-commune" in quick_print


# --- Chosen by hand ---------------------------------------------------------------------------------------


@both_databases
def test_items_are_chosen_ordered_and_taken_out(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 3})
    leaflet = leaflets.create(session, edition, TABLE, **BY)
    first, second, third = (item.id for item in items_of(session, edition))
    assert leaflets.add_items(session, leaflet, [third, first, second], **BY) == 3
    assert leaflets.add_items(session, leaflet, [first], **BY) == 0
    rows = [row.id for row in leaflet.items]
    leaflets.order(session, leaflet, rows[::-1], **BY)
    assert [row.item_id for row in leaflet.items] == [third, second, first]
    leaflets.move(session, leaflet, rows[0], up=True, **BY)
    assert [row.item_id for row in leaflet.items] == [third, first, second]
    leaflets.remove_item(session, leaflet, rows[2], **BY)
    assert [row.item_id for row in leaflet.items] == [first, second]
    with pytest.raises(ChangedMeanwhileError):
        leaflets.order(session, leaflet, rows, **BY)


def test_items_of_another_edition_are_not_added(session: Session) -> None:
    edition, other = (
        scene.edition(session, {"Logement": 1}),
        scene.edition(session, {"Santé": 1}, title="Autre"),
    )
    leaflet = leaflets.create(session, edition, TABLE, **BY)
    assert leaflets.add_items(session, leaflet, [items_of(session, other)[0].id], **BY) == 0


def test_a_leaflet_keeps_its_address_and_two_have_not_the_same(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    one, two = (leaflets.create(session, edition, TABLE, **BY) for _ in range(2))
    new = leaflets.create(session, edition, replace(TABLE, title="Nouveau"), **BY)
    assert (one.slug, two.slug, new.slug) == ("table-1-logement", "table-1-logement-2", "nouveau-2")
    leaflets.edit(session, one, replace(TABLE, title="Table 9"), mark=leaflets.mark_of(one), **BY)
    assert (one.slug, one.title) == ("table-1-logement", "Table 9")


def test_a_published_edition_may_still_have_new_leaflets(session: Session, app: Hub) -> None:
    edition = scene.edition(session, {"Logement": 1})
    make_public(session, app, edition)
    leaflet = leaflets.create(session, edition, TABLE, **BY)
    assert leaflets.add_items(session, leaflet, [items_of(session, edition)[0].id], **BY) == 1
    (sheet,) = variants.sheets(session, edition, [f"leaflet-{leaflet.slug}"])
    assert [item.title for item in sheet.edition.items] == ["Logement, demande 1"]


def test_two_who_edit_a_leaflet_do_not_overwrite_each_other(
    session: Session, coordinator: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    leaflet = leaflets.create(session, edition, TABLE, **BY)
    session.commit()
    url = address(edition, f"/choisis/{leaflet.slug}/fiche")
    seen = leaflets.mark_of(leaflet)
    said = {
        "kind": "plenary_table",
        "title": "Le mien",
        "organisation": "0",
        "introduction": "",
        "mark": seen,
    }
    leaflets.edit(session, leaflet, replace(TABLE, title="Le sien"), mark=seen, actor="X", now=LATER)
    session.commit()
    answer = coordinator.post(url, data=said)
    assert answer.status_code == 409
    assert "Le mien" in answer.text
    session.expire_all()
    assert leaflet.title == "Le sien"


def test_a_missing_title_is_said_beside_it(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    said = {"kind": "party_meeting", "title": " ", "organisation": "0", "introduction": "À ne pas perdre"}
    answer = coordinator.post(address(edition, "/choisis/nouveau"), data=said)
    assert answer.status_code == 422
    assert "Donnez un titre au feuillet." in answer.text
    assert "À ne pas perdre" in answer.text


def test_the_pages_of_a_leaflet_lead_through_its_life(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 3, "Santé": 1})
    session.commit()
    said = {"kind": "plenary_table", "title": "Table 1", "organisation": "0", "introduction": ""}
    assert coordinator.post(address(edition, "/choisis/nouveau"), data=said).status_code == 303
    url = address(edition, "/choisis/table-1")
    assert "Santé, demande 1" not in words(coordinator.get(f"{url}?q=logement").text)
    item = items_of(session, edition)[3]
    coordinator.post(f"{url}/ajouter", data={"item": [str(item.id)]})
    session.rollback()
    leaflet = session.scalars(select(Leaflet)).one()
    assert [row.item_id for row in leaflet.items] == [item.id]
    assert "Santé, demande 1" in words(coordinator.get(address(edition, "/leaflet-table-1")).text)
    assert coordinator.get(f"{url}/supprimer").status_code == 200
    assert coordinator.post(f"{url}/supprimer").status_code == 303
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Leaflet)).all() == []
    assert session.scalar(select(func.count()).select_from(Item)) == 4


# --- Questions to candidates ----------------------------------------------------------------------------


def ask(session: Session, edition: Edition, *texts: str, mark: str | None = None) -> None:
    present = session.scalars(select(CandidateQuestion).order_by(CandidateQuestion.position)).all()
    rows = [Asked(text) for text in texts]
    questions.write(session, edition, rows, mark=mark or questions.mark_of(present), **BY)


@both_databases
def test_questions_are_kept_in_their_order(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    ask(session, edition, "Une ?", "", "Deux ?")
    ask(session, edition, "Deux ?", "Une ?")
    rows = session.scalars(select(CandidateQuestion).order_by(CandidateQuestion.position)).all()
    assert [(row.position, row.text) for row in rows] == [(1, "Deux ?"), (2, "Une ?")]


@both_databases
def test_the_database_holds_eight_of_three_hundred_signs(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    identifier = edition.id
    session.commit()
    for position, text in ((9, "Une ?"), (0, "Une ?"), (1, "x" * 301), (1, "")):
        row = insert(CandidateQuestion).values(edition_id=identifier, text=text, position=position)
        with pytest.raises((IntegrityError, DataError)):
            session.execute(row)
        session.rollback()


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [(["Une ?"] * 9, "Retirez-en 1"), (["x" * 300, "x" * 301], "Question 2 : 301 signes, 300 au plus.")],
)
def test_too_many_or_too_long_is_refused_and_nothing_is_lost(
    session: Session, coordinator: FlaskClient, texts: list[str], sentence: str
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    url = address(edition).replace("feuillets", "questions")
    mark = re.findall(r'name="mark" value="([^"]*)"', coordinator.get(url).text)[0]
    answer = coordinator.post(url, data={"mark": mark, "text": texts, "item": ["0"] * len(texts)})
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert answer.text.count(texts[-1]) >= 1
    assert answer.text.count("<textarea") == len(texts)
    assert session.scalars(select(CandidateQuestion)).all() == []
    kept = coordinator.post(url, data={"mark": mark, "text": ["x" * 300], "item": ["0"]})
    assert kept.status_code == 303


def test_somebody_else_s_questions_are_not_overwritten(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    url = address(edition).replace("feuillets", "questions")
    mark = re.findall(r'name="mark" value="([^"]*)"', coordinator.get(url).text)[0]
    ask(session, edition, "La sienne ?")
    session.commit()
    answer = coordinator.post(url, data={"mark": mark, "text": ["La mienne ?"], "item": ["0"]})
    assert answer.status_code == 409
    assert "La mienne ?" in answer.text
    assert "La sienne ?" in answer.text


def test_a_question_rests_on_an_item_of_the_edition(session: Session) -> None:
    edition, other = (
        scene.edition(session, {"Logement": 1}),
        scene.edition(session, {"Santé": 1}, title="Autre"),
    )
    with pytest.raises(DomainError, match="plus dans"):
        questions.write(
            session,
            edition,
            [Asked("Une ?", items_of(session, other)[0].id)],
            mark=questions.mark_of([]),
            **BY,
        )
    questions.write(
        session, edition, [Asked("Une ?", items_of(session, edition)[0].id)], mark=questions.mark_of([]), **BY
    )


def test_frozen_questions_no_longer_change(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    scene.put(edition, EditionState.FROZEN)
    session.flush()
    with pytest.raises(FrozenError):
        ask(session, edition, "Une ?")


def test_a_draft_without_items_has_no_leaflet(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.memorandum(session).editions[0]
    composing.add_chapter(session, edition, "Vide", **BY)
    session.commit()
    for more in ("", "/gestion"):
        assert coordinator.get(address(edition, more)).status_code == 200


# --- Files and open data --------------------------------------------------------------------------------


def beside(edition: Edition, more: str) -> str:
    return f"/memorandums/{edition.memorandum.slug}/edition-{edition.number}{more}"


FILES = (".epub", ".odt", "/feuillets/level-commune.epub", "/feuillets/level-commune.odt")
DATA = ("/donnees", "/donnees.json", "/donnees.csv")


@pytest.mark.parametrize("more", [*FILES, *DATA])
def test_files_of_a_draft_are_unknown_to_the_public(session: Session, reader: FlaskClient, more: str) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    assert reader.get(beside(edition, more)).status_code == 404
    scene.put(edition, EditionState.FROZEN)
    session.commit()
    assert reader.get(beside(edition, more)).status_code == 404


@pytest.mark.parametrize("more", [*FILES, *DATA])
def test_files_of_a_published_edition_are_everybody_s(
    session: Session, app: Hub, reader: FlaskClient, more: str
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    make_public(session, app, edition)
    answer = reader.get(beside(edition, more))
    assert answer.status_code == 200
    assert answer.data


def test_coordinators_rework_a_draft(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    for more in FILES:
        assert coordinator.get(beside(edition, more)).status_code == 200
    assert coordinator.get(beside(edition, "/donnees.json")).status_code == 404


def test_data_name_stable_addresses(session: Session, app: Hub, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 2})
    make_public(session, app, edition)
    told = reader.get(beside(edition, "/donnees.json")).get_json()
    page = reader.get(beside(edition, "")).text
    assert len(told["items"]) == 2
    for item in told["items"]:
        assert item["url"].endswith(f"{beside(edition, '')}#{item['id']}")
        assert f'id="{item["id"]}"' in page
    schema_told = reader.get("/memorandums/donnees.schema.json").get_json()
    assert set(schema_told["properties"]["items"]["items"]["properties"]) == set(told["items"][0])
