"""The rooms of a venue: seats and what makes them accessible."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.organisations import Organisation
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.places import VenueRoom


@dataclass(frozen=True)
class RoomFacts:
    """A room as it is described."""

    name: str
    seats: int | None = None
    step_free: bool = False
    accessible_toilet: bool = False
    hearing_loop: bool = False
    access_note: str = ""


def add_room(
    session: Session, venue: Organisation, facts: RoomFacts, *, actor: User | str, now: datetime
) -> VenueRoom:
    """Add a room to a venue. Raises DomainError if the venue has one of that name."""
    _check_name(session, venue.id, facts.name, None)
    room = VenueRoom(organisation_id=venue.id, **asdict(facts))
    session.add(room)
    session.flush()
    audit.record(session, "venue_room.added", room, actor=actor, now=now)
    return room


def edit_room(
    session: Session, room: VenueRoom, facts: RoomFacts, *, actor: User | str, now: datetime
) -> None:
    """Change a room. Raises DomainError if its venue has another one of that name."""
    _check_name(session, room.organisation_id, facts.name, room.id)
    told = asdict(facts)
    before = {name: getattr(room, name) for name in told}
    for name, value in told.items():
        setattr(room, name, value)
    session.flush()
    changes = audit.differences(before, told)
    if changes:
        audit.record(session, "venue_room.changed", room, actor=actor, now=now, changes=changes)


def retire_room(session: Session, room: VenueRoom, *, actor: User | str, now: datetime) -> None:
    """Offer a room no more; days that have it keep it."""
    if room.retired_at is None:
        room.retired_at = now
        session.flush()
        audit.record(session, "venue_room.retired", room, actor=actor, now=now)


def bring_back_room(session: Session, room: VenueRoom, *, actor: User | str, now: datetime) -> None:
    """Offer a room again."""
    if room.retired_at is not None:
        room.retired_at = None
        session.flush()
        audit.record(session, "venue_room.brought_back", room, actor=actor, now=now)


def _check_name(session: Session, venue_id: int, name: str, number: int | None) -> None:
    same = session.scalar(
        select(VenueRoom.id).where(VenueRoom.organisation_id == venue_id, VenueRoom.name == name)
    )
    if same not in {None, number}:
        raise DomainError(N_("Ce lieu a déjà une salle de ce nom."), field="name")
