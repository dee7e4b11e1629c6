"""Reading recommendations with what they are made of."""

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Theme
from hub.core.search import fold
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import Recommendation, RecommendationSource
from hub.recommendations.queries.filters import RECOMMENDATION_SORTS, Order, RecommendationFilter


def recommendations(wanted: RecommendationFilter, order: Order | None = None) -> Select[Recommendation]:
    """Select recommendations with theme, levels and the organisations that asked."""
    order = order or Order("code", descending=True)
    rows = (
        select(Recommendation)
        .outerjoin(Recommendation.theme)
        .options(
            joinedload(Recommendation.theme),
            selectinload(Recommendation.levels),
            selectinload(Recommendation.sources)
            .joinedload(RecommendationSource.contribution)
            .joinedload(Contribution.organisation),
        )
    )
    for word in fold(wanted.text).split():
        rows = rows.where(
            or_(
                Recommendation.search_text.contains(word, autoescape=True),
                _asked_by(Organisation.search_text.contains(word, autoescape=True)),
            )
        )
    if wanted.state:
        rows = rows.where(Recommendation.state == wanted.state)
    if wanted.theme:
        rows = rows.where(Theme.code == wanted.theme)
    if wanted.level:
        rows = rows.where(Recommendation.levels.any(Level.code == wanted.level))
    if wanted.organisation:
        rows = rows.where(_asked_by(Organisation.slug == wanted.organisation))
    column = RECOMMENDATION_SORTS.get(order.sort, Recommendation.code)
    return rows.order_by(column.desc() if order.descending else column.asc(), Recommendation.code)


def _asked_by(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Recommendation.sources.any(
        RecommendationSource.contribution.has(Contribution.organisation.has(condition))
    )


def recommendations_of(organisation: Organisation) -> Select[Recommendation]:
    """Select the recommendations made from what an organisation sent."""
    return recommendations(RecommendationFilter(organisation=organisation.slug))


def whole(recommendation: Recommendation) -> Select[Recommendation]:
    """Select a recommendation with all that its page names, however many asked for it."""
    return (
        select(Recommendation)
        .where(Recommendation.id == recommendation.id)
        .options(
            joinedload(Recommendation.theme),
            selectinload(Recommendation.levels),
            joinedload(Recommendation.sources)
            .joinedload(RecommendationSource.contribution)
            .options(joinedload(Contribution.organisation), joinedload(Contribution.document)),
        )
    )
