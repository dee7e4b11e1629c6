"""What is told of a day: when, where, who organises it, who may come. Checked as a whole, then written."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.errors import N_, DomainError
from hub.events.models.days import Event, EventKind, EventOrganiser, EventSeries, Mode, SignUpNeed
from hub.events.models.places import VenueRoom
from hub.events.values.presence import opening

SKIPPED = N_("Cette nuit-là, on passe de 2\u00a0h à 3\u00a0h\u00a0: cette heure n’existe pas.")


@dataclass(frozen=True)
class Details:
    """A day as it is described. Days and hours are Brussels'; the deadline is included.

    `last_day` is that of a day that lasts several; `capacity` are the seats in the room, `online_capacity`
    those online. `moves_people` agrees that whoever is signed up follows when a way of taking part goes.
    """

    title: str
    day: date
    starts: time
    ends: time
    deadline: date | None = None
    last_day: date | None = None
    kind: EventKind = EventKind.PLENARY
    series_id: int | None = None
    summary: str = ""
    description: str = ""
    mode: Mode = Mode.ONSITE
    place_name: str = ""
    place_address: str = ""
    venue_id: int | None = None
    room_id: int | None = None
    online_url: str = ""
    online_info: str = ""
    online_capacity: int | None = None
    moves_people: bool = False
    space_id: int | None = None
    organiser_ids: tuple[int, ...] = ()
    doors: time | None = None
    need: SignUpNeed = SignUpNeed.REQUIRED
    opens: date | None = None
    capacity: int | None = None
    meals: tuple[str, ...] = ()
    practical_info: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""


@dataclass(frozen=True)
class Times:
    """The moments of a day."""

    starts_at: datetime
    ends_at: datetime
    doors_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime


def describe(session: Session, event: Event, details: Details) -> None:
    """Write what is told into the row. Raises DomainError, before anything is changed, if it can't be so."""
    times = moments(details)
    place = Place.of(session, details)
    if details.series_id is not None and session.get(EventSeries, details.series_id) is None:
        raise DomainError(N_("Cette série n’existe plus."), field="series")
    event.title, event.kind, event.summary = details.title, details.kind, details.summary
    event.description, event.practical_info = details.description, details.practical_info
    event.starts_at, event.ends_at, event.doors_at = times.starts_at, times.ends_at, times.doors_at
    event.sign_up_opens_at, event.sign_up_closes_at = times.opens_at, times.closes_at
    event.sign_up_need = details.need
    event.mode = details.mode
    event.venue_id, event.room_id = place.venue_id, place.room_id
    event.place_name, event.place_address = place.name, place.address
    event.online_url, event.online_info = place.online_url, place.online_info
    event.capacity, event.online_capacity = place.capacity, place.online_capacity
    event.contact_name, event.contact_email = details.contact_name, details.contact_email
    event.contact_phone = details.contact_phone
    event.series_id, event.space_id = details.series_id, details.space_id
    _name_organisers(event, details.organiser_ids)


def moments(details: Details) -> Times:
    """Return the moments that the days and hours mean. Raises DomainError where they don't follow."""
    last_day = details.last_day or details.day
    if last_day < details.day:
        raise DomainError(N_("Le dernier jour ne peut pas précéder le premier."), field="last_day")
    if last_day == details.day and clock.ends_next_day(details.starts, details.ends):
        last_day += timedelta(days=1)
    for field, day, hour in (
        ("doors", details.day, details.doors),
        ("starts", details.day, details.starts),
        ("ends", last_day, details.ends),
    ):
        if hour is not None and clock.is_skipped(day, hour):
            raise DomainError(SKIPPED, field=field)
    starts_at, ends_at = clock.at(details.day, details.starts), clock.at(last_day, details.ends)
    if ends_at <= starts_at:
        raise DomainError(N_("La fin vient après le début."), field="ends")
    if details.doors is not None and details.doors > details.starts:
        raise DomainError(N_("L’accueil ouvre avant le début, ou à la même heure."), field="doors")
    deadline = details.deadline or last_day
    if deadline > last_day:
        raise DomainError(
            N_("Le dernier jour d’inscription ne peut pas suivre la journée."), field="deadline"
        )
    # Signing up for what has begun makes no sense, whatever the deadline's day says; unless more days follow.
    more_days = opening(starts_at, ends_at).last_day > details.day
    closes_at = min(clock.end_of_day(deadline), ends_at if more_days else starts_at)
    opens_at = clock.at(details.opens, time(0)) if details.opens is not None else None
    if opens_at is not None and opens_at >= closes_at:
        raise DomainError(N_("Les inscriptions ouvrent avant leur dernier jour."), field="opens")
    doors_at = clock.at(details.day, details.doors) if details.doors is not None else None
    return Times(starts_at, ends_at, doors_at, opens_at, closes_at)


@dataclass(frozen=True)
class Place:
    """Where a day is, in the room and online; what the mode leaves out is empty.

    A module in the room may have mornings by video: it keeps its link.
    """

    venue_id: int | None = None
    room_id: int | None = None
    name: str = ""
    address: str = ""
    capacity: int | None = None
    online_url: str = ""
    online_info: str = ""
    online_capacity: int | None = None

    @classmethod
    def of(cls, session: Session, details: Details) -> "Place":
        """Return the place that is told. Raises DomainError for a room of another venue."""
        given = cls()
        if details.mode != Mode.ONLINE:
            given = cls._in_a_room(session, details)
        if details.mode == Mode.ONSITE and details.kind != EventKind.MODULE:
            return given
        online_capacity = details.online_capacity if details.mode != Mode.ONSITE else None
        return cls(
            given.venue_id, given.room_id, given.name, given.address, given.capacity,
            details.online_url, details.online_info, online_capacity,
        )  # fmt: skip

    @classmethod
    def _in_a_room(cls, session: Session, details: Details) -> "Place":
        room = session.get(VenueRoom, details.room_id) if details.room_id is not None else None
        if room is not None and details.venue_id not in {None, room.organisation_id}:
            raise DomainError(N_("Cette salle est celle d’un autre lieu."), field="room")
        venue_id = room.organisation_id if room is not None else details.venue_id
        venue = session.get(Organisation, venue_id) if venue_id is not None else None
        name, address = details.place_name, details.place_address
        if venue is not None and not name:
            name = venue.name
            address = address or " ".join(venue.address.split())
        return cls(venue_id, room.id if room is not None else None, name, address, details.capacity)


def _name_organisers(event: Event, numbers: tuple[int, ...]) -> None:
    known = {row.organisation_id: row for row in event.organiser_rows}
    event.organiser_rows = [
        known.get(number) or EventOrganiser(organisation_id=number) for number in dict.fromkeys(numbers)
    ]
    for position, row in enumerate(event.organiser_rows):
        row.position = position
