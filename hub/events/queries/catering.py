"""Counting meals and diets: of who is expected in the room, walk-ins too; never of whom."""

from datetime import datetime

from sqlalchemy import Select, and_, func, select

from hub.core.tokens import Token
from hub.events.models.days import Event, EventState, Mode
from hub.events.models.registrations import (
    Channel,
    DietOption,
    MealCount,
    MealOption,
    Registration,
    RegistrationState,
    registration_diet,
)

EATS = and_(Registration.state == RegistrationState.CONFIRMED, Registration.mode == Mode.ONSITE)
UNANNOUNCED = Registration.channel == Channel.WALK_IN


def meals(event_id: int) -> Select[MealOption, int, int]:
    """Select (meal, how many, how many of them walk-ins) for each line of a day's list."""
    return (
        select(MealOption, func.count(Registration.id), func.count(Registration.id).filter(UNANNOUNCED))
        .outerjoin(Registration, (Registration.meal_id == MealOption.id) & EATS)
        .where(MealOption.event_id == event_id)
        .group_by(MealOption.id)
        .order_by(MealOption.position, MealOption.id)
    )


def diets(event_id: int) -> Select[DietOption, int, int]:
    """Select (diet, how many, how many of them walk-ins) for each line of a day's list."""
    chosen = registration_diet.c.registration_id
    return (
        select(DietOption, func.count(Registration.id), func.count(Registration.id).filter(UNANNOUNCED))
        .outerjoin(registration_diet, registration_diet.c.diet_id == DietOption.id)
        .outerjoin(Registration, (Registration.id == chosen) & EATS)
        .where(DietOption.event_id == event_id)
        .group_by(DietOption.id)
        .order_by(DietOption.position, DietOption.id)
    )


def others(event_id: int) -> Select[int, int, int]:
    """Select how many wrote a diet in their own words, how many of them walk-ins, how many take no meal."""
    wrote = Registration.diet != ""
    return select(
        func.count(Registration.id).filter(wrote),
        func.count(Registration.id).filter(wrote, UNANNOUNCED),
        func.count(Registration.id).filter(Registration.meal_id.is_(None)),
    ).where(Registration.event_id == event_id, EATS)


def listed(event_id: int) -> Select[DietOption]:
    """Select a day's list of diets."""
    return (
        select(DietOption).where(DietOption.event_id == event_id).order_by(DietOption.position, DietOption.id)
    )


def chosen(event_id: int) -> Select[int]:
    """Select the numbers of a day's diets that somebody chose."""
    return (
        select(registration_diet.c.diet_id)
        .join(DietOption, DietOption.id == registration_diet.c.diet_id)
        .where(DietOption.event_id == event_id)
        .distinct()
    )


def live_link(event_id: int, purpose: str, now: datetime) -> Select[int]:
    """Select the links of a day for that purpose that still work."""
    return select(Token.id).where(
        Token.purpose == purpose,
        Token.subject_type == Event.__tablename__,
        Token.subject_id == event_id,
        Token.revoked_at.is_(None),
        Token.expires_at > now,
    )


def told(event_id: int) -> Select[MealCount]:
    """Select what the caterer was told."""
    return select(MealCount).where(MealCount.event_id == event_id).order_by(MealCount.id)


def to_freeze(until: datetime, now: datetime) -> Select[Event]:
    """Select the days not over whose caterer is to be told by then, and was not."""
    return select(Event).where(
        Event.state == EventState.PUBLISHED,
        Event.meal_offered,
        Event.meals_frozen_at.is_(None),
        Event.needs_forgotten_at.is_(None),
        Event.meals_close_at <= until,
        Event.ends_at > now,
    )
