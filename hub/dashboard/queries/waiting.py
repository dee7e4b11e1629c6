"""What waits for whoever coordinates: one query for all kinds, each with its number and its first things."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Date, Select, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import RecordChange
from hub.actors.queries import ownership
from hub.core.clock import today as brussels_day
from hub.core.db import UTCDateTime
from hub.core.jobs import Job, JobState
from hub.core.mail import Message, MessageState
from hub.dashboard.queries.lines import SHOWN, Line, lines, part
from hub.events.models.days import Event, EventState
from hub.events.models.discrepancies import SeatDiscrepancy
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.models.workshops import Way, Wish, Workshop, WorkshopBlock
from hub.plans.models.plans import Plan, PlanState
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import IN_WORK, Recommendation
from hub.recommendations.models.versions import Amendment, AmendmentState
from hub.recommendations.queries import contributions as contribution_queries
from hub.spaces.models.actions import OPEN, Action
from hub.spaces.models.joining import Joining, JoinKind, JoinState
from hub.spaces.models.meetings import AgendaItem, ItemState, Meeting, MeetingState
from hub.spaces.models.minutes import Minutes, MinutesState, MinutesVersion, Remark, RemarkState
from hub.spaces.models.polls import DatePoll, PollState
from hub.spaces.models.spaces import Space

AGENDA_AHEAD = timedelta(days=30)  # an agenda should exist by then
SENDING_AHEAD = timedelta(days=14)  # and be sent by then
MINUTES_BACK = timedelta(days=180)  # older minutes are history, not this morning's work
FILLING = 0.8  # of the seats
TO_READ = (ContributionState.SUBMITTED, ContributionState.CONFIRMED)


class Kind(StrEnum):
    """What can wait, the most pressing first."""

    MAILS = "mails"
    JOBS = "jobs"
    JOINING = "joining"
    HOLDING = "holding"  # the meeting is over and nobody has closed it
    MINUTES = "minutes"
    REMARKS = "remarks"
    SENDING = "sending"
    AGENDA = "agenda"
    PROPOSALS = "proposals"
    POLLS = "polls"
    ACTIONS = "actions"
    CONTRIBUTIONS = "contributions"
    AMENDMENTS = "amendments"
    CHANGES = "changes"
    RECOMMENDATIONS = "recommendations"
    REQUESTS = "requests"  # to come to a day
    WISHES = "wishes"  # the deadline has passed, workshops are still to allot
    SEATS = "seats"  # counted otherwise than held
    DAYS = "days"
    PLANS = "plans"  # still in force after their last day
    UNCHECKED = "unchecked"


# The moments and days on which what waits depends: parameters of the statement.
NOW, AGENDA_BY, SENDING_BY, MINUTES_SINCE = (
    bindparam(name, type_=UTCDateTime()) for name in ("now", "agenda_by", "sending_by", "minutes_since")
)
TODAY: Any = bindparam("today", type_=Date())
STALE_BEFORE: Any = bindparam("stale_before", type_=Date())


def _values(now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "today": brussels_day(now),
        "agenda_by": now + AGENDA_AHEAD,
        "sending_by": now + SENDING_AHEAD,
        "minutes_since": now - MINUTES_BACK,
    }


def read(session: Session, now: datetime, *, stale_before: date) -> list[Line[Kind]]:
    """Return all that waits for the coordination, kinds in their order, in one query."""
    return lines(session, Kind, _all(), stale_before=stale_before, **_values(now))


def read_of_spaces(session: Session, now: datetime, spaces: Sequence[int]) -> list[Line[Kind]]:
    """Return what waits in those spaces, for whoever facilitates them."""
    return lines(session, Kind, union_all(*_of_spaces(spaces)), **_values(now)) if spaces else []


@cache
def _all() -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(*_of_spaces(None), *_of_the_network())


def _of_spaces(spaces: Sequence[int] | None) -> list[Select[*tuple[Any, ...]]]:
    """Return the parts that hang on a space; None is all of them."""
    meetings = select(Meeting).join(Space, Space.id == Meeting.space_id)
    if spaces is not None:
        meetings = meetings.where(Space.id.in_(spaces))
    ahead = (Meeting.state == MeetingState.PLANNED, Meeting.starts_at > NOW)
    agreed = Meeting.items.any(AgendaItem.state == ItemState.AGREED)

    def of(kind: Kind, *conditions: Any, latest: bool = False) -> Select[*tuple[Any, ...]]:
        order = Meeting.starts_at.desc() if latest else Meeting.starts_at
        return part(
            kind,
            meetings.where(*conditions),
            order,
            id=Meeting.id,
            label=Space.name,
            moment=Meeting.starts_at,
        )

    sent = select(Minutes.meeting_id).where(Minutes.state != MinutesState.DRAFT)
    not_closed = Meeting.state.in_((MeetingState.PLANNED, MeetingState.CONVENED))
    return [
        _joining(spaces),
        of(Kind.HOLDING, not_closed, Meeting.ends_at <= NOW, latest=True),
        of(
            Kind.MINUTES,
            Meeting.state == MeetingState.HELD,
            Meeting.starts_at > MINUTES_SINCE,
            Meeting.id.not_in(sent),
            latest=True,
        ),
        _remarks(meetings),
        of(Kind.SENDING, *ahead, Meeting.starts_at < SENDING_BY, agreed),
        of(Kind.AGENDA, *ahead, Meeting.starts_at < AGENDA_BY, ~agreed),
        _proposals(meetings),
        _polls(spaces),
        _late_actions(spaces),
    ]


def _joining(spaces: Sequence[int] | None) -> Select[*tuple[Any, ...]]:
    asked = select(Joining).join(Joining.space).join(Joining.organisation)
    asked = asked.where(Joining.state == JoinState.OPEN, Joining.kind == JoinKind.REQUEST)
    return part(
        Kind.JOINING, asked if spaces is None else asked.where(Space.id.in_(spaces)), Joining.created_at,
        id=Joining.id, key=Space.slug, label=Organisation.name, about=Space.name, moment=Joining.created_at,
    )  # fmt: skip


def _remarks(meetings: Select[Any]) -> Select[*tuple[Any, ...]]:
    left = (
        meetings.join(Minutes, Minutes.meeting_id == Meeting.id)
        .join(MinutesVersion, MinutesVersion.minutes_id == Minutes.id)
        .join(Remark, Remark.version_id == MinutesVersion.id)
        .where(Remark.state == RemarkState.OPEN)
    )
    return part(
        Kind.REMARKS, left, Remark.created_at,
        id=Meeting.id, label=Space.name, about=Remark.author_name, moment=Remark.created_at,
    )  # fmt: skip


def _proposals(meetings: Select[Meeting]) -> Select[*tuple[Any, ...]]:
    proposed = meetings.join(AgendaItem, AgendaItem.meeting_id == Meeting.id).where(
        AgendaItem.state == ItemState.PROPOSED,
        Meeting.starts_at > NOW,
        Meeting.state.in_((MeetingState.PLANNED, MeetingState.CONVENED)),
    )
    return part(
        Kind.PROPOSALS, proposed, Meeting.starts_at,
        id=Meeting.id, label=AgendaItem.title, about=Space.name, moment=Meeting.starts_at,
    )  # fmt: skip


def _polls(spaces: Sequence[int] | None) -> Select[*tuple[Any, ...]]:
    over = or_(DatePoll.last_day < TODAY, DatePoll.state == PollState.CLOSED)
    polls = (
        select(DatePoll)
        .join(DatePoll.space)
        .where(DatePoll.state.in_((PollState.OPEN, PollState.CLOSED)), over)
    )
    return part(
        Kind.POLLS, polls if spaces is None else polls.where(Space.id.in_(spaces)), DatePoll.last_day,
        id=DatePoll.id, label=DatePoll.title, about=Space.name, day=DatePoll.last_day,
    )  # fmt: skip


def _late_actions(spaces: Sequence[int] | None) -> Select[*tuple[Any, ...]]:
    late = [Action.state.in_(OPEN), Action.due_on < TODAY]
    if spaces is not None:
        late.append(Action.space_id.in_(spaces))
    first = select(Action.id).where(*late).order_by(Action.due_on, Action.id).limit(SHOWN).subquery()
    source = select(Action).join(first, first.c.id == Action.id).outerjoin(Action.organisation)
    total = select(func.count(Action.id)).where(*late).scalar_subquery()
    return part(
        Kind.ACTIONS, source, Action.due_on, total=total,
        id=Action.id, label=Action.title, about=func.coalesce(Organisation.name, ""), day=Action.due_on,
    )  # fmt: skip


def _of_the_network() -> list[Select[*tuple[Any, ...]]]:
    failed = select(Job).where(Job.state == JobState.FAILED, Job.name != "mail.deliver")
    drafts = select(Recommendation).where(Recommendation.state.in_(IN_WORK))
    stale = select(Organisation).where(ownership.is_stale(STALE_BEFORE))
    return [
        part(
            Kind.MAILS, select(Message).where(Message.state == MessageState.FAILED), Message.id.desc(),
            id=Message.id,
        ),
        part(Kind.JOBS, failed, Job.id.desc(), id=Job.id),
        _contributions(),
        _amendments(),
        _changes(),
        part(
            Kind.RECOMMENDATIONS, drafts, Recommendation.updated_at.desc(),
            id=Recommendation.id, key=Recommendation.code, label=Recommendation.title,
        ),
        _requests(), _wishes(), _seats(), _days(),
        _plans(),
        part(
            Kind.UNCHECKED, stale, Organisation.name,
            id=Organisation.id, key=Organisation.slug, label=Organisation.name,
        ),
    ]  # fmt: skip


def _contributions() -> Select[*tuple[Any, ...]]:
    sent = (
        select(Contribution)
        .outerjoin(Contribution.organisation)
        .outerjoin(Contribution.workshop)
        .where(Contribution.state.in_(TO_READ), ~contribution_queries.is_split())
    )
    return part(
        Kind.CONTRIBUTIONS, sent, Contribution.submitted_at,
        id=Contribution.id, label=func.coalesce(Organisation.name, Workshop.title, Contribution.proposal),
        moment=Contribution.submitted_at,
    )  # fmt: skip


def _amendments() -> Select[*tuple[Any, ...]]:
    proposed = (
        select(Amendment).join(Amendment.recommendation).where(Amendment.state == AmendmentState.PROPOSED)
    )
    return part(
        Kind.AMENDMENTS, proposed, Amendment.id,
        id=Amendment.id, label=Recommendation.title, moment=Amendment.created_at,
    )  # fmt: skip


def _changes() -> Select[*tuple[Any, ...]]:
    waiting = (
        select(RecordChange)
        .join(Organisation, Organisation.id == RecordChange.organisation_id)
        .where(ownership.VIEWS["waiting"])
    )
    return part(
        Kind.CHANGES, waiting, RecordChange.created_at,
        id=RecordChange.id, label=Organisation.name, moment=RecordChange.created_at,
    )  # fmt: skip


def _days() -> Select[*tuple[Any, ...]]:
    filling = select(Event).where(
        Event.state == EventState.PUBLISHED,
        Event.starts_at > NOW,
        Event.sign_up_closes_at > NOW,
        Event.capacity.is_not(None),
        Event.taken >= Event.capacity * FILLING,
    )
    return part(
        Kind.DAYS, filling, Event.starts_at,
        id=Event.id, key=Event.slug, label=Event.title, moment=Event.starts_at,
    )  # fmt: skip


def _requests() -> Select[*tuple[Any, ...]]:
    asked = select(Registration).join(Event, Event.id == Registration.event_id)
    return part(
        Kind.REQUESTS,
        asked.where(
            Registration.state == RegistrationState.PENDING,
            Event.state == EventState.PUBLISHED,
            Event.ends_at > NOW,
        ),
        Event.starts_at,
        id=Registration.id, key=Event.slug, label=Event.title, moment=Event.starts_at,
    )  # fmt: skip


def _wishes() -> Select[*tuple[Any, ...]]:
    ranked = select(Wish.block_id)
    return part(
        Kind.WISHES,
        select(WorkshopBlock)
        .join(Event, Event.id == WorkshopBlock.event_id)
        .where(
            WorkshopBlock.way == Way.WISHES,
            WorkshopBlock.allotted_at.is_(None),
            WorkshopBlock.id.in_(ranked),
            Event.state == EventState.PUBLISHED,
            Event.sign_up_closes_at <= NOW,
            Event.ends_at > NOW,
        ),
        Event.starts_at,
        id=WorkshopBlock.id, key=Event.slug, label=Event.title, moment=Event.starts_at,
    )  # fmt: skip


def _seats() -> Select[*tuple[Any, ...]]:
    found = select(SeatDiscrepancy).join(Event, Event.id == SeatDiscrepancy.event_id)
    return part(
        Kind.SEATS, found.where(SeatDiscrepancy.gone_at.is_(None)), SeatDiscrepancy.id,
        id=SeatDiscrepancy.id, key=Event.slug, label=Event.title, moment=Event.starts_at,
    )  # fmt: skip


def _plans() -> Select[*tuple[Any, ...]]:
    past = select(Plan).where(Plan.state == PlanState.IN_FORCE, Plan.ends_on < TODAY)
    return part(
        Kind.PLANS, past, Plan.ends_on,
        id=Plan.id, key=Plan.slug, label=Plan.title, day=Plan.ends_on,
    )  # fmt: skip
