"""Votes by dots: one ballot an organisation or tablet, never over the budget, whoever clicks."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core.errors import DomainError
from hub.events.models.workshops import Workshop
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.carrying import (
    Ballot,
    Dot,
    DotRound,
    VoiceChannel,
    WorkshopRecommendation,
)
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.operations import consultations, dots
from hub.recommendations.operations.dots import BallotMovedError, RoundRules
from hub.recommendations.queries import dots as queries
from tests import factories
from tests.conftest import both_databases
from tests.events.plenary import plenary
from tests.factories import NOW
from tests.recommendations import calls

LATER = NOW + timedelta(hours=1)
RULES = RoundRules("Nos priorités", budget=5, most_each=3)
Vote = tuple[Campaign, list[Invitation], list[Recommendation], DotRound]


def vote(session: Session, organisations: int = 1, number: int = 3, rules: RoundRules = RULES) -> Vote:
    """Return a call, its invitations, its recommendations and an open round."""
    call = calls.call(session, now=NOW)
    invited = [calls.invitation(session, call, now=NOW) for _ in range(organisations)]
    rows = [calls.recommendation(session, now=NOW, title=f"Demande {each}") for each in range(number)]
    consultations.add(session, call, rows, actor="essai", now=NOW)
    return call, invited, rows, dots.open_round(session, call, rules, actor="essai", now=NOW)


def workshop_vote(session: Session) -> tuple[Workshop, list[Recommendation], DotRound]:
    day = plenary(session)
    (workshop, *_) = day.blocks[0].workshops
    rows = [calls.recommendation(session, now=NOW, title=f"Demande {each}") for each in range(2)]
    for place, row in enumerate(rows):
        factories.add(
            session,
            WorkshopRecommendation(
                workshop_id=workshop.id, recommendation_id=row.id, position=place, created_at=NOW
            ),
        )
    return workshop, rows, dots.open_round(session, workshop, RULES, actor="essai", now=NOW)


def put(session: Session, row: DotRound, voter: Any, spread: dict[int, int], **more: Any) -> Ballot:
    values = {"channel": VoiceChannel.LINK, "actor": "lien personnel", "now": LATER, **more}
    return dots.put(session, row, voter, spread, **values)


def stands(session: Session) -> dict[int, int]:
    session.expire_all()
    return {row.recommendation_id: row.dots for row in session.scalars(select(Dot))}


@both_databases
def test_a_changed_ballot_takes_the_place_of_the_one_before(session: Session) -> None:
    _, (invited,), (one, two, three), row = vote(session)
    first = put(session, row, invited.organisation, {one.id: 3, two.id: 2})
    second = put(session, row, invited.organisation, {two.id: 1, three.id: 3}, channel=VoiceChannel.PHONE)
    assert second.id == first.id
    assert (second.spent, second.channel) == (4, VoiceChannel.PHONE)
    session.commit()
    assert stands(session) == {two.id: 1, three.id: 3}


@both_databases
def test_the_database_itself_holds_one_ballot_and_the_budget(session: Session) -> None:
    _, (invited,), (one, *_), row = vote(session)
    ballot = put(session, row, invited.organisation, {one.id: 1})
    session.commit()
    again = {"round_id": row.id, "channel": "link", "budget": 5, "created_at": NOW, "updated_at": NOW}
    with pytest.raises(IntegrityError):
        factories.add(session, Ballot(**again, organisation_id=invited.organisation_id))
    session.rollback()
    with pytest.raises(IntegrityError):
        factories.add(session, Ballot(**again))
    session.rollback()
    session.get_one(Ballot, ballot.id).spent = 6
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_over_the_budget_nothing_is_kept(session: Session) -> None:
    _, (invited,), (one, two, three), row = vote(session)
    with pytest.raises(DomainError, match=r"6 points.*retirez-en 1"):
        put(session, row, invited.organisation, {one.id: 2, two.id: 2, three.id: 2})
    with pytest.raises(DomainError) as refusal:
        put(session, row, invited.organisation, {one.id: 4})
    assert refusal.value.field == f"r{one.id}"
    with pytest.raises(DomainError) as refusal:
        put(session, row, invited.organisation, {one.id: -1, two.id: 3})
    assert refusal.value.field == f"r{one.id}"
    assert session.scalar(select(func.count()).select_from(Ballot)) == 0


def test_only_on_what_the_round_is_about(session: Session) -> None:
    call, (invited,), (one, two, _), row = vote(session)
    other = calls.recommendation(session, now=NOW, title="Autre chose")
    with pytest.raises(DomainError) as refusal:
        put(session, row, invited.organisation, {one.id: 1, other.id: 1})
    assert refusal.value.field == f"r{other.id}"
    put(session, row, invited.organisation, {one.id: 1, two.id: 1})
    # What is set aside or left the list keeps its dots, and gets no more.
    two.state = RecommendationState.DROPPED
    session.flush()
    consultations.remove(session, call, one.id, actor="essai", now=NOW)
    put(session, row, invited.organisation, {one.id: 1, two.id: 1})
    for wanted in ({one.id: 2}, {two.id: 2}):
        with pytest.raises(DomainError, match="plus dans le vote"):
            put(session, row, invited.organisation, wanted)
    found = dots.results(session, row)
    assert {place.recommendation.id: place.dots for place in found.places}[one.id] == 1


def test_a_ballot_without_dots_is_none(session: Session) -> None:
    _, (invited,), (one, *_), row = vote(session)
    with pytest.raises(DomainError, match="au moins un point"):
        put(session, row, invited.organisation, {one.id: 0})
    put(session, row, invited.organisation, {one.id: 2})
    put(session, row, invited.organisation, {})
    assert stands(session) == {}
    found = dots.results(session, row)
    assert (found.ballots, found.dots) == (0, 0)
    assert list(session.scalars(queries.ballots(row))) == []


@both_databases
def test_it_changes_until_it_is_closed(session: Session) -> None:
    _, (invited,), (one, *_), row = vote(session)
    put(session, row, invited.organisation, {one.id: 1})
    dots.close_round(session, row, actor="essai", now=LATER)
    with pytest.raises(DomainError, match="clos"):
        put(session, row, invited.organisation, {one.id: 2}, now=LATER)
    dots.move_end(session, row, LATER + timedelta(days=2), actor="essai", now=LATER)
    put(session, row, invited.organisation, {one.id: 2}, now=LATER + timedelta(days=1))
    with pytest.raises(DomainError, match="clos"):
        put(session, row, invited.organisation, {one.id: 1}, now=LATER + timedelta(days=2))
    assert stands(session) == {one.id: 2}


def test_one_vote_at_a_time(session: Session) -> None:
    call, _, _, row = vote(session)
    with pytest.raises(DomainError, match="déjà ouvert"):
        dots.open_round(session, call, RULES, actor="essai", now=LATER)
    dots.close_round(session, row, actor="essai", now=LATER)
    second = dots.open_round(session, call, RULES, actor="essai", now=LATER)
    with pytest.raises(DomainError, match="déjà ouvert"):
        dots.move_end(session, row, None, actor="essai", now=LATER)
    assert [each.id for each in session.scalars(queries.rounds(call))] == [second.id, row.id]


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (RoundRules("", 5, 3), "title"),
        (RoundRules("Vote", 0, 1), "budget"),
        (RoundRules("Vote", 101, 1), "budget"),
        (RoundRules("Vote", 5, 6), "most_each"),
        (RoundRules("Vote", 5, 0), "most_each"),
        (RoundRules("Vote", 5, 3, NOW), "closes_at"),
    ],
)
def test_rules_that_can_t_be_are_refused(session: Session, rules: RoundRules, field: str) -> None:
    call = calls.call(session, now=NOW)
    with pytest.raises(DomainError) as refusal:
        dots.open_round(session, call, rules, actor="essai", now=NOW)
    assert refusal.value.field == field


def test_without_recommendations_there_is_nothing_to_vote_on(session: Session) -> None:
    call = calls.call(session, now=NOW)
    with pytest.raises(DomainError, match="Choisissez d’abord"):
        dots.open_round(session, call, RULES, actor="essai", now=NOW)


def test_only_whom_the_call_invites(session: Session) -> None:
    _, _, (one, *_), row = vote(session)
    with pytest.raises(DomainError, match="pas invitée"):
        put(session, row, factories.organisation(session), {one.id: 1})
    with pytest.raises(DomainError, match="demande une organisation"):
        put(session, row, "tablette-1", {one.id: 1})


@both_databases
def test_two_people_of_one_organisation_never_overwrite_each_other_unseen(session: Session) -> None:
    _, (invited,), (one, two, _), row = vote(session)
    first = put(session, row, invited.organisation, {one.id: 1}, seen="")
    shown = dots.mark(first)
    with pytest.raises(BallotMovedError) as refusal:
        put(session, row, invited.organisation, {two.id: 1}, seen="")
    assert refusal.value.other.id == first.id
    # The same again is no change.
    put(session, row, invited.organisation, {one.id: 1}, seen="")
    put(session, row, invited.organisation, {two.id: 1}, seen=shown, now=LATER + timedelta(minutes=1))
    assert stands(session) == {two.id: 1}


@both_databases
def test_in_a_workshop_each_tablet_has_a_ballot(session: Session) -> None:
    _, (one, two), row = workshop_vote(session)
    for tablet, spread in (("a", {one.id: 3}), ("b", {one.id: 1, two.id: 3}), ("a", {one.id: 2, two.id: 3})):
        put(session, row, tablet, spread, channel=VoiceChannel.MEETING)
    found = dots.results(session, row)
    assert [(place.recommendation.id, place.dots, place.ballots) for place in found.places] == [
        (two.id, 6, 2),
        (one.id, 3, 2),
    ]
    assert (found.ballots, found.dots) == (2, 9)
    with pytest.raises(DomainError, match="tablette"):
        put(session, row, factories.organisation(session), {one.id: 1})


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_history_spends_more_than_the_budget_and_no_dot_is_lost(session: Session, data: Any) -> None:
    """Whatever is put, in whatever order: what stands is each one's last ballot that was taken."""
    session.rollback()
    budget = data.draw(st.integers(1, 8))
    rules = RoundRules("Vote", budget, data.draw(st.integers(1, budget)))
    _, invited, rows, row = vote(session, 3, 3, rules)
    spreads = st.dictionaries(st.sampled_from([each.id for each in rows]), st.integers(-1, 5))
    expected: dict[int, dict[int, int]] = {}
    for who, spread in data.draw(st.lists(st.tuples(st.sampled_from(invited), spreads), max_size=12)):
        kept = {number: count for number, count in spread.items() if count}
        fits = sum(kept.values()) <= budget and all(0 < each <= rules.most_each for each in kept.values())
        if fits and (kept or who.id in expected):
            put(session, row, who.organisation, spread)
            expected[who.id] = kept
        else:
            with pytest.raises(DomainError):
                put(session, row, who.organisation, spread)
    ballots = list(session.scalars(select(Ballot).where(Ballot.round_id == row.id)))
    assert all(each.spent == sum(dot.dots for dot in each.dots) <= budget for each in ballots)
    found = dots.results(session, row)
    assert found.dots == sum(place.dots for place in found.places)
    assert found.dots == sum(sum(each.values()) for each in expected.values())
    assert found.ballots == sum(1 for each in expected.values() if each)
    for place in found.places:
        assert place.dots == sum(each.get(place.recommendation.id, 0) for each in expected.values())
        assert place.ballots == sum(1 for each in expected.values() if place.recommendation.id in each)
