"""How the network is: what met, who took part, what was decided in twelve months and the twelve before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Select, func, or_, select, union
from sqlalchemy.orm import Session

from hub.core.clock import today as brussels_day
from hub.events.models.days import Event, EventState
from hub.events.models.registrations import Registration, RegistrationState
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.spaces.models.actions import Action, ActionState
from hub.spaces.models.decisions import Decision
from hub.spaces.models.meetings import Attendance, Meeting, MeetingState, Presence
from hub.spaces.models.spaces import Space, SpaceState

YEAR = timedelta(days=365)
THERE = (Presence.PRESENT, Presence.REPRESENTED)


@dataclass(frozen=True, slots=True)
class Pair:
    """A number now (or in the last twelve months), and a year before."""

    now: int
    before: int

    @property
    def change(self) -> int:
        """How many more than a year before; fewer is negative."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Health:
    """What a coordinator asks of the network as a whole."""

    spaces: Pair
    organisations: Pair
    meetings: Pair
    decisions: Pair
    done: Pair


def read(session: Session, now: datetime) -> Health:
    """Count it all in one query."""
    start, before = now - YEAR, now - 2 * YEAR
    counts = [
        _spaces(now),
        _spaces(start),
        *(_active(*period) for period in ((start, now), (before, start))),
        *(_meetings(*period) for period in ((start, now), (before, start))),
        *(_decisions(*period) for period in ((start, now), (before, start))),
        *(_done(*period) for period in ((start, now), (before, start))),
    ]
    values = session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return Health(*(Pair(values[rank], values[rank + 1]) for rank in range(0, len(values), 2)))


def _spaces(moment: datetime) -> Select[int]:
    """Count the spaces that were open on that day; only of today is it known which are asleep."""
    day = brussels_day(moment)
    was_open = or_(Space.state == SpaceState.ACTIVE, Space.ends_on.is_not(None))
    return select(func.count(Space.id)).where(
        was_open,
        or_(Space.starts_on.is_(None), Space.starts_on <= day),
        or_(Space.ends_on.is_(None), Space.ends_on >= day),
    )


def _active(start: datetime, end: datetime) -> Select[int]:
    """Count the organisations that met, signed up for a day or contributed in the period."""
    took_part: CompoundSelect[Any] = union(
        select(Attendance.organisation_id)
        .join(Attendance.meeting)
        .where(Attendance.presence.in_(THERE), *_held(start, end), Attendance.organisation_id.is_not(None)),
        select(Registration.organisation_id)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Registration.state == RegistrationState.CONFIRMED,
            Registration.organisation_id.is_not(None),
            Event.state == EventState.PUBLISHED,
            Event.starts_at >= start,
            Event.starts_at < end,
        ),
        select(Contribution.organisation_id).where(
            Contribution.state != ContributionState.DRAFT,
            Contribution.submitted_at >= start,
            Contribution.submitted_at < end,
        ),
    )
    return select(func.count()).select_from(took_part.subquery())


def _held(start: datetime, end: datetime) -> tuple[Any, ...]:
    return (Meeting.state == MeetingState.HELD, Meeting.starts_at >= start, Meeting.starts_at < end)


def _meetings(start: datetime, end: datetime) -> Select[int]:
    return select(func.count(Meeting.id)).where(*_held(start, end))


def _decisions(start: datetime, end: datetime) -> Select[int]:
    return select(func.count(Decision.id)).where(
        Decision.taken_on > brussels_day(start), Decision.taken_on <= brussels_day(end)
    )


def _done(start: datetime, end: datetime) -> Select[int]:
    return select(func.count(Action.id)).where(
        Action.state == ActionState.DONE,
        Action.done_on > brussels_day(start),
        Action.done_on <= brussels_day(end),
    )
