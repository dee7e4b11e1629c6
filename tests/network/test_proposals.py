"""Proposals: never who is there, always for a reason that is true, in an order that anybody can add up."""

from dataclasses import replace
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.actors.models.organisations import OrganisationState
from hub.network.models.invitations import Decision
from hub.network.values import links
from hub.network.values.existing import Question, actors, reaches, spots
from hub.network.values.groups import groups_of
from hub.network.values.landscape import ON_THE_SPOT, Offer, Presence, Spot
from hub.network.values.links import Common, few_ties, partners
from hub.network.values.proposals import (
    CONCERNED,
    KINDRED,
    KINDS_OF_LEVELS,
    NEVER_ASKED,
    POINTS,
    Circle,
    Proposal,
    Reason,
    Scene,
    Subject,
    Where,
    Why,
    kindred,
    neighbours,
    propose,
)
from hub.network.views.invitations import Board, Criteria
from tests.network.landscapes import (
    DINANT,
    GEMBLOUX,
    GEOGRAPHY,
    LIEGE,
    NAMUR,
    PROVINCE,
    THEMES,
    doer,
    landscape,
    landscapes,
    scenes,
    seated,
    subjects,
)

HOUSING = Subject(themes=frozenset({"housing"}))


def is_true(scene: Scene, subject: Subject, there: frozenset[int], one: Proposal, reason: Reason) -> bool:
    """Judge a reason by the scene itself, not by how it was found."""
    who, made = one.doer, scene.landscape
    codes = frozenset(reason.codes)
    themes_there = {code for number in there if number in made.doers for code in made.doers[number].themes}
    absent = [group for group in scene.groups if who.id in group and not group & there]
    truths: dict[Why, bool] = {
        Why.MEMBER: who.id in subject.members,
        Why.THEME: bool(codes) and codes <= who.themes & subject.themes,
        Why.KINDRED: bool(codes)
        and codes <= who.themes
        and all(any(code in kindred(theme) for theme in subject.themes) for code in codes),
        Why.AUDIENCE: bool(codes) and codes <= who.audiences & subject.audiences,
        Why.LEVEL: bool(codes) and all(who.kind_code in KINDS_OF_LEVELS.get(code, ()) for code in codes),
        Why.ON_THE_SPOT: any(
            spot.place == reason.place and spot.presence == reason.presence for spot in who.spots
        )
        and any(GEOGRAPHY.holds(place, reason.place or 0) for place in subject.places),
        Why.SERVES: reason.presence not in ON_THE_SPOT
        and any(made.presence_of(who, place) == reason.presence for place in subject.places),
        Why.NEAR: any(
            (km := GEOGRAPHY.km(spot.place, reason.place or 0)) is not None and round(km) == reason.number
            for spot in who.spots
        )
        and reason.number <= subject.near_km,
        Why.SPACE: any(
            circle.name == reason.name
            and who.id in circle.members
            and circle.members & there == frozenset(reason.doers)
            for circle in scene.circles
        ),
        Why.TIE: bool(reason.doers) and set(reason.doers) <= scene.ties.get(who.id, frozenset()) & there,
        Why.BRIDGE: any(len(group) == reason.number and set(reason.doers) <= group for group in absent),
        Why.NEW_THEME: bool(codes) and codes <= who.themes and not codes & themes_there,
        Why.NEW_PLACE: reason.place == who.seat and reason.place is not None,
    }
    return truths[reason.why]


present = st.frozensets(st.integers(1, 8), max_size=4)


class TestProposals:
    @given(scenes(), subjects, present)
    def test_nobody_who_is_there_and_nobody_who_cannot_be_asked(
        self, scene: Scene, subject: Subject, there: frozenset[int]
    ) -> None:
        for one in propose(scene, subject, there):
            assert one.doer.id not in there
            assert one.doer.state == OrganisationState.ACTIVE
            assert one.doer.kind_code not in NEVER_ASKED

    @given(scenes(), subjects, present)
    def test_every_proposal_has_reasons_and_all_are_true(
        self, scene: Scene, subject: Subject, there: frozenset[int]
    ) -> None:
        for one in propose(scene, subject, there):
            assert one.reasons
            for reason in one.reasons:
                assert is_true(scene, subject, there, one, reason), reason

    @given(scenes(), subjects, present)
    def test_the_score_is_the_sum_of_points_that_are_told(
        self, scene: Scene, subject: Subject, there: frozenset[int]
    ) -> None:
        found = propose(scene, subject, there)
        for one in found:
            assert one.score == sum(reason.points for reason in one.reasons)
            assert all(reason.points >= POINTS[reason.why] for reason in one.reasons)
            assert len({reason.why for reason in one.reasons}) == len(one.reasons)
        order = [(-one.score, one.doer.order) for one in found]
        assert order == sorted(order)

    @given(scenes(), subjects, present, st.randoms())
    def test_the_order_of_the_register_changes_nothing(
        self, scene: Scene, subject: Subject, there: frozenset[int], chance: Random
    ) -> None:
        mixed, circles, groups = list(scene.landscape.doers.items()), list(scene.circles), list(scene.groups)
        for things in (mixed, circles, groups):
            chance.shuffle(cast("list[Any]", things))
        other = Scene(replace(scene.landscape, doers=dict(mixed)), tuple(circles), scene.ties, tuple(groups))
        assert propose(scene, subject, there) == propose(other, subject, there)

    @given(scenes(), subjects, present)
    def test_who_is_concerned_is_never_left_out(
        self, scene: Scene, subject: Subject, there: frozenset[int]
    ) -> None:
        found = {one.doer.id for one in propose(scene, subject, there)}
        for one in scene.landscape.doers.values():
            asked = one.state == OrganisationState.ACTIVE and one.kind_code not in NEVER_ASKED
            if asked and one.id not in there and one.themes & subject.themes:
                assert one.id in found

    @given(scenes(), subjects, present)
    def test_a_place_alone_concerns_nobody_where_a_matter_is_told(
        self, scene: Scene, subject: Subject, there: frozenset[int]
    ) -> None:
        subject = replace(subject, themes=subject.themes | {"housing"}, bridging=False)
        for one in propose(scene, subject, there):
            assert {reason.why for reason in one.reasons} & CONCERNED

    def test_every_kind_of_reason_has_points(self) -> None:
        assert set(POINTS) == set(Why)
        assert all(points > 0 for points in POINTS.values())

    def test_closest_first_by_theme_place_and_company(self) -> None:
        made = landscape(
            doer(1, seated("housing", at=NAMUR)),
            doer(2, seated("housing", at=DINANT)),
            doer(3, seated("housing", at=LIEGE)),
            doer(4, seated("right_housing", at=DINANT)),
            doer(5, seated("health", at=DINANT)),
        )
        scene = Scene(made, (Circle("PPLI", frozenset({1, 3, 6})),), neighbours([(1, 3)]))
        found = propose(scene, replace(HOUSING, places=(DINANT,)), {1})
        told = [
            (one.doer.id, one.where, [(reason.why, reason.points) for reason in one.reasons]) for one in found
        ]
        assert told == [
            (2, Where.HERE, [(Why.THEME, 4), (Why.ON_THE_SPOT, 3)]),
            (3, Where.AWAY, [(Why.THEME, 4), (Why.SPACE, 2), (Why.TIE, 1)]),
            (4, Where.HERE, [(Why.ON_THE_SPOT, 3), (Why.KINDRED, 2)]),
        ]
        assert found[1].reasons[1].name == "PPLI"
        assert found[1].reasons[1].doers == (1,)

    def test_the_heart_of_a_group_that_nobody_speaks_for_is_proposed(self) -> None:
        made = landscape(*(doer(number, seated("health", at=NAMUR)) for number in range(1, 6)))
        ties = neighbours([(2, 3), (2, 4), (3, 4), (2, 5)])
        scene = Scene(made, (), ties, (frozenset({2, 3, 4}),))
        found = propose(scene, HOUSING, {1})
        assert [(one.doer.id, [reason.why for reason in one.reasons]) for one in found] == [(2, [Why.BRIDGE])]
        assert found[0].bridges
        assert propose(scene, HOUSING, {1, 4}) == []
        assert propose(scene, replace(HOUSING, bridging=False), {1}) == []

    def test_a_call_asks_for_what_nobody_brings_yet(self) -> None:
        made = landscape(
            doer(1, seated("housing", at=NAMUR)),
            doer(2, seated("housing", at=NAMUR)),
            doer(3, seated("health", at=DINANT)),
        )
        found = propose(Scene(made), Subject(broad=True), {1})
        assert [(one.doer.id, [reason.why for reason in one.reasons]) for one in found] == [
            (3, [Why.NEW_THEME, Why.NEW_PLACE])
        ]

    def test_near_counts_only_around_a_commune(self) -> None:
        made = landscape(doer(1, seated("housing", at=GEMBLOUX)))
        around = propose(Scene(made), replace(HOUSING, places=(NAMUR,)), ())
        assert [reason.why for reason in around[0].reasons] == [Why.THEME, Why.NEAR]
        assert around[0].where == Where.NEAR
        far = propose(Scene(made), replace(HOUSING, places=(NAMUR,), near_km=5), ())
        assert far[0].where == Where.AWAY

    def test_themes_that_go_together(self) -> None:
        assert kindred("right_housing") == {"housing"}
        assert kindred("jobs") == {"right_work", "diplomas"}
        assert kindred("no such theme") == frozenset()
        assert all(len(row) > 1 for row in KINDRED)


class TestBoard:
    """What a page shows of proposals and decisions."""

    @given(
        scenes(),
        subjects,
        st.dictionaries(st.integers(1, 8), st.sampled_from(list(Decision))),
        st.sampled_from([None, *Where]),
        st.booleans(),
    )
    def test_what_was_set_aside_never_comes_back_unless_asked(
        self,
        scene: Scene,
        subject: Subject,
        decisions: dict[int, Decision],
        where: Where | None,
        bridge: bool,
    ) -> None:
        choices: Any = {number: SimpleNamespace(decision=decision) for number, decision in decisions.items()}
        found = propose(scene, subject, ())
        nothing: Any = None

        def shown(*, set_aside: bool) -> set[int]:
            criteria = Criteria(subject, where, None, bridge, set_aside)
            board = Board(nothing, scene, criteria, frozenset(), found, choices)
            assert board.elsewhere >= 0
            return {one.doer.id for one in board.open}

        assert not shown(set_aside=False) & decisions.keys()
        aside = {number for number, decision in decisions.items() if decision == Decision.SET_ASIDE}
        assert shown(set_aside=True) <= aside


class TestLinks:
    @given(scenes(), st.frozensets(st.integers(1, 8), max_size=3))
    def test_partners_are_apart_until_now_and_share_what_is_said(
        self, scene: Scene, apart: frozenset[int]
    ) -> None:
        for one in scene.landscape.doers.values():
            for partner in partners(scene, one, apart):
                other = partner.doer
                assert other.id not in {one.id, *apart, *scene.ties.get(one.id, ())}
                assert partner.shared
                assert partner.score == sum(shared.points for shared in partner.shared)
                for shared in partner.shared:
                    assert self.is_true(scene, one, other, shared), shared

    @staticmethod
    def is_true(scene: Scene, one: Any, other: Any, shared: links.Shared) -> bool:
        codes = set(shared.codes)
        pairs, ties = [(a.place, b.place) for a in one.spots for b in other.spots], scene.ties
        truths = {
            Common.SPACE: any(
                circle.name == shared.name and {one.id, other.id} <= circle.members
                for circle in scene.circles
            ),
            Common.THEME: bool(codes) and codes <= one.themes & other.themes,
            Common.AUDIENCE: bool(codes) and codes <= one.audiences & other.audiences,
            Common.COMMUNE: (shared.place, shared.place) in pairs,
            Common.NEAR: any(
                (km := GEOGRAPHY.km(*pair)) is not None and round(km) == shared.number for pair in pairs
            )
            and shared.number <= round(links.NEAR_KM),
            Common.NEIGHBOUR: bool(shared.doers)
            and set(shared.doers) <= ties.get(one.id, frozenset()) & ties.get(other.id, frozenset()),
        }
        return truths[shared.common]

    @given(scenes())
    def test_both_ends_agree(self, scene: Scene) -> None:
        for one in scene.landscape.doers.values():
            for partner in partners(scene, one):
                back = next(found for found in partners(scene, partner.doer) if found.doer is one)
                assert back.score == partner.score

    @given(scenes())
    def test_isolated_are_those_without_a_neighbour(self, scene: Scene) -> None:
        graph = scene.graph
        graph.remove_edges_from(list(nx.selfloop_edges(graph)))
        assert {one.id for one in few_ties(scene)} == set(nx.isolates(graph))

    def test_a_neighbour_that_few_have_weighs_more(self) -> None:
        made = landscape(*(doer(number, seated()) for number in range(1, 9)))
        rare = Scene(made, (), neighbours([(1, 3), (2, 3)]))
        [found] = partners(rare, made.doers[1])
        assert found.shared[0].points == 2
        everybody = Scene(made, (), neighbours([(1, 3), (2, 3), (4, 3), (5, 3), (6, 3)]))
        assert {one.score for one in partners(everybody, made.doers[1])} == {1}

    def test_to_live_nearby_is_no_reason_by_itself(self) -> None:
        made = landscape(doer(1, seated("jobs", at=NAMUR)), doer(2, seated("health", at=NAMUR)))
        assert partners(Scene(made), made.doers[1]) == []


class TestGroups:
    def test_two_triangles_are_two_groups(self) -> None:
        pairs = [(1, 2), (2, 3), (3, 1), (4, 5), (5, 6), (6, 4), (3, 4)]
        assert set(groups_of(range(1, 8), pairs)) == {frozenset({1, 2, 3}), frozenset({4, 5, 6})}

    @given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 12)), max_size=15), st.randoms())
    def test_the_order_of_ties_changes_nothing(self, pairs: list[tuple[int, int]], chance: Random) -> None:
        mixed = [(other, one) for one, other in pairs]
        chance.shuffle(mixed)
        assert groups_of(range(1, 10), pairs) == groups_of(reversed(range(1, 10)), mixed)


class TestExisting:
    @given(landscapes(), st.sampled_from([None, NAMUR, DINANT, PROVINCE]), st.sampled_from([0.0, 20.0]))
    def test_what_is_found_does_what_was_asked(self, made: Any, place: int | None, km: float) -> None:
        question = Question(themes=frozenset({"housing"}), place=place, km=km)
        for one in actors(made, question):
            assert "housing" in one.doer.themes
            if place is not None:
                assert one.presence or (one.km is not None and one.km <= km)
        for spot in spots(made, question):
            assert spot.spot.presence in {Presence.UNIT, Presence.DROP_IN}
            assert reaches(made.geography, question, [spot.spot.place])

    def test_closest_first_and_the_surroundings_last(self) -> None:
        made = landscape(
            doer(1, seated("housing", at=GEMBLOUX)),
            doer(2, seated("housing", at=NAMUR)),
            doer(3, seated("housing", at=LIEGE, serves=(PROVINCE,))),
            doer(4, seated("housing", at=LIEGE)),
        )
        question = Question(frozenset({"housing"}), place=NAMUR, km=20)
        assert [one.doer.id for one in actors(made, question)] == [2, 3, 1]
        assert [one.doer.id for one in actors(made, replace(question, km=0))] == [2, 3]

    def test_what_has_no_place_concerns_every_place(self) -> None:
        question = Question(place=NAMUR)
        assert reaches(GEOGRAPHY, question, [None])
        assert reaches(GEOGRAPHY, question, [PROVINCE])
        assert not reaches(GEOGRAPHY, question, [LIEGE])

    def test_a_drop_in_is_found_by_its_own_theme(self) -> None:
        held = Offer(frozenset({"jobs"}), spots=(Spot(DINANT, Presence.DROP_IN, "Permis de travail"),))
        made = landscape(doer(1, seated("health", at=NAMUR), held))
        assert [one.spot.name for one in spots(made, Question(frozenset({"jobs"})))] == ["Permis de travail"]
        assert spots(made, Question(frozenset({"health"}))) == []

    @pytest.mark.parametrize("code", list(THEMES))
    def test_nothing_asked_asks_nothing(self, code: str) -> None:
        assert not Question().asks
        assert Question(frozenset({code})).asks
