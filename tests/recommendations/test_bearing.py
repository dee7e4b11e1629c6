"""Who carries what, across recommendations: counted by the database as a plain list would count it."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.recommendations.models.carrying import Support, VoiceChannel
from hub.recommendations.models.contributions import Confirmation
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import (
    confirming,
    consultations,
    dots,
    endorsements,
    positions,
    recommendations,
)
from hub.recommendations.operations.dots import RoundRules
from hub.recommendations.operations.endorsements import Signature
from hub.recommendations.operations.positions import Said
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.queries import bearing, carrying
from hub.recommendations.queries import dots as dot_queries
from hub.recommendations.queries.bearing import Among
from hub.recommendations.values.coalitions import coalitions
from tests import factories
from tests.conftest import Installation, both_databases
from tests.recommendations import calls
from tests.recommendations.test_ballots import counted

SignIn = Callable[[FlaskClient, Any], FlaskClient]
MOST_QUERIES = 12
PAGES = ("priorites", "accords", "themes-et-niveaux", "qui-porte-quoi", "coalitions")
STANDS = {"s": Support.SUPPORT, "r": Support.RESERVATIONS, "o": Support.OPPOSE, "n": Support.NEUTRAL}


class Scene:
    """A call with organisations and recommendations; `said` has a word of signs for each organisation."""

    def __init__(self, session: Session, *said: str, number: int = 3) -> None:
        self.session, self.now = session, clock.now()
        self.theme, self.level = factories.theme(session), factories.level(session)
        self.call = calls.call(session, now=self.now)
        self.rows = [
            calls.recommendation(
                session, now=self.now, title=f"Demande {each}", theme=self.theme, levels=(self.level,)
            )
            for each in range(number)
        ]
        consultations.add(session, self.call, self.rows, actor="essai", now=self.now)
        day = clock.today(self.now)
        consultations.set_period(
            session, self.call, day, day + timedelta(days=9), actor="essai", now=self.now
        )
        self.invited = [calls.invitation(session, self.call, now=self.now) for _ in said]
        for invited, signs in zip(self.invited, said, strict=True):
            self.say(invited, signs)
        session.commit()

    def say(self, invited: Any, signs: str) -> None:
        before = self.session.scalars(
            carrying.said_of([row.id for row in self.rows], invited.organisation_id)
        )
        seen = {row.recommendation_id: row.id for row in before}
        said = [
            Said(row.id, STANDS[sign], "Si…", row.version, seen.get(row.id, 0))
            for row, sign in zip(self.rows, signs, strict=False)
            if sign in STANDS
        ]
        positions.say(self.session, invited, said, channel=VoiceChannel.LINK, actor="lien", now=self.now)

    def sign(self, place: int, *rows: Recommendation) -> None:
        endorsements.sign(
            self.session, self.invited[place], {row.id: row.version for row in rows},
            Signature("Assemblée", clock.today(self.now), "Personne d’essai"),
            channel=VoiceChannel.LINK, actor="lien", now=self.now,
        )  # fmt: skip

    def vote(self, place: int, spread: dict[int, int]) -> None:
        found = self.session.scalars(dot_queries.rounds(self.call)).first()
        row = found or dots.open_round(
            self.session, self.call, RoundRules("Vote", 5, 5), actor="essai", now=self.now
        )
        dots.put(
            self.session, row, self.invited[place].organisation, spread,
            channel=VoiceChannel.LINK, actor="lien", now=self.now,
        )  # fmt: skip

    def order(self, order: str) -> list[str]:
        return [row[0].title for row in self.session.execute(bearing.standings(Among(), order))]


@both_databases
def test_what_comes_first(session: Session) -> None:
    scene = Scene(session, "sso", "sro", "r s")
    one, two, three = scene.rows
    scene.sign(0, two)
    scene.vote(1, {three.id: 2, one.id: 1})
    # Of a call that is chosen, only its own vote counts.
    other = calls.call(session, now=scene.now, title="Un autre appel")
    consultations.add(session, other, [one], actor="essai", now=scene.now)
    ((_, *numbers),) = session.execute(bearing.standings(Among(campaign=other.slug), bearing.PRIORITY))
    assert numbers[-1] == 0
    assert scene.order(bearing.PRIORITY) == [three.title, one.title, two.title]
    assert scene.order(bearing.DISAGREEMENT) == [three.title, two.title, one.title]
    assert scene.order(bearing.AGREEMENT)[-1] == three.title
    figures = {row[0].title: tuple(row)[1:] for row in session.execute(bearing.standings(Among(), ""))}
    assert figures[one.title] == (2, 1, 0, 0, 0, 1)
    assert figures[two.title] == (1, 1, 0, 0, 1, 0)
    assert figures[three.title] == (1, 0, 0, 2, 0, 2)


@both_databases
def test_only_voices_on_what_is_asked_today_count(session: Session) -> None:
    scene = Scene(session, "s", "s")
    scene.sign(0, scene.rows[0])
    recommendations.edit(
        session, scene.rows[0], Statement("Autre", "Autre chose."), weight=Weight.SUBSTANTIVE,
        actor="essai", now=scene.now,
    )  # fmt: skip
    assert scene.order(bearing.PRIORITY) == []
    assert list(session.execute(bearing.bearers(Among()))) == []
    scene.say(scene.invited[1], "o")
    assert [row[0].title for row in session.execute(bearing.standings(Among(), ""))] == ["Autre"]


def test_a_demand_counts_once_its_organisation_confirmed_it(session: Session) -> None:
    sent = calls.contribution(session, now=clock.now())
    calls.recommendation(session, sent, now=clock.now())
    assert list(session.execute(bearing.bearers(Among()))) == []
    confirming.confirm(session, sent, Confirmation.LINK, actor="lien", now=clock.now())
    ((organisation, carries, asks, *_),) = session.execute(bearing.bearers(Among()))
    assert (organisation.id, carries, asks) == (sent.organisation_id, 1, 1)


@both_databases
def test_who_carries_how_much(session: Session) -> None:
    scene = Scene(session, "sso", "r n")
    scene.sign(0, scene.rows[0])
    found = {row[0].id: tuple(row)[1:] for row in session.execute(bearing.bearers(Among()))}
    first, second = (each.organisation_id for each in scene.invited)
    # carries, asks, supports, reservations, oppositions, signatures
    assert found == {first: (2, 0, 2, 0, 1, 1), second: (1, 0, 0, 1, 0, 0)}


@both_databases
def test_the_same_demand_in_several_towns(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    scene = Scene(session, "ss", "s ", "oo", "ns")
    towns = [factories.commune(session, f"9{each}000", f"Ville {each}") for each in range(3)]
    for invited, town in zip(scene.invited, [*towns, towns[0]], strict=True):
        session.get_one(Organisation, invited.organisation_id).commune_id = town.id
    sign_in(client, factories.coordinator(session))
    text = client.get("/recommandations/coalitions?format=csv").data.decode("utf-8-sig")
    _, *lines = csv.reader(io.StringIO(text), delimiter=";")
    # Who opposes, or has no opinion, carries nothing; one town is not several.
    assert [(line[0], line[2], line[3]) for line in lines] == [
        (scene.rows[0].code, "Ville 0", scene.invited[0].organisation.name),
        (scene.rows[0].code, "Ville 1", scene.invited[1].organisation.name),
    ]
    page = client.get("/recommandations/coalitions").text
    assert "Ville 1" in page
    assert "Ville 2" not in page


@both_databases
def test_filters(session: Session) -> None:
    scene = Scene(session, "sss")
    year = int(scene.rows[0].code.split("-")[1])
    everything = set(session.scalars(bearing.among(Among())))
    assert everything == {row.id for row in scene.rows}
    for among in (
        Among(campaign=scene.call.slug), Among(theme=scene.theme.code), Among(level=scene.level.code),
        Among(year=year), Among(text="demande"),
    ):  # fmt: skip
        assert set(session.scalars(bearing.among(among))) == everything
    for among in (
        Among(campaign="x"), Among(theme="x"), Among(level="x"), Among(year=1999), Among(text="chat"),
    ):  # fmt: skip
        assert set(session.scalars(bearing.among(among))) == set()
    scene.rows[0].state = RecommendationState.DROPPED
    session.flush()
    assert len(set(session.scalars(bearing.among(Among())))) == len(everything) - 1


def test_pages_show_and_export_it(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    scene = Scene(session, "sso", "r n")
    scene.sign(0, scene.rows[0])
    session.commit()
    sign_in(client, factories.coordinator(session))
    first = scene.invited[0].organisation
    for page in PAGES:
        assert client.get(f"/recommandations/{page}").status_code == 200
        assert client.get(f"/recommandations/{page}?call={scene.call.slug}&format=csv").status_code == 200
    shown = client.get("/recommandations/qui-porte-quoi").text
    assert f"/reseau?view=actors&amp;pick={first.slug}" in shown
    assert "Soutient avec réserves" in shown
    cross = client.get("/recommandations/themes-et-niveaux").text
    assert f"/recommandations?theme={scene.theme.code}&amp;level={scene.level.code}" in cross
    own = client.get(f"/recommandations/qui-porte-quoi/{first.slug}").text.replace("\u00a0", " ")
    assert "Co-signe, Soutient" in own
    text = client.get("/recommandations/qui-porte-quoi?format=csv").data.decode("utf-8-sig")
    _, *lines = csv.reader(io.StringIO(text), delimiter=";")
    assert len(lines) == len("sso") + len("rn") + 1


def test_only_the_coordination_reads_them(session: Session, client: FlaskClient, sign_in: SignIn) -> None:
    Scene(session, "s")
    sign_in(client, factories.user(session))
    for page in PAGES:
        assert client.get(f"/recommandations/{page}").status_code == 403


@pytest.mark.parametrize("size", [2, 9])
def test_pages_ask_little_of_the_database(
    session: Session, client: FlaskClient, sign_in: SignIn, installation: Installation, size: int
) -> None:
    scene = Scene(session, *(["sso"] * size), number=size)
    sign_in(client, factories.coordinator(session))
    for page in (*PAGES, f"qui-porte-quoi/{scene.invited[0].organisation.slug}"):
        with counted(installation) as seen:
            assert client.get(f"/recommandations/{page}").status_code == 200
        assert len(seen) <= MOST_QUERIES, (page, len(seen), seen)


@example({1: frozenset({1, 2, 3, 4}), 2: frozenset({1, 2, 3, 6}), 3: frozenset({1, 2, 4, 6})})
@given(st.dictionaries(st.integers(1, 8), st.frozensets(st.integers(1, 6)), max_size=8))
def test_a_coalition_is_closed_and_none_is_missed(carried: dict[int, frozenset[int]]) -> None:
    """All sets of bearers, looked at one by one, give the same."""
    expected = set()
    everybody = frozenset().union(*carried.values())
    for size in range(2, len(everybody) + 1):
        for members in combinations(sorted(everybody), size):
            things = [thing for thing, bearers in sorted(carried.items()) if set(members) <= bearers]
            closed = len(things) > 1 and frozenset.intersection(*(carried[each] for each in things)) == set(
                members
            )
            if closed:
                expected.add((members, tuple(things)))
    found = coalitions(carried, most=10_000)
    assert {(each.members, each.things) for each in found} == expected
    sizes = [len(each.members) * len(each.things) for each in found]
    assert sizes == sorted(sizes, reverse=True)
