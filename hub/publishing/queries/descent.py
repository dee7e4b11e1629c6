"""Reading what stood in which memorandum, to compare one with those before it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from hub.publishing.models.composition import Chapter, Descent, Item
from hub.publishing.models.editions import PUBLIC, Edition, Memorandum, StableNumber
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.models.lineage import Derivation, RecommendationStep
from hub.recommendations.models.recommendations import Outcome, Recommendation
from hub.recommendations.models.versions import RecommendationVersion, Weight
from hub.recommendations.queries import lineage


def memoranda() -> Select[Memorandum]:
    """Select all memoranda with what says when they are: election and document."""
    return (
        select(Memorandum)
        .options(joinedload(Memorandum.election), joinedload(Memorandum.document))
        .order_by(Memorandum.id)
    )


def editions() -> Select[Edition]:
    """Select all editions, the last one of each memorandum last."""
    return select(Edition).order_by(Edition.memorandum_id, Edition.number)


def items(editions: Collection[int]) -> Select[int, int, int | None, Descent | None]:
    """Select (edition, recommendation, number of the frozen version, what somebody said) of editions."""
    return (
        select(Item.edition_id, Item.recommendation_id, RecommendationVersion.number, Item.descent)
        .outerjoin(RecommendationVersion, RecommendationVersion.id == Item.version_id)
        .where(Item.edition_id.in_(editions))
        .order_by(Item.edition_id, Item.recommendation_id)
    )


def numbers(memoranda: Collection[int]) -> Select[int, int, int]:
    """Select (memorandum, recommendation, stable number)."""
    return select(StableNumber.memorandum_id, StableNumber.recommendation_id, StableNumber.number).where(
        StableNumber.memorandum_id.in_(memoranda)
    )


def ties() -> Select[int, int]:
    """Select (parent, child) of all that was taken over, merged or split."""
    return lineage.handed_on().order_by(Derivation.parent_id, Derivation.child_id)


def demands(ids: Collection[int]) -> Select[int, str, str, str, int, Outcome | None]:
    """Select (identifier, code, title, text, version, outcome) of recommendations."""
    row = Recommendation
    return select(row.id, row.code, row.title, row.text, row.version, row.outcome).where(row.id.in_(ids))


def wordings(ids: Collection[int]) -> Select[int, int, Weight, datetime]:
    """Select (recommendation, number, weight, moment) of all versions, the first one first."""
    row = RecommendationVersion
    return (
        select(row.recommendation_id, row.number, row.weight, row.created_at)
        .where(row.recommendation_id.in_(ids))
        .order_by(row.recommendation_id, row.number)
    )


def outcomes(ids: Collection[int]) -> Select[int, Outcome | None, datetime, str]:
    """Select (recommendation, outcome, moment, reason) each time that an outcome was told, oldest first."""
    row = RecommendationStep
    return (
        select(row.recommendation_id, row.outcome, row.created_at, row.reason)
        .where(row.recommendation_id.in_(ids), row.outcome.is_not(None))
        .order_by(row.id)
    )


def may_start_from() -> Select[Edition]:
    """Select the editions that were public, of all memoranda: a new one may start from any of them."""
    return (
        select(Edition)
        .where(Edition.state.in_(PUBLIC))
        .options(joinedload(Edition.memorandum))
        .order_by(Edition.published_at.desc(), Edition.id.desc())
    )


def documents() -> Select[SourceDocument]:
    """Select what others have published, the latest first."""
    return (
        select(SourceDocument)
        .options(joinedload(SourceDocument.organisation))
        .order_by(SourceDocument.year.desc().nulls_last(), SourceDocument.title, SourceDocument.id)
    )


def in_order(edition: Edition) -> Select[Item]:
    """Select an edition's items with their recommendations, in the order of the body."""
    return (
        select(Item)
        .join(Item.chapter)
        .where(Item.edition_id == edition.id)
        .options(joinedload(Item.recommendation))
        .order_by(Chapter.position, Chapter.id, Item.position, Item.id)
    )
