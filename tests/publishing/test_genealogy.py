"""The chain of memoranda and each demand's way through it, as pages."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.core import clock
from hub.publishing.models.composition import Descent, Item
from hub.publishing.values import streams
from hub.recommendations.models.lineage import RecommendationStep
from hub.recommendations.models.recommendations import Outcome, RecommendationState
from tests import factories
from tests.factories import NOW
from tests.publishing import scene
from tests.publishing.test_descent import made, publish
from tests.publishing.test_pages import page_of, renew, words

MOST_QUERIES = 12


@pytest.fixture
def coordinator(
    session: Session, client: FlaskClient, sign_in: Callable[[FlaskClient, Any], FlaskClient]
) -> FlaskClient:
    return sign_in(client, factories.coordinator(session))


@pytest.fixture
def reader(client: FlaskClient) -> FlaskClient:
    return client.application.test_client()


def two_memoranda(session: Session) -> list[Any]:
    """Make two public memoranda and a draft; one demand of both was obtained."""
    rows = [scene.recommendation(session, title) for title in ("Loger", "Soigner", "Former")]
    first = made(session, 2018, rows[:2])
    publish(session, first)
    second = made(session, 2024, rows[:1] + rows[2:], previous_id=first.memorandum_id)
    publish(session, second)
    third = made(session, 2029, [scene.recommendation(session, "Brouillon secret")])
    rows[0].state, rows[0].outcome = RecommendationState.FOLLOWED, Outcome.OBTAINED
    session.add(
        RecommendationStep(
            recommendation_id=rows[0].id, before=RecommendationState.PUBLISHED,
            after=RecommendationState.FOLLOWED, version=1, outcome=Outcome.OBTAINED, created_at=NOW,
        )
    )  # fmt: skip
    session.commit()
    return [first, second, third]


def test_everybody_reads_the_way_of_each_demand(session: Session, reader: FlaskClient) -> None:
    two_memoranda(session)
    page = reader.get("/memorandums/genealogie")
    assert page.status_code == 200
    told = words(page.text)
    assert f"2018/1 → 2024/1 : obtenue en {clock.today(NOW).year}" in told
    assert "Brouillon secret" not in told
    assert "3 demandes" in told


def test_coordinators_see_what_is_in_preparation_too(session: Session, coordinator: FlaskClient) -> None:
    two_memoranda(session)
    told = words(coordinator.get("/memorandums/genealogie").text)
    assert "Brouillon secret" in told
    assert "En préparation" in told


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=soigner", ["Soigner"]),
        ("outcome=obtained", ["Loger"]),
        ("outcome=waiting", ["Soigner", "Former"]),
        ("times=several", ["Loger"]),
        ("memorandum=memorandum-2024", ["Loger", "Former"]),
        ("sort=title", ["Former", "Loger", "Soigner"]),
        ("sort=title&direction=desc", ["Soigner", "Loger", "Former"]),
    ],
)
def test_the_list_is_filtered_sorted_and_exported(
    session: Session, reader: FlaskClient, asked: str, found: list[str]
) -> None:
    two_memoranda(session)
    lines = reader.get(f"/memorandums/genealogie?{asked}&format=csv").text.splitlines()[1:]
    assert [line.split(";")[1] for line in lines] == found
    assert reader.get(f"/memorandums/genealogie?{asked}").status_code == 200


def test_an_empty_network_says_what_will_be_here(reader: FlaskClient) -> None:
    assert "La chaîne des mémorandums sera ici." in reader.get("/memorandums/genealogie").text


def test_the_pages_ask_few_queries(session: Session, coordinator: FlaskClient) -> None:
    rows = [scene.recommendation(session, f"Demande {number}") for number in range(40)]
    editions = []
    for year in (2012, 2018, 2024):
        before = {"previous_id": editions[-1].memorandum_id} if editions else {}
        editions.append(made(session, year, rows, **before))
        publish(session, editions[-1])
    session.commit()
    for address in ("/memorandums/genealogie", page_of(editions[-1], "/lignee")):
        asked: list[str] = []

        def note(*told: Any, kept: list[str] = asked) -> None:
            kept.append(told[2])

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        assert coordinator.get(address).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        selects = [each for each in asked if each.lstrip().upper().startswith(("SELECT", "WITH"))]
        assert len(selects) <= MOST_QUERIES, (address, len(selects))


def test_an_edition_tells_what_its_items_are_and_is_corrected(
    session: Session, coordinator: FlaskClient
) -> None:
    first = made(session, 2018, [scene.recommendation(session, "Loger")])
    publish(session, first)
    row = scene.recommendation(session, "Former")
    second = made(session, 2024, [row], previous_id=first.memorandum_id)
    session.commit()
    page = words(coordinator.get(page_of(second, "/lignee")).text)
    assert "Nouvelle" in page
    assert "Ce qui n’y est plus" in page
    item = session.scalars(select(Item).where(Item.edition_id == second.id)).one()
    answer = coordinator.post(page_of(second, "/lignee"), data={f"item-{item.id}": "repeated"})
    assert answer.status_code == 303
    renew(session)
    assert session.get_one(Item, item.id).descent is Descent.REPEATED
    assert "Calculée : nouvelle" in words(coordinator.get(page_of(second, "/lignee")).text)
    told = coordinator.get(page_of(second, "/lignee?format=csv")).text
    assert "Former;Répétée" in told
    assert "Loger;Abandonnée" in told


def test_a_new_memorandum_starts_from_an_earlier_one(session: Session, coordinator: FlaskClient) -> None:
    first = made(session, 2018, [scene.recommendation(session, "Loger")])
    publish(session, first)
    session.commit()
    data = {
        "title": "Mémorandum suivant", "year": "2024", "previous": str(first.memorandum_id),
        "start_from": str(first.id), "election": "0", "territory": "0", "document": "0",
    }  # fmt: skip
    answer = coordinator.post("/memorandums/nouveau", data=data)
    assert answer.location.endswith("/memorandums/memorandum-suivant/edition-1")
    page = words(coordinator.get("/memorandums/memorandum-suivant/edition-1/lignee").text)
    assert "Répétée" in page
    wrong = coordinator.post("/memorandums/nouveau", data={**data, "year": "20240"})
    assert wrong.status_code == 422
    assert "Écrivez une année entre 1950 et 2100." in wrong.text
    assert "Mémorandum suivant" in wrong.text


def test_the_streams_of_a_bar_never_leave_it() -> None:
    picture = streams.draw([3, 0, 4], [True, False, True], {(0, 2): 2})
    assert picture.bars[2].asked_before <= picture.bars[2].height
    assert [bar.is_known for bar in picture.bars] == [True, False, True]
    assert len(picture.streams) == 1
