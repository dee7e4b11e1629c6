"""Reading days and sign-ups."""

from datetime import datetime

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.core.search import fold
from hub.events.models.days import (
    Event,
    EventOrganiser,
    EventSeries,
    EventSession,
    EventState,
    Slot,
    SlotSpeaker,
    event_organiser,
)
from hub.events.models.registrations import (
    Choice,
    MealOption,
    Registration,
    RegistrationState,
)
from hub.events.models.workshops import Workshop, WorkshopBlock
from hub.spaces.models.spaces import Space, SpaceState


def upcoming(now: datetime) -> Select[Event]:
    """Select the days to come that the public sees, soonest first; one under way is still to come."""
    return _public().where(Event.ends_at > now).order_by(Event.starts_at, Event.id)


def past(now: datetime) -> Select[Event]:
    """Select the days gone by that the public sees, newest first; not those that were called off."""
    return (
        _public()
        .where(Event.ends_at <= now, Event.state == EventState.PUBLISHED)
        .order_by(Event.starts_at.desc(), Event.id)
    )


def _public() -> Select[Event]:
    return (
        select(Event)
        .where(Event.state != EventState.DRAFT)
        .options(selectinload(Event.blocks), selectinload(Event.workshops))
    )


def all_days(now: datetime) -> Select[Event]:
    """Select every day for coordinators: those to come, soonest first, then those gone by, newest first."""
    gone = Event.ends_at <= now
    return (
        select(Event)
        .options(selectinload(Event.blocks), selectinload(Event.workshops))
        .order_by(
            gone,
            case((gone, None), else_=Event.starts_at),
            Event.starts_at.desc(),
        )
    )


def of_organisation(organisation_id: int, now: datetime) -> Select[Event]:
    """Select the days, public ones, that an actor organises, hosts or speaks at, newest first."""
    organised = select(event_organiser.c.event_id).where(event_organiser.c.organisation_id == organisation_id)
    spoken = (
        select(Slot.event_id).join(SlotSpeaker.slot).where(SlotSpeaker.organisation_id == organisation_id)
    )
    return (
        _public()
        .where(
            or_(Event.venue_id == organisation_id, Event.id.in_(organised), Event.id.in_(spoken)),
            or_(Event.state == EventState.PUBLISHED, Event.ends_at > now),
        )
        .order_by(Event.starts_at.desc(), Event.id)
    )


def of_space(space_id: int) -> Select[Event]:
    """Select the days, public ones, that are meetings of a space, newest first."""
    return _public().where(Event.space_id == space_id).order_by(Event.starts_at.desc(), Event.id)


def spaces_at_work() -> Select[int, str]:
    """Select (id, name) of the spaces that still meet, by name."""
    return select(Space.id, Space.name).where(Space.state != SpaceState.CLOSED).order_by(Space.name)


def series_by_title() -> Select[int, str]:
    """Select (id, title) of every series of days, by title."""
    return select(EventSeries.id, EventSeries.title).order_by(EventSeries.title, EventSeries.id)


def series_with_counts(*, with_drafts: bool) -> Select[EventSeries, int]:
    """Select (series, how many days it has that one may see), by title."""
    seen = Event.series_id == EventSeries.id
    if not with_drafts:
        seen &= Event.state != EventState.DRAFT
    return (
        select(EventSeries, func.count(Event.id))
        .outerjoin(Event, seen)
        .group_by(EventSeries.id)
        .order_by(EventSeries.title, EventSeries.id)
    )


def of_series(series: EventSeries, now: datetime, *, with_drafts: bool) -> Select[Event]:
    """Select the days of a series: those to come, soonest first, then those gone by, newest first."""
    rows = all_days(now).where(Event.series_id == series.id)
    return rows if with_drafts else rows.where(Event.state != EventState.DRAFT)


def in_full(event: Event) -> Select[Event]:
    """Select the day once more with all that its page shows."""
    return (
        select(Event)
        .where(Event.id == event.id)
        .options(
            joinedload(Event.venue),
            joinedload(Event.room),
            joinedload(Event.space),
            joinedload(Event.series),
            selectinload(Event.organiser_rows).options(
                joinedload(EventOrganiser.organisation), joinedload(EventOrganiser.territory)
            ),
            selectinload(Event.slots).joinedload(Slot.speaker_rows).joinedload(SlotSpeaker.organisation),
            selectinload(Event.blocks).joinedload(WorkshopBlock.rounds),
            selectinload(Event.workshops).options(
                joinedload(Workshop.lead), joinedload(Workshop.venue_room), joinedload(Workshop.round)
            ),
            # Notices are read by themselves: only a day to come shows them, and one that is over shows more.
            selectinload(Event.sessions).joinedload(EventSession.partner),
        )
        .execution_options(populate_existing=True)
    )


def live_sign_up(event: Event, email: str) -> Select[Registration]:
    """Select the confirmed registration of an address (in lower case) for a day."""
    return select(Registration).where(
        Registration.event_id == event.id,
        Registration.email == email,
        Registration.state == RegistrationState.CONFIRMED,
    )


def sent_form(event: Event, form_key: str) -> Select[Registration]:
    """Select the registration that this very form made before."""
    return select(Registration).where(Registration.event_id == event.id, Registration.form_key == form_key)


def registrations(
    event: Event,
    *,
    words: str = "",
    workshop: int | None = None,
    meal: int | None = None,
    state: RegistrationState | None = None,
) -> Select[Registration]:
    """Select a day's registrations by name, narrowed by words, workshop, meal and state."""
    rows = (
        select(Registration)
        .where(Registration.event_id == event.id)
        .options(
            joinedload(Registration.organisation),
            joinedload(Registration.meal),
            selectinload(Registration.choices).joinedload(Choice.workshop),
        )
        .order_by(Registration.search_text, Registration.id)  # folded: Élodie stands among the E
    )
    for word in fold(words).split():
        rows = rows.where(Registration.search_text.contains(word))
    if workshop is not None:
        rows = rows.where(
            Registration.id.in_(select(Choice.registration_id).where(Choice.workshop_id == workshop))
        )
    if meal is not None:
        rows = rows.where(Registration.meal_id == meal)
    if state is not None:
        rows = rows.where(Registration.state == state)
    return rows


def confirmed(event: Event) -> Select[Registration]:
    """Select who is expected, by name."""
    return registrations(event, state=RegistrationState.CONFIRMED)


def with_needs(event: Event) -> Select[Registration]:
    """Select who is expected and told of a diet or of what they need to take part."""
    return confirmed(event).where(or_(Registration.diet != "", Registration.access_needs != ""))


def meal_counts(event: Event) -> Select[MealOption, int]:
    """Select (meal, how many expected people chose it) for each line of the day's list."""
    booked = func.count(Registration.id)
    return (
        select(MealOption, booked)
        .outerjoin(
            Registration,
            (Registration.meal_id == MealOption.id) & (Registration.state == RegistrationState.CONFIRMED),
        )
        .where(MealOption.event_id == event.id)
        .group_by(MealOption.id)
        .order_by(MealOption.position, MealOption.id)
    )


def organisations_at_work() -> Select[int, str, str]:
    """Select (id, name, acronym) of the register's actors that one can come for, by name."""
    return (
        select(Organisation.id, Organisation.name, Organisation.acronym)
        .where(Organisation.state != OrganisationState.CLOSED, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.name)
    )
