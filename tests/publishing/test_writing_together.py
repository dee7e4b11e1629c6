"""Several at work, versions and previews: the pages, what they keep, and how often they ask the database."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core.files import Store
from hub.publishing.models.composition import Chapter, FigureKind, Item
from hub.publishing.models.editions import Edition, EditionState
from hub.publishing.models.elections import Election
from hub.publishing.models.writing import EditionComment
from hub.publishing.operations import apparatus, checking, comments, composing, errata, parts, snapshots
from tests import factories
from tests.factories import NOW
from tests.publishing import scene

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}
MOST_QUERIES = 12


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def page_of(edition: Edition, more: str = "") -> str:
    return f"/memorandums/{edition.memorandum.slug}/edition-{edition.number}{more}"


def words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def asked(session: Session, client: FlaskClient, address: str) -> list[str]:
    """Return the statements that a page asks, once caches are warm."""
    client.get(address)
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        if arguments[2].startswith("SELECT"):
            statements.append(arguments[2])

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    assert client.get(address).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return statements


@pytest.mark.parametrize(
    "which", ["", "/versions", "/verifier", "/verifier?court=1", "/commentaires", "/parties/{part}",
             "/parties/{priorities}",
             "/parties/{signatories}",
             "/parties/{glossary}",
             "/parties/{sponsors}",
             "/chapitres/{chapter}", "/chapitres/{chapter}/ajouter", "/commentaires?item={item}"],
)  # fmt: skip
def test_pages_ask_the_database_seldom(session: Session, coordinator: FlaskClient, which: str) -> None:
    election = Election(label="Élections", held_on=date(2030, 10, 13), levels=[factories.level(session)])
    session.add(election)
    session.flush()
    edition = scene.edition(session, {"A": 9, "B": 8}, election_id=election.id)
    chapter = edition.chapters[0]
    for item in session.scalars(select(Item)).all():
        comments.add(session, edition, item, "Vu ?", **BY)
    ids = [item.id for item in chapter.items]
    parts.choose_priorities(session, edition, ids, wanted=True, **BY)
    session.commit()
    places = {
        "part": scene.part(session, edition).id,
        "priorities": scene.part(session, edition, "priorities").id,
        "signatories": scene.part(session, edition, "signatories").id,
        "glossary": scene.part(session, edition, "glossary").id,
        "sponsors": scene.part(session, edition, "sponsors").id,
        "chapter": chapter.id,
        "item": ids[0],
    }
    statements = asked(session, coordinator, page_of(edition, which.format(**places)))
    assert len(statements) <= MOST_QUERIES, "\n\n".join(statements)


@pytest.mark.parametrize("which", ["/verifier/impression", "/verifier", "", "/publication", "/geler"])
def test_pages_ask_no_more_of_an_edition_with_a_past(
    session: Session, coordinator: FlaskClient, which: str
) -> None:
    """Demands of earlier memoranda, figures of each kind, errata: what is read along is bounded."""
    before = None
    for year in (2018, 2019, 2029):
        edition = scene.edition(
            session, {"A": 4, "B": 3}, title=f"M {year}", year=year,
            previous_id=before.memorandum_id if before else None,
        )  # fmt: skip
        if before is not None:
            again = [item.recommendation_id for item in before.chapters[0].items]
            composing.add_items(session, edition.chapters[0], again, **BY)
            edition.starts_from_id = before.id
        for kind in (FigureKind.POSITIONS, FigureKind.COVERAGE):
            for chapter in edition.chapters:
                apparatus.add_figure(session, edition, chapter, kind, apparatus.Words(kind), **BY)
        if year < 2029:
            scene.put(edition, EditionState.PUBLISHED)
            session.flush()
            errata.write(session, edition, "Lire 2 000", None, **BY)
        before = edition
    assert before is not None
    session.commit()
    statements = asked(session, coordinator, page_of(before, which))
    assert len(statements) <= MOST_QUERIES, "\n\n".join(statements)


def test_an_edition_is_undone_and_made_again_by_buttons(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    coordinator.post(page_of(edition, "/chapitres"), data={"title": "De trop"})
    page = coordinator.get(page_of(edition)).text
    assert "Annuler : chapitre ajouté" in words(page).replace("\u00a0", " ")
    head = re.search(r'name="head" value="(\d+)"', page)
    assert head is not None
    # GET changes nothing.
    assert coordinator.get(page_of(edition, "/annuler")).status_code == 405
    coordinator.post(page_of(edition, "/annuler"), data={"head": head[1]})
    page = coordinator.get(page_of(edition)).text
    assert "De trop" not in words(page)
    # The same page sent twice undoes once.
    coordinator.post(page_of(edition, "/annuler"), data={"head": head[1]})
    assert "Logement" in words(coordinator.get(page_of(edition)).text)
    head = re.search(r'name="head" value="(\d+)"', page)
    assert head is not None
    coordinator.post(page_of(edition, "/retablir"), data={"head": head[1]})
    assert "De trop" in words(coordinator.get(page_of(edition)).text)


def test_two_versions_are_compared_word_by_word(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    row = snapshots.latest(session, edition)
    assert row is not None
    before = row.number
    mark = composing.seen("Nous sommes un réseau.")
    composing.write_preamble(session, edition, "Nous sommes un grand réseau.", mark=mark, **BY)
    session.commit()
    text = coordinator.get(page_of(edition, f"/versions?de={before}&a={before + 1}")).text
    assert "[ajouté : grand ]" in words(text).replace("\u00a0", " ")
    assert "Emploi" not in text
    coordinator.post(page_of(edition, f"/versions/{before}/nommer"), data={"label": "Relue en réunion"})
    assert "Relue en réunion" in coordinator.get(page_of(edition, "/versions")).text
    coordinator.post(page_of(edition, f"/versions/{before}/reprendre"))
    session.rollback()
    session.expire_all()
    assert scene.part(session, edition).text == "Nous sommes un réseau."


def test_a_comment_is_written_and_settled_where_it_belongs(
    session: Session, coordinator: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    chapter = session.scalars(select(Chapter)).one()
    session.commit()
    assert coordinator.post(page_of(edition, "/commentaires"), data={"text": " "}).status_code == 422
    data = {"text": "Chiffre à vérifier", "chapter": str(chapter.id)}
    answer = coordinator.post(page_of(edition, "/commentaires"), data=data)
    assert f"/chapitres/{chapter.id}" in answer.location
    assert "Chiffre à vérifier" in coordinator.get(page_of(edition, f"/chapitres/{chapter.id}")).text
    assert "1 commentaire à régler" in words(coordinator.get(page_of(edition)).text)
    session.rollback()
    row = session.scalars(select(EditionComment)).one()
    coordinator.post(page_of(edition, f"/commentaires/{row.id}"), data={"settled": "yes", "back": "list"})
    assert "à régler" not in words(coordinator.get(page_of(edition)).text)
    session.rollback()
    other = scene.edition(session, {"Emploi": 1})
    session.commit()
    assert coordinator.post(page_of(other, f"/commentaires/{row.id}")).status_code == 404
    assert coordinator.get(page_of(other, f"/commentaires?chapter={chapter.id}")).status_code == 404


def test_who_else_is_there_is_told(
    session: Session, coordinator: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    other = factories.coordinator(session)
    session.commit()
    another = sign_in(coordinator.application.test_client(), other)
    assert words(another.post(page_of(edition, "/presence"), data={"place": "Logement"}).text).strip() == ""
    told = words(coordinator.post(page_of(edition, "/presence"), data={"place": "plan"}).text)
    assert f"{other.name} écrit dans « Logement »" in told.replace("\u00a0", " ")


def test_all_that_the_filters_find_is_added_at_once(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 0})
    chapter = session.scalars(select(Chapter)).one()
    for place in range(5):
        scene.recommendation(session, f"Loger {place}", levels=("commune",))
    scene.recommendation(session, "Ailleurs", levels=("federal",))
    scene.recommendation(session, "Loger plus tard", adopted=False)
    session.commit()
    address = page_of(edition, f"/chapitres/{chapter.id}/ajouter?q=loger&level=commune")
    assert "Ajouter les 5 trouvées" in words(coordinator.get(address).text).replace("\u00a0", " ")
    coordinator.post(address, data={"gesture": "all"})
    session.rollback()
    session.expire_all()
    assert [titles for _, titles in scene.titles(session, edition)] == [
        [f"Loger {place}" for place in range(5)]
    ]


def test_marks_are_set_from_the_outline(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 2})
    item = session.scalars(select(Item)).first()
    assert item is not None
    session.commit()
    for gesture in ("priority", "cross"):
        coordinator.post(page_of(edition, "/selection"), data={"item": item.id, "gesture": gesture})
    page = words(coordinator.get(page_of(edition)).text)
    assert "Priorité 1" in page
    assert "Transversale" in page


def test_what_was_stored_is_told_to_the_device(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    part = scene.part(session, edition, "consulted")
    session.commit()
    address = page_of(edition, f"/parties/{part.id}")
    page = coordinator.get(address).text
    sent = {name: re.search(rf'name="{name}"[^>]* value="(\w+)"', page) for name in ("mark", "page")}
    data = {name: found[1] for name, found in sent.items() if found}
    answer = coordinator.post(address, data={**data, "text": "Douze tables"}, follow_redirects=True)
    assert (
        f'data-kept="edition-{edition.id}-section-{part.id}" data-kept-page="{data["page"]}"' in answer.text
    )


def test_a_frozen_edition_has_no_pages_to_write_it(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    part = scene.part(session, edition)
    scene.put(edition, EditionState.FROZEN)
    session.commit()
    assert coordinator.get(page_of(edition, f"/parties/{part.id}")).status_code == 303
    page = coordinator.get(page_of(edition)).text
    assert "Ordre des parties" not in page
    assert "/annuler" not in page


def test_what_became_of_each_demand_is_a_page_of_the_edition(
    session: Session, coordinator: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    tab = f'href="{page_of(edition, "/lignee")}"'
    assert tab in coordinator.get(page_of(edition)).text
    assert f'aria-current="page" {tab}' in coordinator.get(page_of(edition, "/lignee")).text


def test_a_chapter_is_shown_as_it_will_be_printed(
    session: Session, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = scene.edition(session, {"Vide": 0, "Logement": 1})
    empty, full = (chapter.id for chapter in edition.chapters)
    session.commit()
    asked_for = []

    def preview(_material: Any, _store: Any, anchor: str) -> bytes:
        asked_for.append(anchor)
        return b"%PDF-"

    monkeypatch.setattr("hub.publishing.views.checking.printing.preview", preview)
    answer = coordinator.get(page_of(edition, f"/chapitres/{full}/page"))
    assert (answer.data, answer.mimetype) == (b"%PDF-", "application/pdf")
    assert asked_for == ["chapitre-1-logement"]
    assert coordinator.get(page_of(edition, f"/chapitres/{empty}/page")).status_code == 303


def test_a_part_is_shown_as_it_will_be_printed_where_it_stands_alone(
    session: Session, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    own = parts.add_section(session, edition, "Nos valeurs", **BY)
    parts.write_section(session, own, own.title, "Le texte.", mark=composing.seen(own.title, ""), **BY)
    preamble, glossary, index = (
        scene.part(session, edition, kind) for kind in ("preamble", "glossary", "index")
    )
    preamble.text = "Le préambule."
    session.commit()
    asked_for = []

    def preview(_material: Any, _store: Any, anchor: str) -> bytes:
        asked_for.append(anchor)
        return b"%PDF-"

    monkeypatch.setattr("hub.publishing.views.checking.printing.preview", preview)
    for row in (preamble, own):
        answer = coordinator.get(page_of(edition, f"/parties/{row.id}/page"))
        assert (answer.data, answer.mimetype) == (b"%PDF-", "application/pdf")
        assert f"/parties/{row.id}/page" in coordinator.get(page_of(edition, f"/parties/{row.id}")).text
    assert asked_for == ["preambule", "partie-nos-valeurs"]
    # An empty one isn't printed; one that names pages needs the whole.
    for row, words in ((glossary, "encore vide"), (index, "construisez le PDF")):
        answer = coordinator.get(page_of(edition, f"/parties/{row.id}/page"), follow_redirects=True)
        assert words in answer.text
    assert f"/parties/{index.id}/page" not in coordinator.get(page_of(edition, f"/parties/{index.id}")).text
    preamble.is_left_out = True
    session.commit()
    answer = coordinator.get(page_of(edition, f"/parties/{preamble.id}/page"), follow_redirects=True)
    assert "laissée de côté" in answer.text
    assert asked_for == ["preambule", "partie-nos-valeurs"]


@pytest.mark.parametrize("kind", ["cover", "chapters"])
def test_no_text_is_asked_for_where_none_is_printed(
    session: Session, coordinator: FlaskClient, kind: str
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    row = scene.part(session, edition, kind)
    session.commit()
    text = coordinator.get(page_of(edition, f"/parties/{row.id}")).text
    assert 'name="text"' not in text.partition('id="commentaires"')[0]


def test_what_the_printed_pages_would_show_badly_leads_to_where_it_is_mended(
    session: Session, coordinator: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    chapter = edition.chapters[0]
    mark = composing.seen(chapter.title, chapter.introduction)
    composing.edit_chapter(
        session, chapter, chapter.title, "Voir [ici](https://example.org).", mark=mark, **BY
    )
    own = parts.add_section(session, edition, "Merci 🙂", **BY)
    parts.write_section(session, own, own.title, "> " * 40 + "a", mark=composing.seen(own.title, ""), **BY)
    edition.memorandum.title = "Mémorandum 🦊"
    session.commit()
    text = coordinator.get(page_of(edition, "/verifier/impression")).text
    assert f"/chapitres/{chapter.id}" in text
    # What would keep the PDF from being built is told there too, and leads to its part or to the record.
    assert text.count(f"/parties/{own.id}") == 2
    assert f"/memorandums/{edition.memorandum.slug}/fiche" in text
    # Without scripts it is a page of its own; with them, a part of the checklist.
    assert "<h1" in text
    headers = {"HX-Request": "true"}
    assert "<h1" not in coordinator.get(page_of(edition, "/verifier/impression"), headers=headers).text


def test_a_figure_without_a_caption_is_named_by_its_place_on_its_own_page(
    session: Session, coordinator: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    store = Store(Path(coordinator.application.config["FILES_FOLDER"]))
    out = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PNG")
    file = apparatus.keep_picture(session, store, out.getvalue(), "a.png", side=100, field="file", now=NOW)
    for place in (scene.part(session, edition), edition.chapters[0]):
        apparatus.add_figure(
            session, edition, place, FigureKind.IMAGE, apparatus.Words("", "", ""), file=file, **BY
        )
    session.commit()
    told = [remark for remark in checking.checklist(session, edition) if "Figure" in remark.msgid]
    assert [remark.params["name"] for remark in told] == ["1"] * 4
    assert {remark.is_error for remark in told} == {True, False}


def test_a_picture_too_small_to_print_is_told_and_so_is_one_that_has_gone(
    session: Session, coordinator: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    store = Store(Path(coordinator.application.config["FILES_FOLDER"]))
    out = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PNG")
    file = apparatus.keep_picture(session, store, out.getvalue(), "a.png", side=100, field="file", now=NOW)
    words_of = apparatus.Words("Une table", "Huit personnes", "Réseau")
    apparatus.add_figure(session, edition, edition.chapters[0], FigureKind.IMAGE, words_of, file=file, **BY)
    session.commit()
    address = page_of(edition, "/verifier/impression")
    assert "l’image est petite (60 pixels" in words(coordinator.get(address).text)
    assert f"/chapitres/{edition.chapters[0].id}" in coordinator.get(address).text
    store.path(file.sha256).unlink()
    gone = coordinator.get(address)
    assert gone.status_code == 200
    assert "Une image ou un logo de cette édition est introuvable" in words(gone.text)
