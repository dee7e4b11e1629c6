"""Two records that turned out to be one invented association: what a merger looks like."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.operations import merging, organisations
from hub.actors.operations.organisations import OrganisationFacts
from hub.demo.world import World

INVENTED = "Exemple fictif"


def load(session: Session, world: World) -> str:
    """Add the double of an invented association, and make one record of the two."""
    kept = session.scalars(
        select(Organisation).where(Organisation.note.startswith(INVENTED)).order_by(Organisation.id).limit(1)
    ).one()
    coordinator = world.get("user", "coordinator")
    double = organisations.create(
        session,
        OrganisationFacts(
            name=f"{kept.name} de la province", kind_id=kept.kind_id, commune_id=kept.commune_id,
            note=f"{INVENTED} : doublon pour la démonstration.",
        ),
        actor=coordinator,
        now=world.now,
    )  # fmt: skip
    merging.merge(
        session, kept, double, take=(), reason="Même association, notée deux fois (exemple fictif).",
        actor=coordinator, now=world.now,
    )  # fmt: skip
    return f"1 doublon réuni avec « {kept.short_label} »."
