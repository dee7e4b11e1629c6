"""What an edition prints is read whole, in few statements, and shows nothing that isn't to be shown."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import event
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import files, settings
from hub.core.files import Store
from hub.publishing.models.composition import (
    CandidateQuestion,
    EditionFigure,
    EditionSection,
    EditionTerm,
    FigureKind,
    Item,
    SectionKind,
    Signatory,
    Sponsor,
)
from hub.publishing.models.editions import Edition, Layout
from hub.publishing.operations import composing, content
from hub.publishing.queries import checking, composition
from hub.publishing.queries import memoranda as queries
from hub.recommendations.models import testimonies
from hub.recommendations.operations import derivations, steps
from hub.recommendations.operations.recommendations import Statement, as_it_stands
from memoranda import charts, colour, page
from memoranda import content as plain
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


def png(colour: str = "#b3382c") -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files")


def kept(session: Session, store: Store, name: str, colour: str) -> int:
    return files.keep(session, store, png(colour), name, "image/png", now=NOW).id


def items(session: Session, edition: Edition) -> list[Item]:
    return [item for chapter in session.scalars(queries.chapters(edition)) for item in chapter.items]


def statements(session: Session, ask: Callable[[], Any]) -> int:
    """Count what the database is asked."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(bind, "before_cursor_execute", note)
    return len(asked)


def filled(session: Session, store: Store, chapters: dict[str, int]) -> Edition:
    """Make an edition with something in each of its parts."""
    edition = scene.edition(session, chapters)
    first, second = items(session, edition)[:2]
    town = session.query(Organisation).filter_by(name="Commune de Dinant").one_or_none()
    town = town or factories.organisation(session, "Commune de Dinant")
    for place, item in enumerate(items(session, edition)):
        item.recommendation.indicator = f"Indicateur {place}"
        item.recommendation.plain_text = "En clair."
        item.recommendation.short_text = "En court."
        item.recommendation.theme = factories.theme(session)
        item.recommendation.authorities = [town]
    second.priority, first.priority, first.is_cross_cutting = 1, 2, True
    chapter_id = first.chapter_id
    part = scene.part(session, edition, "consulted")
    part.title, part.text = "Qui a parlé", "Nous avons *écouté*."
    own = EditionSection(
        edition_id=edition.id, kind=SectionKind.OWN, title="Notre méthode", text="Lire, discuter.", position=3
    )
    scene.part(session, edition, "index").is_left_out = True
    session.add_all([
        own,
        EditionTerm(edition_id=edition.id, term="CPAS", definition="centre public d’action sociale"),
        Sponsor(
            edition_id=edition.id, name="Wallonie", mention="Avec le soutien de la Wallonie", position=1,
            logo_id=kept(session, store, "wallonie.png", "#b3382c"),
        ),
        CandidateQuestion(
            edition_id=edition.id, text="Ouvrirez-vous un guichet ?", position=1, item_id=second.id
        ),
        EditionFigure(
            edition_id=edition.id, chapter_id=chapter_id, kind=FigureKind.IMAGE, caption="Rencontre",
            alternative="Une salle", source="Réseau", file_id=kept(session, store, "salle.png", "#0f5c5c"),
        ),
        EditionFigure(edition_id=edition.id, chapter_id=chapter_id, kind=FigureKind.POSITIONS, position=2),
        EditionFigure(edition_id=edition.id, section_id=part.id, kind=FigureKind.COVERAGE),
    ])  # fmt: skip
    session.query(Signatory).filter_by(edition_id=edition.id).one().logo_id = kept(
        session, store, "logo.png", "#2f6f9f"
    )
    edition.layout = Layout.BOOKLET
    session.flush()
    return edition


def told(session: Session, recommendation_id: int, text: str, **consent: Any) -> None:
    """Add a testimony that was checked, and shows a recommendation."""
    by = factories.organisation(session)
    row = testimonies.Testimony(
        organisation_id=by.id, text=text, pseudonym="Amal", consented_on=date(2026, 1, 2), checked_at=NOW,
        created_at=NOW, updated_at=NOW, **consent,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(
        testimonies.TestimonyTie(testimony_id=row.id, recommendation_id=recommendation_id, created_at=NOW)
    )
    session.flush()


@both_databases
def test_everything_an_edition_holds_is_read(session: Session, store: Store) -> None:
    edition = filled(session, store, {"Logement": 2, "Emploi": 1})
    material = content.gather(session, edition)
    whole = content.complete(material, store)
    plain.validate(whole)
    kinds = [section.kind for section in whole.sections]
    assert kinds[:6] == ["cover", "signatories", "preamble", "own", "consulted", "priorities"]
    assert "index" not in kinds
    titles = {section.kind: section.title for section in whole.sections}
    assert (titles["consulted"], titles["own"]) == ("Qui a parlé", "Notre méthode")
    assert titles["priorities"] == "Nos priorités"
    assert next(one.anchor for one in whole.sections if one.kind == "own") == "partie-notre-methode"
    second, first = plain.priorities(whole)
    assert (second.number, first.number) == ("2026/2", "2026/1")
    assert plain.cross_cutting(whole) == (first,)
    assert (first.indicator, first.plain, first.short) == ("Indicateur 0", "En clair.", "En court.")
    assert first.theme == "Logement"
    assert [one.label for one in first.authorities] == ["Commune de Dinant"]
    assert whole.glossary == (plain.Term(term="CPAS", definition="centre public d’action sociale"),)
    assert whole.questions == (plain.Question(text="Ouvrirez-vous un guichet ?", number="2026/2"),)
    assert (whole.sponsors[0].mention, whole.sponsors[0].logo) == (
        "Avec le soutien de la Wallonie", png("#b3382c"),
    )  # fmt: skip
    assert whole.signatories[0].logo == png("#2f6f9f")
    image, positions = whole.chapters[0].figures
    assert (image.png, image.source) == (png("#0f5c5c"), "Réseau")
    assert positions.svg.startswith("<svg")
    assert "Logement, demande 1 : 1 ; Logement, demande 2 : 1." in positions.alternative
    assert whole.consultations[0].contributions == 3
    assert whole.layout == "booklet"


def test_twelve_statements_are_enough_however_much_there_is(session: Session, store: Store) -> None:
    settings.get_for_update(session)
    small = filled(session, store, {"Logement": 2})
    large = filled(session, store, {f"Chapitre {number}": 9 for number in range(4)})
    asked = []
    for edition in (small, large):
        identifier = edition.id
        session.expire_all()
        row = session.scalar(queries.edition(session.get_one(Edition, identifier).memorandum, 1))
        assert row is not None
        asked.append(statements(session, lambda row=row: content.gather(session, row, with_descent=False)))
    assert asked[0] == asked[1]
    assert asked[1] <= 12


def test_the_fingerprint_follows_what_was_sent_and_not_how_it_is_read(session: Session, store: Store) -> None:
    edition = filled(session, store, {"Logement": 2})
    before = content.gather(session, edition).fingerprint
    assert content.gather(session, edition, with_descent=False).fingerprint == before
    sponsor = session.query(Sponsor).one()
    sponsor.logo_id = kept(session, store, "autre.png", "#000000")
    session.flush()
    assert content.gather(session, edition).fingerprint != before


def test_only_testimonies_consented_to_for_print_are_read_and_shown_where_they_may_be(
    session: Session, store: Store
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    (item,) = items(session, edition)
    told(session, item.recommendation_id, "Je le dis sur papier.", may_print=True)
    told(session, item.recommendation_id, "Je le dis partout.", may_print=True, may_post=True)
    told(session, item.recommendation_id, "Je le dis en ligne seulement.", may_post=True)
    whole = content.complete(content.gather(session, edition), store)
    words = {one.text for one in whole.items[0].testimonies}
    assert words == {"Je le dis sur papier.", "Je le dis partout."}
    html = page.to_html(whole)
    assert "Je le dis partout." in html
    assert "Je le dis sur papier." not in html


def test_nothing_is_shown_as_an_organisation_s_before_it_said_so(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    (item,) = items(session, edition)
    contribution = item.recommendation.sources[0].contribution
    name = contribution.author
    assert name in content.gather(session, edition).edition.items[0].bearers
    contribution.confirmed_at = contribution.confirmed_how = None
    contribution.state = type(contribution.state).SUBMITTED
    session.flush()
    session.expire_all()
    read = content.gather(session, edition).edition
    assert read.items[0].bearers == ()
    assert read.consultations == ()
    assert name not in plain.to_json(read)


@both_databases
def test_who_asked_for_what_was_merged_bears_what_is_printed(session: Session) -> None:
    asked = [scene.recommendation(session, title, adopted=False) for title in ("Un toit", "Un logement")]
    first, second = (row.sources[0].contribution for row in asked)
    joint = Statement(title="Se loger", text="Un toit.", levels=tuple(asked[0].levels))
    joined = derivations.merge(session, asked, joint, **BY)
    taken = derivations.take_over(session, joined, as_it_stands(joined), **BY)
    steps.adopt(session, taken, **BY)
    edition = scene.edition(session, {})
    chapter = composing.add_chapter(session, edition, "Logement", **BY)
    composing.add_items(session, chapter, [taken.id], **BY)

    def bearers() -> set[str]:
        session.flush()
        session.expire_all()
        (printed,) = content.gather(session, edition).edition.items
        return set(printed.bearers)

    assert bearers() == {first.author, second.author}
    (line,) = session.execute(composition.outline(edition)).all()
    assert set(line.bearers.split(", ")) == {first.author, second.author}
    assert session.scalar(checking.unconfirmed(edition)) == 0
    first.confirmed_at = first.confirmed_how = None
    first.state = type(first.state).SUBMITTED
    assert bearers() == {second.author}
    assert session.scalar(checking.unconfirmed(edition)) == 1


def test_figures_bear_the_colour_of_the_network(session: Session, store: Store) -> None:
    edition = filled(session, store, {"Logement": 2})
    network = settings.get_for_update(session)
    for chosen, drawn in (("#8a1c5c", "#8a1c5c"), ("#ffff00", colour.readable("#ffff00"))):
        network.primary_colour = chosen
        session.flush()
        drawings = [one.svg for one in plain.figures(content.gather(session, edition).edition) if one.svg]
        assert drawings
        assert all(f'fill="{drawn}"' in svg and charts.MAIN not in svg for svg in drawings)


def test_a_figure_that_would_show_nothing_is_left_out(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    part = scene.part(session, edition, "consulted")
    session.add(EditionFigure(edition_id=edition.id, section_id=part.id, kind=FigureKind.COVERAGE))
    session.flush()
    for organisation in session.query(Organisation):
        organisation.themes = []
    session.flush()
    read = content.gather(session, edition).edition
    assert not plain.figures(read)
