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
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.operations import catering


def test_the_four_days(session: Session, tmp_path: Path) -> None:
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
    module: Event = world.get("event", "module")
    assert line == "4 journées et 213 inscriptions"
    stages = [event.stage(now) for event in (old, coming, info, module)]
    assert stages == [Stage.OVER, Stage.OPEN, Stage.OPEN, Stage.OVER]
    assert old.taken == 140
    assert [clock.local(slot.starts_at).strftime("%H:%M") for slot in old.slots] == [
        "09:00", "09:30", "10:10", "12:30", "14:00", "16:00",
    ]  # fmt: skip
    assert len(old.workshops) == 4
    kept = session.scalars(select(Registration).where(Registration.event_id == old.id))
    assert not any(row.diet or row.access_needs or row.meal_id for row in kept)
    first_round = [workshop for workshop in coming.workshops if workshop.repeats_id is None]
    assert (len(first_round), first_round[0].left, coming.workshop_choices) == (4, 0, 2)
    assert (info.left, info.online_left) == (0, 23)
    waiting = select(Registration).where(
        Registration.event_id == info.id, Registration.state == RegistrationState.WAITING
    )
    assert len(session.scalars(waiting).all()) == 3
    assert len(info.organisers) == 3
    assert all(row.contact_email and row.territory_id for row in info.organiser_rows)
    assert (len(module.sessions), module.taken) == (12, 18)
    assert sum(each.minutes for each in module.sessions) == 48 * 60
    meals = catering.count(session, coming)
    assert [line.late for line in meals.meals] == [-1, 1, 1, -1]
    assert [line.number for line in meals.diets] == [3, 1, 2, 1]
    with_needs = select(Registration).where(
        Registration.event_id == coming.id, Registration.access_needs != ""
    )
    assert len(session.scalars(with_needs).all()) == 2
