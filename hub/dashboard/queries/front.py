"""What the first pages and the settings tell."""

from datetime import date, datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation, OrganisationState
from hub.core.db import Base
from hub.core.jobs import Job, JobState
from hub.core.mail import Message, MessageState
from hub.events.models.days import Event, EventState
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import AGREED, Recommendation
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.spaces import Facilitation, Space, SpaceState


def mails_failed() -> Select[int]:
    """Count the mails that could not be delivered."""
    return select(func.count(Message.id)).where(Message.state == MessageState.FAILED)


def jobs_failed() -> Select[int]:
    """Count the jobs that failed for good; undelivered mails are counted apart."""
    return select(func.count(Job.id)).where(Job.state == JobState.FAILED, Job.name != "mail.deliver")


def open_campaigns(now: datetime) -> Select[Campaign]:
    """Select the calls that take contributions now, the first to close first."""
    return (
        select(Campaign)
        .where(Campaign.is_published, Campaign.opens_at <= now, Campaign.closes_at > now)
        .order_by(Campaign.closes_at)
    )


def next_events(now: datetime) -> Select[Event]:
    """Select the published days that are not over, the next first."""
    return (
        select(Event)
        .where(Event.state == EventState.PUBLISHED, Event.ends_at > now)
        .order_by(Event.starts_at)
    )


def mandates_of(user: User, today: date) -> Select[Mandate]:
    """Select the mandates by which an account speaks for organisations in everything on that day."""
    return (
        select(Mandate)
        .join(Person)
        .where(Person.user_id == user.id, Mandate.speaks_on(today))
        .options(joinedload(Mandate.organisation))
        .order_by(Mandate.id)
    )


def facilitated_by(user: User) -> Select[Space]:
    """Select the spaces that an account facilitates."""
    return (
        select(Space)
        .join(Facilitation)
        .where(
            Facilitation.user_id == user.id, Facilitation.ends_on.is_(None), Space.state != SpaceState.CLOSED
        )
        .order_by(Space.name)
    )


@cache
def numbers_of_chain() -> Select[*tuple[int, ...]]:
    """Count, stage by stage of the chain, what the network holds: one row with a column for each."""
    stages = {
        "organisations": _count(Organisation, Organisation.state == OrganisationState.ACTIVE),
        "spaces": _count(Space, Space.state == SpaceState.ACTIVE),
        "meetings": _count(Meeting, Meeting.state == MeetingState.HELD),
        "events": _count(Event, Event.state == EventState.PUBLISHED),
        "contributions": _count(Contribution, Contribution.state != ContributionState.DRAFT),
        "recommendations": _count(Recommendation, Recommendation.state.in_(AGREED)),
    }
    return select(*(count.scalar_subquery().label(name) for name, count in stages.items()))


def _count(model: type[Base], condition: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(model).where(condition)


def messages(state: MessageState | None, text: str) -> Select[Message]:
    """Select the mails of the outbox, newest first."""
    found = select(Message)
    if state:
        found = found.where(Message.state == state)
    if text:
        found = found.where(
            or_(
                Message.recipient.contains(text.lower(), autoescape=True),
                func.lower(Message.title).contains(text.lower(), autoescape=True),
            )
        )
    return found.order_by(Message.id.desc())


def jobs(state: JobState | None) -> Select[Job]:
    """Select the jobs, newest first."""
    found = select(Job)
    if state:
        found = found.where(Job.state == state)
    return found.order_by(Job.id.desc())
