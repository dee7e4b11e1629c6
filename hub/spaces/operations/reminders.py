"""Reminders of actions: one mail a person and morning, and the way to stop them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.actors.models.mandates import Person
from hub.core import mail
from hub.core.errors import N_
from hub.spaces.models.actions import OVER, Action, ActionChange
from hub.spaces.models.reminders import ActionReminder, ReminderStop
from hub.spaces.operations import personal
from hub.spaces.queries import reminders as queries
from hub.spaces.queries.reminders import Due

KIND = "spaces.actions_due"
KEPT = timedelta(days=365)  # after which a reminder no longer tells anything
REASONS_KEPT = timedelta(days=2 * 365)
FORGOTTEN = N_("Raison effacée.")


def version(day: date) -> str:
    """Return what makes a mail the one of its day: nobody gets two."""
    return day.isoformat()


def remind(session: Session, people: Iterable[int], day: date, *, now: datetime) -> int:
    """Write to each of those people what is due on that day; return to how many.

    Who was written to already that day, has no address or wants no reminders is left out.
    """
    due = queries.due(session, day)
    wanted = [number for number in people if number in due]
    count = 0
    for person in session.scalars(queries.people(wanted)).all():
        address = queries.address_of(person)
        if address and _write(session, person, address, due[person.id], day, now=now):
            count += 1
    return count


def _write(
    session: Session, person: Person, address: str, due: list[Due], day: date, *, now: datetime
) -> bool:
    token = personal.token(session, person, now)
    here = mail.site(session).base_url
    stop = f"/mes-actions/{token}/rappels"
    message = mail.queue(
        session, KIND, person, address, now=now, version=version(day), unsubscribe=stop,
        action=(N_("Ouvrir mes actions"), f"/mes-actions/{token}"),
        name=person.name, groups=_groups(due, day), number=len(due),
        late=sum(one.action.is_late(day) for one in due), title=due[0].action.title,
        due_on=due[0].action.due_on, stop=f"{here}{stop}",
    )  # fmt: skip
    if message is None:
        return False
    _note(session, person, due, now=now)
    return True


def _note(session: Session, person: Person, due: list[Due], *, now: datetime) -> None:
    session.add_all(
        ActionReminder(
            action_id=one.action.id,
            person_id=person.id,
            due_on=one.action.due_on,
            step=one.step,
            written_at=now,
        )
        for one in due
    )
    session.flush()


def _groups(due: list[Due], day: date) -> list[Any]:
    """Return [space, [[what, by when, for whom, whether late]]] in the order of names and days."""

    def space(one: Due) -> str:
        return one.action.space.name

    return [
        [
            name,
            [
                [
                    one.action.title,
                    one.action.due_on,
                    one.action.organisation.short_label if one.action.organisation else "",
                    one.action.is_late(day),
                ]
                for one in some
            ],
        ]
        for name, some in groupby(sorted(due, key=space), key=space)
    ]


def stop(session: Session, person: Person, action: Action | None, *, now: datetime) -> None:
    """Remind the person no more: of that action, or of any (None)."""
    if session.scalar(queries.stop_of(person.id, action.id if action else None)) is None:
        session.add(
            ReminderStop(person_id=person.id, action_id=action.id if action else None, stopped_at=now)
        )
        session.flush()


def resume(session: Session, person: Person, action: Action | None) -> None:
    """Remind the person again: of that action, or of all that they didn't stop by itself (None)."""
    row = session.scalar(queries.stop_of(person.id, action.id if action else None))
    if row is not None:
        session.delete(row)
        session.flush()


def forget(session: Session, *, now: datetime) -> None:
    """Delete reminders a year old; blank reasons of what has been over for two years: they may hold names."""
    over = select(Action.id).where(Action.state.in_(OVER))
    session.execute(delete(ActionReminder).where(ActionReminder.written_at < now - KEPT))
    session.execute(
        delete(ReminderStop).where(ReminderStop.action_id.in_(over), ReminderStop.stopped_at < now - KEPT)
    )
    old = over.where(Action.updated_at < now - REASONS_KEPT)
    for row, others in ((ActionChange, ActionChange.action_id), (Action, Action.id)):
        session.execute(
            update(row)
            .where(others.in_(old), row.reason.not_in(["", FORGOTTEN]))
            .values(reason=FORGOTTEN)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        update(ActionChange)
        .where(ActionChange.action_id.in_(old), ActionChange.reason_before.not_in(["", FORGOTTEN]))
        .values(reason_before=FORGOTTEN)
        .execution_options(synchronize_session=False)
    )
