"""Reading what the checklist of an edition asks."""

from sqlalchemy import Select, func, select

from hub.publishing.models.composition import EditionFigure, EditionTerm, Item
from hub.publishing.models.editions import Edition
from hub.publishing.models.writing import EditionComment
from hub.publishing.queries import composition
from hub.publishing.queries.memoranda import printed
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import Recommendation, RecommendationSource
from hub.recommendations.queries import reach


def unconfirmed(edition: Edition) -> Select[int]:
    """Select how many contributions behind the edition their organisation hasn't confirmed yet."""
    lineage = reach.behind(printed(edition))
    return (
        select(func.count(func.distinct(Contribution.id)))
        .join(RecommendationSource, RecommendationSource.contribution_id == Contribution.id)
        .join(lineage, lineage.c.by == RecommendationSource.recommendation_id)
        .where(
            RecommendationSource.detached_at.is_(None),
            Contribution.confirmed_at.is_(None),
            Contribution.organisation_id.is_not(None),
        )
    )


def counts(edition: Edition) -> Select[int, int, int]:
    """Select (contributions to confirm, organisations that sign, comments to settle) in one statement."""
    return select(
        unconfirmed(edition).scalar_subquery(),
        composition.signing(edition).scalar_subquery(),
        open_comments(edition).scalar_subquery(),
    )


def figures(edition: Edition) -> Select[EditionFigure]:
    """Select an edition's figures in their order."""
    return (
        select(EditionFigure)
        .where(EditionFigure.edition_id == edition.id)
        .order_by(EditionFigure.position, EditionFigure.id)
    )


def terms(edition: Edition) -> Select[EditionTerm]:
    """Select the words of an edition's glossary, by name."""
    return (
        select(EditionTerm).where(EditionTerm.edition_id == edition.id).order_by(func.lower(EditionTerm.term))
    )


def texts(edition: Edition) -> Select[str, str, str, str]:
    """Select (title, text, finding, justification) of an edition's recommendations."""
    return (
        select(
            Recommendation.title, Recommendation.text, Recommendation.finding, Recommendation.justification
        )
        .join(Item, Item.recommendation_id == Recommendation.id)
        .where(Item.edition_id == edition.id)
    )


def open_comments(edition: Edition) -> Select[int]:
    """Select how many comments are still to be settled."""
    return select(func.count(EditionComment.id)).where(
        EditionComment.edition_id == edition.id, EditionComment.resolved_at.is_(None)
    )
