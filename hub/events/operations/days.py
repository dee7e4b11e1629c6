"""Making, changing, publishing and calling off days."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock, jobs
from hub.core.errors import N_, DomainError
from hub.core.search import slug
from hub.events.models.days import Event, EventKind, EventOrganiser, EventState, Slot, SlotKind, SlotSpeaker
from hub.events.models.registrations import MealOption, Registration
from hub.events.models.retention import Kept
from hub.events.models.retention import Kept
from hub.events.models.workshops import Workshop, WorkshopBlock
from hub.events.operations import forgetting
from hub.events.queries import days as queries

# Parts of addresses below /journees that no day may be called.
RESERVED = {"nouvelle"}
# What a calendar shows: a change of one of these makes a new version of its entry.
IN_CALENDARS = ("title", "summary", "place_name", "place_address", "starts_at", "ends_at")


@dataclass(frozen=True)
class Details:
    """A day as it is described. Days and hours are Brussels'; the deadline is included."""

    title: str
    day: date
    starts: time
    ends: time
    deadline: date
    kind: EventKind = EventKind.PLENARY
    summary: str = ""
    description: str = ""
    place_name: str = ""
    place_address: str = ""
    venue_id: int | None = None
    space_id: int | None = None
    organiser_ids: tuple[int, ...] = ()
    doors: time | None = None
    opens: date | None = None
    capacity: int | None = None
    meals: tuple[str, ...] = ()
    practical_info: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a programme, in Brussels' hours of the day."""

    starts: time
    title: str
    ends: time | None = None
    kind: SlotKind = SlotKind.PRESENTATION
    speaker_ids: tuple[int, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Room:
    """A workshop as it is described; `number` is the one it has, if it is there already."""

    title: str
    capacity: int
    room: str = ""
    description: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Programme:
    """What happens in the day, and how many workshops each person chooses."""

    lines: tuple[Line, ...] = ()
    workshops: tuple[Room, ...] = ()
    choices: int = 0


def create(session: Session, details: Details, *, actor: User | str, now: datetime) -> Event:
    """Make a draft of a day. Raises DomainError if its hours don't follow each other."""
    event = Event(slug=_free_slug(session, details), created_at=now, updated_at=now, taken=0, sequence=0)
    _describe(event, details)
    session.add(event)
    session.flush()
    _set_meals(session, event, details.meals)
    audit.record(session, "event.created", event, actor=actor, now=now)
    return event


def edit(session: Session, event: Event, details: Details, *, actor: User | str, now: datetime) -> None:
    """Change a day's description; its programme moves with its date.

    Raises DomainError if hours don't follow each other, or fewer seats are left than are taken.
    """
    session.refresh(event, with_for_update=True)
    before = _facts(event)
    moved_from = event.day
    _describe(event, details)
    _move_slots(event, moved_from)
    _set_meals(session, event, details.meals)
    changes = audit.differences(before, _facts(event))
    if any(name in changes for name in IN_CALENDARS):
        event.sequence += 1
    event.updated_at = now
    session.flush()
    if changes:
        audit.record(session, "event.changed", event, actor=actor, now=now, changes=changes)
    if "ends_at" in changes and event.state == EventState.PUBLISHED:
        plan_forgetting(session, event, now)


def set_programme(
    session: Session, event: Event, programme: Programme, *, actor: User | str, now: datetime
) -> None:
    """Replace a day's programme and bring its workshops up to date, keeping the seats taken.

    Raises DomainError naming a workshop that loses seats which are taken, or if the choices don't fit.
    """
    session.refresh(event, with_for_update=True)
    _check_choices(event, programme)
    event.slots = [_slot(event, line) for line in programme.lines]
    _set_workshops(session, event, programme)
    event.updated_at = now
    session.flush()
    counts = {"slots": [None, len(event.slots)], "workshops": [None, len(event.workshops)]}
    audit.record(session, "event.programme_changed", event, actor=actor, now=now, changes=counts)


def publish(session: Session, event: Event, *, actor: User | str, now: datetime) -> None:
    """Show a draft to everybody, and plan the forgetting of diets and needs after the day (G3).

    Raises DomainError if it isn't a draft.
    """
    session.refresh(event, with_for_update=True)
    if event.state != EventState.DRAFT:
        raise DomainError(N_("Seul un brouillon peut être publié."))
    event.state, event.published_at, event.updated_at = EventState.PUBLISHED, now, now
    session.flush()
    audit.record(session, "event.published", event, actor=actor, now=now)
    plan_forgetting(session, event, now)


def unpublish(session: Session, event: Event, *, actor: User | str, now: datetime) -> None:
    """Make a published day a draft again. Raises DomainError once somebody is signed up."""
    session.refresh(event, with_for_update=True)
    if event.state != EventState.PUBLISHED:
        raise DomainError(N_("Cette journée n’est pas publiée."))
    if event.taken:
        raise DomainError(N_("Des personnes sont inscrites : annulez la journée, elles seront prévenues."))
    event.state, event.updated_at = EventState.DRAFT, now
    session.flush()
    audit.record(session, "event.unpublished", event, actor=actor, now=now)


def call_off(session: Session, event: Event, reason: str, *, actor: User | str, now: datetime) -> None:
    """Cancel a published day; a job tells everybody signed up. Raises DomainError if it is too late."""
    session.refresh(event, with_for_update=True)
    if event.state != EventState.PUBLISHED or now >= event.ends_at:
        raise DomainError(N_("Seule une journée publiée et à venir peut être annulée."))
    event.state, event.cancelled_at, event.cancel_reason = EventState.CANCELLED, now, reason
    event.sequence += 1
    event.updated_at = now
    session.flush()
    audit.record(session, "event.cancelled", event, actor=actor, now=now)
    jobs.enqueue(session, "events.tell_called_off", now=now, subject=event, event=event.id)
    plan_forgetting(session, event, now)


def needs_are_due(event: Event, now: datetime) -> bool:
    """Say whether diets and needs have no more use: the day is over, or will not be."""
    return event.state == EventState.CANCELLED or now >= event.forget_needs_at


def forget_all_needs(session: Session, event: Event, *, now: datetime) -> int:
    """Blank diets, needs and meals of everybody, keeping how many meals there were of each (G3).

    Returns how many people's answers were forgotten. Nothing is forgotten twice, nor before it is due.
    """
    session.refresh(event, with_for_update=True)
    if event.needs_forgotten_at is not None or not needs_are_due(event, now):
        return 0
    for meal, booked in session.execute(queries.meal_counts(event)).all():
        meal.booked = booked
    for diet, booked in session.execute(queries.diet_counts(event)).all():
        diet.booked = booked
    session.flush()
    forgotten = forgetting.blank_needs(
        session, select(Registration.id).where(Registration.event_id == event.id)
    )
    event.needs_forgotten_at = now
    forgetting.tell(session, event, Kept.NEEDS, forgotten, now=now)
    changes = {"answers_forgotten": [None, forgotten]}
    audit.record(session, "event.needs_forgotten", event, actor="", now=now, changes=changes)
    return forgotten


def plan_forgetting(session: Session, event: Event, now: datetime) -> None:
    """Have diets and needs forgotten when they are due; one planned too early does nothing."""
    run_at = now if event.state == EventState.CANCELLED else max(now, event.forget_needs_at)
    jobs.enqueue(session, "events.forget_needs", now=now, run_at=run_at, subject=event, event=event.id)


def _free_slug(session: Session, details: Details) -> str:
    wanted = slug(details.title)
    year = str(details.day.year)
    base = wanted if year in wanted.split("-") else f"{wanted}-{year}"
    taken = set(session.scalars(select(Event.slug).where(Event.slug.startswith(base, autoescape=True))))
    taken |= RESERVED
    number = 1
    while (candidate := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return candidate


def _describe(event: Event, details: Details) -> None:
    starts_at, ends_at = clock.at(details.day, details.starts), clock.at(details.day, details.ends)
    if ends_at <= starts_at:
        raise DomainError(N_("La fin vient après le début."), field="ends")
    if details.doors is not None and details.doors > details.starts:
        raise DomainError(N_("L’accueil ouvre avant le début, ou à la même heure."), field="doors")
    # Signing up for what has begun makes no sense, whatever the deadline's day says.
    closes_at = min(clock.end_of_day(details.deadline), starts_at)
    opens_at = clock.at(details.opens, time(0)) if details.opens is not None else None
    if details.deadline > details.day:
        raise DomainError(
            N_("Le dernier jour d’inscription ne peut pas suivre la journée."), field="deadline"
        )
    if opens_at is not None and opens_at >= closes_at:
        raise DomainError(N_("Les inscriptions ouvrent avant leur dernier jour."), field="opens")
    if details.capacity is not None and details.capacity < (event.taken or 0):
        raise DomainError(N_("%(taken)s places sont déjà prises."), field="capacity", taken=event.taken)
    event.title, event.kind, event.summary = details.title, details.kind, details.summary
    event.description, event.practical_info = details.description, details.practical_info
    event.place_name, event.place_address = details.place_name, details.place_address
    event.starts_at, event.ends_at = starts_at, ends_at
    event.doors_at = clock.at(details.day, details.doors) if details.doors is not None else None
    event.sign_up_opens_at, event.sign_up_closes_at = opens_at, closes_at
    event.capacity = details.capacity
    event.contact_name, event.contact_email = details.contact_name, details.contact_email
    event.contact_phone = details.contact_phone
    event.venue_id, event.space_id = details.venue_id, details.space_id
    _set_organisers(event, details.organiser_ids)


def _set_organisers(event: Event, numbers: tuple[int, ...]) -> None:
    known = {row.organisation_id: row for row in event.organiser_rows}
    event.organiser_rows = [
        known.get(number) or EventOrganiser(organisation_id=number) for number in dict.fromkeys(numbers)
    ]


def _facts(event: Event) -> dict[str, object]:
    names = (
        *IN_CALENDARS, "kind", "description", "venue_id", "space_id", "doors_at", "sign_up_opens_at",
        "sign_up_closes_at", "capacity", "meal_offered", "practical_info",
    )  # fmt: skip
    return {name: getattr(event, name) for name in names}


def _move_slots(event: Event, moved_from: date) -> None:
    if event.day == moved_from:
        return
    for slot in event.slots:
        slot.starts_at = _same_hour(slot.starts_at, event.day)
        slot.ends_at = _same_hour(slot.ends_at, event.day) if slot.ends_at is not None else None


def _same_hour(moment: datetime, day: date) -> datetime:
    return clock.at(day, clock.local(moment).time())


def _set_meals(session: Session, event: Event, labels: tuple[str, ...]) -> None:
    wanted = tuple(dict.fromkeys(labels))
    chosen = {meal.label: count for meal, count in session.execute(queries.meal_counts(event)).all()}
    for label, count in chosen.items():
        if count and label not in wanted:
            raise DomainError(
                N_("Des personnes ont choisi « %(label)s » : ce repas ne peut plus être retiré."),
                field="meals",
                label=label,
            )
    known = {meal.label: meal for meal in event.meals}
    event.meals = [known.get(label) or MealOption(label=label) for label in wanted]
    for position, meal in enumerate(event.meals):
        meal.position = position
    event.meal_offered = bool(wanted)
    session.flush()


def _check_choices(event: Event, programme: Programme) -> None:
    if programme.choices > len(programme.workshops):
        raise DomainError(
            N_("Il faut au moins autant d’ateliers que de choix demandés."), field="workshop_choices"
        )
    if event.taken and programme.choices != event.workshop_choices:
        raise DomainError(
            N_("Des personnes ont déjà choisi leurs ateliers : ce nombre ne peut plus changer."),
            field="workshop_choices",
        )


def _slot(event: Event, line: Line) -> Slot:
    starts_at = clock.at(event.day, line.starts)
    ends_at = clock.at(event.day, line.ends) if line.ends is not None else None
    if ends_at is not None and ends_at < starts_at:
        raise DomainError(N_("« %(title)s » finit avant de commencer."), field="lines", title=line.title)
    return Slot(
        starts_at=starts_at, ends_at=ends_at, kind=line.kind, title=line.title,
        description=line.description,
        speaker_rows=[
            SlotSpeaker(organisation_id=number, position=place)
            for place, number in enumerate(dict.fromkeys(line.speaker_ids))
        ],
    )  # fmt: skip


def _set_workshops(session: Session, event: Event, programme: Programme) -> None:
    rooms = programme.workshops
    if rooms and not event.blocks:
        event.blocks = [WorkshopBlock()]
    for block in event.blocks:
        block.choices_min = block.choices_max = programme.choices
    # The locks are taken in the order in which sign-ups take seats, and the counts read after.
    known = {
        workshop.id: workshop
        for workshop in session.scalars(
            select(Workshop)
            .where(Workshop.event_id == event.id)
            .order_by(Workshop.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    kept = {room.number for room in rooms}
    for workshop in known.values():
        if workshop.taken and workshop.id not in kept:
            raise DomainError(
                N_("Des personnes sont inscrites à « %(title)s » : il ne peut plus être retiré."),
                field="workshops",
                title=workshop.title,
            )
    event.workshops = [_workshop(known, room, position) for position, room in enumerate(rooms)]
    for workshop in event.workshops:
        workshop.block = event.blocks[0]


def _workshop(known: dict[int, Workshop], room: Room, position: int) -> Workshop:
    workshop = known.get(room.number or 0) or Workshop(taken=0)
    if room.capacity < workshop.taken:
        raise DomainError(
            N_("%(taken)s places sont déjà prises à « %(title)s »."),
            field="workshops",
            taken=workshop.taken,
            title=room.title,
        )
    workshop.title, workshop.description = room.title, room.description
    workshop.room, workshop.capacity, workshop.position = room.room, room.capacity, position
    return workshop
