"""The demonstration's days show what each state looks like, and hold nobody's needs after the day (G3)."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.operations import reference
from hub.core import clock
from hub.core.files import Store
from hub.demo import accounts, actors, events, spaces
from hub.demo.world import World
from hub.events.models.days import Event, Stage
from hub.events.models.registrations import Registration


def test_the_three_days(session: Session, tmp_path: Path) -> None:
    now = clock.now()
    world = World(now=now, store=Store(tmp_path))
    reference.load(session)
    accounts.load(session, world)
    actors.load(session, world)
    spaces.load(session, world)
    line = events.load(session, world)
    old: Event = world.get("event", "ppli-2023")
    coming: Event = world.get("event", "next")
    info: Event = world.get("event", "info")
    assert line.startswith("3 journées")
    assert [event.stage(now) for event in (old, coming, info)] == [Stage.OVER, Stage.OPEN, Stage.OPEN]
    assert old.taken == 38
    assert [clock.local(slot.starts_at).strftime("%H:%M") for slot in old.slots] == [
        "09:00", "09:30", "10:10", "12:30", "14:00", "16:00",
    ]  # fmt: skip
    assert len(old.workshops) == 4
    assert sorted(workshop.left for workshop in coming.workshops)[:2] == [0, 2]
    assert coming.workshop_choices == 2
    assert (info.workshop_choices, info.meal_offered) == (0, False)
    kept = session.scalars(select(Registration).where(Registration.event_id == old.id))
    assert not any(row.diet or row.access_needs or row.meal_id for row in kept)
