"""Reading through which states recommendations went, where it was decided, which space works on them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from hub.events.models.days import Event, EventState
from hub.recommendations.models.lineage import RecommendationStep
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.spaces.models.decisions import Decision, DecisionState
from hub.spaces.models.meetings import Meeting, MeetingState
from hub.spaces.models.spaces import Space, SpaceState


def of(recommendation_id: int) -> Select[RecommendationStep]:
    """Select a recommendation's steps, the first first, with where each was decided."""
    return (
        select(RecommendationStep)
        .where(RecommendationStep.recommendation_id == recommendation_id)
        .options(
            joinedload(RecommendationStep.meeting).joinedload(Meeting.space),
            joinedload(RecommendationStep.event),
            joinedload(RecommendationStep.decision),
            joinedload(RecommendationStep.space),
        )
        .order_by(RecommendationStep.id)
    )


def taken_at(thing: Meeting | Decision) -> Select[RecommendationStep]:
    """Select the steps that were decided at a meeting, or by a decision, the first first."""
    column = RecommendationStep.meeting_id if isinstance(thing, Meeting) else RecommendationStep.decision_id
    return (
        select(RecommendationStep)
        .where(column == thing.id)
        .options(joinedload(RecommendationStep.recommendation))
        .order_by(RecommendationStep.id)
    )


def _last_group() -> Select[int]:
    """Select the last step of each by which it was given to a space."""
    return (
        select(func.max(RecommendationStep.id))
        .where(RecommendationStep.space_id.is_not(None))
        .group_by(RecommendationStep.recommendation_id)
    )


def group_of(recommendation_id: int) -> Select[Space]:
    """Select the space to which a recommendation was given last."""
    return (
        select(Space)
        .join(RecommendationStep, RecommendationStep.space_id == Space.id)
        .where(
            RecommendationStep.recommendation_id == recommendation_id,
            RecommendationStep.id.in_(_last_group()),
        )
    )


def groups_now() -> Select[int, int | None]:
    """Select (recommendation_id, space_id) of what spaces work on now."""
    return (
        select(RecommendationStep.recommendation_id, RecommendationStep.space_id)
        .join(Recommendation, Recommendation.id == RecommendationStep.recommendation_id)
        .where(Recommendation.state == RecommendationState.IN_GROUP, RecommendationStep.id.in_(_last_group()))
    )


def in_group(space_id: int) -> Select[Recommendation]:
    """Select what a space works on now, by code."""
    return (
        select(Recommendation)
        .join(RecommendationStep, RecommendationStep.recommendation_id == Recommendation.id)
        .where(
            Recommendation.state == RecommendationState.IN_GROUP,
            RecommendationStep.space_id == space_id,
            RecommendationStep.id.in_(_last_group()),
        )
        .order_by(Recommendation.code)
    )


def recent_meetings(since: datetime, until: datetime, space_id: int | None = None) -> Select[Meeting]:
    """Select the meetings in which it may have been decided, the last one first; or one space's alone."""
    rows = (
        select(Meeting)
        .join(Meeting.space)
        .where(
            Meeting.starts_at >= since, Meeting.starts_at <= until, Meeting.state != MeetingState.CANCELLED
        )
        .options(contains_eager(Meeting.space))
        .order_by(Meeting.starts_at.desc(), Meeting.id)
    )
    return rows if space_id is None else rows.where(Meeting.space_id == space_id)


def recent_days(since: datetime, until: datetime) -> Select[Event]:
    """Select the days of the network on which it may have been decided, the last one first."""
    return (
        select(Event)
        .where(Event.starts_at >= since, Event.starts_at <= until, Event.state == EventState.PUBLISHED)
        .order_by(Event.starts_at.desc(), Event.id)
    )


def decisions_taken(since: datetime, until: datetime, space_id: int | None = None) -> Select[Decision]:
    """Select the decisions in force of recent meetings, the last one first."""
    rows = (
        select(Decision)
        .join(Decision.meeting)
        .where(
            Meeting.starts_at >= since,
            Meeting.starts_at <= until,
            Decision.state == DecisionState.IN_FORCE,
        )
        .options(contains_eager(Decision.meeting), joinedload(Decision.space))
        .order_by(Meeting.starts_at.desc(), Decision.id)
    )
    return rows if space_id is None else rows.where(Decision.space_id == space_id)


def active_spaces() -> Select[Space]:
    """Select the spaces to which a recommendation may be given, by name."""
    return select(Space).where(Space.state != SpaceState.CLOSED).order_by(func.lower(Space.name), Space.id)


def by_codes(codes: Iterable[str]) -> Select[Recommendation]:
    """Select recommendations by their codes, with their levels of power."""
    return (
        select(Recommendation)
        .where(Recommendation.code.in_(list(codes)))
        .options(selectinload(Recommendation.levels))
        .order_by(Recommendation.code)
    )
