"""Reading what an edition is composed of."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, exists, func, select
from sqlalchemy.orm import joinedload

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level
from hub.publishing.models.composition import Chapter, EditionSection, Item, SectionKind, Signatory, Sponsor
from hub.publishing.models.editions import Edition
from hub.publishing.queries import reading
from hub.publishing.queries.memoranda import printed
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import (
    Recommendation,
    RecommendationSource,
    recommendation_level,
)
from hub.recommendations.queries import reach
from hub.recommendations.queries.choices import SHORT_LABEL

_LEVELS = (
    select(func.aggregate_strings(Level.label, ", "))
    .join(recommendation_level, recommendation_level.c.level_id == Level.id)
    .where(recommendation_level.c.recommendation_id == Recommendation.id)
    .correlate(Recommendation)
    .scalar_subquery()
)


def outline(edition: Edition) -> Select[Any]:
    """Select a row for each item, with its chapter, in their order; a chapter without items has one row.

    There may be hundreds, so no objects are made and their sources and levels are joined to words.
    """
    bearers = _bearers(edition)
    return (
        select(
            Chapter.id.label("chapter_id"), Chapter.title.label("chapter"), Chapter.introduction,
            Item.id, Item.priority, Item.is_cross_cutting,
            Recommendation.code, Recommendation.title, Recommendation.state,
            _LEVELS.label("levels"), bearers.c.names.label("bearers"),
        )
        .outerjoin(Item, Item.chapter_id == Chapter.id)
        .outerjoin(Recommendation, Recommendation.id == Item.recommendation_id)
        .outerjoin(bearers, bearers.c.id == Recommendation.id)
        .where(Chapter.edition_id == edition.id)
        .order_by(Chapter.position, Chapter.id, Item.position, Item.id)
    )  # fmt: skip


def _bearers(edition: Edition) -> Subquery:
    """Return (id, names): who stands behind each recommendation of the edition."""
    lineage = reach.behind(printed(edition))
    heard = (
        select(lineage.c.id, SHORT_LABEL.label("name"))
        .join(RecommendationSource, RecommendationSource.recommendation_id == lineage.c.by)
        .join(Contribution, Contribution.id == RecommendationSource.contribution_id)
        .join(Organisation, Organisation.id == Contribution.organisation_id)
        .where(RecommendationSource.detached_at.is_(None))
        .distinct()
        .subquery()
    )
    names = func.aggregate_strings(heard.c.name, ", ").label("names")
    return select(heard.c.id, names).group_by(heard.c.id).subquery()


def signing(edition: Edition) -> Select[int]:
    """Select how many organisations sign."""
    return select(func.count()).select_from(Signatory).where(Signatory.edition_id == edition.id)


def changed_since(edition: Edition, moment: datetime) -> Select[bool]:
    """Select whether a recommendation of the edition has changed since then."""
    changed = exists().where(
        Item.edition_id == edition.id,
        Item.recommendation_id == Recommendation.id,
        Recommendation.updated_at > moment,
    )
    return select(changed)


def sections(edition: Edition) -> Select[EditionSection]:
    """Select an edition's parts in their order."""
    return (
        select(EditionSection)
        .where(EditionSection.edition_id == edition.id)
        .order_by(EditionSection.position, EditionSection.id)
    )


def sections_and_counts(edition: Edition) -> Select[EditionSection, int, int]:
    """Select (part, how many organisations sign, how many errata to take up) in the order of the parts."""
    return sections(edition).add_columns(
        signing(edition).scalar_subquery(), reading.count_to_take_up(edition).scalar_subquery()
    )


def marked_items(edition: Edition, kind: SectionKind) -> Select[Item]:
    """Select the items that such a part holds: priorities by rank, cross-cutting ones in their order."""
    rows = (
        select(Item)
        .join(Item.chapter)
        .where(Item.edition_id == edition.id)
        .options(joinedload(Item.recommendation), joinedload(Item.chapter))
    )
    if kind == SectionKind.PRIORITIES:
        return rows.where(Item.priority.is_not(None)).order_by(Item.priority, Item.id)
    return rows.where(Item.is_cross_cutting).order_by(Chapter.position, Chapter.id, Item.position, Item.id)


def sponsors(edition: Edition) -> Select[Sponsor]:
    """Select who supports an edition, in their order."""
    return select(Sponsor).where(Sponsor.edition_id == edition.id).order_by(Sponsor.position, Sponsor.id)


def titles(edition: Edition) -> Select[int, str]:
    """Select (number, title) of an edition's chapters in their order."""
    return (
        select(Chapter.id, Chapter.title)
        .where(Chapter.edition_id == edition.id)
        .order_by(Chapter.position, Chapter.id)
    )


def items_named(identifiers: Collection[int]) -> Select[int, int, str, str]:
    """Select (item, chapter, code, title) of these items."""
    return (
        select(Item.id, Item.chapter_id, Recommendation.code, Recommendation.title)
        .join(Item.recommendation)
        .where(Item.id.in_(identifiers))
    )
