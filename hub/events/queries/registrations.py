"""Reading a day's sign-ups as coordinators list them: narrowed, sorted, counted."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.organisations import Organisation
from hub.events.models.days import Event, Mode
from hub.events.models.outcomes import Presence
from hub.events.models.registrations import (
    LIVE,
    Answer,
    Choice,
    Registration,
    RegistrationState,
    WorkshopWait,
)
from hub.events.models.workshops import Wish
from hub.events.queries.naming import matching
from hub.events.values.presence import Noted

NO_MEAL = 0


@dataclass(frozen=True)
class Narrowed:
    """By what a list is narrowed. `state` None: who still counts; with `ended`, all the others too."""

    words: str = ""
    state: RegistrationState | None = None
    ended: bool = False
    mode: Mode | None = None
    workshop: int | None = None
    meal: int | None = None  # NO_MEAL: who eats nothing
    organisation: int | None = None
    to_check: bool = False
    late: bool = False
    numbers: tuple[int, ...] = ()  # these sign-ups alone
    presence: Noted | None = None  # at one session at least; NOTHING: noted at none

    @property
    def is_asked(self) -> bool:
        """Whether anything narrows the list."""
        return self != Narrowed()


SORTS = {
    "name": (Registration.search_text,),
    "organisation": (
        func.coalesce(Organisation.search_text, func.lower(Registration.organisation_name)),
        Registration.search_text,
    ),
    "state": (Registration.state, Registration.search_text),
    "since": (Registration.created_at,),
}


def registrations(
    event: Event, by: Narrowed, *, sort: str = "name", descending: bool = False
) -> Select[Registration]:
    """Select a day's sign-ups, with what a line of the list shows, in that order."""
    order: list[ColumnElement[object]] = list(SORTS.get(sort, SORTS["name"]))  # type: ignore[arg-type]
    if descending:
        order = [column.desc() for column in order]
    return (
        select(Registration)
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .where(*_conditions(event, by), *_those(by.numbers))
        .options(
            joinedload(Registration.organisation),
            joinedload(Registration.meal),
            joinedload(Registration.group),
            selectinload(Registration.choices).joinedload(Choice.workshop),
        )
        .order_by(*order, Registration.id)
    )


def with_answers(rows: Select[Registration]) -> Select[Registration]:
    """Select the same with their answers, for an export."""
    return rows.options(selectinload(Registration.answers).joinedload(Answer.question))


def _conditions(event: Event, by: Narrowed) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Registration.event_id == event.id, *matching(by.words)]
    if by.state is not None:
        found.append(Registration.state == by.state)
    elif not by.ended:
        found.append(Registration.state.in_(LIVE))
    if by.mode is not None:
        found.append(Registration.mode == by.mode)
    if by.workshop is not None:
        holding = select(Choice.registration_id).where(Choice.workshop_id == by.workshop)
        found.append(Registration.id.in_(holding))
    if by.meal is not None:
        found.append(
            Registration.meal_id.is_(None) if by.meal == NO_MEAL else Registration.meal_id == by.meal
        )
    if by.organisation is not None:
        found.append(Registration.organisation_id == by.organisation)
    if by.to_check:
        found += [
            Registration.organisation_id.is_(None),
            Registration.organisation_name != "",
            Registration.organisation_checked_at.is_(None),
        ]
    if by.late:
        found.append(Registration.created_at >= event.sign_up_closes_at)
    return found + _noted(by.presence)


def _those(numbers: Collection[int]) -> list[ColumnElement[bool]]:
    return [Registration.id.in_(numbers)] if numbers else []


def _noted(presence: Noted | None) -> list[ColumnElement[bool]]:
    noted = exists().where(Presence.registration_id == Registration.id)
    if presence is None:
        return []
    if presence == Noted.NOTHING:
        return [~noted]
    return [noted.where(Presence.was_there.is_(presence == Noted.THERE))]


def counts(event: Event) -> Select[RegistrationState, int, int]:
    """Select (state, how many, of them with an organisation to check) of a day's sign-ups."""
    unchecked = and_(
        Registration.organisation_id.is_(None),
        Registration.organisation_name != "",
        Registration.organisation_checked_at.is_(None),
        Registration.state.in_(LIVE),
    )
    return (
        select(Registration.state, func.count(), func.count(case((unchecked, 1))))
        .where(Registration.event_id == event.id)
        .group_by(Registration.state)
    )


def in_full(event: Event, number: int) -> Select[Registration]:
    """Select one sign-up of a day with all that its page shows."""
    return (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.id == number)
        .options(
            joinedload(Registration.organisation),
            joinedload(Registration.meal),
            joinedload(Registration.group),
            selectinload(Registration.choices).joinedload(Choice.workshop),
            selectinload(Registration.waits).joinedload(WorkshopWait.workshop),
            selectinload(Registration.wishes).joinedload(Wish.workshop),
        )
    )


def organisations(event: Event) -> Select[int, str]:
    """Select (number, name) of the actors of the register for which somebody comes, by name."""
    coming = select(Registration.organisation_id).where(
        Registration.event_id == event.id, Registration.state.in_(LIVE)
    )
    return (
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(coming))
        .order_by(Organisation.name)
    )
