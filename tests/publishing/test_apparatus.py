"""Glossary, figures, supports, logos: bounded, made anew, never overwritten unseen, undone like the rest."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.publishing.models.composition import (
    Chapter,
    EditionFigure,
    EditionSection,
    EditionTerm,
    FigureKind,
    Signatory,
    Sponsor,
)
from hub.publishing.models.editions import Edition, EditionState
from hub.publishing.operations import apparatus, checking, composing, content, glossary, snapshots, undoing
from hub.publishing.operations.composing import ChangedMeanwhileError, FrozenError
from memoranda import epub, odt
from memoranda.page import to_html
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


def page_of(edition: Edition, more: str = "") -> str:
    return f"/memorandums/{edition.memorandum.slug}/edition-{edition.number}{more}"


def renew(session: Session) -> None:
    session.rollback()
    session.expire_all()


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


@both_databases
def test_a_word_is_explained_once_and_two_people_do_not_overwrite_each_other(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    row = apparatus.write_term(session, edition, None, "CPAS", "Centre public d’action sociale.", **BY)
    with pytest.raises(DomainError):
        apparatus.write_term(session, edition, None, "CPAS", "Encore.", **BY)
    mark = composing.seen(row.term, row.definition)
    apparatus.write_term(session, edition, row, "CPAS", "D’Anna.", mark=mark, **BY)
    with pytest.raises(ChangedMeanwhileError):
        apparatus.write_term(session, edition, row, "CPAS", "De Bob.", mark=mark, **BY)
    assert row.definition == "D’Anna."


@both_databases
def test_words_that_change_places_come_back(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    one = apparatus.write_term(session, edition, None, "A", "un", **BY)
    other = apparatus.write_term(session, edition, None, "B", "deux", **BY)
    before = snapshots.latest(session, edition)
    assert before is not None
    kept = before.number
    for row, old, new in ((one, "A", "C"), (other, "B", "A"), (one, "C", "B")):
        mark = composing.seen(old, row.definition)
        apparatus.write_term(session, edition, row, new, row.definition, mark=mark, **BY)
    undoing.go_back(session, edition, kept, **BY)
    found = session.execute(select(EditionTerm.term, EditionTerm.definition).order_by(EditionTerm.term)).all()
    assert [tuple(row) for row in found] == [("A", "un"), ("B", "deux")]


def test_what_surrounds_the_text_is_undone_like_the_rest(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    before = snapshots.written(session, edition)
    apparatus.write_sponsor(session, edition, None, "La Wallonie", "Avec son soutien", **BY)
    row = snapshots.latest(session, edition)
    assert row is not None
    undoing.undo(session, edition, head=row.number, **BY)
    assert snapshots.written(session, edition) == before


def test_an_image_is_made_anew_and_described(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    chapter = edition.chapters[0].id
    session.commit()
    address = page_of(edition, f"/figures/nouvelle?chapter={chapter}")
    assert coordinator.get(address).status_code == 200
    fake = {"kind": "image", "file": (io.BytesIO(b"<svg/>"), "piege.svg"), "caption": "Gardée"}
    wrong = coordinator.post(address, data=fake)
    assert wrong.status_code == 422
    assert "Gardée" in wrong.text
    assert coordinator.post(address, data={"kind": "image"}).status_code == 422
    sent = {"kind": "image", "file": (io.BytesIO(picture()), "photo.jpg"), "caption": "Une table"}
    assert coordinator.post(address, data=sent).status_code == 303
    renew(session)
    row = session.scalars(select(EditionFigure)).one()
    with coordinator.get(page_of(edition, f"/figures/{row.id}/image")) as image:
        assert image.data.startswith(b"\x89PNG")
    errors = [remark.msgid for remark in checking.checklist(session, edition) if remark.is_error]
    assert any("à qui ne la voit pas" in msgid for msgid in errors)
    page = coordinator.get(page_of(edition, f"/figures/{row.id}")).text
    mark = re.search(r'name="mark"[^>]* value="(\w+)"', page)
    assert mark is not None
    data = {"caption": "Une table", "alternative": "Huit personnes.", "source": "2025", "mark": mark[1]}
    assert coordinator.post(page_of(edition, f"/figures/{row.id}"), data=data).status_code == 303
    again = coordinator.post(page_of(edition, f"/figures/{row.id}"), data={**data, "source": "2026"})
    assert again.status_code == 422
    assert "Huit personnes." in again.text
    renew(session)
    assert not [remark for remark in checking.checklist(session, edition) if remark.is_error]
    assert "Une table" in coordinator.get(page_of(edition, f"/chapitres/{chapter}")).text
    coordinator.post(page_of(edition, f"/figures/{row.id}/retirer"))
    renew(session)
    assert session.scalars(select(EditionFigure)).all() == []


def test_too_large_an_image_is_refused(
    session: Session, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apparatus, "LARGEST", 90_000)
    edition = scene.edition(session, {"Logement": 1})
    part = scene.part(session, edition)
    session.commit()
    address = page_of(edition, f"/figures/nouvelle?section={part.id}")
    heavy = {"kind": "image", "file": (io.BytesIO(b"\x89PNG" + bytes(90_000)), "lourde.png")}
    assert "dépasse 5" in coordinator.post(address, data=heavy).text
    many = {"kind": "image", "file": (io.BytesIO(picture("PNG", (6000, 4000))), "grande.png")}
    assert "trop de points" in coordinator.post(address, data=many).text
    renew(session)
    assert session.scalars(select(EditionFigure)).all() == []
    other = scene.edition(session, {"Emploi": 1})
    session.commit()
    assert coordinator.get(page_of(other, f"/figures/nouvelle?section={part.id}")).status_code == 404


def test_words_and_supports_by_their_pages(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    edition.chapters[0].items[0].recommendation.text = "Le CPAS et le CPAS encore, au XIX siècle."
    words, sponsors = (scene.part(session, edition, kind).id for kind in ("glossary", "sponsors"))
    session.commit()
    page = coordinator.get(page_of(edition, f"/parties/{words}")).text
    assert "?terme=CPAS" in page
    assert "XIX" not in page
    assert coordinator.post(page_of(edition, "/glossaire/mot"), data={"term": "CPAS"}).status_code == 422
    data = {"term": "CPAS", "definition": "Centre public d’action sociale."}
    assert coordinator.post(page_of(edition, "/glossaire/mot"), data=data).status_code == 303
    assert "?terme=CPAS" not in coordinator.get(page_of(edition, f"/parties/{words}")).text
    sent = {"name": "La Wallonie", "mention": "Avec", "logo": (io.BytesIO(picture()), "logo.jpg")}
    assert coordinator.post(page_of(edition, "/soutiens/un"), data=sent).status_code == 303
    assert "avec logo" in coordinator.get(page_of(edition, f"/parties/{sponsors}")).text
    signatory = session.scalars(select(Signatory)).one()
    address = page_of(edition, f"/signataires/{signatory.id}/logo")
    assert coordinator.get(address).status_code == 200
    assert coordinator.post(address, data={"logo": (io.BytesIO(b"x"), "x.png")}).status_code == 422
    assert coordinator.post(address, data={"logo": (io.BytesIO(picture()), "x.png")}).status_code == 303
    renew(session)
    assert session.scalars(select(Signatory)).one().logo_id
    held: tuple[tuple[Any, str], ...] = ((EditionTerm, "glossaire"), (Sponsor, "soutiens"))
    for model, more in held:
        row = session.scalars(select(model)).one()
        assert coordinator.post(page_of(edition, f"/{more}/{row.id}/retirer")).status_code == 303
        renew(session)
        assert session.scalars(select(model)).all() == []


def test_a_word_that_nobody_uses_is_told(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    apparatus.write_term(session, edition, None, "demande", "Ce que l’on demande.", **BY)
    apparatus.write_term(session, edition, None, "Introuvable", "Nulle part.", **BY)
    told = [
        remark.params["term"] for remark in checking.checklist(session, edition) if "term" in remark.params
    ]
    assert told == ["Introuvable"]


def names(session: Session, edition: Edition) -> list[str]:
    rows = select(Sponsor.name).where(Sponsor.edition_id == edition.id)
    return list(session.scalars(rows.order_by(Sponsor.position, Sponsor.id)))


def captions(session: Session, place: Chapter | EditionSection) -> list[str]:
    column = EditionFigure.chapter_id if isinstance(place, Chapter) else EditionFigure.section_id
    rows = select(EditionFigure.caption).where(column == place.id)
    return list(session.scalars(rows.order_by(EditionFigure.position, EditionFigure.id)))


@both_databases
def test_supports_are_put_in_order_and_that_is_undone(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    one, two, three = (apparatus.write_sponsor(session, edition, None, name, "", **BY) for name in "ABC")
    apparatus.order_sponsors(session, edition, [three.id, one.id, two.id], **BY)
    assert names(session, edition) == ["C", "A", "B"]
    apparatus.move_sponsor(session, edition, two, up=True, **BY)
    apparatus.move_sponsor(session, edition, three, up=True, **BY)  # the first one stays
    assert names(session, edition) == ["C", "B", "A"]
    with pytest.raises(ChangedMeanwhileError):
        apparatus.order_sponsors(session, edition, [one.id, two.id], **BY)
    row = snapshots.latest(session, edition)
    assert row is not None
    undoing.undo(session, edition, head=row.number, **BY)
    assert names(session, edition) == ["C", "A", "B"]


@both_databases
def test_figures_are_put_in_order_within_their_place_alone(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    chapter, part = edition.chapters[0], scene.part(session, edition)
    made = {}
    for name, place in (("a", chapter), ("x", part), ("b", chapter), ("y", part), ("c", chapter)):
        words = apparatus.Words(name)
        made[name] = apparatus.add_figure(session, edition, place, FigureKind.COVERAGE, words, **BY)
    apparatus.order_figures(session, edition, chapter, [made[name].id for name in "cab"], **BY)
    apparatus.move_figure(session, edition, made["y"], up=True, **BY)
    assert (captions(session, chapter), captions(session, part)) == (["c", "a", "b"], ["y", "x"])
    with pytest.raises(ChangedMeanwhileError):  # one that stands elsewhere
        apparatus.order_figures(session, edition, part, [made["x"].id, made["a"].id], **BY)
    apparatus.add_figure(session, edition, part, FigureKind.COVERAGE, apparatus.Words("z"), **BY)
    assert captions(session, part) == ["y", "x", "z"]


def test_what_is_read_follows_their_order(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    chapter = edition.chapters[0]
    for name in ("Premier soutien", "Second soutien"):
        apparatus.write_sponsor(session, edition, None, name, "", **BY)
    for name in ("Première figure", "Seconde figure"):
        words = apparatus.Words(name, "Ce qu’elle montre", "Réseau")
        apparatus.add_figure(session, edition, chapter, FigureKind.POSITIONS, words, **BY)
    sponsors = session.scalars(select(Sponsor).order_by(Sponsor.id)).all()
    figures = session.scalars(select(EditionFigure).order_by(EditionFigure.id)).all()
    apparatus.move_sponsor(session, edition, sponsors[1], up=True, **BY)
    apparatus.move_figure(session, edition, figures[1], up=True, **BY)
    whole = content.gather(session, edition).edition
    assert [each.name for each in whole.sponsors] == ["Second soutien", "Premier soutien"]
    assert [each.caption for each in whole.chapters[0].figures] == ["Seconde figure", "Première figure"]
    # What each format is made from is this one edition.
    for text in (to_html(whole), text_of(epub.build(whole)), text_of(odt.build(whole))):
        assert text.index("Second soutien") < text.index("Premier soutien")
        assert text.index("Seconde figure") < text.index("Première figure")


def text_of(archive: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return "".join(
            files.read(name).decode() for name in files.namelist() if name.endswith((".xhtml", "content.xml"))
        )


def test_they_are_moved_from_their_pages_without_a_script(session: Session, coordinator: FlaskClient) -> None:
    edition = scene.edition(session, {"Logement": 1})
    chapter, part = edition.chapters[0], scene.part(session, edition, "sponsors")
    rows = [apparatus.write_sponsor(session, edition, None, name, "", **BY).id for name in "AB"]
    figures = [
        apparatus.add_figure(session, edition, chapter, FigureKind.COVERAGE, apparatus.Words(name), **BY).id
        for name in "ab"
    ]
    session.commit()
    order = page_of(edition, "/soutiens/ordre")
    assert f'action="{order}"' in coordinator.get(page_of(edition, f"/parties/{part.id}")).text
    answer = coordinator.post(order, data={"moved": rows[1], "direction": "up"})
    assert (answer.status_code, answer.location) == (
        303, page_of(edition, f"/parties/{part.id}#soutiens-titre"),
    )  # fmt: skip
    order = page_of(edition, f"/figures/ordre?chapter={chapter.id}")
    assert f'action="{order}"' in coordinator.get(page_of(edition, f"/chapitres/{chapter.id}")).text
    assert coordinator.post(order, data={"item": figures[::-1]}).status_code == 204
    assert coordinator.post(order, data={"item": figures[:1]}).status_code == 409
    assert coordinator.post(page_of(edition, "/figures/ordre")).status_code == 404
    renew(session)
    assert names(session, edition) == ["B", "A"]
    assert captions(session, chapter) == ["b", "a"]
    other = scene.edition(session, {"Emploi": 1})
    session.commit()
    stranger = {"moved": rows[0], "direction": "up"}
    assert coordinator.post(page_of(other, "/soutiens/ordre"), data=stranger).status_code == 404


@pytest.mark.parametrize("state", [EditionState.FROZEN, EditionState.PUBLISHED])
def test_every_gesture_refuses_what_is_no_longer_composed(session: Session, state: EditionState) -> None:
    edition = scene.edition(session, {"Logement": 1})
    term = apparatus.write_term(session, edition, None, "A", "un", **BY)
    sponsor = apparatus.write_sponsor(session, edition, None, "B", "", **BY)
    signatory, part = edition.signatories[0], scene.part(session, edition)
    figure = apparatus.add_figure(session, edition, part, FigureKind.COVERAGE, apparatus.Words(), **BY)
    scene.put(edition, state)
    session.flush()
    words = apparatus.Words("Autre")
    for gesture in (
        lambda: apparatus.write_term(session, edition, None, "C", "trois", **BY),
        lambda: apparatus.remove_term(session, edition, term, **BY),
        lambda: apparatus.write_sponsor(session, edition, sponsor, "D", "", **BY),
        lambda: apparatus.remove_sponsor(session, edition, sponsor, **BY),
        lambda: apparatus.choose_logo(session, signatory, None, **BY),
        lambda: apparatus.add_figure(session, edition, part, FigureKind.COVERAGE, words, **BY),
        lambda: apparatus.describe_figure(session, edition, figure, words, mark="", **BY),
        lambda: apparatus.remove_figure(session, edition, figure, **BY),
        lambda: apparatus.order_sponsors(session, edition, [sponsor.id], **BY),
        lambda: apparatus.move_sponsor(session, edition, sponsor, up=True, **BY),
        lambda: apparatus.order_figures(session, edition, part, [figure.id], **BY),
        lambda: apparatus.move_figure(session, edition, figure, up=True, **BY),
        lambda: glossary.take(session, edition, [], **BY),
    ):
        with pytest.raises(FrozenError):
            gesture()
