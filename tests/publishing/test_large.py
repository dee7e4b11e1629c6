"""The memorandum of full size: as many demands and chapters as it says, all said to be invented."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.files import Store
from hub.demo import large
from hub.demo.world import World
from hub.publishing.models.editions import Memorandum
from hub.publishing.operations import content
from tests import factories
from tests.factories import NOW


def test_it_is_invented_and_says_so(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "ITEMS", 45)
    factories.level(session)
    factories.theme(session)
    world = World(now=NOW, store=Store(tmp_path))
    world.put("user", "coordinator", factories.coordinator(session))
    assert "45 demandes inventées en 15 chapitres" in large.load(session, world)
    memorandum = session.scalars(select(Memorandum)).one()
    told = content.gather(session, memorandum.editions[0]).edition
    assert len(told.chapters) == large.CHAPTERS
    assert len({item.title for item in told.items}) == len(told.items) == 45
    assert all("inventé" in item.text for item in told.items)
    assert sum(item.priority is not None for item in told.items) == large.PRIORITIES
