"""Reading how an edition is written by several: comments, who is where, and its moments."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from hub.actors.models.organisations import Organisation
from hub.publishing.models.editions import Edition
from hub.publishing.models.writing import EditionComment, EditionPresence, EditionSnapshot
from hub.recommendations.models.recommendations import Recommendation


def moments(edition: Edition) -> Select[EditionSnapshot]:
    """Select an edition's moments without their content, the oldest first."""
    return (
        select(EditionSnapshot)
        .where(EditionSnapshot.edition_id == edition.id)
        .order_by(EditionSnapshot.number)
        .execution_options(populate_existing=True)
    )


def comments(edition: Edition) -> Select[EditionComment]:
    """Select all comments of an edition, the oldest first."""
    return (
        select(EditionComment)
        .where(EditionComment.edition_id == edition.id)
        .order_by(EditionComment.created_at, EditionComment.id)
    )


def open_comments(edition: Edition) -> Select[int | None, int | None, int | None, int]:
    """Select (section, chapter, item, how many comments on it are open)."""
    place = (EditionComment.section_id, EditionComment.chapter_id, EditionComment.item_id)
    return (
        select(*place, func.count())
        .where(EditionComment.edition_id == edition.id, EditionComment.resolved_at.is_(None))
        .group_by(*place)
    )


def present(edition: Edition, since: datetime) -> Select[EditionPresence]:
    """Select who was seen in an edition since then, the latest first."""
    return (
        select(EditionPresence)
        .where(EditionPresence.edition_id == edition.id, EditionPresence.seen_at > since)
        .options(joinedload(EditionPresence.user))
        .order_by(EditionPresence.seen_at.desc(), EditionPresence.id)
    )


def contents(edition: Edition, numbers: Collection[int]) -> Select[int, str]:
    """Select (number, content) of these moments."""
    return select(EditionSnapshot.number, EditionSnapshot.content).where(
        EditionSnapshot.edition_id == edition.id, EditionSnapshot.number.in_(numbers)
    )


def recommendations_named(identifiers: Collection[int]) -> Select[int, str, str]:
    """Select (number, code, title) of these recommendations."""
    return select(Recommendation.id, Recommendation.code, Recommendation.title).where(
        Recommendation.id.in_(identifiers)
    )


def organisations_named(identifiers: Collection[int]) -> Select[int, str]:
    """Select (number, name) of these organisations."""
    return select(Organisation.id, Organisation.name).where(Organisation.id.in_(identifiers))
