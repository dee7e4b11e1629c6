"""Days of the demonstration: two plenaries, a session of three centres, a module of twelve mornings."""

from sqlalchemy.orm import Session

from hub.demo.days_information import information_session
from hub.demo.days_module import module
from hub.demo.days_plenaries import next_plenary, plenary_2023
from hub.demo.world import World


def load(session: Session, world: World) -> str:
    """Make the days, with who signed up for them."""
    made = [step(session, world) for step in (plenary_2023, next_plenary, information_session, module)]
    people = sum(event.heads for event in made)
    return f"{len(made)} journées et {people} inscriptions"
