"""A testimony whose consent is taken back after it was published: it leaves all that can still change."""

import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core.files import Store
from hub.core.jobs import Job, JobState
from hub.publishing.jobs import leaflets as jobs
from hub.publishing.models.builds import Build
from hub.publishing.models.editions import Edition
from hub.publishing.operations import variants
from hub.publishing.operations.publication import Printed
from hub.publishing.operations.variants import Sheet
from hub.publishing.queries import leaflets as leaflet_queries
from hub.publishing.queries import memoranda as queries
from hub.recommendations.models import testimonies as models
from hub.recommendations.models.testimonies import ConsentForm
from hub.recommendations.operations import testimonies
from hub.recommendations.operations.testimonies import Told
from hub.recommendations.queries import testimonies as testimony_queries
from hub.recommendations.queries.testimonies import Use
from hub.recommendations.signals import printings
from memoranda.content import to_json
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene
from tests.publishing.conftest import SMALLEST_PDF
from tests.publishing.test_pages import make_public, page_of, renew, words

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}
MOST_QUERIES = 12
SAID, OTHER = "Trois ans que j’attends zyxwvut.", "On m’a répondu qwertz."
PAGES = ("", "/1", "/1/integrer", "/feuillets/level-commune", "/feuillets/summary")


@pytest.fixture
def reader(client: FlaskClient) -> FlaskClient:
    """Return somebody without account."""
    return client.application.test_client()


def tell(session: Session, recommendation: Any, text: str = SAID) -> models.Testimony:
    """Add a testimony that was consented to for everything, and checked."""
    told = Told(
        factories.organisation(session), text, "Amal", date(2026, 1, 2), ConsentForm.WRITTEN,
        may_print=True, may_post=True,
    )  # fmt: skip
    row = testimonies.add(session, told, **BY)
    testimonies.check(session, row, **BY)
    testimonies.tie(session, row, recommendation, **BY)
    return row


def published(session: Session, client: FlaskClient) -> tuple[Edition, models.Testimony]:
    """Publish an edition in which one demand has two testimonies; return the first of them."""
    edition = scene.edition(session, {"Logement": 2})
    first = edition.chapters[0].items[0]
    first.priority = 1
    row = tell(session, first.recommendation)
    tell(session, first.recommendation, OTHER)
    session.flush()
    make_public(session, edition, client)
    return edition, row


def said_of(row: models.Testimony, **changed: Any) -> Told:
    told = Told(
        row.organisation, row.text, row.pseudonym, row.consented_on, row.consent_form, may_print=True,
        may_post=True,
    )  # fmt: skip
    return replace(told, **changed)


def whole_file(reader: FlaskClient, address: str) -> str:
    with reader.get(address) as answer, zipfile.ZipFile(BytesIO(answer.data)) as archive:
        return "".join(
            archive.read(name).decode() for name in archive.namelist() if name.endswith(("html", "xml"))
        )


@pytest.mark.parametrize("way", ["erased", "narrowed", "no longer consented", "other words", "other name"])
def test_it_leaves_every_page_and_file_at_once(session: Session, reader: FlaskClient, way: str) -> None:
    edition, row = published(session, reader)
    for more in set(PAGES) - {"/1/integrer"}:  # a few words of a demand, never a testimony
        shown = words(reader.get(page_of(edition, more)).text)
        assert SAID in shown, more
        assert OTHER in shown, more
    stored = session.scalars(queries.published_build(edition)).one().content
    assert SAID in stored
    match way:
        case "erased":
            testimonies.erase(session, row, **BY)
        case "narrowed":
            testimonies.edit(session, row, said_of(row, may_post=False), **BY)
        case "no longer consented":
            nothing = {"consented_on": None, "consent_form": None, "may_print": False, "may_post": False}
            testimonies.edit(session, row, said_of(row, **nothing), **BY)
        case "other words":
            testimonies.edit(session, row, said_of(row, text="Autrement dit."), **BY)
            testimonies.check(session, row, **BY)
        case _:
            testimonies.edit(session, row, said_of(row, pseudonym="Nour"), **BY)
            testimonies.check(session, row, **BY)
    session.commit()
    for more in (*PAGES, "/donnees.json", "?q=attends"):
        answer = reader.get(page_of(edition, more))
        assert answer.status_code == 200
        assert "zyxwvut" not in answer.text, more
    for more in (".epub", ".odt", "/feuillets/level-commune.epub"):
        assert "zyxwvut" not in whole_file(reader, page_of(edition, more)), more
    # The other one stays, and what is stored never changes.
    assert OTHER in words(reader.get(page_of(edition)).text)
    renew(session)
    assert session.scalars(queries.published_build(edition)).one().content == stored


@both_databases
def test_a_leaflet_printed_later_holds_what_may_still_be_printed(
    session: Session, client: FlaskClient
) -> None:
    edition, row = published(session, client)
    testimonies.edit(session, row, said_of(row, may_post=False), **BY)

    def printed() -> set[str]:
        [sheet] = variants.sheets(session, edition, ["level-commune"])
        return {one.text for item in sheet.edition.items for one in item.testimonies}

    assert printed() == {SAID, OTHER}
    posted = variants.published(session, edition, Use.POST)
    assert {one.text for one in posted.items[0].testimonies} == {OTHER}
    testimonies.erase(session, row, **BY)
    assert printed() == {OTHER}


def test_pages_with_testimonies_ask_at_most_twelve_statements(session: Session, reader: FlaskClient) -> None:
    edition, _row = published(session, reader)
    for more in (*PAGES, "/feuillets"):
        reader.get(page_of(edition, more))
        asked: list[str] = []
        engine = session.get_bind()

        def count(*arguments: Any, asked: list[str] = asked) -> None:
            asked.append(arguments[2])

        event.listen(engine, "before_cursor_execute", count)
        reader.get(page_of(edition, more))
        event.remove(engine, "before_cursor_execute", count)
        assert 0 < len(asked) <= MOST_QUERIES, (more, len(asked))


def test_the_coordination_is_told_which_editions_print_it(
    session: Session,
    client: FlaskClient,
    reader: FlaskClient,
    sign_in: Callable[[FlaskClient, Any], FlaskClient],
) -> None:
    edition, row = published(session, reader)
    unprinted = tell(session, edition.chapters[0].items[1].recommendation, "Jamais imprimé.")
    session.commit()
    coordinator = sign_in(client, factories.coordinator(session))
    page = f"/recommandations/temoignages/{row.id}"
    assert "Si l’accord est retiré" in words(coordinator.get(page).text)
    assert "publiez un erratum" in words(coordinator.get(f"{page}/effacer").text)
    assert edition.memorandum.title in coordinator.get(f"{page}/effacer").text
    assert coordinator.post(f"{page}/effacer").status_code == 303
    after = words(coordinator.get(page).text)
    assert edition.memorandum.title in after
    assert "publiez un erratum, ou une nouvelle édition" in after
    renew(session)
    [place] = printings(session, session.get_one(models.Testimony, row.id))
    assert page_of(edition) in place.url
    assert printings(session, session.get_one(models.Testimony, unprinted.id)) == []
    assert "publiée" not in words(coordinator.get(f"/recommandations/temoignages/{unprinted.id}").text)
    assert session.scalars(select(Build).where(Build.edition_id == edition.id)).all()


# --- Leaflets that were printed before --------------------------------------------------------------------


@pytest.fixture
def prints(monkeypatch: pytest.MonkeyPatch) -> list[Sheet]:
    """Print no more than a line for each leaflet; return what was printed."""
    made: list[Sheet] = []

    def give(_context: Any, _store: Store, sheet: Sheet, _place: Any) -> Printed:
        made.append(sheet)
        told = "".join(one.text for item in sheet.edition.items for one in item.testimonies)
        return Printed(SMALLEST_PDF + f"% {told}\n".encode(), sheet.fingerprint, to_json(sheet.edition), {})

    monkeypatch.setattr(jobs, "print_sheet", give)
    return made


def leaflets_of(session: Session, edition: Edition) -> dict[str, Build]:
    renew(session)
    return {row.variant: row for row in session.scalars(leaflet_queries.built(edition, is_draft=False))}


def sent(reader: FlaskClient, address: str) -> bytes:
    with reader.get(address) as answer:
        assert answer.status_code == 200
        return bytes(answer.data)


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@both_databases
@pytest.mark.parametrize(
    ("way", "just_printed"), [("erased", False), ("narrowed", False), ("untied", False), ("erased", True)]
)
def test_a_leaflet_printed_before_is_gone_at_once_and_printed_anew(
    session: Session, client: FlaskClient, prints: list[Sheet], run_jobs: Callable[[], int], way: str,
    just_printed: bool,
) -> None:  # fmt: skip
    edition, row = published(session, client)
    variants.request(session, edition, ["level-commune", "questions"], actor=None, now=NOW)
    session.commit()
    run_jobs()
    folder = Path(client.application.config["FILES_FOLDER"])
    reader = client.application.test_client()
    address = page_of(edition, "/feuillets/level-commune.pdf")
    assert SAID.encode() in sent(reader, address)
    assert SAID.encode() in everything(folder)
    old = leaflets_of(session, edition)["level-commune"].id
    printed = len(prints)
    if not just_printed:
        for path in folder.rglob("*"):
            os.utime(path, (0, 0))

    row = session.get_one(models.Testimony, row.id)
    if way == "erased":
        testimonies.erase(session, row, **BY)
    elif way == "narrowed":
        testimonies.edit(session, row, said_of(row, may_print=False), **BY)
    else:
        tied = session.scalars(testimony_queries.ties(row)).one()
        testimonies.untie(session, tied, **BY)
    session.commit()
    assert "level-commune" not in leaflets_of(session, edition)
    assert reader.get(address).status_code == 404
    assert reader.get(page_of(edition, "/feuillets/level-commune")).status_code == 200

    run_jobs()
    new = leaflets_of(session, edition)["level-commune"]
    assert new.id != old
    assert [one.name for one in prints[printed:]] == ["level-commune"]
    told = sent(reader, address)
    assert SAID.encode() not in told
    assert OTHER.encode() in told
    if just_printed:  # bytes may be somebody else's a moment ago: they go an hour later
        [job] = session.scalars(select(Job).where(Job.state == JobState.QUEUED))
        assert job.arguments["names"] == []
        for path in folder.rglob("*"):
            os.utime(path, (0, 0))
        job.run_at = NOW
        session.commit()
        run_jobs()
    # The bytes of the old one are nowhere.
    assert SAID.encode() not in everything(folder)


@both_databases
@pytest.mark.usefixtures("prints")
def test_a_leaflet_whose_testimony_is_given_again_is_printed_again(
    session: Session, client: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    edition, row = published(session, client)
    variants.request(session, edition, ["level-commune"], actor=None, now=NOW)
    session.commit()
    run_jobs()
    for may_print, held in ((False, False), (True, True), (False, False)):
        row = session.get_one(models.Testimony, row.id)
        testimonies.edit(session, row, said_of(row, may_print=may_print, may_post=False), **BY)
        session.commit()
        if may_print:  # nothing tells readers of it by itself: the coordination asks for it
            sheets = variants.sheets(session, edition, ["level-commune"])
            assert variants.known(session, edition, sheets[0], now=NOW) is None
            store = Store(Path(client.application.config["FILES_FOLDER"]))
            told = Printed(
                SMALLEST_PDF + SAID.encode(), sheets[0].fingerprint, to_json(sheets[0].edition), {}
            )
            assert variants.keep(session, store, edition, sheets[0], told, now=NOW) is not None
            session.commit()
        run_jobs()
        [sheet] = variants.sheets(session, edition, ["level-commune"])
        kept = variants.known(session, edition, sheet, now=NOW)
        assert kept is not None
        assert (SAID in kept.content) == held
        session.commit()


@both_databases
def test_what_still_may_be_printed_stays(
    session: Session, client: FlaskClient, prints: list[Sheet], run_jobs: Callable[[], int]
) -> None:
    edition, row = published(session, client)
    variants.request(session, edition, ["level-commune"], actor=None, now=NOW)
    session.commit()
    run_jobs()
    old = leaflets_of(session, edition)["level-commune"].id
    row = session.get_one(models.Testimony, row.id)
    testimonies.edit(session, row, said_of(row, may_post=False), **BY)  # print is still consented to
    session.commit()
    run_jobs()
    assert leaflets_of(session, edition)["level-commune"].id == old
    assert len([one for one in prints if one.name == "level-commune"]) == 1


@both_databases
def test_what_is_taken_back_while_its_leaflet_is_printed_is_printed_again(
    session: Session,
    client: FlaskClient,
    prints: list[Sheet],
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edition, row = published(session, client)
    number, give = row.id, jobs.print_sheet
    variants.request(session, edition, ["level-commune"], actor=None, now=NOW)
    session.commit()

    def slow(context: Any, store: Store, sheet: Sheet, place: Any) -> Printed:
        printed = give(context, store, sheet, place)
        if len(prints) == 1:
            with context.write() as other:
                testimonies.erase(other, other.get_one(models.Testimony, number), **BY)
        return printed

    monkeypatch.setattr(jobs, "print_sheet", slow)
    run_jobs()
    assert [one.name for one in prints] == ["level-commune"] * 2
    session.rollback()
    session.expire_all()
    told = sent(client.application.test_client(), page_of(edition, "/feuillets/level-commune.pdf"))
    assert SAID.encode() not in told
    assert OTHER.encode() in told
