"""Who speaks for an association of the demonstration."""

from datetime import date

from sqlalchemy.orm import Session

from hub.actors.models.mandates import Person
from hub.actors.operations import mandates
from hub.demo.world import World

ORGANISATION = "gabs"
STARTS_ON = date(2023, 1, 1)


def load(session: Session, world: World) -> str:
    """Give the invented representative a mandate."""
    user, organisation = world.get("user", "representative"), world.get("organisation", ORGANISATION)
    person = Person(name=user.name, email=user.email, user_id=user.id, created_at=user.created_at)
    session.add(person)
    session.flush()
    mandates.grant(
        session, organisation, person, function="Délégué·e au réseau", scope="", starts_on=STARTS_ON,
        ends_on=None, actor=world.get("user", "coordinator"), now=user.created_at,
    )  # fmt: skip
    world.put("person", "representative", person)
    return f"1 mandat : une personne parle au nom de {organisation.short_label}."
