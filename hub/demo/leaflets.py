"""Leaflets of the demonstration’s memorandum of 2024: for each workshop of the plenary, for a meeting.

The workshops are those of the plenary day of 2023; choosing demands for their tables is an example.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.demo.world import World
from hub.publishing.models.composition import Item
from hub.publishing.models.leaflets import LeafletKind
from hub.publishing.operations import leaflets
from hub.publishing.operations.leaflets import Facts

TABLES = 4
FIRST = 3  # demands for a meeting of half an hour
EXAMPLE = "Exemple de démonstration : ces demandes sont choisies pour montrer à quoi sert un feuillet."


def load(session: Session, world: World) -> str:
    """Add a leaflet for each workshop, from its chapter, and one for the meeting with a party."""
    edition = world.get("memorandum", "2024").editions[0]
    by = {"actor": world.get("user", "coordinator"), "now": world.now}
    for place, chapter in enumerate(edition.chapters[:TABLES], start=1):
        facts = Facts(LeafletKind.PLENARY_TABLE, f"Table {place} : {chapter.title}", EXAMPLE)
        leaflet = leaflets.create(session, edition, facts, **by)
        leaflets.add_items(session, leaflet, [item.id for item in chapter.items], **by)
    meeting = Facts(LeafletKind.PARTY_MEETING, "Rencontre d’une demi-heure", EXAMPLE)
    leaflet = leaflets.create(session, edition, meeting, **by)
    first = session.scalars(
        select(Item.id)
        .where(Item.edition_id == edition.id, Item.priority.is_not(None))
        .order_by(Item.priority)
    ).all()
    chosen = first or [item.id for chapter in edition.chapters for item in chapter.items]
    leaflets.add_items(session, leaflet, chosen[:FIRST], **by)
    return f"{TABLES + 1} feuillets choisis pour les tables d’une plénière et une rencontre"
