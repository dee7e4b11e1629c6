"""What other features may ask of memoranda: where a recommendation stands."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.publishing.models import Build, Edition, EditionState, Item, Memorandum
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.signals import Place, used_in


def tell_where_used(
    session: Session, *, recommendations: Sequence[int], **_more: Any
) -> dict[int, list[Place]]:
    """Answer `recommendations.used-in`: each memorandum once, by its published edition if there is one."""
    latest = select(func.max(Build.id)).where(Build.edition_id == Edition.id).correlate(Edition)
    rows = session.execute(
        select(Item.recommendation_id, Recommendation.code, Edition, Memorandum, Build.places)
        .join(Item.recommendation)
        .join(Edition, Edition.id == Item.edition_id)
        .join(Edition.memorandum)
        .outerjoin(Build, Build.id == latest.scalar_subquery())
        .where(Item.recommendation_id.in_(recommendations))
        .order_by(Memorandum.id, (Edition.state == EditionState.PUBLISHED).desc(), Edition.number.desc())
    ).all()
    found: dict[int, dict[int, Place]] = {}
    for identifier, code, edition, memorandum, pages in rows:
        page = (pages or {}).get(str(identifier))
        place = _place(memorandum, edition, code, page)
        found.setdefault(identifier, {}).setdefault(memorandum.id, place)
    return {identifier: list(places.values()) for identifier, places in found.items()}


def _place(memorandum: Memorandum, edition: Edition, code: str, page: int | None) -> Place:
    return Place(
        title=memorandum.title,
        url=f"/memorandums/{memorandum.slug}/edition-{edition.number}#{code.casefold()}",
        page=page,
        is_published=edition.state == EditionState.PUBLISHED,
    )


def connect() -> None:
    """Answer from now on."""
    used_in.connect(tell_where_used)
