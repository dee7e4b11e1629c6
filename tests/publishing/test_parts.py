"""Parts, priorities and marks: what a memorandum can't be without stays, ranks have no gaps."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.publishing.models.composition import EditionSection, Item, SectionKind
from hub.publishing.models.editions import Edition, EditionState, Layout
from hub.publishing.operations import composing, parts, presence
from hub.publishing.operations.composing import ChangedMeanwhileError, FrozenError
from hub.publishing.queries import composition
from hub.publishing.queries import writing as queries
from tests import factories
from tests.conftest import both_databases
from tests.factories import NOW
from tests.publishing import scene

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


def kinds(session: Session, edition: Edition) -> list[str]:
    return [row.title or row.kind.value for row in session.scalars(composition.sections(edition))]


def item_ids(session: Session, edition: Edition) -> list[int]:
    return list(session.scalars(select(Item.id).where(Item.edition_id == edition.id).order_by(Item.id)))


def ranks(session: Session, edition: Edition) -> list[int]:
    rows = session.scalars(composition.marked_items(edition, SectionKind.PRIORITIES))
    return [item.id for item in rows]


@both_databases
def test_an_own_part_comes_behind_the_chapters_and_can_go(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    row = parts.add_section(session, edition, "Nos engagements", **BY)
    names = kinds(session, edition)
    assert names[names.index("chapters") + 1] == "Nos engagements"
    with pytest.raises(DomainError):
        parts.write_section(session, row, "", "Texte", mark=composing.seen("Nos engagements", ""), **BY)
    parts.remove_section(session, row, **BY)
    assert "Nos engagements" not in kinds(session, edition)
    with pytest.raises(DomainError):
        parts.remove_section(session, scene.part(session, edition), **BY)


@both_databases
def test_cover_and_chapters_stay(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    for kind in ("cover", "chapters"):
        with pytest.raises(DomainError):
            parts.leave_out(session, scene.part(session, edition, kind), left_out=True, **BY)
    parts.leave_out(session, scene.part(session, edition, "index"), left_out=True, **BY)
    assert scene.part(session, edition, "index").is_left_out
    parts.leave_out(session, scene.part(session, edition, "index"), left_out=False, **BY)
    assert not scene.part(session, edition, "index").is_left_out


def test_parts_stand_in_the_order_asked_for_and_the_cover_stays_first(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    rows = list(session.scalars(composition.sections(edition)))[1:]
    parts.order_sections(session, edition, [row.id for row in rows[::-1]], **BY)
    assert kinds(session, edition)[:2] == ["cover", "contact"]
    parts.move_section(session, scene.part(session, edition, "contact"), up=True, **BY)
    assert kinds(session, edition)[:2] == ["cover", "contact"]
    parts.move_section(session, scene.part(session, edition, "contact"), up=False, **BY)
    assert kinds(session, edition)[:3] == ["cover", "sponsors", "contact"]
    with pytest.raises(ChangedMeanwhileError):
        parts.order_sections(session, edition, [rows[0].id], **BY)


def test_a_part_written_meanwhile_is_not_overwritten(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    row = scene.part(session, edition, "consulted")
    mark = composing.seen(row.title, row.text)
    parts.write_section(session, row, "", "D’Anna", mark=mark, **BY)
    with pytest.raises(ChangedMeanwhileError):
        parts.write_section(session, row, "", "De Bob", mark=mark, **BY)
    parts.write_section(session, row, "", "D’Anna", mark=mark, **BY)
    assert row.text == "D’Anna"


@given(st.lists(st.tuples(st.integers(0, 13), st.booleans()), max_size=25))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ranks_have_no_gap_and_are_at_most_twelve(session: Session, gestures: list[tuple[int, bool]]) -> None:
    edition = scene.edition(session, {"Logement": 14})
    ids = item_ids(session, edition)
    expected: list[int] = []
    for place, wanted in gestures:
        chosen = ids[place]
        if wanted and chosen not in expected and len(expected) == parts.MOST_PRIORITIES:
            with pytest.raises(DomainError):
                parts.choose_priorities(session, edition, [chosen], wanted=True, **BY)
            continue
        parts.choose_priorities(session, edition, [chosen], wanted=wanted, **BY)
        expected = [
            *(one for one in expected if one != chosen or wanted),
            *([chosen] if wanted and chosen not in expected else []),
        ]
        assert ranks(session, edition) == expected
        stored = session.scalars(
            select(Item.priority).where(Item.edition_id == edition.id, Item.priority.is_not(None))
        )
        assert sorted(rank or 0 for rank in stored) == list(range(1, len(expected) + 1))
    session.rollback()


def test_priorities_are_ranked(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 3})
    ids = item_ids(session, edition)
    parts.choose_priorities(session, edition, ids, wanted=True, **BY)
    parts.order_priorities(session, edition, ids[::-1], **BY)
    assert ranks(session, edition) == ids[::-1]
    last = session.get_one(Item, ids[0])
    parts.move_priority(session, last, up=True, **BY)
    assert ranks(session, edition) == [ids[2], ids[0], ids[1]]
    with pytest.raises(ChangedMeanwhileError):
        parts.order_priorities(session, edition, ids[:2], **BY)
    assert parts.mark_cross_cutting(session, edition, ids[:2], wanted=True, **BY) == 2
    assert parts.mark_cross_cutting(session, edition, ids, wanted=False, **BY) == 2


def test_an_item_is_dragged_to_a_place_in_another_chapter(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 2, "Emploi": 2})
    first, second = edition.chapters
    one, two = ([item.id for item in chapter.items] for chapter in (first, second))
    composing.order_items(session, second, [two[0], one[0], two[1]], **BY)
    assert scene.titles(session, edition) == [
        ("Logement", ["Logement, demande 2"]),
        ("Emploi", ["Emploi, demande 1", "Logement, demande 1", "Emploi, demande 2"]),
    ]
    # One that somebody took out meanwhile, or one that came, is told.
    with pytest.raises(ChangedMeanwhileError):
        composing.order_items(session, second, [one[0], two[0]], **BY)


@pytest.mark.parametrize("state", [EditionState.FROZEN, EditionState.PUBLISHED])
def test_every_gesture_refuses_what_is_no_longer_composed(session: Session, state: EditionState) -> None:
    edition = scene.edition(session, {"Logement": 1})
    part, ids = scene.part(session, edition, "index"), item_ids(session, edition)
    rows = [row.id for row in session.scalars(select(EditionSection))]
    scene.put(edition, state)
    session.flush()
    for gesture in (
        lambda: parts.write_section(session, part, "", "Autre", mark="", **BY),
        lambda: parts.leave_out(session, part, left_out=True, **BY),
        lambda: parts.add_section(session, edition, "Neuve", **BY),
        lambda: parts.remove_section(session, part, **BY),
        lambda: parts.order_sections(session, edition, rows, **BY),
        lambda: parts.move_section(session, part, up=True, **BY),
        lambda: parts.choose_priorities(session, edition, ids, wanted=True, **BY),
        lambda: parts.order_priorities(session, edition, [], **BY),
        lambda: parts.move_priority(session, session.get_one(Item, ids[0]), up=True, **BY),
        lambda: parts.mark_cross_cutting(session, edition, ids, wanted=True, **BY),
        lambda: parts.choose_layout(session, edition, Layout.BOOKLET, **BY),
    ):
        with pytest.raises(FrozenError):
            gesture()


@both_databases
def test_who_is_there_is_said_once_and_forgotten_after_two_minutes(session: Session) -> None:
    edition = scene.edition(session, {"Logement": 1})
    anna, bob = factories.coordinator(session), factories.user(session)
    presence.seen(session, edition, anna.id, "Logement", now=NOW)
    presence.seen(session, edition, anna.id, "Préambule", now=NOW)
    found = session.scalars(queries.present(edition, NOW - presence.GONE_AFTER)).all()
    assert [(row.user_id, row.place) for row in found] == [(anna.id, "Préambule")]
    presence.seen(session, edition, bob.id, "", now=NOW + presence.GONE_AFTER)
    found = session.scalars(queries.present(edition, NOW)).all()
    assert [row.user_id for row in found] == [bob.id]
    presence.forget(session, now=NOW + 2 * presence.GONE_AFTER)
    assert not session.scalars(queries.present(edition, NOW)).all()
