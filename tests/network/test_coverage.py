"""Coverage counts whom its lists name, and the nearest is really the nearest."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.actors.models.reference import TerritoryKind
from hub.network.values.coverage import Asked, Axis, cover, kin, nearest, who
from hub.network.values.geography import Geography, Place, Point, distance_km
from hub.network.values.landscape import Landscape, Offer, Presence, Reach, Spot
from tests.network.landscapes import (
    AUDIENCES,
    COMMUNITY,
    DINANT,
    GEMBLOUX,
    GEOGRAPHY,
    JAMBES,
    LANGUAGES,
    LIEGE,
    NAMUR,
    NOWHERE,
    PLACES,
    PROVINCE,
    REGION,
    THEMES,
    doer,
    landscape,
    landscapes,
    seated,
)

CODES = {
    Axis.COMMUNE: [place.code for place in PLACES.values() if place.kind == TerritoryKind.COMMUNE],
    Axis.THEME: list(THEMES),
    Axis.AUDIENCE: list(AUDIENCES),
    Axis.LANGUAGE: list(LANGUAGES),
}


@st.composite
def tables(draw: st.DrawFn) -> Asked:
    rows, columns = draw(st.permutations(list(Axis)))[:2]
    only = {
        axis: frozenset({draw(st.sampled_from(CODES[axis]))})
        for axis in draw(st.lists(st.sampled_from(list(Axis)), max_size=2, unique=True))
    }
    return Asked(
        rows=rows,
        columns=columns,
        reach=draw(st.sampled_from(list(Reach))),
        within=draw(st.sampled_from(["", "nam", "lie", "no such place"])),
        unused=draw(st.booleans()),
        only=only,
    )


class TestTable:
    @given(landscapes(), tables())
    def test_each_figure_is_the_length_of_the_list_that_it_leads_to(
        self, made: Landscape, asked: Asked
    ) -> None:
        table = cover(made, asked)
        for row in table.rows:
            for column in table.columns:
                there = who(made, asked, row, column)
                assert table.cell(row, column).doers == {one.doer.id for one in there}
                assert len(there) == table.cell(row, column).count

    @given(landscapes(), tables(), st.randoms())
    def test_the_order_of_the_register_changes_nothing(
        self, made: Landscape, asked: Asked, chance: Random
    ) -> None:
        mixed = list(made.doers.items())
        chance.shuffle(mixed)
        other = replace(made, doers=dict(mixed))
        assert cover(made, asked) == cover(other, asked)
        table = cover(made, asked)
        for row in table.rows[:2]:
            for column in table.columns[:2]:
                assert who(made, asked, row, column) == who(other, asked, row, column)
                assert nearest(made, asked, row, column) == nearest(other, asked, row, column)
                assert kin(made, asked, row, column) == kin(other, asked, row, column)

    @given(landscapes(), tables())
    def test_a_wider_reach_never_loses_anybody(self, made: Landscape, asked: Asked) -> None:
        reaches = [cover(made, replace(asked, reach=reach, unused=True)) for reach in Reach]
        for narrow, wide in pairwise(reaches):
            for at, cell in narrow.cells.items():
                assert cell.doers <= wide.cells[at].doers

    @given(landscapes(), tables())
    def test_empty_cells_add_up(self, made: Landscape, asked: Asked) -> None:
        table = cover(made, asked)
        assert sum(table.empty_in_row(row) for row in table.rows) == table.empty
        assert sum(table.empty_in_column(column) for column in table.columns) == table.empty

    def test_a_seat_a_unit_a_drop_in_and_a_territory_served_all_count(self) -> None:
        made = landscape(
            doer(1, seated("housing", at=DINANT)),
            doer(2, Offer(frozenset({"housing"}), spots=(Spot(DINANT, Presence.UNIT, "Antenne"),))),
            doer(3, Offer(), Offer(frozenset({"housing"}), spots=(Spot(DINANT, Presence.DROP_IN, "Aide"),))),
            doer(4, seated("housing", at=LIEGE, serves=(DINANT,))),
            doer(5, seated("housing", at=LIEGE, serves=(PROVINCE,))),
            doer(6, seated("housing", at=LIEGE, serves=(REGION,))),
            doer(7, seated("housing", at=LIEGE, serves=(COMMUNITY,))),
        )
        found = {reach: who(made, Asked(reach=reach), "91034", "housing") for reach in Reach}
        assert [one.doer.id for one in found[Reach.LOCAL]] == [1, 2, 3]
        assert [one.doer.id for one in found[Reach.SERVED]] == [1, 2, 3, 4, 5]
        assert [one.presence for one in found[Reach.ALL]] == [*Presence, Presence.FURTHER]
        assert [one.name for one in found[Reach.LOCAL]] == ["", "Antenne", "Aide"]
        assert cover(made, Asked()).cell("91034", "housing").on_the_spot == 3

    def test_a_drop_in_does_not_bring_the_other_themes_of_its_organisation(self) -> None:
        made = landscape(
            doer(
                1,
                seated("health", at=NAMUR),
                Offer(frozenset({"housing"}), spots=(Spot(DINANT, Presence.DROP_IN, "Logement"),)),
            )
        )
        table = cover(made, Asked(reach=Reach.LOCAL))
        assert set(table.cells) == {("92094", "health"), ("91034", "housing")}

    def test_a_neighbourhood_is_in_its_commune(self) -> None:
        made = landscape(doer(1, seated("health", at=NAMUR, serves=(JAMBES,)), seat=None))
        assert GEOGRAPHY.commune_of(JAMBES) == NAMUR
        assert cover(made, Asked()).cell("92094", "health").count == 1

    def test_without_communes_only_who_reaches_the_territory_counts(self) -> None:
        made = landscape(
            doer(1, seated("health", at=DINANT, audiences=frozenset({"youth"}))),
            doer(2, seated("health", at=LIEGE, audiences=frozenset({"youth"}))),
        )
        asked = Asked(rows=Axis.THEME, columns=Axis.AUDIENCE, within="nam")
        assert cover(made, asked).cell("health", "youth").doers == {1}
        assert cover(made, asked).cell("health", "youth").on_the_spot is None
        assert cover(made, replace(asked, within="")).cell("health", "youth").doers == {1, 2}


class TestNearest:
    @given(landscapes(), tables())
    def test_nobody_nearer_is_left_out(self, made: Landscape, asked: Asked) -> None:
        asked = replace(asked, rows=Axis.COMMUNE, columns=Axis.THEME, only={})
        for row in CODES[Axis.COMMUNE]:
            near = nearest(made, asked, row, "housing")
            here = GEOGRAPHY.codes[row]
            counted = {one.doer.id for one in who(made, asked, row, "housing")}
            able = {one.id for one in made.doers.values() if "housing" in one.themes} - counted
            assert {one.doer.id for one in near} == able
            known = [one.km for one in near if one.km is not None]
            assert known == sorted(known)
            assert all(one.km is None for one in near[len(known) :])
            for one in near:
                offers = [offer for offer in one.doer.offers if "housing" in offer.themes]
                ways = [GEOGRAPHY.km(here, place) for offer in offers for place in made.found_at(offer)]
                assert one.km == min((way for way in ways if way is not None), default=None)

    def test_a_drop_in_across_the_border_may_be_the_nearest(self) -> None:
        made = landscape(
            doer(1, seated("jobs", at=LIEGE)),
            doer(2, seated(at=LIEGE), Offer(frozenset({"jobs"}), spots=(Spot(NAMUR, Presence.DROP_IN),))),
            doer(3, seated("jobs", at=NOWHERE)),
        )
        near = nearest(made, Asked(within="nam"), "92142", "jobs")
        assert [(one.doer.id, one.place) for one in near] == [(2, NAMUR), (1, LIEGE), (3, NOWHERE)]
        assert near[2].km is None
        assert near[0].km == pytest.approx(15.9, abs=0.3)

    def test_who_is_counted_is_never_among_the_nearest(self) -> None:
        made = landscape(doer(1, seated("jobs", at=GEMBLOUX)), doer(2, seated("jobs", at=DINANT)))
        assert [one.doer.id for one in nearest(made, Asked(), "92142", "jobs")] == [2]

    def test_for_a_public_the_most_alike_come_first(self) -> None:
        youth = frozenset({"youth"})
        made = landscape(
            doer(1, seated("housing", "jobs", at=DINANT)),
            doer(2, seated("housing", at=DINANT)),
            doer(3, seated("jobs", at=DINANT, audiences=youth)),
        )
        asked = Asked(rows=Axis.THEME, columns=Axis.AUDIENCE)
        with_theme, with_public = kin(made, asked, "housing", "youth")
        assert [(one.doer.id, one.shared, one.other and one.other.id) for one in with_theme] == [
            (1, {"jobs"}, 3),
            (2, frozenset(), None),
        ]
        assert [one.doer.id for one in with_public] == [3]


class TestGeography:
    def test_published_distances(self) -> None:
        """Brussels (50.8466, 4.3528) to Liège (50.6337, 5.5675): 88.8 km on the great circle."""
        assert distance_km((50.8466, 4.3528), (50.6337, 5.5675)) == pytest.approx(88.8, abs=0.5)
        assert distance_km((0, 0), (0, 180)) == pytest.approx(20015.1, abs=0.1)

    point = st.tuples(st.floats(-90, 90), st.floats(-180, 180))

    @given(point, point)
    def test_distance_is_the_same_both_ways(self, one: Point, other: Point) -> None:
        assert distance_km(one, other) == pytest.approx(distance_km(other, one), abs=1e-6)
        assert distance_km(one, one) == 0

    def test_a_circle_of_places_ends(self) -> None:
        places = {
            1: Place(1, "a", "A", TerritoryKind.COMMUNE, 2),
            2: Place(2, "b", "B", TerritoryKind.PROVINCE, 1),
        }
        assert Geography(places).above(1) == (2,)
