"""Reading who is expected, as a day's papers name them: no address, no needs."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from hub.actors.models.organisations import Organisation
from hub.events.models.days import Event, Mode
from hub.events.models.papers import DayPaper
from hub.events.models.registrations import Choice, Registration, RegistrationState
from hub.events.models.workshops import Workshop

EXPECTED = Registration.state == RegistrationState.CONFIRMED


def people(event: Event) -> Select[int, str, str, Mode, str]:
    """Select (number, name, organisation, mode, code at the door) of who is expected, by name."""
    return (
        select(
            Registration.id,
            Registration.name,
            func.coalesce(Organisation.name, Registration.organisation_name),
            Registration.mode,
            Registration.code,
        )
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .where(Registration.event_id == event.id, EXPECTED, Registration.purged_at.is_(None))
        .order_by(Registration.search_text, Registration.id)  # folded: Élodie stands among the E
    )


def names_in_the_room(event: Event) -> Select[str]:
    """Select the names of who is expected in the room."""
    return select(Registration.name).where(
        Registration.event_id == event.id, EXPECTED, Registration.mode == Mode.ONSITE,
        Registration.purged_at.is_(None), Registration.name != "",
    ).order_by(Registration.search_text, Registration.id)  # fmt: skip


def workshops(event: Event) -> Select[Workshop]:
    """Select the workshops of a day that take place, with their round, their room and who leads them."""
    return (
        select(Workshop)
        .where(Workshop.event_id == event.id, Workshop.cancelled_at.is_(None))
        .options(joinedload(Workshop.round), joinedload(Workshop.venue_room), joinedload(Workshop.lead))
        .order_by(Workshop.position, Workshop.id)
    )


def seats(event: Event) -> Select[int, int]:
    """Select (registration, workshop) of each seat held by somebody expected."""
    return (
        select(Choice.registration_id, Choice.workshop_id)
        .join(Registration, Registration.id == Choice.registration_id)
        .where(Registration.event_id == event.id, EXPECTED)
        .order_by(Choice.registration_id, Choice.workshop_id)
    )


def expected_count(event: Event) -> Select[int, int]:
    """Select how many are expected in the room, and how many online."""
    return select(
        func.count(Registration.id).filter(Registration.mode == Mode.ONSITE),
        func.count(Registration.id).filter(Registration.mode == Mode.ONLINE),
    ).where(Registration.event_id == event.id, EXPECTED, Registration.purged_at.is_(None))


def seat_count(event: Event) -> Select[int]:
    """Select how many seats in workshops are held by somebody expected."""
    return select(func.count()).select_from(seats(event).order_by(None).subquery())


def waiting(event: Event) -> Select[DayPaper]:
    """Select the papers of a day that were asked for and not thrown away yet, the newest first."""
    return select(DayPaper).where(DayPaper.event_id == event.id).order_by(DayPaper.id.desc())
