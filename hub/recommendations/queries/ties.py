"""Reading where recommendations come up: meetings, conclusions of workshops, actions of spaces."""

from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hub.actors.models.organisations import Organisation
from hub.core.search import fold
from hub.events.models.days import Event
from hub.events.models.outcomes import Conclusion
from hub.events.models.workshops import Workshop
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation, RecommendationSource
from hub.recommendations.models.ties import ConclusionTie, MeetingSource, RecommendationAction
from hub.spaces.models.actions import OPEN, Action, ActionState
from hub.spaces.models.meetings import AgendaItem, Meeting
from hub.spaces.models.spaces import Space


def raised_at(meeting_id: int) -> Select[MeetingSource]:
    """Select what was asked for at the points of a meeting."""
    return (
        select(MeetingSource)
        .join(MeetingSource.item)
        .where(AgendaItem.meeting_id == meeting_id)
        .options(
            joinedload(MeetingSource.recommendation),
            joinedload(MeetingSource.contribution).joinedload(Contribution.organisation),
        )
        .order_by(MeetingSource.id)
    )


def meetings_of(recommendation: Recommendation) -> Select[MeetingSource]:
    """Select at which points of which meetings a recommendation, or what it is made from, was asked for."""
    made_from = select(RecommendationSource.contribution_id).where(
        RecommendationSource.recommendation_id == recommendation.id,
        RecommendationSource.detached_at.is_(None),
    )
    return _with_meeting(
        select(MeetingSource).where(
            or_(
                MeetingSource.recommendation_id == recommendation.id,
                MeetingSource.contribution_id.in_(made_from),
            )
        )
    )


def meeting_of(contribution: Contribution) -> Select[MeetingSource]:
    """Select at which point of which meeting a contribution was made."""
    return _with_meeting(select(MeetingSource).where(MeetingSource.contribution_id == contribution.id))


def _with_meeting(rows: Select[MeetingSource]) -> Select[MeetingSource]:
    meeting = joinedload(MeetingSource.item).joinedload(AgendaItem.meeting)
    return rows.options(meeting.joinedload(Meeting.space)).order_by(MeetingSource.id)


def actions_of(recommendation_id: int) -> Select[RecommendationAction]:
    """Select the actions that carry a recommendation further, what is open by day first."""
    return (
        select(RecommendationAction)
        .join(RecommendationAction.action)
        .where(
            RecommendationAction.recommendation_id == recommendation_id,
            RecommendationAction.detached_at.is_(None),
        )
        .options(
            contains_eager(RecommendationAction.action).options(
                joinedload(Action.space), joinedload(Action.organisation), joinedload(Action.person)
            )
        )
        .order_by(Action.state.not_in(OPEN), Action.due_on.is_(None), Action.due_on, Action.id)
    )


def carried_by(action_id: int) -> Select[RecommendationAction]:
    """Select the recommendations that an action carries further, by code."""
    return (
        select(RecommendationAction)
        .join(RecommendationAction.recommendation)
        .where(RecommendationAction.action_id == action_id, RecommendationAction.detached_at.is_(None))
        .options(contains_eager(RecommendationAction.recommendation))
        .order_by(Recommendation.code)
    )


def attachable_actions(recommendation_id: int, words: str) -> Select[Action]:
    """Select the actions that a recommendation doesn't hold yet and that match, the latest first."""
    held = select(RecommendationAction.action_id).where(
        RecommendationAction.recommendation_id == recommendation_id,
        RecommendationAction.detached_at.is_(None),
    )
    found = (
        select(Action)
        .join(Action.space)
        .join(Action.organisation, isouter=True)
        .where(Action.id.not_in(held), Action.state != ActionState.DROPPED)
        .options(contains_eager(Action.space), contains_eager(Action.organisation))
    )
    for word in fold(words).split():
        found = found.where(
            or_(
                Action.search_text.contains(word),
                Organisation.search_text.contains(word),
                func.lower(Space.name).contains(word),
            )
        )
    return found.order_by(Action.created_at.desc(), Action.id.desc())


def attachable_recommendations(action_id: int, words: str) -> Select[Recommendation]:
    """Select the recommendations that an action doesn't carry yet and that match, the latest first."""
    held = select(RecommendationAction.recommendation_id).where(
        RecommendationAction.action_id == action_id, RecommendationAction.detached_at.is_(None)
    )
    found = select(Recommendation).where(
        Recommendation.id.not_in(held), Recommendation.state.not_in(SET_ASIDE)
    )
    for word in fold(words).split():
        found = found.where(
            or_(Recommendation.search_text.contains(word), func.lower(Recommendation.code).contains(word))
        )
    return found.order_by(Recommendation.code.desc())


def ties_of(conclusions: Sequence[int]) -> Select[ConclusionTie]:
    """Select what came of some conclusions: recommendations by code, then contributions."""
    return (
        select(ConclusionTie)
        .outerjoin(ConclusionTie.recommendation)
        .outerjoin(ConclusionTie.contribution)
        .where(ConclusionTie.conclusion_id.in_(conclusions), ConclusionTie.detached_at.is_(None))
        .options(
            contains_eager(ConclusionTie.recommendation),
            contains_eager(ConclusionTie.contribution).joinedload(Contribution.organisation),
        )
        .order_by(ConclusionTie.recommendation_id.is_(None), Recommendation.code, ConclusionTie.id)
    )


def concluded_in(thing: Recommendation | Contribution) -> Select[ConclusionTie]:
    """Select the conclusions from which something came, the latest day first."""
    is_it = (
        ConclusionTie.recommendation_id == thing.id
        if isinstance(thing, Recommendation)
        else ConclusionTie.contribution_id == thing.id
    )
    return (
        select(ConclusionTie)
        .join(ConclusionTie.conclusion)
        .join(Conclusion.event)
        .outerjoin(Conclusion.workshop)
        .where(is_it, ConclusionTie.detached_at.is_(None))
        .options(
            contains_eager(ConclusionTie.conclusion).options(
                contains_eager(Conclusion.event), contains_eager(Conclusion.workshop)
            )
        )
        .order_by(Event.starts_at.desc(), Workshop.position, ConclusionTie.id)
    )


def tieable_recommendations(conclusion_id: int, words: str) -> Select[Recommendation]:
    """Select the recommendations that a conclusion isn't tied to yet and that match, the latest first."""
    held = select(ConclusionTie.recommendation_id).where(
        ConclusionTie.conclusion_id == conclusion_id,
        ConclusionTie.recommendation_id.is_not(None),
        ConclusionTie.detached_at.is_(None),
    )
    found = select(Recommendation).where(
        Recommendation.id.not_in(held), Recommendation.state.not_in(SET_ASIDE)
    )
    for word in fold(words).split():
        found = found.where(
            or_(Recommendation.search_text.contains(word), func.lower(Recommendation.code).contains(word))
        )
    return found.order_by(Recommendation.code.desc())


def tieable_contributions(conclusion_id: int, words: str) -> Select[Contribution]:
    """Select the contributions that a conclusion isn't tied to yet and that match, the latest first."""
    held = select(ConclusionTie.contribution_id).where(
        ConclusionTie.conclusion_id == conclusion_id,
        ConclusionTie.contribution_id.is_not(None),
        ConclusionTie.detached_at.is_(None),
    )
    found = (
        select(Contribution)
        .join(Contribution.organisation)
        .where(
            Contribution.id.not_in(held),
            Contribution.state.not_in((ContributionState.DRAFT, ContributionState.WITHDRAWN)),
        )
        .options(contains_eager(Contribution.organisation))
    )
    for word in fold(words).split():
        found = found.where(
            or_(Contribution.search_text.contains(word), Organisation.search_text.contains(word))
        )
    return found.order_by(Contribution.submitted_at.desc(), Contribution.id.desc())


def tieable_conclusions(recommendation_id: int, words: str) -> Select[Conclusion]:
    """Select the conclusions that a recommendation isn't tied to yet, the latest day first.

    Words are looked for in the titles of the day and of the workshop.
    """
    held = select(ConclusionTie.conclusion_id).where(
        ConclusionTie.recommendation_id == recommendation_id, ConclusionTie.detached_at.is_(None)
    )
    found = (
        select(Conclusion)
        .join(Conclusion.event)
        .outerjoin(Conclusion.workshop)
        .where(Conclusion.id.not_in(held))
        .options(contains_eager(Conclusion.event), contains_eager(Conclusion.workshop))
    )
    for word in words.split():
        found = found.where(
            or_(Event.title.icontains(word, autoescape=True), Workshop.title.icontains(word, autoescape=True))
        )
    return found.order_by(
        Event.starts_at.desc(), Conclusion.workshop_id.is_not(None), Workshop.position, Conclusion.id
    )
