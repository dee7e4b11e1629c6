"""Remarks between those who write an edition: on a part, a chapter, an item or on all; never printed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.publishing.models.composition import Chapter, EditionSection, Item
from hub.publishing.models.editions import Edition
from hub.publishing.models.writing import EditionComment
from hub.publishing.words import SECTIONS
from hub.recommendations.models.recommendations import Recommendation

LONGEST = 4_000
LONGEST_ABOUT = 200
COLUMNS: dict[Any, str] = {EditionSection: "section_id", Chapter: "chapter_id", Item: "item_id"}
Place = EditionSection | Chapter | Item


def add(
    session: Session, edition: Edition, place: Place | None, text: str, *, actor: Any, now: datetime
) -> EditionComment:
    """Add a comment on a part, a chapter, an item, or on the whole (None). Raises DomainError for no text."""
    if not text.strip():
        raise DomainError(N_("Écrivez d’abord votre commentaire."), field="text")
    if len(text) > LONGEST:
        raise DomainError(
            N_("Ce commentaire est trop long : %(max)d signes au plus."), field="text", max=LONGEST
        )
    row = EditionComment(
        edition_id=edition.id, author_id=getattr(actor, "id", None), author_label=audit.label(actor),
        text=text, created_at=now,
    )  # fmt: skip
    if place is not None:
        setattr(row, COLUMNS[type(place)], place.id)
    session.add(row)
    session.flush()
    audit.record(session, "edition.commented", edition, actor=actor, now=now)
    return row


def settle(session: Session, comment: EditionComment, *, settled: bool, actor: Any, now: datetime) -> None:
    """Say that a comment is settled, or open it again."""
    if (comment.resolved_at is not None) == settled:
        return
    comment.resolved_at = now if settled else None
    session.flush()
    action = "edition.comment_settled" if settled else "edition.comment_reopened"
    audit.record(session, action, comment.edition, actor=actor, now=now)


def detach(session: Session, edition: Edition, model: Any, identifiers: Collection[int]) -> None:
    """Keep the comments on what is about to leave the edition: they say what they were on."""
    if model not in COLUMNS or not identifiers:
        return
    column = getattr(EditionComment, COLUMNS[model])
    on = session.scalars(
        select(column).where(EditionComment.edition_id == edition.id, column.in_(identifiers)).distinct()
    ).all()
    for identifier in on:
        session.execute(
            update(EditionComment)
            .where(column == identifier)
            .values({COLUMNS[model]: None, "about": _name(session, model, identifier)[:LONGEST_ABOUT]})
            .execution_options(synchronize_session="fetch")
        )


def _name(session: Session, model: Any, identifier: int) -> str:
    if model is Item:
        told = session.execute(
            select(Recommendation.code, Recommendation.title)
            .join(Item, Item.recommendation_id == Recommendation.id)
            .where(Item.id == identifier)
        ).one()
        return " ".join(told)
    row = session.get(model, identifier)
    return row.title or SECTIONS[row.kind] if row is not None else ""
