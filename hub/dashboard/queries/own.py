"""What an account that speaks for organisations finds on its first page. `day` is Brussels' date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Date, Integer, Select, and_, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.actors.models.ownership import ChangeAnswer, ChangeState, RecordChange
from hub.core import clock
from hub.core.db import UTCDateTime
from hub.dashboard.queries.lines import Line, lines, part
from hub.recommendations.models.calls import Campaign, CampaignPhase, Invitation, PhaseKind
from hub.recommendations.models.carrying import CampaignRecommendation, RecommendationPosition
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation, RecommendationSource
from hub.recommendations.queries.carrying import substantive
from hub.spaces.models.actions import Action
from hub.spaces.models.joining import Joining, JoinKind, JoinState
from hub.spaces.models.meetings import Attendance, Meeting, MeetingState
from hub.spaces.models.minutes import Minutes, MinutesReader, MinutesState
from hub.spaces.models.polls import DatePoll, DateVoter, PollState
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceState
from hub.spaces.queries import actions, seats

MOST_TABLES, MOST_CONTRIBUTIONS = 12, 6


class Kind(StrEnum):
    """What can wait for whoever speaks for an organisation, the most pressing first."""

    ACTIONS = "actions"  # late, or due within days
    MEETINGS = "meetings"  # convened, not answered
    POLLS = "polls"
    SEATS = "seats"  # a space invites the organisation
    MINUTES = "minutes"  # to read over
    CALLS = "calls"
    CONSULTATIONS = "consultations"  # recommendations on which the organisation hasn't said where it is
    REWRITES = "rewrites"  # a coordinator rewrote the record


USER = bindparam("user", type_=Integer())
NOW = bindparam("now", type_=UTCDateTime())
DAY: Any = bindparam("day", type_=Date())
SOON = bindparam("soon", type_=Date())


def waiting(session: Session, user: User, now: datetime) -> list[Line[Kind]]:
    """Return all that waits for an account, kinds in their order, in one query."""
    day = clock.today(now)
    soon = day + timedelta(days=actions.SOON_DAYS)
    return lines(session, Kind, _all(), user=user.id, now=now, day=day, soon=soon)


@cache
def _all() -> CompoundSelect[*tuple[Any, ...]]:
    me = select(Person.id).where(Person.user_id == USER)
    return union_all(
        _actions(me), _meetings(me), _polls(me), _seats(), _minutes(me), _calls(), _consultations(),
        _rewrites(),
    )  # fmt: skip


def _houses() -> Select[int]:
    """Select the organisations for which the account speaks in everything."""
    held = select(Mandate.organisation_id).join(Mandate.person)
    return held.where(Person.user_id == USER, Mandate.speaks_on(DAY))


Selected = Select[*tuple[Any, ...]]


def _actions(me: Select[int]) -> Selected:
    person: Any = me.scalar_subquery()
    due = and_(actions.is_open(), Action.due_on <= SOON)
    source = select(Action).join(Action.space).where(due, actions.concerns(person, DAY))
    return part(
        Kind.ACTIONS, source, Action.due_on,
        id=Action.id, label=Action.title, about=Space.name, day=Action.due_on,
    )  # fmt: skip


def _meetings(me: Select[int]) -> Selected:
    source = (
        select(Attendance)
        .join(Attendance.meeting)
        .join(Space, Space.id == Meeting.space_id)
        .where(
            Attendance.person_id.in_(me),
            Attendance.answer.is_(None),
            Meeting.state == MeetingState.CONVENED,
            Meeting.starts_at > NOW,
        )
    )
    return part(
        Kind.MEETINGS, source, Meeting.starts_at,
        id=Meeting.id, label=Space.name, about=Meeting.title, moment=Meeting.starts_at,
    )  # fmt: skip


def _polls(me: Select[int]) -> Selected:
    source = (
        select(DateVoter)
        .join(DateVoter.poll)
        .join(Space, Space.id == DatePoll.space_id)
        .where(
            DateVoter.person_id.in_(me),
            DateVoter.answered_at.is_(None),
            DatePoll.state == PollState.OPEN,
            DatePoll.last_day >= DAY,
        )
    )
    return part(
        Kind.POLLS, source, DatePoll.last_day,
        id=DatePoll.id, label=DatePoll.title, about=Space.name, day=DatePoll.last_day,
    )  # fmt: skip


def _seats() -> Selected:
    source = (
        select(Joining)
        .join(Joining.space)
        .join(Joining.organisation)
        .where(
            Joining.organisation_id.in_(_houses()),
            Joining.kind == JoinKind.INVITATION,
            Joining.state == JoinState.OPEN,
        )
    )
    return part(
        Kind.SEATS, source, Joining.created_at,
        id=Joining.id, key=Space.slug, label=Space.name, about=Organisation.name,
    )  # fmt: skip


def _minutes(me: Select[int]) -> Selected:
    source = (
        select(Minutes)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .join(Space, Space.id == Meeting.space_id)
        .join(MinutesReader, MinutesReader.minutes_id == Minutes.id)
        .outerjoin(Attendance, Attendance.id == MinutesReader.attendance_id)
        .where(
            Minutes.state == MinutesState.SENT,
            Minutes.remarks_until >= DAY,
            or_(MinutesReader.person_id.in_(me), Attendance.person_id.in_(me)),
        )
    )
    return part(
        Kind.MINUTES, source, Minutes.remarks_until,
        id=Meeting.id, label=Space.name, about=Meeting.title, day=Minutes.remarks_until,
    )  # fmt: skip


def _calls() -> Selected:
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
            Invitation.organisation_id.in_(_houses()),
            Campaign.is_published,
            Campaign.opens_at <= NOW,
            Campaign.closes_at > NOW,
            ~sent.exists(),
        )
    )
    return part(
        Kind.CALLS, source, Campaign.closes_at,
        id=Invitation.id, key=Campaign.slug, label=Campaign.title, about=Organisation.name,
    )  # fmt: skip


def _consultations() -> Selected:
    since = substantive()
    said = (
        select(RecommendationPosition.id)
        .join(since, since.c.recommendation_id == RecommendationPosition.recommendation_id)
        .where(
            RecommendationPosition.recommendation_id == CampaignRecommendation.recommendation_id,
            RecommendationPosition.organisation_id == Invitation.organisation_id,
            RecommendationPosition.ended_at.is_(None),
            RecommendationPosition.version >= since.c.number,
        )
        .correlate(CampaignRecommendation, Invitation)
    )
    silent = (
        select(CampaignRecommendation.id)
        .where(CampaignRecommendation.campaign_id == Invitation.campaign_id, ~said.exists())
        .correlate(Invitation)
    )
    source = (
        select(Invitation)
        .join(Invitation.campaign)
        .join(Invitation.organisation)
        .join(CampaignPhase, CampaignPhase.campaign_id == Campaign.id)
        .where(
            Invitation.organisation_id.in_(_houses()),
            Campaign.is_published,
            CampaignPhase.kind == PhaseKind.CONSULT,
            CampaignPhase.starts_on <= DAY,
            CampaignPhase.ends_on >= DAY,
            silent.exists(),
        )
    )
    return part(
        Kind.CONSULTATIONS, source, CampaignPhase.ends_on,
        id=Invitation.id, label=Campaign.title, about=Organisation.name, day=CampaignPhase.ends_on,
    )  # fmt: skip


def _rewrites() -> Selected:
    source = (
        select(RecordChange)
        .join(Organisation, Organisation.id == RecordChange.organisation_id)
        .where(
            RecordChange.organisation_id.in_(_houses()),
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


def tables(session: Session, user: User, now: datetime) -> list[Table]:
    """Return the spaces where an account speaks for an organisation today, the next to meet first."""
    rows = session.execute(_tables(), {"user": user.id, "now": now, "day": clock.today(now)})
    return [Table(*row) for row in rows]


@cache
def _tables() -> Select[*tuple[Any, ...]]:
    me = select(Person.id).where(Person.user_id == USER).scalar_subquery()
    ahead = and_(Meeting.ends_at > NOW, Meeting.state.in_((MeetingState.PLANNED, MeetingState.CONVENED)))
    soonest = (
        select(Meeting.space_id, func.min(Meeting.starts_at).label("starts_at"))
        .where(ahead)
        .group_by(Meeting.space_id)
        .subquery()
    )
    coming = and_(Meeting.space_id == Space.id, Meeting.starts_at == soonest.c.starts_at, ahead)
    return (
        select(
            Space.slug,
            Space.name,
            Organisation.name,
            Membership.role,
            func.min(Meeting.id),
            soonest.c.starts_at,
        )
        .join(Membership, Membership.space_id == Space.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(soonest, soonest.c.space_id == Space.id)
        .outerjoin(Meeting, coming)
        .where(
            Space.state != SpaceState.CLOSED,
            seats.sits_on(DAY),
            seats.speaks(me, Membership.organisation_id, Membership.space_id, DAY),
        )
        .group_by(Membership.id, Space.id, Organisation.id, soonest.c.starts_at)
        .order_by(soonest.c.starts_at.is_(None), soonest.c.starts_at, Space.name, Organisation.name)
        .limit(MOST_TABLES)
    )


def contributions(session: Session, user: User, now: datetime) -> Sequence[Any]:
    """Return what an account's organisations contributed, the latest first, with what was made of each.

    Columns: organisation, beginning of the proposal, state, when it was sent, code and title of the
    recommendation (None while there is none). One contribution can stand on several lines.
    """
    return session.execute(_contributions(), {"user": user.id, "day": clock.today(now)}).all()


@cache
def _contributions() -> Select[*tuple[Any, ...]]:
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
        .where(Contribution.organisation_id.in_(_houses()), Contribution.state != ContributionState.DRAFT)
        .order_by(Contribution.submitted_at.desc(), Contribution.id.desc(), Recommendation.id)
        .limit(MOST_CONTRIBUTIONS)
    )
