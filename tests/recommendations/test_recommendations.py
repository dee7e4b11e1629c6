"""Recommendations: their codes, their states, their lists."""

import csv
import io
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.actors import signals as actor_signals
from hub.core import audit, clock
from hub.core.db import writing
from hub.core.errors import DomainError
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.operations import recommendations, steps
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.signals import Place, places, used_in
from tests import factories
from tests.conftest import Installation, both_databases
from tests.factories import NOW
from tests.recommendations import calls

SignIn = Callable[[FlaskClient, Any], FlaskClient]
TOGETHER = 8


@both_databases
def test_codes_count_by_year_in_brussels(session: Session) -> None:
    year_end = NOW.replace(month=12, day=31, hour=23, minute=30)  # already the next year in Brussels
    codes = [
        calls.recommendation(session, now=moment).code
        for moment in (NOW, NOW, year_end, NOW + timedelta(days=1))
    ]
    assert codes == ["R-2026-001", "R-2026-002", "R-2027-001", "R-2026-003"]


def at_once(installation: Installation, take: Callable[[Session], str]) -> list[str]:
    """Let several people create a recommendation at once; return the codes, or the errors' names."""
    ready = threading.Barrier(TOGETHER)
    codes: list[str] = []

    def create() -> None:
        ready.wait()
        try:
            with writing(installation.engine) as own:
                codes.append(take(own))
        except IntegrityError as problem:
            codes.append(type(problem).__name__)

    people = [threading.Thread(target=create) for _ in range(TOGETHER)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return codes


@both_databases
def test_people_at_once_get_codes_of_their_own(installation: Installation) -> None:
    codes = at_once(installation, lambda own: calls.recommendation(own, now=NOW).code)
    assert sorted(codes) == [f"R-2026-{number:03d}" for number in range(1, TOGETHER + 1)]


@pytest.mark.postgresql
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_counting_rows_instead_would_give_doubles(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the test above can see the race that the counter prevents."""
    counted = threading.Barrier(TOGETHER)

    def count_then_number(session: Session, year: int) -> str:
        number = session.scalar(select(func.count()).select_from(Recommendation)) or 0
        counted.wait()
        return f"R-{year}-{number + 1:03d}"

    monkeypatch.setattr(recommendations, "next_code", count_then_number)
    codes = at_once(installation, lambda own: calls.recommendation(own, now=NOW).code)
    assert codes.count("IntegrityError") == TOGETHER - 1


@both_databases
def test_adopting_needs_a_level_of_power(session: Session) -> None:
    row = calls.recommendation(session, now=NOW)
    with pytest.raises(DomainError) as refusal:
        steps.adopt(session, row, actor="essai", now=NOW)
    assert refusal.value.field == "levels"
    assert row.state == RecommendationState.PROPOSED
    level = factories.level(session)
    statement = Statement(title=row.title, levels=(level,))
    recommendations.edit(session, row, statement, actor="essai", now=NOW)
    steps.adopt(session, row, actor="essai", now=NOW)
    assert (row.state, row.adopted_at) == (RecommendationState.ADOPTED, NOW)
    with pytest.raises(DomainError):
        recommendations.edit(session, row, Statement(title="Sans niveau"), actor="essai", now=NOW)


def test_dropping_needs_a_reason_and_can_be_undone(session: Session) -> None:
    row = calls.recommendation(session, now=NOW, levels=(factories.level(session),))
    with pytest.raises(DomainError):
        steps.drop(session, row, reason="", actor="essai", now=NOW)
    steps.drop(session, row, reason="Déjà obtenu.", actor="essai", now=NOW)
    assert (row.state, row.state_reason) == (RecommendationState.DROPPED, "Déjà obtenu.")
    with pytest.raises(DomainError):
        steps.adopt(session, row, actor="essai", now=NOW)
    steps.reopen(session, row, actor="essai", now=NOW)
    assert (row.state, row.state_reason) == (RecommendationState.PROPOSED, "")
    steps.adopt(session, row, actor="essai", now=NOW)
    actions = [entry.action for entry in session.scalars(audit.history(row))]
    assert actions == [
        "recommendation.adopted",
        "recommendation.proposed",
        "recommendation.dropped",
        "recommendation.created",
    ]


def test_history_says_which_words_changed_without_them(session: Session) -> None:
    row = calls.recommendation(session, now=NOW)
    statement = Statement(title="Autre titre", text="Madame X attend.")
    recommendations.edit(session, row, statement, actor="essai", now=NOW)
    entry = session.scalars(audit.history(row)).first()
    assert entry is not None
    assert entry.changes["title"] == ["Prolonger les bus", "Autre titre"]
    assert "Madame X" not in str(entry.changes)


def test_higher_features_say_where_it_stands(session: Session) -> None:
    def stands(_session: Session, recommendations: tuple[int, ...]) -> dict[int, list[Place]]:
        return {recommendations[0]: [Place("Mémorandum", "/memorandums/m", 7)]}

    with used_in.connected_to(stands):
        assert places(session, [4, 5]) == {4: [Place("Mémorandum", "/memorandums/m", 7)], 5: []}
    assert places(session, []) == {}


# --- On the pages -----------------------------------------------------------------------------


@pytest.fixture
def several(session: Session) -> list[Recommendation]:
    """Make three recommendations that differ in all that a list can be narrowed to."""
    commune = factories.level(session)
    federal = factories.level(session, "federal", "État fédéral")
    housing, health = factories.theme(session), factories.theme(session, "health", "Santé")
    now = clock.now()
    who = factories.organisation(session, "Coordination Étoile")
    rows = [
        calls.recommendation(
            session, calls.contribution(session, now=now, organisation=who), now=now,
            title="Réquisitionner les logements vides", theme=housing, levels=(commune,),
        ),
        calls.recommendation(
            session, now=now, title="Allonger la carte médicale", theme=health,
            levels=(federal,),
        ),
        calls.recommendation(session, now=now, title="=Formule"),
    ]  # fmt: skip
    steps.adopt(session, rows[0], actor="essai", now=now)
    session.commit()
    return rows


@pytest.fixture
def coordination(client: FlaskClient, session: Session, sign_in: SignIn) -> None:
    """Sign a coordinator in."""
    sign_in(client, factories.coordinator(session))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {0, 1, 2}),
        ("q=requisitionner", {0}),
        ("q=étoile", {0}),
        ("theme=health", {1}),
        ("level=federal", {1}),
        ("state=adopted", {0}),
        ("organisation=coordination-etoile", {0}),
        ("state=nimporte", {0, 1, 2}),
        ("theme=health&level=commune", set()),
    ],
)
def test_the_list_is_narrowed(
    client: FlaskClient, coordination: None, several: list[Recommendation], query: str, expected: set[int]
) -> None:
    del coordination
    page = client.get(f"/recommandations?{query}").text
    shown = {number for number, row in enumerate(several) if f"/recommandations/{row.code}" in page}
    assert shown == expected


def test_sorting_and_export(
    client: FlaskClient, session: Session, sign_in: SignIn, several: list[Recommendation]
) -> None:
    sign_in(client, factories.coordinator(session))
    answer = client.get("/recommandations?sort=title&format=csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [row["Titre"] for row in rows] == [
        "'=Formule",
        "Allonger la carte médicale",
        "Réquisitionner les logements vides",
    ]
    assert rows[2]["Portée par"] == "Coordination Étoile"
    assert rows[2]["Code"] == several[0].code
    xlsx = client.get("/recommandations?format=xlsx")
    assert xlsx.data[:2] == b"PK"
    inbox = client.get("/recommandations/contributions?format=csv").data.decode("utf-8-sig")
    assert several[0].code in inbox


def test_pages_ask_the_database_as_often_for_many_as_for_few(
    client: FlaskClient, session: Session, sign_in: SignIn, installation: Installation
) -> None:
    sign_in(client, factories.coordinator(session))
    asked: list[str] = []
    event.listen(installation.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    def count(path: str) -> int:
        asked.clear()
        assert client.get(path).status_code == 200
        return len(asked)

    def add(number: int) -> None:
        for _ in range(number):
            sent = calls.contribution(session, now=clock.now())
            calls.recommendation(session, sent, now=clock.now())
        session.commit()

    paths = ("/recommandations", "/recommandations/contributions", "/appels")
    add(2)
    few = [count(path) for path in paths]
    add(20)
    assert [count(path) for path in paths] == few


def test_detaching_on_the_page(
    client: FlaskClient, session: Session, sign_in: SignIn, several: list[Recommendation]
) -> None:
    sign_in(client, factories.coordinator(session))
    path = f"/recommandations/{several[0].code}"
    source = several[0].sources[0].id
    assert client.post(f"{path}/sources/{source}/detacher", data={"reason": ""}).status_code == 422
    assert client.post(f"{path}/sources/{source}/detacher", data={"reason": "Erreur."}).status_code == 303
    assert client.post(f"{path}/sources/{source}/detacher", data={"reason": "Encore."}).status_code == 404
    other = f"/recommandations/{several[1].code}"
    assert client.post(f"{other}/sources/{source}/detacher", data={"reason": "Non."}).status_code == 404


def test_two_coordinators_never_overwrite_each_other_unseen(
    client: FlaskClient, session: Session, sign_in: SignIn, several: list[Recommendation]
) -> None:
    sign_in(client, factories.coordinator(session))
    path = f"/recommandations/{several[1].code}/modifier"
    seen = client.get(path).text.split('name="seen" value="')[1].split('"')[0]
    data = {"seen": seen.replace("&#43;", "+"), "levels": ["federal"], "beneficiaries": "everyone"}
    assert client.post(path, data={**data, "title": "La première version"}).status_code == 303
    late = client.post(path, data={**data, "title": "La seconde version"})
    assert late.status_code == 409
    assert "La première version" in late.text
    assert 'value="La seconde version"' in late.text
    stored = calls.again(session).get_one(Recommendation, several[1].id)
    assert stored.title == "La première version"


def test_a_card_shows_what_its_organisation_asked(
    client: FlaskClient, session: Session, sign_in: SignIn, several: list[Recommendation], app: Any
) -> None:
    coordinator = factories.coordinator(session)
    sign_in(client, coordinator)
    organisation = several[0].sources[0].contribution.organisation
    with app.test_request_context():
        groups = actor_signals.links_of(organisation, session=session, user=coordinator)
        assert actor_signals.links_of(organisation, session=session, user=None) == []
    shown = {group.heading: group.links for group in groups}
    assert shown["Recommandations"] == [
        (f"{several[0].code} · {several[0].title}", f"/recommandations/{several[0].code}")
    ]
    assert len(shown["Contributions"]) == 1


PAGES = (
    "/recommandations", "/recommandations/contributions", "/recommandations/contributions/nouvelle",
    "/recommandations/nouvelle", "/appels", "/appels/nouveau",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_only_coordinators_see_what_is_in_the_making(
    client: FlaskClient, session: Session, sign_in: SignIn, path: str
) -> None:
    assert client.get(path).status_code == 302
    sign_in(client, factories.user(session))
    assert client.get(path).status_code == 403


def test_what_others_tell_of_a_recommendation_stands_among_its_pages(
    client: FlaskClient, session: Session, sign_in: Callable[..., object]
) -> None:
    """Pages that another feature gives a recommendation light up the entry of recommendations alone."""
    row = calls.recommendation(session, now=clock.now())
    session.commit()
    sign_in(client, factories.coordinator(session))
    lit = re.compile(r'<a class="nav-entry" href="([^"]+)" aria-current="(?:page|true)"')
    for page in (f"/recommandations/{row.code}", f"/recommandations/{row.code}/reponses"):
        assert set(lit.findall(client.get(page).text)) == {"/recommandations"}, page
    assert set(lit.findall(client.get("/memorandums").text)) == {"/memorandums"}
