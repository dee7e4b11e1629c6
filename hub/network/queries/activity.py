"""What the network did between two days, in numbers only: spaces, days, contributions, records."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.core import clock
from hub.events.models.days import Event, EventState
from hub.network.queries import gatherings
from hub.network.values.sight import Sight
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation
from hub.spaces.models.spaces import Membership, Space, SpaceState


@dataclass(frozen=True, slots=True)
class Activity:
    """What is counted on the last day of a period (spaces, records) and within it (all else)."""

    spaces: int
    seated: int
    days: int
    attending: int
    contributions: int
    contributing: int
    adopted: int
    records: int
    checked: int


def read(session: Session, first: date, last: date) -> Activity:
    """Count what happened after `first`, up to `last`, both as days in Brussels."""
    start, end = clock.end_of_day(first), clock.end_of_day(last)
    spaces = session.scalars(select(Space.id).where(_open_on(last))).all()
    sits = and_(
        Membership.space_id.in_(spaces),
        or_(Membership.starts_on.is_(None), Membership.starts_on <= last),
        or_(Membership.ends_on.is_(None), Membership.ends_on >= last),
    )
    held = select(Event.id).where(
        Event.state == EventState.PUBLISHED, Event.starts_at >= start, Event.starts_at < end
    )
    named = gatherings.participations(Sight(today=last, sign_ups=True)).subquery()
    sent = (
        Contribution.state != ContributionState.DRAFT,
        Contribution.submitted_at >= start,
        Contribution.submitted_at < end,
    )
    at_work = (
        Organisation.merged_into_id.is_(None),
        Organisation.state != OrganisationState.CLOSED,
        Organisation.created_at < end,
    )
    return Activity(
        spaces=len(spaces),
        seated=_count(session, Membership.organisation_id, sits),
        days=_count(session, Event.id, Event.id.in_(held)),
        attending=_count(session, named.c.organisation_id, named.c.id.in_(held)),
        contributions=_count(session, Contribution.id, *sent),
        contributing=_count(session, Contribution.organisation_id, *sent),
        adopted=_count(
            session, Recommendation.id, Recommendation.adopted_at >= start, Recommendation.adopted_at < end
        ),
        records=_count(session, Organisation.id, *at_work),
        checked=_count(
            session,
            Organisation.id,
            *at_work,
            Organisation.checked_on > first,
            Organisation.checked_on <= last,
        ),
    )


def _open_on(day: date) -> ColumnElement[bool]:
    """Hold for spaces that met on that day; one that closed on an unknown day is left out."""
    return and_(
        or_(Space.starts_on.is_(None), Space.starts_on <= day),
        or_(Space.ends_on >= day, and_(Space.ends_on.is_(None), Space.state != SpaceState.CLOSED)),
    )


def _count(session: Session, what: Any, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(what.distinct())).where(*conditions)) or 0
