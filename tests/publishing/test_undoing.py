"""Undoing: nothing is lost, all of it undone gives the beginning, all of it redone the end."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.publishing.models.composition import CandidateQuestion, Chapter, Descent, Item
from hub.publishing.models.editions import Edition
from hub.publishing.models.leaflets import LeafletItem, LeafletKind
from hub.publishing.models.writing import EditionComment, EditionSnapshot
from hub.publishing.operations import (
    comments,
    composing,
    descent,
    leaflets,
    parts,
    questions,
    snapshots,
    undoing,
)
from hub.publishing.operations.composing import ChangedMeanwhileError
from hub.publishing.operations.questions import Asked
from hub.publishing.queries import writing as queries
from hub.publishing.values.undoing import Moment, back, forth
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


def head(session: Session, edition: Edition) -> int:
    row = snapshots.latest(session, edition)
    assert row is not None
    return row.number


def undo(session: Session, edition: Edition) -> None:
    undoing.undo(session, edition, head=head(session, edition), **BY)


def redo(session: Session, edition: Edition) -> None:
    undoing.redo(session, edition, head=head(session, edition), **BY)


def chapters(session: Session, edition: Edition) -> list[Chapter]:
    return list(
        session.scalars(
            select(Chapter).where(Chapter.edition_id == edition.id).order_by(Chapter.position, Chapter.id)
        )
    )


def items(session: Session, edition: Edition) -> list[int]:
    return list(session.scalars(select(Item.id).where(Item.edition_id == edition.id).order_by(Item.id)))


def _add(session: Session, edition: Edition, pick: int) -> None:
    composing.add_chapter(session, edition, f"Chapitre {pick}", **BY)


def _remove(session: Session, edition: Edition, pick: int) -> None:
    rows = chapters(session, edition)
    if rows:
        composing.remove_chapter(session, rows[pick % len(rows)], **BY)


def _up(session: Session, edition: Edition, pick: int) -> None:
    rows = chapters(session, edition)
    if rows:
        composing.move_chapter(session, rows[pick % len(rows)], up=bool(pick % 2), **BY)


def _elsewhere(session: Session, edition: Edition, pick: int) -> None:
    rows, all_items = chapters(session, edition), items(session, edition)
    if rows and all_items:
        composing.move_to_chapter(session, rows[pick % len(rows)], [all_items[pick % len(all_items)]], **BY)


def _out(session: Session, edition: Edition, pick: int) -> None:
    all_items = items(session, edition)
    if all_items:
        composing.remove_items(session, edition, [all_items[pick % len(all_items)]], **BY)


def _words(session: Session, edition: Edition, pick: int) -> None:
    mark = composing.seen(scene.part(session, edition).text)
    composing.write_preamble(session, edition, f"Préambule {pick}", mark=mark, **BY)


def _figure(session: Session, edition: Edition, pick: int) -> None:
    parts.leave_out(session, scene.part(session, edition, "network"), left_out=not pick % 2, **BY)


CHANGES: tuple[Callable[[Session, Edition, int], None], ...] = (
    _add, _remove, _up, _elsewhere, _out, _words, _figure,
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 11)), min_size=1, max_size=9))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_all_gives_the_beginning_and_redoing_all_the_end(
    session: Session, changes: list[tuple[Callable[[Session, Edition, int], None], int]]
) -> None:
    edition = scene.edition(session, {"Logement": 2, "Emploi": 1})
    beginning, kept = snapshots.written(session, edition), head(session, edition)
    for change, pick in changes:
        change(session, edition, pick)
        session.expire_all()
    end, made = snapshots.written(session, edition), head(session, edition) - kept
    for _ in range(made):
        undo(session, edition)
    assert snapshots.written(session, edition) == beginning
    for _ in range(made):
        redo(session, edition)
    assert snapshots.written(session, edition) == end
    with pytest.raises(DomainError):
        redo(session, edition)
    session.rollback()


@both_databases
def test_a_chapter_that_comes_back_has_its_items_under_their_numbers(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 2, "Emploi": 1})
    before = items(session, edition)
    composing.remove_chapter(session, chapters(session, edition)[0], **BY)
    assert len(items(session, edition)) == 1
    undo(session, edition)
    assert items(session, edition) == before
    # What comes later gets a number of its own.
    assert composing.add_chapter(session, edition, "Neuf", **BY).id not in {
        row.id for row in chapters(session, edition)[:2]
    }


@both_databases
def test_what_somebody_else_has_changed_meanwhile_is_not_undone_unseen(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    seen = head(session, edition)
    composing.add_chapter(session, edition, "D’une autre", **BY)
    with pytest.raises(ChangedMeanwhileError):
        undoing.undo(session, edition, head=seen, **BY)
    assert [row.title for row in chapters(session, edition)] == ["Logement", "D’une autre"]


def test_a_new_change_after_undoing_leaves_nothing_to_redo(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    composing.add_chapter(session, edition, "Un", **BY)
    undo(session, edition)
    composing.add_chapter(session, edition, "Deux", **BY)
    with pytest.raises(DomainError):
        redo(session, edition)
    undo(session, edition)
    redo(session, edition)
    assert [row.title for row in chapters(session, edition)] == ["Logement", "Deux"]


def test_going_back_to_a_version_can_be_undone(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    version = head(session, edition)
    before = snapshots.written(session, edition)
    composing.add_chapter(session, edition, "Un", **BY)
    after = snapshots.written(session, edition)
    undoing.go_back(session, edition, version, **BY)
    assert snapshots.written(session, edition) == before
    undo(session, edition)
    assert snapshots.written(session, edition) == after


def test_only_so_many_are_kept_and_those_with_a_name_stay(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "MOST_UNNAMED", 5)
    monkeypatch.setattr(snapshots, "MOST_NAMED", 1)
    edition = scene.edition(session, {"Logement": 1})
    named = head(session, edition)
    undoing.name(session, edition, named, "Relue en réunion", **BY)
    with pytest.raises(DomainError):
        undoing.name(session, edition, named - 1, "Une de trop", **BY)
    for place in range(9):
        composing.add_chapter(session, edition, f"Chapitre {place}", **BY)
    numbers = [row.number for row in session.scalars(queries.moments(edition))]
    assert numbers == [named, *range(named + 5, named + 10)]
    for _ in range(2):  # undoing is kept as well: it goes back half of what is kept
        undo(session, edition)
    with pytest.raises(DomainError):
        undo(session, edition)


def test_a_change_that_changes_nothing_is_not_kept(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    before = session.scalars(select(EditionSnapshot.number)).all()
    composing.move_chapter(session, chapters(session, edition)[0], up=True, **BY)
    assert session.scalars(select(EditionSnapshot.number)).all() == before


def test_comments_outlive_what_they_were_on(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    chapter = chapters(session, edition)[0]
    comments.add(session, edition, chapter, "À revoir", **BY)
    comments.add(session, edition, chapter.items[0], "Chiffre à vérifier", **BY)
    composing.remove_chapter(session, chapter, **BY)
    told = {row.text: row.about for row in session.scalars(select(EditionComment))}
    assert told["À revoir"] == "Logement"
    assert told["Chiffre à vérifier"].endswith("Logement, demande 1")
    composing.add_chapter(session, edition, "Neuf", **BY)
    added = chapters(session, edition)[0]
    comments.add(session, edition, added, "Neuf ?", **BY)
    undo(session, edition)
    session.expire_all()
    assert {row.text: row.about for row in session.scalars(select(EditionComment))}["Neuf ?"] == "Neuf"


def hangs(session: Session) -> tuple[list[int], list[int | None], list[tuple[int | None, int | None, str]]]:
    """Return the items in leaflets, those that questions rest on, and what comments are on."""
    session.expire_all()
    placed = session.scalars(select(LeafletItem.item_id).order_by(LeafletItem.position)).all()
    asked = session.scalars(select(CandidateQuestion.item_id).order_by(CandidateQuestion.position)).all()
    said = session.scalars(select(EditionComment).order_by(EditionComment.id)).all()
    return list(placed), list(asked), [(row.chapter_id, row.item_id, row.about) for row in said]


@both_databases
def test_what_hung_on_an_item_comes_back_with_it(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 2, "Emploi": 1})
    first, second, third = items(session, edition)
    chapter = chapters(session, edition)[0]
    leaflet = leaflets.create(session, edition, leaflets.Facts(LeafletKind.PARTY_MEETING, "Rencontre"), **BY)
    leaflets.add_items(session, leaflet, [third, first, second], **BY)
    mark = questions.mark_of([])
    questions.write(session, edition, [Asked("Et le logement ?", first), Asked("Oui ?")], mark=mark, **BY)
    comments.add(session, edition, chapter, "À revoir", **BY)
    comments.add(session, edition, chapter.items[0], "Chiffre à vérifier", **BY)
    before = hangs(session)
    composing.remove_chapter(session, chapters(session, edition)[0], **BY)
    assert hangs(session)[:2] == ([third], [None, None])
    undo(session, edition)
    assert hangs(session) == before
    redo(session, edition)
    undo(session, edition)
    assert hangs(session) == before
    # What went its own way meanwhile isn't put back.
    composing.remove_items(session, edition, [first], **BY)
    leaflets.remove(session, leaflet, **BY)
    undo(session, edition)
    assert hangs(session)[:2] == ([], [first, None])


def test_branches_are_found_in_the_log() -> None:
    assert (back([]), forth([])) == (None, None)
    # 1, 2, 3 made; undone to 2; 5 made from there; undone twice.
    log = [Moment(1), Moment(2), Moment(3), Moment(4, 2), Moment(5), Moment(6, 2), Moment(7, 1)]
    assert back(log) is None
    assert forth(log) == 2
    assert forth([*log, Moment(8, 2)]) == 5
    assert back(log[:5]) == 2
    assert forth(log[:5]) is None


def test_what_is_said_of_the_lineage_is_a_change_of_its_own(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    composing.edit_chapter(
        session, chapters(session, edition)[0], "Se loger", "", mark=composing.seen("Logement", ""), **BY
    )
    seen = head(session, edition)
    (item,) = items(session, edition)
    descent.say(session, edition, {item: Descent.REPEATED}, **BY)
    with pytest.raises(ChangedMeanwhileError):  # whoever didn't see it doesn't undo it
        undoing.undo(session, edition, head=seen, **BY)
    undo(session, edition)
    assert (session.get_one(Item, item).descent, chapters(session, edition)[0].title) == (None, "Se loger")
    redo(session, edition)
    assert session.get_one(Item, item).descent is Descent.REPEATED
