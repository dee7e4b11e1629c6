"""Building and publishing: one PDF at a time, and nothing public that is half there."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.actors.models.reference import Level
from hub.actors.models.relations import Relation, RelationKind
from hub.core import jobs as queue
from hub.core import settings
from hub.core.audit import AuditEntry
from hub.core.errors import DomainError
from hub.core.files import Store
from hub.core.jobs import Job, JobState
from hub.core.mail import Message
from hub.core.web import Hub
from hub.publishing import commands
from hub.publishing.jobs import building as jobs
from hub.publishing.jobs import leaflets as leaflet_jobs
from hub.publishing.models.builds import Build
from hub.publishing.models.composition import FigureKind
from hub.publishing.models.editions import Edition, EditionState
from hub.publishing.operations import (
    apparatus,
    checking,
    composing,
    content,
    elections,
    parts,
    publication,
    variants,
)
from hub.publishing.operations.publication import Printed
from hub.publishing.operations.variants import Sheet
from hub.publishing.queries import memoranda as queries
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.models.recommendations import AGREED, RecommendationState
from hub.recommendations.operations import steps
from hub.recommendations.operations.contributions import Source
from hub.recommendations.queries import steps as step_queries
from hub.recommendations.queries.filters import RecommendationFilter
from hub.recommendations.signals import places
from memoranda.errors import BuildError, BuildStoppedError
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene
from tests.publishing.conftest import SMALLEST_PDF

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


@pytest.fixture
def quick_print(monkeypatch: pytest.MonkeyPatch) -> list[content.Material]:
    """Print nothing: give a PDF that is there already, and note what was to be printed."""
    asked: list[content.Material] = []

    def give(material: content.Material, _store: Store, **_more: Any) -> Printed:
        asked.append(material)
        edition = material.edition
        return Printed(SMALLEST_PDF, material.fingerprint, jobs.to_json(edition), {})

    def give_leaflet(_context: Any, _store: Store, sheet: Sheet, _place: Any) -> Printed:
        return Printed(SMALLEST_PDF, sheet.fingerprint, jobs.to_json(sheet.edition), {})

    monkeypatch.setattr(jobs, "print_apart", give)
    monkeypatch.setattr(leaflet_jobs, "print_sheet", give_leaflet)
    return asked


def fresh(session: Session, edition: Edition) -> Edition:
    """Return the edition as it is stored now."""
    session.rollback()
    session.expire_all()
    return session.get_one(Edition, edition.id)


def test_a_second_click_shows_the_running_build(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    first = publication.request_build(session, edition, **BY)
    assert publication.request_build(session, edition, **BY).id == first.id
    assert session.scalar(select(func.count()).select_from(Job)) == 1
    publication.stop(session, edition, **BY)
    assert publication.request_build(session, edition, **BY).id != first.id


def test_the_same_content_is_built_once(
    session: Session, run_jobs: Callable[[], int], quick_print: list[content.Material]
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    for _ in range(2):
        publication.request_build(session, edition, **BY)
        session.commit()
        assert run_jobs() == 1
    assert len(quick_print) == 1
    build = session.scalars(select(Build)).one()
    assert not publication.is_stale(session, edition, build)
    composing.write_preamble(
        session,
        edition,
        "Autre.",
        mark=composing.seen(scene.part(session, edition).text),
        actor="x",
        now=build.created_at + timedelta(seconds=1),
    )
    assert publication.is_stale(session, edition, build)


def test_going_back_to_an_earlier_content_gives_its_pdf_again(
    session: Session, run_jobs: Callable[[], int], quick_print: list[content.Material]
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    first = scene.part(session, edition).text
    for words in (first, "Autre.", first):
        composing.write_preamble(
            session,
            edition,
            words,
            mark=composing.seen(scene.part(session, edition).text),
            actor="x",
            now=NOW,
        )
        publication.request_build(session, edition, **BY)
        session.commit()
        run_jobs()
        edition = fresh(session, edition)
        build = session.scalar(queries.latest_build(edition, is_draft=True))
        assert build is not None
        assert not publication.is_stale(session, edition, build)
    assert len(quick_print) == 2


def test_publishing_waits_for_the_pdf(
    session: Session, run_jobs: Callable[[], int], quick_print: list[content.Material]
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    scene.freeze(session, edition)
    session.commit()
    assert edition.state == EditionState.FROZEN
    assert session.scalars(queries.published_editions()).all() == []
    run_jobs()
    edition = fresh(session, edition)
    assert edition.state == EditionState.PUBLISHED
    assert [one.id for one in session.scalars(queries.published_editions())] == [edition.id]
    assert not quick_print[0].edition.is_draft
    build = session.scalar(queries.published_build(edition))
    assert build is not None
    assert json.loads(build.content)["chapters"][0]["title"] == "Logement"


def test_what_it_holds_is_published_with_it(
    session: Session, run_jobs: Callable[[], int], quick_print: list[content.Material]
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    rows = [item.recommendation for item in edition.chapters[0].items]
    scene.freeze(session, edition)
    session.commit()
    assert {row.state for row in rows} == {RecommendationState.ADOPTED}
    run_jobs()
    assert quick_print
    fresh(session, edition)
    for row in rows:
        session.refresh(row)
        last = session.scalars(step_queries.of(row.id)).all()[-1]
        assert (row.state, last.before) == (RecommendationState.PUBLISHED, RecommendationState.ADOPTED)
    other = scene.memorandum(session, title="Le suivant").editions[0]
    addable = session.scalars(queries.addable(other, RecommendationFilter(), AGREED)).unique().all()
    assert {row.id for row in rows} <= {row.id for row in addable}


def test_published_by_its_build_it_bears_the_moment_of_the_decision(
    session: Session, run_jobs: Callable[[], int], quick_print: list[content.Material]
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    scene.freeze(session, edition)
    session.commit()
    run_jobs()
    assert quick_print
    edition = fresh(session, edition)
    assert (edition.state, edition.frozen_at, edition.published_at) == (EditionState.PUBLISHED, NOW, NOW)


def test_the_leaflets_that_readers_want_first_are_built_after_it(
    session: Session, run_jobs: Callable[[], int], quick_print: list[content.Material]
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    asked = edition.chapters[0].items[0].recommendation
    dinant = factories.organisation(
        session, name="Commune de Dinant", kind_id=factories.kind(session, "commune").id
    )
    fund = factories.organisation(session, name="Fonds social")
    asked.authorities.extend([dinant, fund])
    scene.freeze(session, edition)
    session.commit()
    # The whole, what begins, then each leaflet as work of its own behind what waits.
    assert run_jobs() == 4
    assert quick_print
    edition = fresh(session, edition)
    built = {build.variant for build in session.scalars(select(Build)) if build.variant != "full"}
    assert built == {"level-commune", f"authority-{dinant.slug}"}
    assert variants.to_build_ahead(session, edition) == []
    [told] = session.scalars(select(AuditEntry).where(AuditEntry.action == "edition.leaflets_built"))
    assert told.changes == {"count": [None, 2]}


@pytest.mark.usefixtures("quick_print")
def test_stopping_them_stops_nothing_else(session: Session, run_jobs: Callable[[], int]) -> None:
    edition = scene.edition(session, {"Logement": 1})
    scene.freeze(session, edition)
    session.commit()
    run_jobs()
    edition = fresh(session, edition)
    names = ["level-federal", "level-commune", "summary"]
    first = variants.enqueue_ahead(session, edition, names, now=NOW)
    later = variants.enqueue_ahead(session, edition, names[1:], now=NOW)
    queue.cancel(session, first, now=NOW)
    session.commit()
    run_jobs()
    session.expire_all()
    assert [first.state, later.state] == [JobState.CANCELLED, JobState.DONE]
    # A name that the edition doesn't have fails nothing either: the next one is still built.
    assert session.scalars(queue.of(edition, variants.JOB)).first().arguments["names"] == ["summary"]


def test_who_published_is_told_by_mail(
    session: Session, run_jobs: Callable[[], int], quick_print: list[content.Material]
) -> None:
    edition = scene.edition(session, {"Logement": 1}, title="Mémorandum *local*")
    user = factories.coordinator(session, email="coordination@example.org")
    scene.freeze(session, edition, actor=user)
    session.commit()
    run_jobs()
    assert quick_print
    message = session.scalars(select(Message)).one()
    assert message.recipient == "coordination@example.org"
    assert "Mémorandum *local*" in message.title
    assert "/memorandums/memorandum-local" in message.text


@pytest.mark.parametrize("problem", [BuildError("Le chapitre 2 déborde."), FileNotFoundError("logo")])
def test_a_failed_build_makes_a_draft_of_it_again(
    session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def fail(*_arguments: Any, **_more: Any) -> Printed:
        raise problem

    monkeypatch.setattr(jobs, "print_apart", fail)
    edition = scene.edition(session, {"Logement": 1})
    scene.freeze(session, edition)
    session.commit()
    run_jobs()
    edition = fresh(session, edition)
    assert (edition.state, edition.frozen_at) == (EditionState.DRAFT, None)
    assert edition.build_problems == jobs.problems_of(problem)
    assert session.scalars(select(Job)).one().state == JobState.FAILED
    # And it can be mended and published.
    composing.add_chapter(session, edition, "Neuf", **BY)


@pytest.mark.usefixtures("quick_print")
def test_stopping_gives_the_draft_back_and_drops_what_comes_later(session: Session, app: Hub) -> None:
    edition = scene.edition(session, {"Logement": 1})
    job = scene.freeze(session, edition)
    material = content.gather(session, edition)
    store = Store(Path(app.config["FILES_FOLDER"]))
    printed = jobs.print_apart(material, store, on_progress=print, should_stop=bool)
    publication.stop(session, edition, **BY)
    assert edition.state == EditionState.DRAFT
    assert publication.keep(session, store, edition, printed, job_id=job.id, **BY) is None
    assert edition.state == EditionState.DRAFT
    # A second attempt is not ended by the first one's PDF either.
    scene.freeze(session, edition)
    assert publication.keep(session, store, edition, printed, job_id=job.id, **BY) is None
    assert edition.state == EditionState.FROZEN


def test_a_build_told_to_stop_is_cancelled(
    session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_arguments: Any, **_more: Any) -> Printed:
        raise BuildStoppedError("arrêt")

    monkeypatch.setattr(jobs, "print_apart", stopped)
    edition = scene.edition(session, {"Logement": 1})
    publication.request_build(session, edition, **BY)
    session.commit()
    run_jobs()
    assert session.scalars(select(Job)).one().state == JobState.CANCELLED


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda s, e: composing.add_chapter(s, e, "Vide", **BY), "Le chapitre « Vide » est vide."),
        (
            lambda s, e: steps.reopen(s, e.chapters[0].items[0].recommendation, **BY),
            "Recommandation 1 (« Logement, demande 1 ») : elle n’est pas adoptée.",
        ),
        (
            lambda _s, e: e.chapters[0].items[0].recommendation.levels.clear(),
            "Recommandation 1 (« Logement, demande 1 ») : le niveau de pouvoir manque.",
        ),
    ],
)
def test_errors_keep_from_publishing(
    session: Session, spoil: Callable[[Session, Edition], Any], sentence: str
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    spoil(session, edition)
    session.flush()
    remarks = checking.checklist(session, edition)
    said = [remark.msgid % remark.params for remark in remarks if remark.is_error]
    assert [_plain(one) for one in said] == [_plain(sentence)]
    with pytest.raises(DomainError):
        scene.freeze(session, edition)
    assert edition.state == EditionState.DRAFT


def _plain(words: str) -> str:
    return re.sub(r"\s", " ", words)


def test_warnings_do_not_keep_from_publishing(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    composing.remove_signatory(session, edition.signatories[0], **BY)
    composing.write_preamble(
        session,
        edition,
        "",
        mark=composing.seen(scene.part(session, edition).text),
        **BY,
    )
    remarks = checking.checklist(session, edition)
    assert len(remarks) == 4  # nobody signs, no preamble, nothing of who was consulted, no election
    assert not any(remark.is_error for remark in remarks)
    scene.freeze(session, edition)


def test_a_part_is_said_to_be_missing_only_where_nothing_of_it_is_printed(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    own = parts.add_section(session, edition, "À part", **BY)

    def missing() -> list[str]:
        told = [remark.msgid % remark.params for remark in checking.checklist(session, edition)]
        return [_plain(one) for one in told if "La partie" in one]

    assert missing() == [
        (
            "La partie « Qui a été consulté, et comment » n’a pas de texte : "
            "on n’y lira qu’un tableau fait tout seul."
        ),
        "La partie « À part » est vide : elle n’apparaîtra pas.",
    ]
    printed = [one.title for one in content.read(session, edition).sections]
    assert "Qui a été consulté, et comment" in printed
    apparatus.add_figure(
        session, edition, own, FigureKind.COVERAGE, apparatus.Words("Qui fait quoi", "", ""), **BY
    )
    assert "À part" not in " ".join(missing())


@both_databases
@pytest.mark.usefixtures("quick_print")
def test_what_was_published_stays_when_the_register_changes(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    scene.freeze(session, edition)
    session.commit()
    run_jobs()
    edition = fresh(session, edition)
    edition.chapters[0].items[0].recommendation.title = "Une autre demande"
    session.commit()
    build = session.scalar(queries.published_build(edition))
    assert build is not None
    assert "Logement, demande 1" in build.content
    assert "Une autre demande" not in build.content


def test_content_is_numbered_through_the_chapters_and_keeps_its_threads(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 2})
    cire = factories.organisation(session, "Coordination pour réfugiés", acronym="CPR")
    document = factories.add(
        session,
        SourceDocument(
            title="Mémorandum", organisation=cire, year=2014, url="https://example.org/memorandum",
            created_at=NOW, updated_at=NOW,
        ),
    )  # fmt: skip
    source = Source(document)
    taken = scene.recommendation(
        session, "Accueillir", organisation=cire, levels=("federal", "commune"), source=source
    )
    own = scene.recommendation(session, "Loger", organisation=cire)
    chapter = composing.add_chapter(session, edition, "Accueil", "Une *introduction*", **BY)
    composing.add_items(session, chapter, [taken.id, own.id], **BY)
    plain = content.gather(session, edition).edition
    assert [item.number for item in plain.items] == ["2026/1", "2026/2", "2026/3", "2026/4"]
    item = plain.items[2]
    assert item.anchor == taken.code.lower()
    assert item.bearers == ("Coordination pour réfugiés",)
    assert [level.code for level in item.levels] == [level.code for level in taken.levels]
    assert item.origins[0].text == "CPR, Mémorandum, 2014"
    assert item.origins[0].url == "https://example.org/memorandum"
    assert plain.sources == item.origins
    assert plain.items[3].origins[0].text == "CPR, contribution au réseau, 2026"
    assert plain.day == date(2026, 3, 10)
    assert plain.is_draft


def test_a_draft_leaves_empty_chapters_out(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1, "Emploi": 0})
    assert [chapter.title for chapter in content.gather(session, edition).edition.chapters] == ["Logement"]


def test_an_election_without_a_day_says_so(session: Session) -> None:
    factories.level(session, "federal", "État fédéral")
    assert elections.load_reference(session) == 8
    assert elections.load_reference(session) == 0
    by_code = {row.code: row for row in session.scalars(queries.elections())}
    row = scene.memorandum(session, "Mémorandum 2029", election_id=by_code["2029-06"].id)
    plain = content.gather(session, row.editions[0]).edition
    assert plain.election_day is None
    assert plain.election.endswith("juin 2029, jour à fixer")
    held = scene.memorandum(session, "Mémorandum 2024", election_id=by_code["2024-10-13"].id)
    assert content.gather(session, held.editions[0]).edition.election_day == date(2024, 10, 13)


def test_a_deleted_election_does_not_come_back(session: Session) -> None:
    elections.load_reference(session)
    row = session.scalars(queries.elections()).first()
    assert row is not None
    elections.remove(session, row, **BY)
    assert elections.load_reference(session) == 0


def test_an_election_with_a_memorandum_stays(session: Session) -> None:
    elections.load_reference(session)
    row = session.scalars(queries.elections()).first()
    assert row is not None
    scene.memorandum(session, election_id=row.id)
    with pytest.raises(DomainError):
        elections.remove(session, row, **BY)


def test_the_network_is_that_of_the_edition_s_day(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    one, other, third = (factories.organisation(session, f"Acteur {name}") for name in "ABC")
    kind = factories.add(
        session, RelationKind(code="partner_of", label="travaille avec", reverse_label="travaille avec")
    )
    today = NOW.date()
    for target, end in ((other, None), (third, today - timedelta(days=1))):
        session.add(
            Relation(source_id=one.id, kind_id=kind.id, target_id=target.id, end_on=end, created_at=NOW)
        )
    session.flush()
    before = content.gather(session, edition)
    assert [(tie.source, tie.target) for tie in before.register.network.ties] == [(one.slug, other.slug)]
    session.add(Relation(source_id=other.id, kind_id=kind.id, target_id=third.id, created_at=NOW))
    session.flush()
    assert content.gather(session, edition).fingerprint != before.fingerprint


def test_html_and_pdf_hold_the_same_items_and_pages_agree(
    session: Session, run_jobs: Callable[[], int], client: FlaskClient, fonts_folder: Path
) -> None:
    assert fonts_folder.is_dir()
    elections.load_reference(session)
    edition = scene.edition(session, {"Logement": 3, "Emploi et formation": 2})
    scene.freeze(session, edition)
    session.commit()
    assert run_jobs() == 3  # then its leaflet for communes
    job = session.scalars(select(Job).where(Job.name == publication.JOB)).one()
    assert job.state == JobState.DONE, job.error
    page = client.get(f"/memorandums/{edition.memorandum.slug}").text
    heading = r'<span class="memo-number[^>]*>([\d/]+)</span> <span class="memo-words">([^<]+)'
    shown = re.findall(heading, page)
    assert len(shown) == 5
    with client.get(f"/memorandums/{edition.memorandum.slug}/edition-1.pdf") as answer:
        pdf = answer.data
    reader = PdfReader(BytesIO(pdf))
    texts = [_plain(one.extract_text()) for one in reader.pages]
    edition = fresh(session, edition)
    build = session.scalar(queries.published_build(edition))
    assert build is not None
    numbers = (f"2026/{place}" for place in range(1, 6))
    for chapter in edition.chapters:
        for item in chapter.items:
            number, row = next(numbers), item.recommendation
            assert (number, row.title) in [(one, two.strip()) for one, two in shown]
            page_number = build.places[str(row.id)]
            assert f"{number} {row.title}" in texts[page_number - 1]
            place = places(session, [row.id])[row.id][0]
            assert (place.page, place.is_published) == (page_number, True)
            assert place.url.endswith(f"#{row.code.lower()}")
    assert "Projet" not in "".join(texts)


def test_a_draft_s_pdf_says_so_on_every_page_and_twice_the_same_bytes(
    session: Session, app: Hub, tmp_path: Path
) -> None:
    edition = scene.edition(session, {"Logement": 2})
    session.commit()
    slug = edition.memorandum.slug
    with app.app_context():
        lines = list(commands.build(app, slug, tmp_path / "one.pdf"))
    first = (tmp_path / "one.pdf").read_bytes()
    assert lines[-1].endswith("one.pdf.")
    texts = [page.extract_text() for page in PdfReader(BytesIO(first)).pages]
    assert all("Projet" in text for text in texts)
    material = content.gather(session, fresh(session, edition))
    store = Store(Path(app.config["FILES_FOLDER"]))
    again = jobs.print_apart(material, store, on_progress=lambda *_: None, should_stop=lambda: False)
    assert again.pdf == first


def test_a_defect_names_the_recommendation(session: Session, run_jobs: Callable[[], int]) -> None:
    edition = scene.edition(session, {"Logement": 2})
    edition.chapters[0].items[1].recommendation.levels.clear()
    publication.request_build(session, edition, **BY)
    session.commit()
    run_jobs()
    edition = fresh(session, edition)
    assert [_plain(one) for one in edition.build_problems] == [
        "Recommandation 2026/2 (« Logement, demande 2 ») : le niveau de pouvoir manque."
    ]


def test_the_command_says_what_lacks(session: Session, app: Hub) -> None:
    scene.memorandum(session, "Mémorandum vide")
    session.commit()
    with app.app_context():
        with pytest.raises(commands.ClickException, match="aucune recommandation"):
            list(commands.build(app, "memorandum-vide", None))
        with pytest.raises(commands.ClickException, match="inconnu"):
            list(commands.build(app, "inconnu", None))


def test_the_contact_is_the_network_s(session: Session) -> None:
    network = settings.get_for_update(session)
    network.name, network.contact_email = "Réseau d’essai", "reseau@example.org"
    edition = scene.edition(session, {"Logement": 1})
    plain = content.gather(session, edition).edition
    assert plain.contact == "Réseau d’essai\nreseau@example.org"
    assert plain.network == "Réseau d’essai"


def test_a_queued_publication_that_vanishes_can_be_taken_back(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    job = scene.freeze(session, edition)
    job.state = JobState.FAILED  # the worker was lost again and again
    session.flush()
    publication.stop(session, edition, **BY)
    assert edition.state == EditionState.DRAFT


def test_levels_stand_in_their_order(session: Session) -> None:
    assert queue.HANDLERS[publication.JOB] is jobs.build
    commune, federal = factories.level(session), factories.level(session, "federal", "État fédéral")
    commune.position, federal.position = 1, 7
    row = scene.recommendation(session, "Loger", levels=("federal", "commune"))
    session.expire(row)
    assert [level.code for level in row.levels] == ["commune", "federal"]
    assert session.scalar(select(func.count()).select_from(Level)) == 2
