"""What an item is beside earlier memoranda, and what no longer stands."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.publishing.models.composition import Descent, Item
from hub.publishing.models.editions import Edition, EditionState, Memorandum, StableNumber
from hub.publishing.operations import composing, descent, memoranda
from hub.publishing.operations.composing import FrozenError
from hub.publishing.values import descent as values
from hub.publishing.values.descent import Demand, Kin, Stage, Standing
from hub.recommendations.models.recommendations import Outcome, Recommendation, RecommendationState
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import derivations, recommendations
from hub.recommendations.operations.recommendations import Statement, as_it_stands
from tests.factories import NOW
from tests.publishing import scene

BY: dict[str, Any] = {"actor": scene.ACTOR, "now": NOW}


def made(session: Session, year: int, rows: list[Recommendation], **more: Any) -> Edition:
    """Make a memorandum of that year with these recommendations in one chapter."""
    memorandum = scene.memorandum(session, f"Mémorandum {year}")
    memorandum.year = year
    for name, value in more.items():
        setattr(memorandum, name, value)
    edition = memorandum.editions[0]
    chapter = composing.add_chapter(session, edition, "Chapitre", **BY)
    composing.add_items(session, chapter, [row.id for row in rows], **BY)
    return edition


def publish(session: Session, edition: Edition) -> None:
    """Make an edition public, each item with its number."""
    rows = session.scalars(select(Item).where(Item.edition_id == edition.id).order_by(Item.position)).all()
    for number, item in enumerate(rows, start=1):
        session.add(
            StableNumber(
                memorandum_id=edition.memorandum_id, recommendation_id=item.recommendation_id, number=number,
                given_at=NOW,
            )
        )  # fmt: skip
    scene.put(edition, EditionState.PUBLISHED)
    session.flush()


def kinds(session: Session, edition: Edition) -> dict[str, Descent]:
    told = descent.of_edition(session, edition)
    titles = dict(session.execute(select(Recommendation.id, Recommendation.title)).all())
    return {titles[demand]: line.kind for demand, line in told.lines.items()}


def again(session: Session, row: Recommendation, **changes: Any) -> Recommendation:
    statement = as_it_stands(row)
    for name, value in changes.items():
        object.__setattr__(statement, name, value)
    return derivations.take_over(session, row, statement, **BY)


def test_an_edition_without_predecessor_is_all_new(session: Session) -> None:
    edition = made(session, 2018, [scene.recommendation(session, "Loger")])
    told = descent.of_edition(session, edition)
    assert kinds(session, edition) == {"Loger": Descent.NEW}
    assert told.base is None
    assert told.gone == []


def test_what_stood_before_is_repeated_changed_or_gone(session: Session) -> None:
    same, reworded, left = (scene.recommendation(session, title) for title in ("Même", "Autre", "Partie"))
    first = made(session, 2018, [same, reworded, left])
    publish(session, first)
    recommendations.edit(
        session,
        reworded,
        _other(reworded),
        weight=Weight.SUBSTANTIVE,
        actor=scene.ACTOR,
        now=NOW + timedelta(days=30),
    )
    new = scene.recommendation(session, "Neuve")
    second = made(session, 2024, [same, reworded, new], previous_id=first.memorandum_id)
    told = descent.of_edition(session, second)
    assert kinds(session, second) == {
        "Même": Descent.REPEATED, "Autre": Descent.CHANGED, "Neuve": Descent.NEW
    }  # fmt: skip
    line = told.lines[same.id]
    assert (line.since, line.earlier) == (2018, "2018/1")
    assert [(each.title, each.kind, each.number, each.year) for each in told.gone] == [
        ("Partie", Descent.DROPPED, "2018/3", 2018)
    ]


def _other(row: Recommendation) -> Statement:
    statement = as_it_stands(row)
    object.__setattr__(statement, "text", f"{row.text} Dans un délai de trois mois.")
    return statement


def test_what_was_obtained_says_so_here_and_among_what_is_gone(session: Session) -> None:
    here, away = scene.recommendation(session, "Encore ici"), scene.recommendation(session, "Obtenue")
    first = made(session, 2018, [here, away])
    publish(session, first)
    for row in (here, away):
        row.state, row.outcome = RecommendationState.FOLLOWED, Outcome.OBTAINED
    second = made(session, 2024, [here], previous_id=first.memorandum_id)
    assert kinds(session, second) == {"Encore ici": Descent.OBTAINED}
    assert [each.kind for each in descent.of_edition(session, second).gone] == [Descent.OBTAINED]


def test_taken_over_split_or_merged_it_is_the_same_demand(session: Session) -> None:
    kept, whole, one, two = (scene.recommendation(session, f"Demande {n}") for n in "abcd")
    first = made(session, 2018, [kept, whole, one, two])
    publish(session, first)
    asked = again(session, kept)
    # Public ones are taken over before they are split or merged.
    parts = derivations.split(
        session, again(session, whole), [_titled(whole, "Partie 1"), _titled(whole, "Partie 2")], **BY
    )
    merged = derivations.merge(
        session, [again(session, one), again(session, two)], _titled(one, "Jointe"), **BY
    )
    second = made(session, 2024, [asked, *parts, merged], previous_id=first.memorandum_id)
    told = descent.of_edition(session, second)
    assert {demand: line.kind for demand, line in told.lines.items()} == {
        asked.id: Descent.REPEATED, parts[0].id: Descent.CHANGED, parts[1].id: Descent.CHANGED,
        merged.id: Descent.CHANGED,
    }  # fmt: skip
    assert told.lines[merged.id].earlier in {"2018/3", "2018/4"}
    assert told.gone == []


def _titled(row: Recommendation, title: str) -> Statement:
    statement = as_it_stands(row)
    object.__setattr__(statement, "title", title)
    return statement


def test_a_demand_left_out_once_is_repeated_since_its_first_year(session: Session) -> None:
    row, other = scene.recommendation(session, "Revenue"), scene.recommendation(session, "Autre")
    first = made(session, 2018, [row])
    publish(session, first)
    second = made(session, 2019, [other], previous_id=first.memorandum_id)
    publish(session, second)
    third = made(session, 2024, [row], previous_id=second.memorandum_id)
    told = descent.of_edition(session, third)
    assert (told.lines[row.id].kind, told.lines[row.id].since) == (Descent.REPEATED, 2018)
    assert told.lines[row.id].earlier == "2018/1"
    assert [each.title for each in told.gone] == ["Autre"]  # beside the memorandum just before it


def test_it_is_compared_with_the_edition_that_it_starts_from(session: Session) -> None:
    row, other = scene.recommendation(session, "Communale"), scene.recommendation(session, "Fédérale")
    local = made(session, 2018, [row])
    publish(session, local)
    federal = made(session, 2019, [other], previous_id=local.memorandum_id)
    publish(session, federal)
    next_local = made(session, 2024, [row], previous_id=federal.memorandum_id)
    next_local.starts_from_id = local.id
    session.flush()
    told = descent.of_edition(session, next_local)
    assert told.base is not None
    assert told.base.year == 2018
    assert told.gone == []


def test_a_memorandum_known_by_its_document_is_passed_over(session: Session) -> None:
    row = scene.recommendation(session, "Loger")
    first = made(session, 2006, [row])
    publish(session, first)
    paper = scene.memorandum(session, "Cahier")
    paper.year, paper.previous_id = 2007, first.memorandum_id
    session.delete(paper.editions[0])
    session.flush()
    last = made(session, 2024, [row], previous_id=paper.id)
    assert descent.of_edition(session, last).lines[row.id].since == 2006


def test_what_somebody_says_counts_and_is_refused_once_frozen(session: Session) -> None:
    row = scene.recommendation(session, "Loger")
    edition = made(session, 2018, [row])
    item = session.scalars(select(Item).where(Item.edition_id == edition.id)).one()
    assert descent.say(session, edition, {item.id: Descent.REPEATED}, **BY) == 1
    line = descent.of_edition(session, edition).lines[row.id]
    assert (line.kind, line.computed) == (Descent.REPEATED, Descent.NEW)
    assert descent.say(session, edition, {item.id: None}, **BY) == 1
    assert descent.of_edition(session, edition).lines[row.id].kind is Descent.NEW
    publish(session, edition)
    with pytest.raises(FrozenError):
        descent.say(session, edition, {item.id: Descent.CHANGED}, **BY)


def test_a_whole_edition_is_told_in_few_queries(session: Session) -> None:
    rows = [scene.recommendation(session, f"Demande {number}") for number in range(30)]
    first = made(session, 2018, rows)
    publish(session, first)
    second = made(session, 2024, rows, previous_id=first.memorandum_id)
    session.commit()
    asked: list[str] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert len(descent.of_edition(session, second).lines) == len(rows)
    selects = [each for each in asked if each.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert len(selects) <= 10, selects


def test_a_new_edition_starts_from_an_earlier_memorandum(session: Session) -> None:
    kept, gone, won = (scene.recommendation(session, title) for title in ("Gardée", "Écartée", "Obtenue"))
    first = made(session, 2018, [kept, gone, won])
    publish(session, first)
    heir = again(session, gone)
    gone.state, gone.state_reason = RecommendationState.DROPPED, "Remplacée"
    won.state, won.outcome = RecommendationState.FOLLOWED, Outcome.OBTAINED
    session.flush()
    facts = memoranda.Facts(title="Mémorandum 2024", year=2024, previous_id=first.memorandum_id)
    second = memoranda.create(session, facts, start_from=first, **BY).editions[0]
    assert second.starts_from_id == first.id
    standing = set(session.scalars(select(Item.recommendation_id).where(Item.edition_id == second.id)))
    assert standing == {kept.id, heir.id}
    assert [each.kind for each in descent.of_edition(session, second).gone] == [Descent.OBTAINED]


def test_a_memorandum_never_comes_after_itself(session: Session) -> None:
    first = scene.memorandum(session, "Premier")
    second = scene.memorandum(session, "Second", previous_id=first.id)
    with pytest.raises(memoranda.DomainError) as refusal:
        memoranda.edit(session, first, memoranda.Facts(title="Premier", previous_id=second.id), **BY)
    assert refusal.value.field == "previous"
    assert session.get_one(Memorandum, first.id).previous_id is None


# --- The rule itself ----------------------------------------------------------------------------

DEMANDS = st.integers(min_value=1, max_value=8)


@given(
    here=st.sets(DEMANDS),
    base=st.sets(DEMANDS),
    ties=st.lists(st.tuples(DEMANDS, DEMANDS).map(sorted).filter(lambda pair: pair[0] < pair[1])),
)
def test_every_demand_of_both_editions_is_told_once(
    here: set[int], base: set[int], ties: list[list[int]]
) -> None:
    kin = Kin((parent, child) for parent, child in ties)
    demands = {each: Demand(each, str(each), f"T{each}", "") for each in range(1, 9)}
    now, then = _stage(2024, here), _stage(2018, base)
    lines = values.lines(now, then, [then], kin, demands)
    gone = {each.demand for each in values.gone(now, then, kin, demands)}
    assert set(lines) == here
    assert gone <= base
    assert gone.isdisjoint(here)
    for demand, line in lines.items():
        assert (line.kind is Descent.NEW) == kin.before(demand).isdisjoint(base)
    # What stood there and is neither here nor goes on here is gone; all else goes on.
    assert gone == {each for each in base if kin.after(each).isdisjoint(here)}
    threads = list(values.threads([then, now], kin, demands))
    told = {demand for thread in threads for demand in kin.before(thread.demand.id)}
    assert here | base <= told


def _stage(year: int, held: set[int]) -> Stage:
    return Stage(
        year, f"M {year}", f"m-{year}", year, year, 1,
        held={each: Standing(each, f"{year}/{each}") for each in held},
    )  # fmt: skip
