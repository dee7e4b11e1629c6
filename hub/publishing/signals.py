"""What other features may ask of memoranda: where a recommendation stands, what parties answered."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.search import slug
from hub.publishing.models.builds import WHOLE, Build
from hub.publishing.models.composition import Item
from hub.publishing.models.editions import PUBLIC, Edition, Memorandum
from hub.publishing.queries import memoranda as queries
from hub.publishing.values import testimonies as values
from hub.publishing.words import STANCES
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.testimonies import Testimony
from hub.recommendations.queries import testimonies
from hub.recommendations.signals import Answer, Place, answered_by, printed_in, used_in
from memoranda import content


def tell_where_used(
    session: Session, *, recommendations: Sequence[int], **_more: Any
) -> dict[int, list[Place]]:
    """Answer `recommendations.used-in`: each memorandum once, by its published edition if there is one."""
    whole = (Build.edition_id == Edition.id) & (Build.variant == WHOLE)
    latest = select(func.max(Build.id)).where(whole).correlate(Edition)
    rows = session.execute(
        select(Item.recommendation_id, Recommendation.code, Edition, Memorandum, Build.places)
        .join(Item.recommendation)
        .join(Edition, Edition.id == Item.edition_id)
        .join(Edition.memorandum)
        .outerjoin(Build, Build.id == latest.scalar_subquery())
        .where(Item.recommendation_id.in_(recommendations))
        .order_by(Memorandum.id, Edition.state.in_(PUBLIC).desc(), Edition.number.desc())
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
        is_published=edition.state in PUBLIC,
    )


def tell_what_was_answered(
    session: Session, *, recommendations: Sequence[int], **_more: Any
) -> dict[int, list[Answer]]:
    """Answer `recommendations.answered-by`: what parties answered and wasn't taken back."""
    found: dict[int, list[Answer]] = {}
    for row in session.scalars(queries.standing_answers(recommendations)):
        told = Answer(row.organisation.name, STANCES[row.stance], row.answered_on, row.words, row.source)
        found.setdefault(row.recommendation_id, []).append(told)
    return found


def tell_where_printed(session: Session, *, testimony: Testimony, **_more: Any) -> list[Place]:
    """Answer `recommendations.printed-in`: the public editions whose PDF prints a testimony.

    Words that nobody has any more were erased or changed: they count for every testimony of their demand,
    for nothing tells any more whose they were.
    """
    shows = testimonies.recommendations_of(testimony)
    codes = {slug(code): (number, code) for number, code in session.execute(queries.codes_of(shows))}
    found: list[Place] = []
    seen: set[int] = set()
    for build in session.scalars(queries.public_contents_with(shows)):
        if build.edition_id in seen:
            continue
        seen.add(build.edition_id)
        printed = values.printed(content.from_json(build.content), codes)
        texts = {text for at in printed.values() for text in at}
        standing = set(session.scalars(testimonies.words_that_stand(texts))) - {testimony.text}
        for anchor, at in printed.items():
            number, code = codes[anchor]
            if at - standing:
                page = build.places.get(str(number))
                found.append(_place(build.edition.memorandum, build.edition, code, page))
    return found


def connect() -> None:
    """Answer from now on."""
    printed_in.connect(tell_where_printed)
    used_in.connect(tell_where_used)
    answered_by.connect(tell_what_was_answered)
