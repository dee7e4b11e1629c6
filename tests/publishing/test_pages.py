"""The pages: who sees what, what is refused with which words, what is kept of what was typed."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.files import Store
from hub.core.jobs import Job, JobState
from hub.publishing.models.composition import Item
from hub.publishing.models.editions import Edition, EditionState, Memorandum
from hub.publishing.models.elections import Election
from hub.publishing.operations import composing, content, memoranda, publication, steps
from hub.publishing.operations.publication import Printed
from hub.publishing.queries import memoranda as queries
from hub.recommendations.signals import places
from memoranda.content import to_json
from tests import factories
from tests.factories import NOW
from tests.publishing import scene
from tests.publishing.conftest import SMALLEST_PDF

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


@pytest.fixture
def reader(client: FlaskClient) -> FlaskClient:
    """Give a browser where nobody is signed in."""
    return client.application.test_client()


def page_of(edition: Edition, more: str = "") -> str:
    return f"/memorandums/{edition.memorandum.slug}/edition-{edition.number}{more}"


def part_of(session: Session, edition: Edition, kind: str = "preamble") -> str:
    return page_of(edition, f"/parties/{scene.part(session, edition, kind).id}")


def renew(session: Session) -> None:
    """Let the session see what requests have stored since it last read."""
    session.rollback()
    session.expire_all()


def words(text: str) -> str:
    """Return a page's words on one line, with ordinary spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def make_public(session: Session, edition: Edition, client: FlaskClient) -> None:
    """Publish with a PDF that is there already."""
    job = scene.freeze(session, edition)
    material = content.gather(session, edition)
    store = Store(Path(client.application.config["FILES_FOLDER"]))
    printed = Printed(SMALLEST_PDF, material.fingerprint, to_json(material.edition), {})
    assert publication.keep(session, store, edition, printed, job_id=job.id, **BY)
    steps.publish_built(session, edition, actor=scene.ACTOR)
    session.commit()


def keep_frozen(session: Session, edition: Edition, client: FlaskClient) -> None:
    """Keep the PDF that a frozen edition waits for."""
    material = content.gather(session, edition)
    store = Store(Path(client.application.config["FILES_FOLDER"]))
    printed = Printed(SMALLEST_PDF, material.fingerprint, to_json(material.edition), {})
    job = publication.current_job(session, edition)
    assert job is not None
    assert publication.keep(
        session, store, edition, printed, job_id=job.id, actor=scene.ACTOR, now=clock.now()
    )
    job.state, job.finished_at = JobState.DONE, clock.now()
    session.commit()


def keep_draft(session: Session, edition: Edition, client: FlaskClient) -> None:
    material = content.gather(session, edition)
    store = Store(Path(client.application.config["FILES_FOLDER"]))
    printed = Printed(SMALLEST_PDF, material.fingerprint, to_json(material.edition), {})
    publication.keep(session, store, edition, printed, job_id=None, **BY)
    session.commit()


# --- Who sees what ----------------------------------------------------------------------------


def test_nothing_of_a_draft_reaches_the_public(session: Session, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement secret": 2}, title="Mémorandum secret")
    keep_draft(session, edition, reader)
    assert "secret" not in reader.get("/memorandums").text
    for address in (f"/memorandums/{edition.memorandum.slug}", page_of(edition), page_of(edition, ".pdf")):
        answer = reader.get(address)
        assert answer.status_code == 404
        assert "secret" not in answer.text
    for address in (
        "/construction",
        "/publier",
        "/versions",
        "/commentaires",
        f"/chapitres/{edition.chapters[0].id}",
    ):
        answer = reader.get(page_of(edition, address))
        assert answer.status_code == 302
        assert answer.location.startswith("/connexion")


def test_members_without_the_coordination_s_right_see_what_readers_see(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    keep_draft(session, edition, client)
    member = sign_in(client, factories.user(session))
    assert member.get(page_of(edition)).status_code == 404
    assert member.get(page_of(edition, ".pdf")).status_code == 404
    assert member.post(page_of(edition, "/construire")).status_code == 403
    assert member.post(page_of(edition, "/publier")).status_code == 403


def test_while_it_is_being_published_nothing_is_half_there(session: Session, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement secret": 1}, title="Mémorandum secret")
    scene.freeze(session, edition)
    session.commit()
    assert "secret" not in reader.get("/memorandums").text
    answer = reader.get(f"/memorandums/{edition.memorandum.slug}")
    assert answer.status_code == 200
    assert "secret" not in answer.text.replace(edition.memorandum.slug, "")
    assert "noindex" in answer.text
    assert reader.get(page_of(edition)).status_code == 404
    assert reader.get(page_of(edition, ".pdf")).status_code == 404


def test_everybody_reads_and_downloads_what_is_published(session: Session, reader: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 2}, title="Mémorandum public")
    make_public(session, edition, reader)
    assert "Mémorandum public" in reader.get("/memorandums").text
    answer = reader.get(f"/memorandums/{edition.memorandum.slug}")
    assert "Logement, demande 2" in answer.text
    assert 'id="r-2026-001"' in answer.text
    assert "Projet" not in answer.text
    assert reader.get(page_of(edition)).status_code == 200
    with reader.get(page_of(edition, ".pdf")) as pdf:
        assert pdf.data == SMALLEST_PDF
        assert pdf.headers["Content-Disposition"].startswith("attachment")


def test_readers_keep_the_last_edition_while_the_next_is_written(
    session: Session, coordinator: FlaskClient, reader: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    make_public(session, edition, coordinator)
    memorandum = edition.memorandum
    assert coordinator.post(f"/memorandums/{memorandum.slug}/nouvelle-edition").status_code == 303
    renew(session)
    draft = session.scalar(queries.in_work(memorandum))
    assert draft is not None
    composing.add_chapter(session, draft, "Chapitre encore secret", **BY)
    session.commit()
    assert "secret" not in reader.get(f"/memorandums/{memorandum.slug}").text
    assert reader.get(page_of(draft)).status_code == 404
    assert "secret" in coordinator.get(page_of(draft)).text
    codes = [item.recommendation_id for item in edition.chapters[0].items]
    told = places(session, codes)[codes[0]]
    assert [(place.url.split("#")[0], place.is_published) for place in told] == [(page_of(edition), True)]


def test_an_older_edition_keeps_its_address_and_names_the_newer(
    session: Session, reader: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    make_public(session, edition, reader)
    second = memoranda.new_edition(session, edition.memorandum, **BY)
    make_public(session, second, reader)
    assert "Lire l’édition 2" in words(reader.get(page_of(edition)).text)
    assert "Lire l’édition 2" not in words(reader.get(page_of(second)).text)


def test_an_organisation_s_card_names_what_it_signs(
    session: Session, coordinator: FlaskClient, reader: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1}, title="Mémorandum signé")
    session.commit()
    address = f"/acteurs/{edition.signatories[0].organisation.slug}"
    assert "Mémorandum signé, édition 1" in words(coordinator.get(address).text)
    assert "Mémorandum signé" not in words(reader.get(address).text)
    make_public(session, edition, reader)
    assert "Mémorandum signé, édition 1" in words(reader.get(address).text)


def test_coordinators_are_led_to_their_page(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    answer = coordinator.get(f"/memorandums/{edition.memorandum.slug}")
    assert answer.location == f"/memorandums/{edition.memorandum.slug}/travail"
    assert "Composer" in coordinator.get(answer.location).text


# --- Beginning --------------------------------------------------------------------------------


def test_empty_lists_say_what_will_be_there(coordinator: FlaskClient, reader: FlaskClient) -> None:
    assert "Commencer un mémorandum" in words(coordinator.get("/memorandums").text)
    assert "Aucun mémorandum n’est encore publié" in words(reader.get("/memorandums").text)


def test_a_memorandum_is_begun_and_what_was_typed_is_kept(session: Session, coordinator: FlaskClient) -> None:
    answer = coordinator.post("/memorandums/nouveau", data={"title": " ", "subtitle": "Gardé"})
    assert answer.status_code == 422
    assert "Donnez un titre" in answer.text
    assert "Gardé" in answer.text
    answer = coordinator.post(
        "/memorandums/nouveau", data={"title": "Mémorandum", "election": "0", "territory": "0"}
    )
    assert answer.location == "/memorandums/memorandum/edition-1"
    assert session.scalars(select(Memorandum)).one().title == "Mémorandum"


@pytest.mark.parametrize("field", ["title", "subtitle", "addressees"])
def test_too_long_a_text_is_told_beside_its_field(coordinator: FlaskClient, field: str) -> None:
    data = {"title": "Mémorandum", "election": "0", "territory": "0", field: "x" * 500}
    answer = coordinator.post("/memorandums/nouveau", data=data)
    assert answer.status_code == 422
    assert "Ce texte est trop long" in words(answer.text)
    assert "x" * 500 in answer.text


def test_what_a_published_memorandum_is_no_longer_changes(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1}, title="Avant")
    make_public(session, edition, coordinator)
    address = f"/memorandums/{edition.memorandum.slug}/fiche"
    answer = coordinator.post(address, data={"title": "Après", "election": "0", "territory": "0"})
    assert answer.status_code == 422
    assert "ne changent plus" in words(answer.text)
    renew(session)
    assert edition.memorandum.title == "Avant"


# --- Composing --------------------------------------------------------------------------------


def test_a_chapter_and_its_recommendations(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.memorandum(session).editions[0]
    rows = [scene.recommendation(session, f"Demande {letter}") for letter in "ABC"]
    scene.recommendation(session, "Pas encore adoptée", adopted=False)
    session.commit()
    assert coordinator.post(page_of(edition, "/chapitres"), data={"title": ""}).status_code == 422
    assert coordinator.post(page_of(edition, "/chapitres"), data={"title": "Logement"}).status_code == 303
    renew(session)
    address = page_of(edition, f"/chapitres/{edition.chapters[0].id}/ajouter")
    offered = coordinator.get(address).text
    assert "Demande C" in offered
    assert "Pas encore adoptée" not in offered
    assert "Pas encore adoptée" in coordinator.get(address, query_string={"state": "all"}).text
    assert "Demande A" not in coordinator.get(address, query_string={"q": "demande b"}).text
    chosen = [rows[0].id, rows[2].id]
    answer = coordinator.post(address, data={"recommendation": chosen}, follow_redirects=True)
    assert "2 recommandations ajoutées au chapitre « Logement »" in words(answer.text)
    renew(session)
    assert scene.titles(session, edition) == [("Logement", ["Demande A", "Demande C"])]
    assert "Demande A" not in coordinator.get(address).text
    answer = coordinator.post(address, data={}, follow_redirects=True)
    assert "Cochez d’abord" in words(answer.text)


def test_an_order_is_stored_whole_or_refused(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 3})
    session.commit()
    chapter = edition.chapters[0]
    address = page_of(edition, f"/chapitres/{chapter.id}/ordre")
    seen = [item.id for item in chapter.items]
    assert coordinator.post(address, data={"item": seen[::-1]}).status_code == 204
    expected = [f"Logement, demande {place}" for place in (3, 2, 1)]
    renew(session)
    assert scene.titles(session, edition) == [("Logement", expected)]
    for wrong in (seen[:2], [*seen, seen[0]], [*seen[:2], 999]):
        answer = coordinator.post(address, data={"item": wrong})
        assert answer.status_code == 409
        assert "La liste a changé entre-temps" in answer.text
    renew(session)
    assert scene.titles(session, edition) == [("Logement", expected)]


def test_a_row_moves_without_scripts(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 2, "Emploi": 0})
    session.commit()
    first, second = edition.chapters
    item = first.items[1].id
    answer = coordinator.post(
        page_of(edition, f"/chapitres/{first.id}/ordre"), data={"moved": item, "direction": "up"}
    )
    assert answer.status_code == 303
    coordinator.post(page_of(edition, "/chapitres/ordre"), data={"moved": second.id, "direction": "up"})
    renew(session)
    assert scene.titles(session, edition) == [
        ("Emploi", []),
        ("Logement", ["Logement, demande 2", "Logement, demande 1"]),
    ]


def test_what_is_ticked_is_moved_or_taken_out(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 3, "Emploi": 0})
    session.commit()
    items = [item.id for item in edition.chapters[0].items]
    address = page_of(edition, "/selection")
    data = {"item": items[1:], "gesture": "move", "chapter": edition.chapters[1].id}
    coordinator.post(address, data=data)
    coordinator.post(address, data={"item": items[:1], "gesture": "remove"})
    renew(session)
    assert scene.titles(session, edition) == [
        ("Logement", []),
        ("Emploi", ["Logement, demande 2", "Logement, demande 3"]),
    ]
    answer = coordinator.post(address, data={"gesture": "remove"}, follow_redirects=True)
    assert "Cochez d’abord" in words(answer.text)


def test_parts_of_another_edition_are_not_found(session: Session, coordinator: FlaskClient) -> None:
    edition, other = scene.edition(session, {"Logement": 1}), scene.edition(session, {"Emploi": 1})
    session.commit()
    foreign = other.chapters[0]
    for address in (f"/chapitres/{foreign.id}", f"/chapitres/{foreign.id}/ajouter"):
        assert coordinator.get(page_of(edition, address)).status_code == 404
    answer = coordinator.post(
        page_of(edition, f"/chapitres/{edition.chapters[0].id}/ordre"),
        data={"moved": foreign.items[0].id, "direction": "up"},
    )
    assert answer.status_code == 404
    signatory = other.signatories[0]
    assert coordinator.post(page_of(edition, f"/signataires/{signatory.id}/retirer")).status_code == 404


def test_a_chapter_with_items_is_asked_about_before_it_goes(
    session: Session, coordinator: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    session.commit()
    address = page_of(edition, f"/chapitres/{edition.chapters[0].id}/supprimer")
    assert "2 recommandations quittent l’édition" in words(coordinator.get(address).text)
    assert session.scalar(select(func.count()).select_from(Item)) == 2
    assert coordinator.post(address).status_code == 303
    renew(session)
    assert session.scalar(select(func.count()).select_from(Item)) == 0


def test_two_people_write_the_preamble(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    address = part_of(session, edition)
    mark = re.search(r'name="mark" value="(\w+)"', coordinator.get(address).text)
    assert mark is not None
    first = {"text": "Le texte d’Anna", "mark": mark[1]}
    assert coordinator.post(address, data=first).status_code == 303
    answer = coordinator.post(address, data={"text": "Le texte de Bob", "mark": mark[1]})
    assert answer.status_code == 422
    assert "Le texte de Bob" in answer.text
    assert "Le texte d’Anna" in words(answer.text)
    # Having seen both, Bob may store his.
    mark = re.search(r'name="mark" value="(\w+)"', answer.text)
    assert mark is not None
    assert coordinator.post(address, data={"text": "Ensemble", "mark": mark[1]}).status_code == 303


def test_the_preview_shows_and_stores_nothing(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    typed = "Un **mot** <script>alert(1)</script>"
    answer = coordinator.post("/memorandums/apercu", data={"text": typed})
    assert "<strong>mot</strong>" in answer.text
    assert "<script" not in answer.text
    answer = coordinator.post(part_of(session, edition), data={"text": typed, "preview": "1"})
    assert answer.status_code == 200
    assert "<strong>mot</strong>" in answer.text
    renew(session)
    assert scene.part(session, edition).text == "Nous sommes un réseau."


def test_signatories_and_figure(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    more = factories.organisation(session, "Maison du quartier")
    session.commit()
    assert coordinator.post(page_of(edition, "/signataires"), data={}).status_code == 422
    coordinator.post(page_of(edition, "/signataires"), data={"organisations": [more.id]})
    network = part_of(session, edition, "network")
    coordinator.post(f"{network}/laisser", data={"left_out": "yes"})
    renew(session)
    assert [one.organisation.name for one in edition.signatories][1:] == ["Maison du quartier"]
    assert scene.part(session, edition, "network").is_left_out


# --- Building and publishing ------------------------------------------------------------------


def test_a_second_click_builds_once_and_the_progress_is_told(
    session: Session, coordinator: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    for _ in range(2):
        assert coordinator.post(page_of(edition, "/construire")).location.endswith("#pdf")
    renew(session)
    assert session.scalar(select(func.count()).select_from(Job)) == 1
    assert "Construction du PDF" in words(coordinator.get(page_of(edition)).text)
    told = coordinator.get(page_of(edition, "/construction"))
    assert "En attente de son tour" in words(told.text)
    assert "HX-Refresh" not in told.headers
    coordinator.post(page_of(edition, "/arreter"))
    assert "a été arrêtée" in words(coordinator.get(page_of(edition)).text)


def test_an_old_pdf_is_said_to_be_old(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    keep_draft(session, edition, coordinator)
    old = "Le PDF date d’avant vos derniers changements"
    assert old not in words(coordinator.get(page_of(edition)).text)
    # Not only the edition itself counts: also the words of a recommendation in it.
    recommendation = edition.chapters[0].items[0].recommendation
    recommendation.text, recommendation.updated_at = "Autre chose", NOW + timedelta(minutes=1)
    session.commit()
    assert old in words(coordinator.get(page_of(edition)).text)


def test_freezing_asks_first_and_names_what_is_to_be_mended(
    session: Session, coordinator: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 1, "Emploi": 0})
    session.commit()
    asked = coordinator.get(page_of(edition, "/geler"))
    assert "Le chapitre « Emploi » est vide" in words(asked.text)
    assert '/geler"' not in asked.text
    answer = coordinator.post(page_of(edition, "/geler"), follow_redirects=True)
    assert "Il reste des points à corriger" in words(answer.text)
    renew(session)
    assert edition.state == EditionState.DRAFT
    composing.remove_chapter(session, edition.chapters[1], **BY)
    session.commit()
    assert "Geler l’édition" in coordinator.get(page_of(edition, "/geler")).text
    assert coordinator.post(page_of(edition, "/geler")).status_code == 303
    renew(session)
    assert edition.state == EditionState.FROZEN
    assert "est gelée" in words(coordinator.get(page_of(edition)).text)
    assert "Ajouter le chapitre" not in coordinator.get(page_of(edition)).text


def test_publishing_is_a_second_gesture_once_the_pdf_is_there(
    session: Session, coordinator: FlaskClient, reader: FlaskClient
) -> None:
    edition = scene.edition(session, {"Logement": 2}, title="Mémorandum attendu")
    session.commit()
    assert coordinator.get(page_of(edition, "/publier")).location.endswith("/publication")
    coordinator.post(page_of(edition, "/geler"))
    refused = coordinator.post(page_of(edition, "/publier"), follow_redirects=True)
    assert "n’est pas encore construit" in words(refused.text)
    renew(session)
    keep_frozen(session, edition, coordinator)
    page = words(coordinator.get(page_of(edition, "/publication")).text)
    assert "SHA-256" in page
    assert reader.get(page_of(edition)).status_code == 404
    assert "Publier le mémorandum" in coordinator.get(page_of(edition, "/publier")).text
    done = coordinator.post(page_of(edition, "/publier"), follow_redirects=True)
    assert "est publié" in words(done.text)
    assert "Mémorandum attendu" in reader.get("/memorandums").text
    again = coordinator.post(page_of(edition, "/publier"), follow_redirects=True)
    assert "C’était déjà fait" in words(again.text)


def test_a_frozen_edition_can_be_composed_again(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    session.commit()
    coordinator.post(page_of(edition, "/relecture"))
    renew(session)
    assert edition.state == EditionState.REVIEW
    coordinator.post(page_of(edition, "/geler"))
    renew(session)
    keep_frozen(session, edition, coordinator)
    coordinator.post(page_of(edition, "/recomposer"))
    renew(session)
    assert edition.state == EditionState.DRAFT
    assert coordinator.post(page_of(edition, "/chapitres"), data={"title": "Neuf"}).status_code == 303


def test_a_published_edition_refuses_by_its_pages_too(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 2})
    make_public(session, edition, coordinator)
    chapter = edition.chapters[0]
    before = scene.titles(session, edition)
    for more, data in (
        ("/chapitres", {"title": "Neuf"}),
        (f"/chapitres/{chapter.id}", {"title": "Autre", "introduction": ""}),
        (f"/chapitres/{chapter.id}/supprimer", {}),
        ("/selection", {"item": [chapter.items[0].id], "gesture": "remove"}),
        (f"/parties/{scene.part(session, edition).id}", {"text": "Autre"}),
        (f"/parties/{scene.part(session, edition).id}/laisser", {"left_out": "yes"}),
        (f"/parties/{scene.part(session, edition).id}/supprimer", {}),
        ("/parties", {"section_title": "Neuve"}),
        ("/mise-en-page", {"layout": "print"}),
        ("/annuler", {"head": "1"}),
        ("/retablir", {"head": "1"}),
        ("/versions/1/nommer", {"label": "Un"}),
        ("/versions/1/reprendre", {}),
        ("/construire", {}),
        ("/publier", {}),
        ("/supprimer", {}),
    ):
        assert coordinator.post(page_of(edition, more), data=data).status_code == 303, more
    items = [item.id for item in chapter.items]
    answer = coordinator.post(page_of(edition, f"/chapitres/{chapter.id}/ordre"), data={"item": items[::-1]})
    assert answer.status_code == 409
    renew(session)
    assert edition.state == EditionState.PUBLISHED
    assert (scene.part(session, edition).text, scene.titles(session, edition)) == (
        "Nous sommes un réseau.",
        before,
    )


def test_the_outline_asks_the_database_as_often_for_many_as_for_few(
    session: Session, coordinator: FlaskClient
) -> None:
    few, many = scene.edition(session, {"A": 2}), scene.edition(session, {"A": 12, "B": 9})
    session.commit()
    engine = session.get_bind()
    counts = []
    for address in [page_of(edition) for edition in (few, few, many)]:  # the first time warms caches
        asked: list[str] = []

        def note(*arguments: Any, _asked: list[str] = asked) -> None:
            _asked.append(arguments[2])

        event.listen(engine, "before_cursor_execute", note)
        assert coordinator.get(address).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(asked))
    assert counts[1] == counts[2]


# --- Elections --------------------------------------------------------------------------------


def test_elections_are_kept_by_coordinators(
    session: Session, coordinator: FlaskClient, reader: FlaskClient
) -> None:
    level = factories.level(session)
    session.commit()
    assert reader.get("/reglages/elections").status_code == 302
    wrong = coordinator.post("/reglages/elections/nouvelle", data={"label": "", "held_on": "bientôt"})
    assert wrong.status_code == 422
    assert "Donnez un nom à l’élection" in words(wrong.text)
    data = {"label": "Élections communales", "held_on": "2036-10-12", "levels": [level.id]}
    assert coordinator.post("/reglages/elections/nouvelle", data=data).status_code == 303
    twice = coordinator.post("/reglages/elections/nouvelle", data=data)
    assert twice.status_code == 422
    assert "déjà inscrite à cette date" in words(twice.text)
    row = session.scalars(select(Election)).one()
    assert [one.code for one in row.levels] == ["commune"]
    address = f"/reglages/elections/{row.id}"
    coordinator.post(address, data={**data, "date_note": "octobre 2036, jour à fixer"})
    assert "octobre 2036, jour à fixer" in words(coordinator.get("/reglages/elections").text)
    coordinator.post(f"{address}/retirer")
    renew(session)
    assert session.scalar(select(func.count()).select_from(Election)) == 0
