"""Spaces, days, projects and recommendations that exist already, with what they are about and where."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.projects import Project
from hub.actors.models.reference import Theme
from hub.events.models.days import Event, EventState
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.spaces.models.spaces import Space, SpaceState


def spaces() -> Select[Space]:
    """Select the spaces that aren't closed, with themes and territory, by name."""
    return (
        select(Space)
        .where(Space.state != SpaceState.CLOSED)
        .options(selectinload(Space.themes), joinedload(Space.territory))
        .order_by(Space.name, Space.id)
    )


def days() -> Select[Event]:
    """Select the published days, past and to come, the latest first, each with its space."""
    return (
        select(Event)
        .where(Event.state == EventState.PUBLISHED)
        .options(
            joinedload(Event.venue),
            joinedload(Event.space).selectinload(Space.themes),
        )
        .order_by(Event.starts_at.desc(), Event.id.desc())
    )


def projects() -> Select[Project]:
    """Select the projects that nobody withdrew, with what they are about and where, by name."""
    return (
        select(Project)
        .where(Project.withdrawn_at.is_(None))
        .options(
            selectinload(Project.themes), selectinload(Project.audiences), selectinload(Project.territories)
        )
        .order_by(Project.search_text, Project.id)
    )


def recommendations(themes: frozenset[str]) -> Select[Recommendation]:
    """Select the recommendations of these themes that weren't dropped, the latest first."""
    return (
        select(Recommendation)
        .join(Recommendation.theme)
        .where(Theme.code.in_(themes), Recommendation.state.not_in(SET_ASIDE))
        .options(joinedload(Recommendation.theme))
        .order_by(Recommendation.code.desc())
    )
