"""Reading on what a workshop works."""

from datetime import time

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from hub.actors.models.reference import Theme
from hub.core import clock
from hub.events.models.days import Event
from hub.events.models.workshops import Workshop
from hub.recommendations.models.carrying import WorkshopRecommendation
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation, RecommendationState
from hub.recommendations.queries.filters import holds
from hub.spaces.models.meetings import AgendaItem, Meeting, MeetingState
from hub.spaces.models.minutes import Minutes, MinutesState


def worked_on(workshop: Workshop) -> Select[WorkshopRecommendation]:
    """Select the recommendations of a workshop with its wordings, in their order."""
    return (
        select(WorkshopRecommendation)
        .where(WorkshopRecommendation.workshop_id == workshop.id)
        .options(joinedload(WorkshopRecommendation.recommendation))
        .order_by(WorkshopRecommendation.position, WorkshopRecommendation.id)
    )


def choosable(
    workshop: Workshop, text: str = "", theme: str = "", state: RecommendationState | None = None
) -> Select[Recommendation]:
    """Select the recommendations that a workshop may still work on, narrowed as a list is."""
    listed = select(WorkshopRecommendation.recommendation_id).where(
        WorkshopRecommendation.workshop_id == workshop.id
    )
    rows = (
        select(Recommendation)
        .where(
            Recommendation.id.not_in(listed),
            Recommendation.state.not_in(SET_ASIDE),
            *holds(Recommendation.search_text, text),
        )
        .options(joinedload(Recommendation.theme), selectinload(Recommendation.levels))
        .order_by(Recommendation.code.desc())
    )
    if theme:
        rows = rows.where(Recommendation.theme.has(Theme.code == theme))
    return rows if state is None else rows.where(Recommendation.state == state)


def points_that_day(event: Event) -> Select[AgendaItem]:
    """Select the points of the meetings of a day's space on that day, unless their minutes are approved."""
    approved = select(Minutes.meeting_id).where(Minutes.state == MinutesState.APPROVED)
    first, last = clock.at(event.day, time.min), clock.end_of_day(event.last_day)
    return (
        select(AgendaItem)
        .join(AgendaItem.meeting)
        .where(
            Meeting.space_id == event.space_id,
            Meeting.starts_at >= first,
            Meeting.starts_at < last,
            Meeting.state != MeetingState.CANCELLED,
            Meeting.id.not_in(approved),
        )
        .options(contains_eager(AgendaItem.meeting).joinedload(Meeting.space))
        .order_by(Meeting.starts_at, AgendaItem.position, AgendaItem.id)
    )
