"""Who stands behind a recommendation: lists, filters and views name whom its own page names."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hub.core import clock
from hub.network.queries import invitations
from hub.recommendations.models.contributions import (
    Channel,
    Confirmation,
    Contribution,
    ContributionState,
)
from hub.recommendations.models.lineage import DerivationKind
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import confirming, derivations, triage
from hub.recommendations.operations.recommendations import Statement, as_it_stands
from hub.recommendations.queries import bearing, lineage, lists
from hub.recommendations.queries import recommendations as queries
from hub.recommendations.queries.bearing import Among
from hub.recommendations.queries.filters import Order, RecommendationFilter
from hub.recommendations.views.recognition import known_by
from tests import factories
from tests.conftest import Installation, both_databases
from tests.publishing import scene
from tests.recommendations import calls
from tests.recommendations.test_ballots import counted

SignIn = Callable[[FlaskClient, Any], FlaskClient]
PAGE = "/recommandations"
MOST_QUERIES = 12
NAMES = ("Abri", "Boussole", "Cap")
BY = {"actor": "essai"}


class Asked:
    """Three organisations, each behind a recommendation of its own that it confirmed."""

    def __init__(self, session: Session) -> None:
        self.session, self.now = session, clock.now()
        self.organisations = [factories.organisation(session, name) for name in NAMES]
        self.sent = [self.send(place) for place in range(len(NAMES))]
        self.rows = [calls.recommendation(session, each, now=self.now) for each in self.sent]

    def send(self, place: int, *, confirmed: bool = True) -> Contribution:
        row = calls.contribution(self.session, now=self.now, organisation=self.organisations[place])
        if confirmed:
            confirming.confirm(self.session, row, Confirmation.LINK, actor="lien", now=self.now)
        return row

    def merge(self, *places: int) -> Recommendation:
        rows = [self.rows[place] for place in places]
        return derivations.merge(self.session, rows, Statement(title="Ensemble"), now=self.now, **BY)

    def split(self, row: Recommendation) -> list[Recommendation]:
        parts = [Statement(title=f"Partie {number}") for number in range(2)]
        return derivations.split(self.session, row, parts, now=self.now, **BY)

    def take_over(self, row: Recommendation) -> Recommendation:
        return derivations.take_over(self.session, row, as_it_stands(row), now=self.now, **BY)

    def undo(self, child: Recommendation) -> None:
        tie = self.session.scalars(lineage.made_from(child.id)).first()
        assert tie is not None
        derivations.undo(self.session, tie, reason="Erreur.", now=self.now, **BY)

    def rule(self, row: Recommendation) -> list[str]:
        """Return whom its own page names."""
        return [each.contribution.author for each in self.session.scalars(lineage.all_sources(row.id))]

    def listed(self) -> dict[str, tuple[str, ...]]:
        found = lists.recommendation_lines(
            self.session, RecommendationFilter(), Order("code"), number=1, per_page=50
        )
        return {line.code: line.authors for line in found.rows}

    def narrowed(self, place: int) -> set[str]:
        wanted = RecommendationFilter(organisation=self.organisations[place].slug)
        return {row.code for row in self.session.scalars(queries.recommendations(wanted)).unique()}

    def worded(self, words: str) -> set[str]:
        page = lists.recommendation_lines(
            self.session, RecommendationFilter(text=words), Order("code"), number=1, per_page=50
        )
        return {line.code for line in page.rows}

    def carried(self) -> dict[str, set[str]]:
        """Return which recommendations, of those that aren't set aside, each organisation asks for."""
        codes = {row.id: row.code for row in self.session.query(Recommendation)}
        names = {row.id: row.name for row in self.organisations}
        found: dict[str, set[str]] = {}
        for number, organisation, tie in self.session.execute(bearing.ties(Among())):
            assert tie == bearing.ASKS
            found.setdefault(names[organisation], set()).add(codes[number])
        return found

    def agree(self) -> None:
        """Hold list and filter against the rule of a recommendation's own page, for all there are."""
        rows = self.session.query(Recommendation).all()
        ruled = {row.code: self.rule(row) for row in rows}
        listed = self.listed()
        assert {code: sorted(set(names)) for code, names in listed.items()} == {
            code: sorted(set(names)) for code, names in ruled.items()
        }
        for place, name in enumerate(NAMES):
            behind = {code for code, names in ruled.items() if name in names}
            assert self.narrowed(place) == behind
            assert self.worded(name) == behind


@pytest.fixture
def asked(session: Session) -> Asked:
    return Asked(session)


@both_databases
def test_a_merge_is_borne_by_all_that_were_joined_until_it_is_undone(asked: Asked) -> None:
    joined = asked.merge(0, 1)
    asked.agree()
    assert set(asked.listed()[joined.code]) == {"Abri", "Boussole"}
    assert asked.narrowed(0) == {asked.rows[0].code, joined.code}
    # What was merged is set aside: what it was merged into is what they carry.
    assert asked.carried() == {"Abri": {joined.code}, "Boussole": {joined.code}, "Cap": {asked.rows[2].code}}
    asked.undo(joined)
    asked.agree()
    assert asked.listed()[joined.code] == ()
    assert asked.narrowed(0) == {asked.rows[0].code}
    assert asked.carried() == {name: {row.code} for name, row in zip(NAMES, asked.rows, strict=True)}


@both_databases
def test_parts_are_borne_by_who_asked_for_the_whole(asked: Asked) -> None:
    one, two = asked.split(asked.rows[0])
    asked.agree()
    assert asked.listed()[two.code] == ("Abri",)
    assert asked.carried()["Abri"] == {one.code, two.code}
    asked.undo(one)
    asked.agree()
    assert asked.carried()["Abri"] == {asked.rows[0].code}


@both_databases
def test_what_is_taken_over_is_borne_as_what_it_comes_from(asked: Asked) -> None:
    joined = asked.merge(0, 1)
    again = asked.take_over(joined)
    last = asked.take_over(again)
    triage.join(asked.session, asked.send(2), last, reason="", now=asked.now, **BY)
    asked.agree()
    # Its own first, then those of the lineage, as its page has them.
    assert asked.listed()[last.code] == ("Cap", "Abri", "Boussole")
    assert asked.carried()["Abri"] == {joined.code, again.code, last.code}
    other = asked.take_over(joined)
    assert asked.listed()[other.code] == ("Abri", "Boussole")
    asked.undo(other)
    asked.agree()
    assert asked.listed()[other.code] == ()
    assert "Abri" in asked.listed()[joined.code]


@both_databases
def test_what_comes_together_again_counts_each_once(asked: Asked) -> None:
    parts = asked.split(asked.rows[0])
    again = derivations.merge(asked.session, parts, Statement(title="Encore"), now=asked.now, **BY)
    asked.agree()
    assert asked.listed()[again.code] == ("Abri",)
    ((organisation, carries, asks, *_),) = [
        row for row in asked.session.execute(bearing.bearers(Among())) if row[0].name == "Abri"
    ]
    assert (organisation.name, carries, asks) == ("Abri", 1, 1)


@both_databases
def test_who_is_not_named_on_its_page_is_not_named_elsewhere(asked: Asked) -> None:
    session, now = asked.session, asked.now
    unsure = calls.recommendation(session, asked.send(2, confirmed=False), now=now)
    asked.rows.append(unsure)
    joined = asked.merge(0, 1, 3)
    inspired = calls.recommendation(session, now=now, title="Inspirée")
    derivations.relate(session, joined, inspired, DerivationKind.INSPIRATION, now=now, **BY)
    confirming.withdraw(session, asked.sent[0], reason="Ce n’est pas nous.", now=now, **BY)
    asked.agree()
    # Its page names who has still to confirm, and says so; nobody is said to carry before confirming.
    assert asked.listed()[joined.code] == ("Boussole", "Cap")
    assert asked.listed()[inspired.code] == ()
    assert asked.carried() == {"Boussole": {joined.code}, "Cap": {asked.rows[2].code}}


@both_databases
def test_pages_name_them(asked: Asked, client: FlaskClient, sign_in: SignIn) -> None:
    joined = asked.merge(0, 1)
    towns = [factories.commune(asked.session, f"9{each}000", f"Ville {each}") for each in range(2)]
    for organisation, town in zip(asked.organisations, towns, strict=False):
        organisation.commune_id = town.id
    sign_in(client, factories.coordinator(asked.session))
    asked.session.commit()

    def lines(path: str) -> list[list[str]]:
        told = client.get(path).data.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(told), delimiter=";"))[1:]

    page = client.get(f"{PAGE}?organisation=abri&q=ensemble").text
    assert re.search(r'data-label="Portée par">Abri, Boussole<', page)
    assert {line[0] for line in lines(f"{PAGE}?organisation=abri&format=csv")} == {
        joined.code,
        asked.rows[0].code,
    }
    assert [line[:2] for line in lines(f"{PAGE}/qui-porte-quoi?format=csv")] == [
        ["Abri", joined.code], ["Boussole", joined.code], ["Cap", asked.rows[2].code],
    ]  # fmt: skip
    assert joined.code in client.get(f"{PAGE}/qui-porte-quoi/abri").text
    towns_said = [(line[0], line[2]) for line in lines(f"{PAGE}/coalitions?format=csv")]
    assert towns_said == [(joined.code, "Ville 0"), (joined.code, "Ville 1")]


@both_databases
def test_who_is_behind_is_named_wherever_one_chooses(
    asked: Asked, client: FlaskClient, sign_in: SignIn
) -> None:
    session, now = asked.session, asked.now
    joined = asked.merge(0, 1)
    # A survey's answer says nobody's name.
    answer = Contribution(
        state=ContributionState.SUBMITTED, channel=Channel.SURVEY, proposal="Un guichet.", created_at=now,
        saved_at=now, submitted_at=now, search_text="un guichet",
    )  # fmt: skip
    session.add(answer)
    session.flush()
    triage.join(session, answer, joined, reason="", now=now, **BY)
    edition = scene.edition(session, {"Logement": 0})
    other = asked.send(2)
    sign_in(client, factories.coordinator(session))
    session.commit()
    chooser = client.get(f"{PAGE}/contributions/{other.id}/rejoindre?q=ensemble").text
    assert re.search(r'data-label="Portée par">(<div[^>]*>)?Abri, Boussole<', chooser)
    assert "Abri, Boussole<" in client.get(f"{PAGE}?q=ensemble").text
    path = f"/memorandums/{edition.memorandum.slug}/edition-{edition.number}"
    path += f"/chapitres/{edition.chapters[0].id}/ajouter?state=all&q=ensemble"
    assert f"{joined.code} · Abri, Boussole<" in client.get(path).text
    with client.application.test_request_context():
        assert known_by(session, [f"r{joined.id}"])[f"r{joined.id}"].by == "Abri, Boussole"
    heard = set(session.execute(invitations.heard_on([joined], clock.today(now))))
    assert {(joined.id, each.id) for each in asked.organisations[:2]} <= {tuple(pair) for pair in heard}


@both_databases
def test_lineages_are_followed_by_indexes(installation: Installation, session: Session) -> None:
    is_sqlite = installation.engine.dialect.name == "sqlite"
    up = lists.AUTHORS.params(ids=[1, 2, 3])
    down = select(Recommendation.id).where(
        *queries.conditions(RecommendationFilter(organisation="abri"), words=[])
    )
    for rows, index in ((up, "ix_derivation_child_id"), (down, "uq_derivation_standing")):
        asked = rows.compile(installation.engine, compile_kwargs={"literal_binds": True})
        if not is_sqlite:
            # Else it reads an empty table whole.
            session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.execute(text(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{asked}"))
        told = "\n".join(str(row[-1]) for row in plan)
        assert index in told, told
        assert "SCAN derivation" not in told


@pytest.mark.parametrize("long", [1, 12])
def test_pages_ask_little_of_the_database_however_long_the_lineage(
    asked: Asked, client: FlaskClient, sign_in: SignIn, installation: Installation, long: int
) -> None:
    last = asked.merge(0, 1)
    for _ in range(long):
        last = asked.take_over(last)
    sign_in(client, factories.coordinator(asked.session))
    asked.session.commit()
    paths = ("", "?organisation=abri", "?q=abri", "/qui-porte-quoi", "/qui-porte-quoi/abri", "/coalitions")
    for path in paths:
        with counted(installation) as seen:
            assert client.get(f"{PAGE}{path}").status_code == 200
        asks = [each for each in seen if not each.startswith("BEGIN")]
        assert len(asks) <= MOST_QUERIES, (path, len(asks))
