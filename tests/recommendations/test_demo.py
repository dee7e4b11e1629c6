"""The forty real demands of the demonstration, with their sources."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.actors.operations import reference
from hub.core.files import Store
from hub.demo import actors
from hub.demo import recommendations as demo
from hub.demo.world import DATA, World
from hub.recommendations.models.contributions import Channel, Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from tests import factories


@pytest.fixture
def world(session: Session, tmp_path: Path) -> World:
    """Load the actors and the demands."""
    reference.load(session)
    made = World(now=factories.NOW, store=Store(tmp_path))
    made.put("user", "coordinator", factories.coordinator(session))
    actors.load(session, made)
    demo.load(session, made)
    return made


def test_the_forty_demands_stand_with_their_sources(session: Session, world: World) -> None:
    assert session.scalar(select(func.count()).select_from(Recommendation)) == 40
    for number in range(1, 41):
        row = world.get("recommendation", str(number))
        assert row.levels
        assert row.theme is not None
        assert row.sources
        for source in row.sources:
            assert source.contribution.channel == Channel.DOCUMENT
            document = source.contribution.document
            assert document is not None
            assert document.url.startswith("http")
    shared = {
        number: [
            each.contribution.organisation.short_label for each in world.get("recommendation", number).sources
        ]
        for number in ("22", "37")
    }
    assert shared == {"22": ["UVCW", "Fédération des CPAS de Wallonie"], "37": ["RWDH", "RWLP"]}
    unsettled = session.scalars(
        select(Recommendation.state_reason).where(Recommendation.state == RecommendationState.PROPOSED)
    ).all()
    assert len(unsettled) == 3
    assert sum(reason.startswith("À scinder") for reason in unsettled) == 2


def test_no_invented_word_stands_in_a_real_name(session: Session, world: World) -> None:
    del world
    with (DATA / "recommendations.csv").open(encoding="utf-8", newline="") as file:
        real = {line["text"] for line in csv.DictReader(file)}
    for row in session.scalars(select(Contribution)):
        if row.channel == Channel.LINK:
            assert "d’essai" in row.organisation.name
            assert row.organisation.note.startswith("Exemple fictif")
        else:
            assert row.proposal in real
            assert row.finding == ""


def test_the_call_is_open_and_half_answered(session: Session, world: World) -> None:
    call = world.get("campaign", "open")
    assert call.is_open(world.now)
    states = session.scalars(
        select(Contribution.state).where(Contribution.campaign_id == call.id).order_by(Contribution.state)
    ).all()
    assert states == [*[ContributionState.CONFIRMED] * 3, ContributionState.DRAFT]
