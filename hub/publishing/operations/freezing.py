"""Fixing what an edition says: the version of each recommendation, and the number that it bears.

The database refuses a change of what a frozen edition holds: versions are taken before its state changes, and
let go after it is composed again. Numbers are never taken back.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.publishing.models.composition import Chapter, Item
from hub.publishing.models.editions import Edition, EditionState, Memorandum
from hub.publishing.operations import numbers
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import RecommendationVersion


def hold(session: Session, edition: Edition) -> None:
    """Hold an edition as it stands until the transaction ends: its row alone, not what was read along.

    PostgreSQL holds no row that an outer join may leave out. Its memorandum is held first, as by whoever
    changes that: two who hold the same rows in another order would wait for each other.
    """
    session.refresh(edition.memorandum, with_for_update={"of": Memorandum})
    session.refresh(edition, with_for_update={"of": Edition})


def fix(session: Session, edition: Edition, *, now: datetime) -> None:
    """Freeze an edition that is held: versions and numbers first, then its state."""
    order = session.scalars(
        select(Item.recommendation_id)
        .join(Chapter, Chapter.id == Item.chapter_id)
        .where(Item.edition_id == edition.id)
        .order_by(Chapter.position, Chapter.id, Item.position, Item.id)
    ).all()
    # Their words don't change between being read and being taken.
    session.execute(
        select(Recommendation.id)
        .where(Recommendation.id.in_(order))
        .order_by(Recommendation.id)
        .with_for_update(key_share=True)
    )
    present = (
        select(RecommendationVersion.id)
        .join(Recommendation, Recommendation.id == RecommendationVersion.recommendation_id)
        .where(
            RecommendationVersion.recommendation_id == Item.recommendation_id,
            RecommendationVersion.number == Recommendation.version,
        )
        .correlate(Item)
        .scalar_subquery()
    )
    _write(session, edition, present)
    numbers.give(session, edition.memorandum, order, now=now)
    edition.state, edition.frozen_at = EditionState.FROZEN, now
    session.flush()


def release(session: Session, edition: Edition) -> None:
    """Let a frozen edition that is held be composed again: it holds what is said today."""
    edition.state, edition.frozen_at = EditionState.DRAFT, None
    session.flush()
    _write(session, edition, None)


def _write(session: Session, edition: Edition, version: object) -> None:
    session.execute(
        update(Item)
        .where(Item.edition_id == edition.id)
        .values(version_id=version)
        .execution_options(synchronize_session=False)
    )
    for row in session.identity_map.values():
        if isinstance(row, Item) and row.edition_id == edition.id:
            session.expire(row, ["version_id", "version"])
