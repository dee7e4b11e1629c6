"""The list of recommendations: narrowed by all they say, and as a file with the sources of its lineage."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import event
from sqlalchemy.orm import Session

from hub.actors.models.reference import Theme, ThemeKind
from hub.core import clock
from hub.plans.models.outline import Way
from hub.recommendations.models.contributions import Beneficiaries
from hub.recommendations.models.recommendations import Outcome, Recommendation, RecommendationState, Scope
from hub.recommendations.operations import derivations, recommendations, steps
from hub.recommendations.operations.recommendations import Statement, as_it_stands
from hub.recommendations.operations.steps import Ground
from hub.recommendations.queries import choices, lists
from hub.recommendations.queries import recommendations as queries
from hub.recommendations.queries.filters import (
    NO_LEVEL,
    NO_OUTCOME,
    ContributionFilter,
    Order,
    RecommendationFilter,
)
from hub.recommendations.values.behind import behind, parents
from tests import factories
from tests.conftest import Installation, both_databases
from tests.recommendations import calls

SignIn = Callable[..., None]
PAGE = "/recommandations"
MOST_QUERIES = 12


def two(session: Session) -> tuple[Recommendation, Recommendation]:
    """Return one of which everything is said, and one of which nothing is."""
    right = factories.add(session, Theme(code="right_work", label="Droit au travail", kind=ThemeKind.RIGHT))
    said = recommendations.create(
        session,
        Statement(
            title="Tout dit", theme=factories.theme(session), right=right,
            levels=(factories.level(session),), authorities=(factories.organisation(session, "Ville d’ici"),),
            territory=factories.commune(session), way=Way.BOTH, scope=Scope.LOCAL,
            beneficiaries=Beneficiaries.SPECIFIC, indicator="Un nombre.", short_text="=Court",
            plain_text="Facile.",
        ),
        actor="essai", now=clock.now(),
    )  # fmt: skip
    bare = recommendations.create(session, Statement(title="Rien dit"), actor="essai", now=clock.now())
    return said, bare


@both_databases
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (RecommendationFilter(right="right_work"), ["Tout dit"]),
        (RecommendationFilter(right="right_work", theme="housing"), ["Tout dit"]),
        (RecommendationFilter(right="housing"), []),
        (RecommendationFilter(authority="ville-d-ici"), ["Tout dit"]),
        (RecommendationFilter(territory="92094"), ["Tout dit"]),
        (RecommendationFilter(way=Way.BOTH), ["Tout dit"]),
        (RecommendationFilter(way=Way.OPENING), []),
        (RecommendationFilter(scope=Scope.LOCAL), ["Tout dit"]),
        (RecommendationFilter(beneficiaries=Beneficiaries.SPECIFIC), ["Tout dit"]),
        (RecommendationFilter(beneficiaries=Beneficiaries.EVERYONE), ["Rien dit"]),
        (RecommendationFilter(level="commune"), ["Tout dit"]),
        (RecommendationFilter(text="nombre"), ["Tout dit"]),
        (RecommendationFilter(text="court"), ["Tout dit"]),
        (RecommendationFilter(text="facile"), ["Tout dit"]),
        (RecommendationFilter(outcome=NO_OUTCOME), []),
        (RecommendationFilter(level=NO_LEVEL), ["Rien dit"]),
        (RecommendationFilter(), ["Rien dit", "Tout dit"]),
    ],
)
def test_each_filter(session: Session, wanted: RecommendationFilter, found: list[str]) -> None:
    two(session)
    session.flush()
    assert sorted(row.title for row in session.scalars(queries.recommendations(wanted)).unique()) == found


@pytest.fixture
def pair(client: FlaskClient, session: Session, sign_in: SignIn) -> tuple[Recommendation, Recommendation]:
    rows = two(session)
    sign_in(client, factories.coordinator(session))
    session.commit()
    return rows


@pytest.mark.usefixtures("pair")
def test_the_address_holds_the_filters(client: FlaskClient) -> None:
    query = (
        "right=right_work&authority=ville-d-ici&territory=92094&way=both&scope=local&beneficiaries=specific"
    )
    page = client.get(f"{PAGE}?{query}").text
    assert "Tout dit" in page
    assert "Rien dit" not in page
    assert '<details class="filters-more" open>' in page
    assert "Droit fondamental\xa0: Droit au travail" in page
    none = client.get(f"{PAGE}?level={NO_LEVEL}").text
    assert "Rien dit" in none
    assert "Tout dit" not in none
    assert '<details class="filters-more">' in none
    nowhere = client.get(f"{PAGE}?way=opening").text
    assert "Aucune recommandation ne correspond" in nowhere
    assert "Voir toutes les recommandations" in nowhere
    assert client.get(f"{PAGE}?way=x&scope=%00&beneficiaries=nobody&right=%00&authority=?").status_code == 200


def lines(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    text = client.get(f"{PAGE}?format=csv{query}").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.mark.usefixtures("pair")
def test_a_file_says_all_of_it(client: FlaskClient) -> None:
    rows = lines(client, "&sort=title")
    bare, said = rows
    assert bare["Titre"] == "Rien dit"
    assert said["Droit fondamental"] == "Droit au travail"
    assert said["Pouvoirs publics nommés"] == "Ville d’ici"
    assert said["Territoire"] == "Namur"
    assert said["Indicateur"] == "Un nombre."
    assert said["Version courte"] == "'=Court"  # no spreadsheet runs it
    assert said["En français facile"] == "Facile."
    assert said["Version"] == "1"
    assert said["Ce qu’elle travaille"] == "Dans les deux sens"
    assert said["Portée du constat"] == "Un constat d’ici"
    assert list(bare) == list(said)
    sheet = load_workbook(io.BytesIO(client.get(f"{PAGE}?format=xlsx").data)).active
    assert sheet is not None
    assert sheet.max_row == 3


@pytest.mark.usefixtures("pair")
def test_a_file_holds_who_asks_by_the_lineage(client: FlaskClient, session: Session) -> None:
    now = clock.now()
    authors = [factories.organisation(session, name) for name in ("Un", "Deux", "Trois")]
    made = [
        calls.recommendation(session, calls.contribution(session, now=now, organisation=each), now=now)
        for each in authors
    ]
    joined = derivations.merge(session, made[:2], Statement(title="Ensemble"), actor="essai", now=now)
    last = derivations.take_over(session, joined, as_it_stands(joined), actor="essai", now=now)
    session.commit()
    rows = {row["Code"]: row for row in lines(client)}
    assert rows[last.code]["Portée par"] == ""
    assert set(rows[last.code]["Portée par, par sa lignée"].split(" ; ")) == {"Un", "Deux"}
    assert rows[made[2].code]["Portée par, par sa lignée"] == ""
    assert rows[made[0].code]["Portée par"] == "Un"


def test_few_queries_whatever_is_said(
    client: FlaskClient,
    session: Session,
    installation: Installation,
    pair: tuple[Recommendation, Recommendation],
) -> None:
    for _ in range(12):
        row = calls.recommendation(session, calls.contribution(session, now=clock.now()), now=clock.now())
        recommendations.edit(session, row, as_it_stands(pair[0]), actor="essai", now=clock.now())
    session.commit()
    asked: list[str] = []
    event.listen(
        installation.engine, "before_cursor_execute",
        lambda *args: None if args[2].startswith("BEGIN") else asked.append(args[2]),
    )  # fmt: skip
    for path in (PAGE, f"{PAGE}?right=right_work&way=both", f"{PAGE}?format=csv"):
        asked.clear()
        assert client.get(path).status_code == 200
        assert len(asked) <= MOST_QUERIES, (path, len(asked))


edges = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20)


@given(edges, st.integers(0, 8))
def test_all_that_is_behind_a_row(ties: list[tuple[int, int]], row: int) -> None:
    found = behind(row, parents(ties))
    assert row not in found
    assert len(found) == len(set(found))
    reached = {row}
    for _ in range(9):
        reached |= {parent for parent, child in ties if child in reached}
    assert set(found) == reached - {row}


@both_databases
def test_by_what_came_of_it(session: Session) -> None:
    now = clock.now()
    rows = [
        calls.recommendation(session, now=now, title=f"Suivie {word}", levels=(factories.level(session),))
        for word in ("sans nouvelles", "en partie")
    ]
    for row in rows:
        steps.adopt(session, row, actor="essai", now=now)
    steps.publish(session, [row.id for row in rows], actor="essai", now=now)
    for row, outcome in zip(rows, (None, Outcome.PARTLY), strict=True):
        steps.take(
            session, row, RecommendationState.FOLLOWED, Ground("Vu.", outcome=outcome), actor="essai", now=now
        )
    for wanted, found in ((NO_OUTCOME, rows[:1]), (Outcome.PARTLY, rows[1:]), (Outcome.OBTAINED, [])):
        narrowed = queries.recommendations(RecommendationFilter(outcome=wanted))
        assert list(session.scalars(narrowed).unique()) == found


@both_databases
def test_pages_of_what_words_find(session: Session) -> None:
    for number in range(5):
        said = "Ouvrir un guichet" if number != 2 else "Fermer la porte"
        recommendations.create(session, Statement(title=f"{said} {number}"), actor="essai", now=clock.now())
    session.flush()
    wanted, order = RecommendationFilter(text="guichet ouvrir"), Order("title")

    def page(number: int) -> tuple[list[str], int, int]:
        found = lists.recommendation_lines(session, wanted, order, number=number, per_page=3)
        return [row.title[-1] for row in found.rows], found.number, found.total

    assert page(1) == (["0", "1", "3"], 1, 4)
    assert page(2) == (["4"], 2, 4)
    assert page(9) == (["4"], 2, 4)  # beyond the last one: the last one
    assert page(-1) == (["0", "1", "3"], 1, 4)
    nothing = lists.recommendation_lines(
        session, RecommendationFilter(text="guichet porte"), order, number=1, per_page=3
    )
    assert (nothing.rows, nothing.total) == ([], 0)


@both_databases
def test_what_was_looked_for_before_is_not_found_again(session: Session) -> None:
    two(session)
    session.flush()

    def found(text: str, **narrowed: Any) -> list[str]:
        wanted = RecommendationFilter(text=text, **narrowed)
        return [
            row.title
            for row in lists.recommendation_lines(session, wanted, Order("title"), number=1, per_page=9).rows
        ]

    assert found("tout") == ["Tout dit"]
    assert found("rien") == ["Rien dit"]
    assert found("dit") == ["Rien dit", "Tout dit"]
    assert found("dit", scope=Scope.LOCAL) == ["Tout dit"]
    assert found("tout rien") == []
    assert found("%") == ["Rien dit", "Tout dit"]  # signs are no words, and stand for nothing


@both_databases
def test_lines_of_the_inbox(session: Session) -> None:
    now = clock.now()
    zenith, shelter, edge = (factories.organisation(session, name) for name in ("Zénith", "Abri", "Marge"))
    for number, organisation in enumerate((zenith, shelter, shelter, edge)):
        row = calls.contribution(
            session,
            now=now + timedelta(minutes=number),
            organisation=organisation,
            proposal=f"Demande {number}",
        )
        if number == 1:
            made = calls.recommendation(session, row, now=now)
    session.flush()

    def lines(sort: str, text: str = "", **narrowed: Any) -> list[str]:
        wanted = ContributionFilter(text=text, **narrowed)
        found = lists.contribution_lines(session, wanted, Order(sort), [], number=1, per_page=9)
        assert found.total == len(found.rows)
        return [f"{line.author} {line.proposal[-1]}" for line in found.rows]

    assert lines("received") == ["Zénith 0", "Abri 1", "Abri 2", "Marge 3"]
    assert lines("organisation") == ["Abri 2", "Abri 1", "Marge 3", "Zénith 0"]
    assert lines("received", "demande abri") == ["Abri 1", "Abri 2"]
    assert lines("received", to_read=True) == ["Zénith 0", "Abri 2", "Marge 3"]
    assert lines("received", organisation="marge") == ["Marge 3"]
    first = lists.contribution_lines(
        session, ContributionFilter(), Order("received"), [], number=2, per_page=1
    ).rows
    assert [(line.codes, line.awaits_confirmation) for line in first] == [((made.code,), True)]


@both_databases
def test_what_the_list_is_narrowed_to(session: Session) -> None:
    two(session)
    calls.contribution(session, now=clock.now(), organisation=factories.organisation(session, "Abri"))
    session.flush()
    things = session.execute(choices.named_things()).all()
    assert [(what, code) for what, code, _, _ in things if what == "level"] == [("level", "commune")]
    assert ("territory", "92094", "Namur", "") in [tuple(each) for each in things]
    assert ("theme", "right_work", "Droit au travail", "right") in [tuple(each) for each in things]
    named = [tuple(row) for row in session.execute(choices.heard_or_addressed())]
    assert [(slug, bool(sent), bool(asked)) for slug, _, sent, asked in named] == [
        ("abri", True, False),
        ("ville-d-ici", False, True),
    ]


@pytest.mark.usefixtures("pair")
def test_the_list_for_other_programs(client: FlaskClient, session: Session) -> None:
    answer = client.get(f"{PAGE}?format=json&level=commune")
    assert answer.headers["Content-Disposition"].endswith('recommandations.json"')
    told = answer.get_json()
    assert told["format"] == "maillage/recommendations/1"
    (row,) = told["recommendations"]
    assert (row["title"], row["short_text"], row["outcome"]) == ("Tout dit", "=Court", None)
    assert row["levels"] == [{"code": "commune", "label": factories.level(session).label}]
    assert row["theme"]["code"] == "housing"
    assert row["authorities"] == ["Ville d’ici"]
    assert "format=json" in client.get(PAGE).text
