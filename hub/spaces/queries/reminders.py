"""Who is to be reminded of what on a day, and who can't be."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.mandates import Person
from hub.core import mail
from hub.core.errors import DomainError
from hub.spaces.models.actions import Action
from hub.spaces.models.reminders import ActionReminder, ReminderStop, Step
from hub.spaces.queries import seats
from hub.spaces.queries.actions import is_open, with_all
from hub.spaces.values.reminders import FIRST, LAST, Obstacle, step_on

AHEAD_DAYS = 30  # how far the page looks that tells who can't be reminded


@dataclass(frozen=True)
class Due:
    """An action, and which reminder of its day is due."""

    action: Action
    step: Step


Voices = dict[tuple[int, int], dict[int, bool]]
"""(space, organisation) → person → whether they exercise their mandate in that very seat."""


def address_of(person: Person) -> str:
    """Return where a person is written to: their own address, else their account's; "" without a good one."""
    for known in (person.email, person.user.email if person.user else ""):
        with suppress(DomainError):
            return mail.address(known)
    return ""


def voices_on(session: Session, day: date) -> Voices:
    """Return who speaks for whom in every space on that day."""
    found: Voices = defaultdict(dict)
    for space, organisation, person, exercised in session.execute(seats.voices(day)):
        known = found[space, organisation]
        known[person] = known.get(person, False) or exercised
    return found


class Owned(Protocol):
    """An action, or those of its columns that tell whose it is."""

    id: Any
    space_id: Any
    organisation_id: Any
    person_id: Any


def answering(action: Owned, voices: Voices) -> list[int]:
    """Return who answers for an action: its person; else who sits there for its owner; else who may speak."""
    known = voices.get((action.space_id, action.organisation_id or 0), {})
    if action.person_id in known:
        return [action.person_id]
    return [person for person, exercised in known.items() if exercised] or list(known)


def around(first: date, last: date) -> Select[Action]:
    """Select what is open and due between two days, both included."""
    found = select(Action).where(is_open(), Action.due_on >= first, Action.due_on <= last)
    return with_all(found).order_by(Action.due_on, Action.id)


def people(numbers: Iterable[int]) -> Select[Person]:
    """Select those people with their accounts."""
    return select(Person).where(Person.id.in_(numbers)).options(joinedload(Person.user))


def stops(session: Session) -> set[tuple[int, int | None]]:
    """Return (person, action) of what nobody wants to be reminded of; None for all actions."""
    return {(row.person_id, row.action_id) for row in session.scalars(select(ReminderStop))}


def written(session: Session, first: date) -> set[tuple[int, int, date, Step]]:
    """Return the reminders already written of days from `first` on: (action, person, day, step)."""
    rows = session.scalars(select(ActionReminder).where(ActionReminder.due_on >= first))
    return {(row.action_id, row.person_id, row.due_on, row.step) for row in rows}


def due(session: Session, day: date) -> dict[int, list[Due]]:
    """Return who is to be reminded of what on that day: neither what they were told nor what they stopped."""
    first, last = day - timedelta(days=LAST), day - timedelta(days=FIRST)
    voices, stopped, told = voices_on(session, day), stops(session), written(session, first)
    found: dict[int, list[Due]] = defaultdict(list)
    for action in session.scalars(around(first, last)):
        step = step_on(action.due_on, day) if action.due_on else None
        if step is None:
            continue
        for person in answering(action, voices):
            if stopped & {(person, None), (person, action.id)}:
                continue
            if (action.id, person, action.due_on, step) not in told:
                found[person].append(Due(action, step))
    return dict(found)


@dataclass(frozen=True)
class Unreachable:
    """An action of which nobody can be reminded: why, and the names of those who answer for it."""

    action_id: int
    space_id: int
    why: Obstacle
    names: list[str]


def obstacles(session: Session, day: date) -> list[Unreachable]:
    """Return the actions late, or due within 30 days, of which nobody can be reminded, the oldest first."""
    voices, stopped = voices_on(session, day), stops(session)
    asked = [(row, answering(row, voices)) for row in session.execute(_owned(day))]
    known = {row.id: row for row in session.scalars(people({one for _, some in asked for one in some}))}
    reachable = {number for number, person in known.items() if address_of(person)}
    found = []
    for row, those in asked:
        why = _obstacle(row, those, reachable, stopped)
        if why is not None:
            found.append(Unreachable(row.id, row.space_id, why, [known[one].name for one in those]))
    return found


def _owned(day: date) -> Select[int, int, int | None, int | None]:
    """Select (number, space, organisation, person) of the open actions with a day until 30 days from then."""
    return (
        select(Action.id, Action.space_id, Action.organisation_id, Action.person_id)
        .where(is_open(), Action.due_on <= day + timedelta(days=AHEAD_DAYS))
        .order_by(Action.due_on, Action.id)
    )


def _obstacle(
    row: Owned, those: list[int], reachable: set[int], stopped: set[tuple[int, int | None]]
) -> Obstacle | None:
    if row.organisation_id is None:
        return Obstacle.NO_OWNER
    if not those:
        return Obstacle.NOBODY_SPEAKS
    written = [one for one in those if one in reachable]
    if not written:
        return Obstacle.NO_ADDRESS
    if stopped and all(stopped & {(one, None), (one, row.id)} for one in written):
        return Obstacle.STOPPED
    return None


def stops_of(person_id: int) -> Select[ReminderStop]:
    """Select what a person wants no reminders of."""
    return (
        select(ReminderStop)
        .where(ReminderStop.person_id == person_id)
        .options(joinedload(ReminderStop.action).joinedload(Action.space))
        .order_by(ReminderStop.id)
    )


def stop_of(person_id: int, action_id: int | None) -> Select[ReminderStop]:
    """Select a person's stop of an action, or of all (None)."""
    same = ReminderStop.action_id.is_(None) if action_id is None else ReminderStop.action_id == action_id
    return select(ReminderStop).where(and_(ReminderStop.person_id == person_id, or_(same)))
