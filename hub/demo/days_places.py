"""Around the days of the demonstration: a series, rooms of a venue, a notice; the last two are invented."""

from datetime import timedelta

from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.demo.world import World
from hub.events.models.days import Event
from hub.events.operations import notices, places, series
from hub.events.operations.places import RoomFacts

TEAM = "Coordination du CAI"
ROOMS = (
    RoomFacts("Grande salle", 120, step_free=True, accessible_toilet=True, hearing_loop=True),
    RoomFacts("Salle bleue", 25, step_free=True, access_note="Au premier étage, par l’ascenseur du hall."),
    RoomFacts("Atelier du jardin", 20, access_note="Trois marches à l’entrée."),
)


def load(session: Session, world: World) -> str:
    """Make the series of plenaries, describe rooms, and tell of an entrance that is closed."""
    past: Event = world.get("event", "ppli-2023")
    coming: Event = world.get("event", "next-plenary")
    made = world.now - timedelta(days=30)
    row = series.create(
        session,
        "Journées plénières du PPLI",
        "Chaque année, celles et ceux qui agissent pour l’intégration dans la province se retrouvent.",
        actor=TEAM,
        now=made,
    )
    past.series_id = coming.series_id = row.id
    venue = session.get(Organisation, coming.venue_id) if coming.venue_id is not None else None
    if venue is not None:
        rooms = [places.add_room(session, venue, facts, actor=TEAM, now=made) for facts in ROOMS]
        coming.room_id = rooms[0].id
    notices.post(
        session,
        coming,
        "L’entrée principale est en travaux : passez par la cour, à droite du bâtiment.",
        shown_from=None,
        shown_until=None,
        mails=False,
        actor=TEAM,
        now=world.now,
    )
    session.flush()
    return f"1 série de journées et {len(ROOMS)} salles"
