"""The invented accounts of the demonstration, one for each way of working."""

from datetime import timedelta

from sqlalchemy.orm import Session

from hub.accounts.models import Role
from hub.accounts.operations import administration
from hub.demo.world import World

# Code for the other parts, name, address, role.
PEOPLE = (
    ("coordinator", "Coordination du CAI", "coordination@example.org", Role.COORDINATOR),
    ("representative", "Représentant·e d’une association", "representation@example.org", Role.MEMBER),
    ("admin", "Administration du CAI", "administration@example.org", Role.ADMINISTRATOR),
)
AGE = timedelta(days=900)


def load(session: Session, world: World) -> str:
    """Add the accounts. They have no password: a demonstration lets anybody in by one click."""
    for code, name, email, role in PEOPLE:
        user = administration.create(
            session, name=name, email=email, role=role, actor="démonstration", now=world.now - AGE
        )
        user.last_sign_in_at = world.now
        world.put("user", code, user)
    session.flush()
    return f"{len(PEOPLE)} comptes : coordination, association, administration."
