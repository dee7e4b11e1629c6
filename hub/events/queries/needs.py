"""Reading what people need to eat and to take part, by name: for the coordination alone (G3)."""

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.events.models.days import Event
from hub.events.models.registrations import Choice, Registration, RegistrationState, registration_diet
from hub.events.models.workshops import Workshop

LISTED = exists().where(registration_diet.c.registration_id == Registration.id)


def with_needs(event: Event) -> Select[Registration]:
    """Select who is expected and told of a diet, of an access need or of a language, by name."""
    told = or_(Registration.diet != "", Registration.access_needs != "", Registration.languages != "", LISTED)
    return (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED, told)
        .options(
            joinedload(Registration.organisation),
            selectinload(Registration.diets),
            selectinload(Registration.choices).joinedload(Choice.workshop).joinedload(Workshop.venue_room),
        )
        .order_by(Registration.search_text, Registration.id)
    )


def counts(event: Event) -> Select[int, int, int]:
    """Select how many told of an access need, of a language, of a diet."""
    return select(
        func.count(Registration.id).filter(Registration.access_needs != ""),
        func.count(Registration.id).filter(Registration.languages != ""),
        func.count(Registration.id).filter(or_(Registration.diet != "", LISTED)),
    ).where(Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED)
