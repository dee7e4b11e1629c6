"""Last year's day once more: 52 weeks later, on the same weekday, with all its parts and no people."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import DateTime, inspect, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit, clock
from hub.core.db import Base, UTCDateTime
from hub.events.models.days import Event, EventState, Slot, SlotSpeaker
from hub.events.models.letters import EventLetter
from hub.events.models.registrations import DietOption, MealOption, Question
from hub.events.models.retention import Retention
from hub.events.models.workshops import Workshop, WorkshopBlock, WorkshopRound
from hub.events.operations import mailings, moving
from hub.events.operations.days import free_slug

T = TypeVar("T", bound=Base)
YEAR = 52 * 7
# Columns of a day that the new one does not take over; every other moment is left empty too, unless it moves.
FRESH = {
    "id", "slug", "title", "taken", "online_taken", "state", "sequence", "cancel_reason", "online_url",
    "copied_from_id", "created_at", "updated_at",
}  # fmt: skip
MOVED = {
    "starts_at", "ends_at", "doors_at", "sign_up_opens_at", "sign_up_closes_at", "meals_close_at",
    "evaluation_closes_at", "send_at",
}  # fmt: skip
COUNTED = {"booked", "taken", "kept_count", "erased"}


def duplicate(session: Session, event: Event, *, actor: User | str, now: datetime) -> Event:
    """Make a draft with everything of a day but its people, 52 weeks later.

    A day of some years ago moves on by as many times 52 weeks as it takes to be in the future.
    """
    days = YEAR
    while moving.later(event.starts_at, days) <= now:
        days += YEAR
    year, next_year = event.day.year, clock.today(moving.later(event.starts_at, days)).year
    title = re.sub(rf"\b{year}\b", str(next_year), event.title)
    made = _copy(
        event, days, leaves=FRESH, title=title, taken=0, online_taken=0, sequence=0, state=EventState.DRAFT,
        copied_from_id=event.id, created_at=now, updated_at=now,
    )  # fmt: skip
    made.slug = free_slug(session, title, made.day)
    session.add(made)
    session.flush()
    _copy_parts(session, event, made, days, now)
    session.flush()
    session.expire(made)
    audit.record(session, "event.duplicated", made, actor=actor, now=now, changes={"from": [None, event.id]})
    return made


def _copy(row: T, days: int, *, leaves: Iterable[str] = (), **values: Any) -> T:
    """Return a new row with the columns of another; moments move along or are forgotten, so are counts."""
    mapper = inspect(type(row))
    keys = {key.key for key in mapper.primary_key} if len(mapper.primary_key) == 1 else set()
    copied: dict[str, Any] = {}
    for column in mapper.columns:
        name = column.key
        value = getattr(row, name)
        if name in keys | set(leaves) | COUNTED | set(values) or value is None:
            continue
        if isinstance(column.type, UTCDateTime | DateTime):
            if name in MOVED:
                copied[name] = moving.later(value, days)
            continue
        copied[name] = value
    return type(row)(**{**copied, **values})


def _copy_parts(session: Session, event: Event, made: Event, days: int, now: datetime) -> None:
    for organiser in event.organiser_rows:
        session.add(_copy(organiser, days, event_id=made.id))
    for slot in event.slots:
        _copy_slot(session, slot, made, days)
    workshops = _copy_blocks(session, event, made, days)
    for held in event.sessions:
        if held.cancelled_at is None:
            workshop = workshops.get(held.workshop_id or 0)
            number = workshop.id if workshop is not None else None
            session.add(_copy(held, days, event_id=made.id, workshop_id=number))
    plain: tuple[type[Base], ...] = (MealOption, DietOption, EventLetter, Question, Retention)
    for table in plain:
        _copy_rows(session, table, event, made, days, now)
    session.flush()
    for letter in session.scalars(select(EventLetter).where(EventLetter.event_id == made.id)):
        mailings.plan(session, letter, now=now)


def _copy_rows(  # noqa: PLR0917 - what is copied, from where to where
    session: Session, table: type[Base], event: Event, made: Event, days: int, now: datetime
) -> None:
    columns = inspect(table).columns
    rows = select(table).where(columns["event_id"] == event.id).order_by(columns["id"])
    for row in session.scalars(rows).all():
        if getattr(row, "retired_at", None) is not None:
            continue  # a question that is no longer asked
        values: dict[str, Any] = {"event_id": made.id}
        if "updated_at" in columns:
            values["updated_at"] = now
        if isinstance(row, EventLetter):
            values["version"] = 1
        session.add(_copy(row, days, **values))


def _copy_slot(session: Session, slot: Slot, made: Event, days: int) -> None:
    copy = _copy(slot, days, event_id=made.id)
    copy.speaker_rows = [
        SlotSpeaker(organisation_id=row.organisation_id, position=row.position) for row in slot.speaker_rows
    ]
    session.add(copy)


def _copy_blocks(session: Session, event: Event, made: Event, days: int) -> dict[int, Workshop]:
    """Copy blocks, rounds and workshops; return the new workshops by the numbers of the old ones."""
    blocks: dict[int, WorkshopBlock] = {}
    rounds: dict[int, WorkshopRound] = {}
    for block in event.blocks:
        blocks[block.id] = _copy(block, days, event_id=made.id)
        session.add(blocks[block.id])
        session.flush()
        for one in block.rounds:
            rounds[one.id] = _copy(one, days, block_id=blocks[block.id].id)
            session.add(rounds[one.id])
    session.flush()
    workshops: dict[int, Workshop] = {}
    for workshop in event.workshops:
        turn = rounds.get(workshop.round_id or 0)
        workshops[workshop.id] = _copy(
            workshop, days, leaves=("repeats_id",), taken=0, event_id=made.id,
            block_id=blocks[workshop.block_id].id, round_id=turn.id if turn is not None else None,
        )  # fmt: skip
        session.add(workshops[workshop.id])
    session.flush()
    for workshop in event.workshops:
        first = workshops.get(workshop.repeats_id or 0)
        if first is not None:
            workshops[workshop.id].repeats_id = first.id
    return workshops
