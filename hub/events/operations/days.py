"""Making, changing, publishing and calling off days."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, jobs
from hub.core.errors import N_, DomainError
from hub.core.search import slug
from hub.events.models.days import CertificateRule, Event, EventKind, EventState
from hub.events.models.registrations import MealOption, Registration
from hub.events.models.retention import Kept
from hub.events.operations import counters, forgetting, moving, waitlist
from hub.events.operations.describing import Details, describe
from hub.events.operations.programme import Line, Programme, Room, set_programme
from hub.events.queries import catering
from hub.events.queries import days as queries

# A day is described in two parts; both are told here.
__all__ = ["Details", "Line", "Programme", "Room", "set_programme"]
# Parts of addresses below /journees that no day may be called.
RESERVED = {"nouvelle", "series", "logos"}
# What the history compares before and after.
FACTS = (
    *moving.IN_CALENDARS, "kind", "description", "venue_id", "space_id", "series_id", "doors_at",
    "sign_up_need", "sign_up_opens_at", "sign_up_closes_at", "capacity", "online_capacity", "online_info",
    "meal_offered", "practical_info",
)  # fmt: skip


def create(session: Session, details: Details, *, actor: User | str, now: datetime) -> Event:
    """Make a draft of a day. Raises DomainError if its hours don't follow each other."""
    event = Event(slug=free_slug(session, details.title, details.day), created_at=now, updated_at=now)
    event.taken = event.online_taken = event.sequence = 0
    if details.kind == EventKind.MODULE:
        event.certificate_rule = CertificateRule.ALL  # the whole module (requirement 89)
    describe(session, event, details)
    session.add(event)
    session.flush()
    _set_meals(session, event, details.meals)
    audit.record(session, "event.created", event, actor=actor, now=now)
    return event


def edit(session: Session, event: Event, details: Details, *, actor: User | str, now: datetime) -> None:
    """Change a day's description; its programme moves with its date, and whoever is signed up is told.

    Raises DomainError if hours don't follow each other, fewer seats are left than are taken, or a way of
    taking part goes that people are signed up for.
    """
    counters.lock(session, event)
    before = _facts(event)
    moved_from = event.day
    moving.check_ways(session, event, details)
    with session.no_autoflush:
        moving.bring_along(session, event, details.mode)
        describe(session, event, details)
    moving.follow(session, event, moved_from, now=now)
    moving.take_hours_of_sessions(event)
    _set_meals(session, event, details.meals)
    changes = audit.differences(before, _facts(event))
    if any(name in changes for name in moving.IN_CALENDARS):
        event.sequence += 1
    event.updated_at = now
    session.flush()
    if not changes:
        return
    audit.record(session, "event.changed", event, actor=actor, now=now, changes=changes)
    moving.tell(session, event, set(changes), now=now)
    if "ends_at" in changes and event.state == EventState.PUBLISHED:
        plan_forgetting(session, event, now)
    waitlist.settle(session, event, now=now)


def publish(session: Session, event: Event, *, actor: User | str, now: datetime) -> None:
    """Show a draft to everybody, and plan the forgetting of diets and needs after the day (G3).

    Raises DomainError if it isn't a draft.
    """
    counters.lock(session, event)
    if event.state != EventState.DRAFT:
        raise DomainError(N_("Seul un brouillon peut être publié."))
    event.state, event.published_at, event.updated_at = EventState.PUBLISHED, now, now
    session.flush()
    audit.record(session, "event.published", event, actor=actor, now=now)
    plan_forgetting(session, event, now)


def unpublish(session: Session, event: Event, *, actor: User | str, now: datetime) -> None:
    """Make a published day a draft again. Raises DomainError once somebody is signed up."""
    counters.lock(session, event)
    if event.state != EventState.PUBLISHED:
        raise DomainError(N_("Cette journée n’est pas publiée."))
    if event.heads:
        raise DomainError(N_("Des personnes sont inscrites : annulez la journée, elles seront prévenues."))
    event.state, event.updated_at = EventState.DRAFT, now
    session.flush()
    audit.record(session, "event.unpublished", event, actor=actor, now=now)


def call_off(session: Session, event: Event, reason: str, *, actor: User | str, now: datetime) -> None:
    """Cancel a published day; a job tells everybody signed up. Raises DomainError if it is too late."""
    counters.lock(session, event)
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
    for meal, booked, _unannounced in session.execute(catering.meals(event.id)).all():
        meal.booked = booked
    for diet, booked, _unannounced in session.execute(catering.diets(event.id)).all():
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


def free_slug(session: Session, title: str, day: date) -> str:
    """Return an address that no day has yet, with the year in it."""
    wanted = slug(title)
    base = wanted if str(day.year) in wanted.split("-") else f"{wanted}-{day.year}"
    taken = set(session.scalars(select(Event.slug).where(Event.slug.startswith(base, autoescape=True))))
    taken |= RESERVED
    number = 1
    while (candidate := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return candidate


def _facts(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in FACTS}


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
