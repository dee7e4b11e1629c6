"""Reading what a recommendation said at each of its versions, and who spoke on which."""

from collections.abc import Iterable

from sqlalchemy import Select, func, select
from sqlalchemy.orm import load_only

from hub.recommendations.models.carrying import Endorsement, RecommendationPosition
from hub.recommendations.models.versions import RecommendationVersion


def versions_of(row_id: int) -> Select[RecommendationVersion]:
    """Select the versions of a recommendation without their texts, the newest first."""
    shown = RecommendationVersion
    return (
        select(shown)
        .where(shown.recommendation_id == row_id)
        .options(load_only(shown.number, shown.weight, shown.note, shown.by, shown.created_at))
        .order_by(shown.number.desc())
    )


def numbered(row_id: int, numbers: Iterable[int]) -> Select[RecommendationVersion]:
    """Select some versions of a recommendation by their numbers, the oldest first."""
    return (
        select(RecommendationVersion)
        .where(
            RecommendationVersion.recommendation_id == row_id,
            RecommendationVersion.number.in_(tuple(numbers)),
        )
        .order_by(RecommendationVersion.number)
    )


def positions_on(row_id: int) -> Select[int, int]:
    """Select how many organisations have a standing position on each version."""
    return (
        select(RecommendationPosition.version, func.count())
        .where(RecommendationPosition.recommendation_id == row_id, RecommendationPosition.ended_at.is_(None))
        .group_by(RecommendationPosition.version)
    )


def signatures_on(row_id: int) -> Select[int, int]:
    """Select how many co-signatures were given on each version and haven't been taken back or lapsed."""
    return (
        select(Endorsement.version, func.count())
        .where(
            Endorsement.recommendation_id == row_id,
            Endorsement.lapsed_at.is_(None),
            Endorsement.withdrawn_at.is_(None),
        )
        .group_by(Endorsement.version)
    )
