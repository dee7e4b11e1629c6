"""Reading recommendations with what they are made of."""

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.base import ExecutableOption

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Territory, Theme
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import (
    Recommendation,
    RecommendationSource,
    RecommendationState,
    recommendation_authority,
    recommendation_level,
)
from hub.recommendations.queries import reach
from hub.recommendations.queries.filters import (
    NO_LEVEL,
    NO_OUTCOME,
    RECOMMENDATION_SORTS,
    Order,
    Patterns,
    RecommendationFilter,
    patterns,
)


def said_along(one: bool = False) -> tuple[ExecutableOption, ...]:
    """Return how to load what recommendations say apart from their own words; of `one`, in the same query."""
    several = joinedload if one else selectinload
    return (
        joinedload(Recommendation.theme),
        joinedload(Recommendation.right),
        joinedload(Recommendation.territory),
        several(Recommendation.levels),
        several(Recommendation.authorities),
    )


def recommendations(wanted: RecommendationFilter, order: Order | None = None) -> Select[Recommendation]:
    """Select recommendations with theme and levels."""
    return _matching(wanted, order).options(
        joinedload(Recommendation.theme), selectinload(Recommendation.levels)
    )


def in_full(wanted: RecommendationFilter, order: Order) -> Select[Recommendation]:
    """Select the same with all that each says, and without who asked: a file reads them all at once."""
    return _matching(wanted, order).options(*said_along())


def _matching(wanted: RecommendationFilter, order: Order | None) -> Select[Recommendation]:
    order = order or Order("code", descending=True)
    rows = (
        select(Recommendation)
        .outerjoin(Recommendation.theme)
        .where(*conditions(wanted, patterns(wanted.text)))
    )
    column = RECOMMENDATION_SORTS.get(order.sort, Recommendation.code)
    return rows.order_by(column.desc() if order.descending else column.asc(), Recommendation.code)


def conditions(wanted: RecommendationFilter, words: Patterns) -> list[ColumnElement[bool]]:
    """Return what narrows recommendations to those wanted; nothing needs to be joined for it.

    `words` are the `patterns` of the words looked for, or parameters in their places.
    What is looked for elsewhere is found once, and not anew for each of thousands of recommendations.
    """
    equal = {
        Recommendation.state: wanted.state,
        Recommendation.way: wanted.way,
        Recommendation.scope: wanted.scope,
        Recommendation.beneficiaries: wanted.beneficiaries,
    }
    found = [column == value for column, value in equal.items() if value]
    key = recommendation_level.c.recommendation_id
    if wanted.level == NO_LEVEL:
        found.append(Recommendation.id.not_in(select(key)))
    elif wanted.level:
        chosen = select(Level.id).where(Level.code == wanted.level)
        found.append(Recommendation.id.in_(select(key).where(recommendation_level.c.level_id.in_(chosen))))
    if wanted.outcome == NO_OUTCOME:
        awaited = Recommendation.state.in_((RecommendationState.FOLLOWED, RecommendationState.CLOSED))
        found.append(and_(awaited, Recommendation.outcome.is_(None)))
    elif wanted.outcome:
        found.append(Recommendation.outcome == wanted.outcome)
    for column, code in ((Recommendation.theme_id, wanted.theme), (Recommendation.right_id, wanted.right)):
        if code:
            found.append(column.in_(select(Theme.id).where(Theme.code == code)))
    if wanted.territory:
        place = select(Territory.id).where(Territory.code == wanted.territory)
        found.append(Recommendation.territory_id.in_(place))
    if wanted.authority:
        found.append(Recommendation.id.in_(_addressed_to(wanted.authority)))
    if wanted.organisation:
        found.append(_asked_by(Organisation.slug == wanted.organisation))
    return found + [
        or_(
            Recommendation.search_text.like(word),
            _asked_by(Organisation.search_text.like(word)),
        )
        for word in words
    ]


def _addressed_to(slug: str) -> Select[int]:
    named = recommendation_authority.c
    wanted = select(Organisation.id).where(Organisation.slug == slug)
    return select(named.recommendation_id).where(named.organisation_id.in_(wanted))


def _asked_by(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say of a recommendation whether such organisations stand behind it, or behind what it comes from."""
    theirs = Contribution.organisation_id.in_(select(Organisation.id).where(condition))
    made_from = (
        select(RecommendationSource.recommendation_id)
        .join(RecommendationSource.contribution)
        .where(RecommendationSource.detached_at.is_(None), theirs)
    )
    # Each once: else PostgreSQL takes them for too many to hold, and looks through them for each row.
    return Recommendation.id.in_(select(reach.heirs(made_from).c.id).distinct())


def recommendations_of(organisation: Organisation) -> Select[Recommendation]:
    """Select the recommendations made from what an organisation sent, at once or by their lineage."""
    return recommendations(RecommendationFilter(organisation=organisation.slug))


def stated(recommendation: Recommendation) -> Select[Recommendation]:
    """Select a recommendation with all that it says."""
    return (
        select(Recommendation)
        .where(Recommendation.id == recommendation.id)
        .options(*said_along(one=True))
        .execution_options(populate_existing=True)
    )


def complete(session: Session, recommendation: Recommendation) -> list[Level]:
    """Read into a recommendation all that it says, in one query; return all levels of power with it."""
    chosen = recommendation_level.c.level_id
    found = session.execute(
        select(Recommendation, Level, chosen)
        .select_from(Recommendation)
        .join(Level, true())
        .outerjoin(
            recommendation_level,
            and_(
                recommendation_level.c.recommendation_id == Recommendation.id,
                recommendation_level.c.level_id == Level.id,
            ),
        )
        .where(Recommendation.id == recommendation.id)
        .options(*said_along(one=True)[:3], joinedload(Recommendation.authorities))
        .order_by(Level.position)
    )
    rows = found.unique().all()
    set_committed_value(recommendation, "levels", [level for _, level, is_chosen in rows if is_chosen])
    return [level for _, level, _ in rows]


def whole(recommendation: Recommendation) -> Select[Recommendation]:
    """Select a recommendation with all that it says and all who asked for it."""
    return (
        select(Recommendation)
        .where(Recommendation.id == recommendation.id)
        .options(
            *said_along(one=True),
            selectinload(Recommendation.sources)
            .joinedload(RecommendationSource.contribution)
            .options(joinedload(Contribution.organisation), joinedload(Contribution.document)),
        )
    )
