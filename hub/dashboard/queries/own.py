"""What an account that speaks for organisations finds on its first page. `day` is Brussels' date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import ChangeAnswer, ChangeState, RecordChange
from hub.core import clock
from hub.dashboard.queries.lines import Line, lines, part
from hub.recommendations.models import (
    Campaign,
    Contribution,
    ContributionState,
    Invitation,
    Recommendation,
    RecommendationSource,
)
from hub.spaces.models.actions import Action
from hub.spaces.models.joining import Joining, JoinKind, JoinState
from hub.spaces.models.meetings import Attendance, Meeting, MeetingState
from hub.spaces.models.minutes import Minutes, MinutesReader, MinutesState
from hub.spaces.models.polls import DatePoll, DateVoter, PollState
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceState
from hub.spaces.queries import actions, seats

SOON = timedelta(days=actions.SOON_DAYS)


class Kind(StrEnum):
    """What can wait for whoever speaks for an organisation, the most pressing first."""

    ACTIONS = "actions"  # late, or due within days
    MEETINGS = "meetings"  # convened, not answered
    POLLS = "polls"
    SEATS = "seats"  # a space invites the organisation
    MINUTES = "minutes"  # to read over
    CALLS = "calls"
    REWRITES = "rewrites"  # a coordinator rewrote the record


def waiting(session: Session, user: User, now: datetime) -> list[Line[Kind]]:
    """Return all that waits for an account, kinds in their order, in one query."""
    day = clock.today(now)
    me = select(Person.id).where(Person.user_id == user.id)
    houses = select(Mandate.organisation_id).join(Mandate.person)
    houses = houses.where(Person.user_id == user.id, Mandate.speaks_on(day))
    parts = [
        _actions(me, day),
        _meetings(me, now),
        _polls(me, day),
        _seats(houses),
        _minutes(me, day),
        _calls(houses, now),
        _rewrites(houses),
    ]
    return lines(session, Kind, parts)


Selected = Select[*tuple[Any, ...]]


def _mine(me: Select[int], day: date) -> Any:
    person: Any = me.scalar_subquery()
    return actions.concerns(person, day)


def _actions(me: Select[int], day: date) -> Selected:
    due = and_(actions.is_open(), Action.due_on <= day + SOON)
    source = select(Action).join(Action.space).where(due, _mine(me, day))
    return part(
        Kind.ACTIONS, source, Action.due_on,
        id=Action.id, label=Action.title, about=Space.name, day=Action.due_on,
    )  # fmt: skip


def _meetings(me: Select[int], now: datetime) -> Selected:
    source = (
        select(Attendance)
        .join(Attendance.meeting)
        .join(Space, Space.id == Meeting.space_id)
        .where(
            Attendance.person_id.in_(me),
            Attendance.answer.is_(None),
            Meeting.state == MeetingState.CONVENED,
            Meeting.starts_at > now,
        )
    )
    return part(
        Kind.MEETINGS, source, Meeting.starts_at,
        id=Meeting.id, label=Space.name, about=Meeting.title, moment=Meeting.starts_at,
    )  # fmt: skip


def _polls(me: Select[int], day: date) -> Selected:
    source = (
        select(DateVoter)
        .join(DateVoter.poll)
        .join(Space, Space.id == DatePoll.space_id)
        .where(
            DateVoter.person_id.in_(me),
            DateVoter.answered_at.is_(None),
            DatePoll.state == PollState.OPEN,
            DatePoll.last_day >= day,
        )
    )
    return part(
        Kind.POLLS, source, DatePoll.last_day,
        id=DatePoll.id, label=DatePoll.title, about=Space.name, day=DatePoll.last_day,
    )  # fmt: skip


def _seats(houses: Select[int]) -> Selected:
    source = (
        select(Joining)
        .join(Joining.space)
        .join(Joining.organisation)
        .where(
            Joining.organisation_id.in_(houses),
            Joining.kind == JoinKind.INVITATION,
            Joining.state == JoinState.OPEN,
        )
    )
    return part(
        Kind.SEATS, source, Joining.created_at,
        id=Joining.id, key=Space.slug, label=Space.name, about=Organisation.name,
    )  # fmt: skip


def _minutes(me: Select[int], day: date) -> Selected:
    source = (
        select(Minutes)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .join(Space, Space.id == Meeting.space_id)
        .join(MinutesReader, MinutesReader.minutes_id == Minutes.id)
        .outerjoin(Attendance, Attendance.id == MinutesReader.attendance_id)
        .where(
            Minutes.state == MinutesState.SENT,
            Minutes.remarks_until >= day,
            or_(MinutesReader.person_id.in_(me), Attendance.person_id.in_(me)),
        )
    )
    return part(
        Kind.MINUTES, source, Minutes.remarks_until,
        id=Meeting.id, label=Space.name, about=Meeting.title, day=Minutes.remarks_until,
    )  # fmt: skip


def _calls(houses: Select[int], now: datetime) -> Selected:
    sent = select(Contribution.id).where(
        Contribution.campaign_id == Invitation.campaign_id,
        Contribution.organisation_id == Invitation.organisation_id,
        Contribution.state != ContributionState.DRAFT,
    )
    source = (
        select(Invitation)
        .join(Invitation.campaign)
        .join(Invitation.organisation)
        .where(
            Invitation.organisation_id.in_(houses),
            Campaign.is_published,
            Campaign.opens_at <= now,
            Campaign.closes_at > now,
            ~sent.exists(),
        )
    )
    return part(
        Kind.CALLS, source, Campaign.closes_at,
        id=Invitation.id, key=Campaign.slug, label=Campaign.title, about=Organisation.name,
    )  # fmt: skip


def _rewrites(houses: Select[int]) -> Selected:
    source = (
        select(RecordChange)
        .join(Organisation, Organisation.id == RecordChange.organisation_id)
        .where(
            RecordChange.organisation_id.in_(houses),
            RecordChange.state == ChangeState.APPLIED,
            RecordChange.answer == ChangeAnswer.WAITING,
        )
    )
    return part(
        Kind.REWRITES, source, RecordChange.created_at,
        id=RecordChange.id, key=Organisation.slug, label=Organisation.name,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A space where somebody speaks: for whom, in which role, and the next meeting if there is one."""

    slug: str
    name: str
    organisation: str
    role: MembershipRole
    meeting_id: int | None
    starts_at: datetime | None


def tables(user: User, now: datetime) -> Select[*tuple[Any, ...]]:
    """Select the rows of `Table`: the spaces where an account speaks for an organisation today."""
    day = clock.today(now)
    me = select(Person.id).where(Person.user_id == user.id).scalar_subquery()
    coming = (
        select(Meeting)
        .where(
            Meeting.space_id == Space.id,
            Meeting.ends_at > now,
            Meeting.state.in_((MeetingState.PLANNED, MeetingState.CONVENED)),
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(1)
        .correlate(Space)
    )
    return (
        select(
            Space.slug,
            Space.name,
            Organisation.name,
            Membership.role,
            coming.with_only_columns(Meeting.id).scalar_subquery(),
            coming.with_only_columns(Meeting.starts_at).scalar_subquery(),
        )
        .join(Membership, Membership.space_id == Space.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Space.state != SpaceState.CLOSED,
            seats.sits_on(day),
            seats.speaks(me, Membership.organisation_id, Membership.space_id, day),
        )
        .order_by(Space.name, Organisation.name)
    )


def contributions(user: User, day: date) -> Select[*tuple[Any, ...]]:
    """Select what an account's organisations contributed, the latest first, with what was made of each.

    Columns: organisation, beginning of the proposal, state, when it was sent, code and title of the
    recommendation (None while there is none). One contribution can stand on several lines.
    """
    houses = select(Mandate.organisation_id).join(Mandate.person)
    houses = houses.where(Person.user_id == user.id, Mandate.speaks_on(day))
    held = and_(
        RecommendationSource.contribution_id == Contribution.id, RecommendationSource.detached_at.is_(None)
    )
    return (
        select(
            Organisation.name,
            Contribution.proposal,
            Contribution.state,
            Contribution.submitted_at,
            Recommendation.code,
            Recommendation.title,
        )
        .join(Organisation, Organisation.id == Contribution.organisation_id)
        .outerjoin(RecommendationSource, held)
        .outerjoin(Recommendation, Recommendation.id == RecommendationSource.recommendation_id)
        .where(Contribution.organisation_id.in_(houses), Contribution.state != ContributionState.DRAFT)
        .order_by(Contribution.submitted_at.desc(), Contribution.id.desc(), Recommendation.id)
    )
