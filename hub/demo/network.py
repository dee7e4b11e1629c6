"""Saved views of the demonstration: ways to look at what the public sources tell."""

from sqlalchemy.orm import Session

from hub.demo.world import World
from hub.network.operations import views

# name, arguments of the address, shared
VIEWS = (
    (
        "Qui porte le plan provincial, 2016",
        [("date", "2016-06-30"), ("centre", "ppli"), ("steps", "1")],
        True,
    ),
    (
        "Migration de transit, avant la fermeture de La Ruche",
        [("date", "2023-04-30"), ("theme", "transit_migration")],
        True,
    ),
    ("Les passerelles du réseau", [("view", "brokers")], True),
    ("Communautés, à relire avec l’équipe", [("view", "communities")], False),
)  # fmt: skip


def load(session: Session, world: World) -> str:
    """Save the views."""
    for name, arguments, shared in VIEWS:
        given = [
            (key, world.get("organisation", "ppli").slug if key == "centre" else value)
            for key, value in arguments
        ]
        views.save(session, name, given, shared=shared, actor=world.get("user", "coordinator"), now=world.now)
    return f"{len(VIEWS)} vues enregistrées"
