"""Composing: nothing is lost, nothing stands twice, a published edition no longer changes."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.publishing.models.composition import Chapter, FigureKind, Item, Signatory, Sponsor
from hub.publishing.models.editions import Edition, EditionState, Layout, Memorandum
from hub.publishing.operations import apparatus, composing, memoranda, parts
from hub.publishing.operations.composing import ChangedMeanwhileError, FrozenError
from hub.publishing.queries import checking
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


def publish(session: Session, edition: Edition) -> None:
    """Freeze the edition as publishing does, without its PDF."""
    scene.put(edition, EditionState.FROZEN)
    session.flush()
    scene.put(edition, EditionState.PUBLISHED)
    session.flush()


def items_of(session: Session, chapter: Chapter) -> list[int]:
    return list(
        session.scalars(select(Item.id).where(Item.chapter_id == chapter.id).order_by(Item.position, Item.id))
    )


@both_databases
def test_there_is_one_edition_in_the_making(session: Session) -> None:
    row = scene.memorandum(session)
    session.add(Edition(memorandum_id=row.id, number=2, created_at=NOW, updated_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


@both_databases
def test_one_that_is_being_published_is_in_the_making_too(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    scene.put(edition, EditionState.FROZEN)
    session.flush()
    with pytest.raises(DomainError):
        memoranda.new_edition(session, edition.memorandum, **BY)
    session.add(Edition(memorandum_id=edition.memorandum_id, number=2, created_at=NOW, updated_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


@both_databases
def test_a_recommendation_stands_once_in_an_edition(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1, "Emploi": 0})
    first, second = edition.chapters
    wanted = first.items[0].recommendation_id
    assert composing.add_items(session, second, [wanted, wanted], **BY) == 0
    session.add(Item(edition_id=edition.id, chapter_id=second.id, recommendation_id=wanted))
    with pytest.raises(IntegrityError):
        session.flush()


@both_databases
def test_an_item_stands_in_a_chapter_of_its_own_edition(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 0})
    other = scene.edition(session, {"Emploi": 0})
    wanted = scene.recommendation(session, "Ailleurs")
    foreign = other.chapters[0]
    session.add(Item(edition_id=edition.id, chapter_id=foreign.id, recommendation_id=wanted.id))
    with pytest.raises(IntegrityError):
        session.flush()


@both_databases
@pytest.mark.parametrize(
    "statement",
    [
        lambda edition: update(Edition).where(Edition.id == edition.id).values(number=9),
        lambda edition: update(Edition).where(Edition.id == edition.id).values(state=EditionState.DRAFT),
        lambda edition: delete(Edition).where(Edition.id == edition.id),
        lambda edition: update(Chapter).where(Chapter.edition_id == edition.id).values(title="Autre"),
        lambda edition: delete(Chapter).where(Chapter.edition_id == edition.id),
        lambda edition: update(Item).where(Item.edition_id == edition.id).values(position=9),
        lambda edition: delete(Item).where(Item.edition_id == edition.id),
        lambda edition: delete(Signatory).where(Signatory.edition_id == edition.id),
    ],
)
def test_the_database_refuses_to_change_what_is_published(
    session: Session, statement: Callable[[Edition], Any]
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    publish(session, edition)
    with pytest.raises(DBAPIError, match=r"published|frozen"):
        session.execute(statement(edition))


@both_databases
def test_nothing_is_added_to_what_is_published(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    publish(session, edition)
    with pytest.raises(DBAPIError, match="chapter_frozen_no_insert"):
        session.execute(
            text(
                "INSERT INTO chapter (edition_id, title, introduction, position) VALUES (:id, 'Neuf', '', 9)"
            ),
            {"id": edition.id},
        )


GESTURES: dict[str, Callable[[Session, Edition], Any]] = {
    "add chapter": lambda s, e: composing.add_chapter(s, e, "Neuf", **BY),
    "edit chapter": lambda s, e: composing.edit_chapter(s, e.chapters[0], "Autre", "", mark="", **BY),
    "remove chapter": lambda s, e: composing.remove_chapter(s, e.chapters[0], **BY),
    "order chapters": lambda s, e: composing.order_chapters(s, e, [e.chapters[0].id], **BY),
    "move chapter": lambda s, e: composing.move_chapter(s, e.chapters[0], up=True, **BY),
    "add items": lambda s, e: composing.add_items(s, e.chapters[0], [1], **BY),
    "order items": lambda s, e: composing.order_items(s, e.chapters[0], items_of(s, e.chapters[0]), **BY),
    "move item": lambda s, e: composing.move_item(s, e.chapters[0].items[0], up=True, **BY),
    "move to chapter": lambda s, e: composing.move_to_chapter(s, e.chapters[0], [1], **BY),
    "remove items": lambda s, e: composing.remove_items(s, e, items_of(s, e.chapters[0]), **BY),
    "add signatories": lambda s, e: composing.add_signatories(s, e, [1], **BY),
    "remove signatory": lambda s, e: composing.remove_signatory(s, e.signatories[0], **BY),
    "order signatories": lambda s, e: composing.order_signatories(s, e, [e.signatories[0].id], **BY),
    "move signatory": lambda s, e: composing.move_signatory(s, e.signatories[0], up=True, **BY),
    "write preamble": lambda s, e: composing.write_preamble(s, e, "Autre", mark="", **BY),
    "leave out": lambda s, e: parts.leave_out(s, scene.part(s, e, "network"), left_out=True, **BY),
    "edit memorandum": lambda s, e: memoranda.edit(s, e.memorandum, memoranda.Facts("Autre"), **BY),
    "remove draft": lambda s, e: memoranda.remove_draft(s, e, **BY),
}


@pytest.mark.parametrize("state", [EditionState.FROZEN, EditionState.PUBLISHED])
@pytest.mark.parametrize("gesture", GESTURES)
def test_every_gesture_refuses_what_is_no_longer_a_draft(
    session: Session, gesture: str, state: EditionState
) -> None:
    edition = scene.edition(session, {"Logement": 1})
    before = scene.titles(session, edition)
    scene.put(edition, state)
    session.flush()
    with pytest.raises(FrozenError):
        GESTURES[gesture](session, edition)
    assert scene.titles(session, edition) == before


def test_the_gestures_listed_are_all_there_are() -> None:
    # A new gesture must be tried on a published edition, too.
    offered = {name for name, thing in vars(composing).items() if _is_gesture(name, thing)}
    tried = {name for gesture in GESTURES.values() for name in gesture.__code__.co_names}
    assert offered <= tried


def _is_gesture(name: str, thing: Any) -> bool:
    return (
        callable(thing)
        and getattr(thing, "__module__", "") == composing.__name__
        and not name.startswith("_")
        and not isinstance(thing, type)
        and name
        not in {
            "seen",
            "hold",
            "hold_to_change",
            "changed",
            "fresh",
            "put_in_order",
            "next_position",
            "shift",
        }
    )


def test_reordering_refuses_a_list_that_changed_meanwhile(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 3})
    chapter = edition.chapters[0]
    seen = items_of(session, chapter)
    composing.remove_items(session, edition, seen[:1], **BY)
    with pytest.raises(ChangedMeanwhileError):
        composing.order_items(session, chapter, seen[::-1], **BY)
    assert items_of(session, chapter) == seen[1:]


def test_a_preamble_written_meanwhile_is_not_overwritten(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    mark = composing.seen(scene.part(session, edition).text)
    composing.write_preamble(session, edition, "Celui de Anna", mark=mark, **BY)
    with pytest.raises(ChangedMeanwhileError):
        composing.write_preamble(session, edition, "Celui de Bob", mark=mark, **BY)
    assert scene.part(session, edition).text == "Celui de Anna"
    # Sent twice by a double click, the same words are no conflict.
    composing.write_preamble(session, edition, "Celui de Anna", mark=mark, **BY)


def test_a_chapter_renamed_meanwhile_is_not_overwritten(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    chapter = edition.chapters[0]
    mark = composing.seen(chapter.title, chapter.introduction)
    composing.edit_chapter(session, chapter, "Se loger", "", mark=mark, **BY)
    with pytest.raises(ChangedMeanwhileError):
        composing.edit_chapter(session, chapter, "Habiter", "", mark=mark, **BY)
    assert chapter.title == "Se loger"


def test_items_move_to_another_chapter_in_their_order(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 3, "Emploi": 1})
    first, second = edition.chapters
    chosen = items_of(session, first)
    assert composing.move_to_chapter(session, second, [chosen[2], chosen[0]], **BY) == 2
    assert scene.titles(session, edition) == [
        ("Logement", ["Logement, demande 2"]),
        ("Emploi", ["Emploi, demande 1", "Logement, demande 1", "Logement, demande 3"]),
    ]


def test_items_of_another_edition_are_left_alone(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    other = scene.edition(session, {"Emploi": 1})
    foreign = items_of(session, other.chapters[0])
    assert composing.remove_items(session, edition, foreign, **BY) == 0
    assert composing.move_to_chapter(session, edition.chapters[0], foreign, **BY) == 0
    assert items_of(session, other.chapters[0]) == foreign


def test_a_new_edition_begins_with_all_of_the_last(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 2, "Emploi": 1})
    parts.leave_out(session, scene.part(session, edition, "network"), left_out=True, **BY)
    publish(session, edition)
    copy = memoranda.new_edition(session, edition.memorandum, **BY)
    assert (copy.number, copy.state) == (2, EditionState.DRAFT)
    assert scene.titles(session, copy) == scene.titles(session, edition)
    assert scene.part(session, copy).text == scene.part(session, edition).text
    assert scene.part(session, copy, "network").is_left_out
    assert [one.organisation_id for one in copy.signatories] == [
        one.organisation_id for one in edition.signatories
    ]


def test_a_new_edition_keeps_what_surrounds_the_text_of_the_last(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    parts.choose_layout(session, edition, Layout.BOOKLET, **BY)
    for place in (scene.part(session, edition), edition.chapters[0]):
        said = apparatus.Words("Qui fait quoi", "Des barres.", "Registre")
        apparatus.add_figure(session, edition, place, FigureKind.COVERAGE, said, **BY)
    mention = "Avec le soutien de la Wallonie"
    session.add(Sponsor(edition_id=edition.id, name="Wallonie", mention=mention, position=1))
    publish(session, edition)
    copy = memoranda.new_edition(session, edition.memorandum, **BY)
    assert copy.layout is Layout.BOOKLET
    figures = session.scalars(checking.figures(copy)).all()
    assert {(row.section_id, row.chapter_id) for row in figures} == {
        (scene.part(session, copy).id, None), (None, copy.chapters[0].id),
    }  # fmt: skip
    assert {(row.caption, row.alternative, row.source) for row in figures} == {
        ("Qui fait quoi", "Des barres.", "Registre")
    }
    mentions = session.scalars(select(Sponsor.mention).where(Sponsor.edition_id == copy.id)).all()
    assert mentions == [mention]
    facts = memoranda.Facts(title="Un autre")
    other = memoranda.create(session, facts, start_from=edition, **BY).editions[0]
    assert session.scalars(checking.figures(other)).all() == []


def test_a_draft_goes_away_with_the_memorandum_that_has_no_other(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    assert memoranda.remove_draft(session, edition, **BY)
    assert session.scalar(select(Memorandum.id)) is None
    assert session.scalar(select(Item.id)) is None


def test_a_title_taken_gets_another_address(session: Session) -> None:
    slugs = [scene.memorandum(session, title).slug for title in ("Mémorandum", "Mémorandum", "Nouveau")]
    assert slugs == ["memorandum", "memorandum-2", "nouveau-2"]


Move = tuple[str, int, int]
MOVES = st.lists(
    st.tuples(st.sampled_from(["order", "up", "down", "to"]), st.integers(0, 50), st.integers(0, 50)),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sizes=st.lists(st.integers(0, 4), min_size=1, max_size=3), moves=MOVES)
def test_whatever_is_moved_nothing_is_lost_or_doubled(
    session: Session, sizes: list[int], moves: list[Move]
) -> None:
    edition = scene.edition(session, {f"Chapitre {place}": size for place, size in enumerate(sizes)})
    model = [items_of(session, chapter) for chapter in edition.chapters]
    chapters = list(edition.chapters)
    everything = sorted(itertools.chain(*model))
    for move in moves:
        _apply(session, chapters, model, move)
        assert [items_of(session, chapter) for chapter in chapters] == model
    assert sorted(itertools.chain(*model)) == everything
    session.rollback()


def _apply(session: Session, chapters: list[Chapter], model: list[list[int]], move: Move) -> None:
    """Do one gesture on the database and on a plain model of it."""
    kind, one, other = move
    place = one % len(chapters)
    items = model[place]
    if kind == "order":
        turn = other % len(items) if items else 0
        model[place] = items[turn:] + items[:turn]
        composing.order_items(session, chapters[place], model[place], **BY)
    elif items and kind in {"up", "down"}:
        index = other % len(items)
        target = max(0, index - 1) if kind == "up" else min(len(items) - 1, index + 1)
        item = session.get_one(Item, items[index])
        items[index], items[target] = items[target], items[index]
        composing.move_item(session, item, up=kind == "up", **BY)
    elif items and kind == "to":
        target = (place + 1) % len(chapters)
        moved = items[other % len(items)]
        if target != place:
            items.remove(moved)
            model[target].append(moved)
        composing.move_to_chapter(session, chapters[target], [moved], **BY)


def test_signatories_are_ordered_and_taken_off(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    more = [factories.organisation(session, f"Maison {name}").id for name in "AB"]
    assert composing.add_signatories(session, edition, [*more, more[0]], **BY) == 2
    order = [one.id for one in edition.signatories]
    composing.order_signatories(session, edition, order[::-1], **BY)
    session.expire(edition, ["signatories"])
    assert [one.id for one in edition.signatories] == order[::-1]
    composing.remove_signatory(session, edition.signatories[0], **BY)
    with pytest.raises(ChangedMeanwhileError):
        composing.order_signatories(session, edition, order, **BY)
