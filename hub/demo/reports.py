"""A report on the demonstration's network: its PDF is made once the worker runs."""

from datetime import date

from sqlalchemy.orm import Session

from hub.core import clock
from hub.demo.world import World
from hub.network.operations.reports import keeping

SINCE = date(2022, 12, 31)  # before La Ruche closed


def load(session: Session, world: World) -> str:
    """Ask for a report on today, beside the end of 2022."""
    keeping.ask(session, clock.today(world.now), SINCE, actor=world.get("user", "coordinator"), now=world.now)
    return "1 rapport sur l’état du réseau, dès que son PDF est construit"
