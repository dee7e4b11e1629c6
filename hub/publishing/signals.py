"""What other features may ask of memoranda: where a recommendation stands."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.publishing.models import Build, Edition, EditionState, Item, Memorandum
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.signals import Place, used_in


def tell_where_used(
    session: Session, *, recommendations: Sequence[int], **_more: Any
) -> dict[int, list[Place]]:
    """Answer `recommendations.used-in`: each memorandum once, by its published edition if there is one."""
    rows = session.execute(
        select(Item.recommendation_id, Recommendation.code, Edition, Memorandum)
        .join(Item.recommendation)
        .join(Edition, Edition.id == Item.edition_id)
        .join(Edition.memorandum)
        .where(Item.recommendation_id.in_(recommendations))
        .order_by(Memorandum.id, (Edition.state == EditionState.PUBLISHED).desc(), Edition.number.desc())
    ).all()
    pages = _pages(session, {edition.id for _identifier, _code, edition, _memorandum in rows})
    found: dict[int, dict[int, Place]] = {}
    for identifier, code, edition, memorandum in rows:
        page = pages.get(edition.id, {}).get(str(identifier))
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


def _pages(session: Session, editions: set[int]) -> dict[int, dict[str, int]]:
    """Return edition id → its latest PDF's recommendation → page."""
    rows = session.execute(
        select(Build.edition_id, Build.places).where(Build.edition_id.in_(editions)).order_by(Build.id)
    )
    return dict(rows.all())


def connect() -> None:
    """Answer from now on."""
    used_in.connect(tell_where_used)
