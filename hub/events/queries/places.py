"""Reading the rooms of venues."""

from sqlalchemy import Select, or_, select

from hub.actors.models.organisations import Organisation
from hub.events.models.days import Event
from hub.events.models.places import VenueRoom


def rooms_offered(kept: int | None = None) -> Select[VenueRoom, str]:
    """Select (room, its venue's name) of the rooms in use, and of the one that a day has already."""
    return (
        select(VenueRoom, Organisation.name)
        .join(Organisation, Organisation.id == VenueRoom.organisation_id)
        .where(or_(VenueRoom.retired_at.is_(None), VenueRoom.id == kept))
        .order_by(Organisation.name, VenueRoom.name)
    )


def rooms_for(event: Event) -> Select[VenueRoom]:
    """Select the rooms in use of a day's venue; none where it has none."""
    return (
        select(VenueRoom)
        .where(VenueRoom.organisation_id == event.venue_id, VenueRoom.retired_at.is_(None))
        .order_by(VenueRoom.name)
    )


def rooms_of(venue: Organisation) -> Select[VenueRoom]:
    """Select all rooms of a venue, those in use first."""
    return (
        select(VenueRoom)
        .where(VenueRoom.organisation_id == venue.id)
        .order_by(VenueRoom.retired_at.is_not(None), VenueRoom.name)
    )
