"""Reading what is public: errata, whom anchors stand for, what the feed tells."""

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from hub.publishing.models.composition import Item
from hub.publishing.models.editions import PUBLIC, Edition, EditionErratum, ErratumTakenUp
from hub.recommendations.models.recommendations import Recommendation


def errata(edition: Edition) -> Select[EditionErratum]:
    """Select the errata of an edition in their order."""
    return (
        select(EditionErratum).where(EditionErratum.edition_id == edition.id).order_by(EditionErratum.number)
    )


def _earlier(edition: Edition) -> Select[int]:
    """Select the editions that this one comes from: the one that it was begun from, and so on."""
    chain = select(Edition.starts_from_id.label("id")).where(Edition.id == edition.id).cte(recursive=True)
    chain = chain.union(select(Edition.starts_from_id).join(chain, chain.c.id == Edition.id))
    return select(chain.c.id).where(chain.c.id.is_not(None))


def errata_to_take_up(edition: Edition) -> Select[EditionErratum, ErratumTakenUp, str, str, int]:
    """Select (erratum, taken_up, code, title, item_id) of what this edition has to say right, oldest first.

    These are the errata of all editions that it comes from, but those that one of them took up. `taken_up`
    is None until it is said of this edition; `item_id` is None where the demand stands here no more.
    """
    earlier = _earlier(edition)
    erratum, taken_up = aliased(EditionErratum, name="erratum"), aliased(ErratumTakenUp, name="taken_up")
    settled = exists().where(ErratumTakenUp.erratum_id == erratum.id, ErratumTakenUp.edition_id.in_(earlier))
    here = and_(Item.edition_id == edition.id, Item.recommendation_id == erratum.recommendation_id)
    return (
        select(erratum, taken_up, Recommendation.code, Recommendation.title, Item.id.label("item_id"))
        .outerjoin(taken_up, and_(taken_up.erratum_id == erratum.id, taken_up.edition_id == edition.id))
        .outerjoin(Recommendation, Recommendation.id == erratum.recommendation_id)
        .outerjoin(Item, here)
        .where(erratum.edition_id.in_(earlier), ~settled)
        .options(joinedload(erratum.edition).joinedload(Edition.memorandum))
        .order_by(erratum.written_at, erratum.id)
    )


def count_to_take_up(edition: Edition) -> Select[int]:
    """Select how many errata this edition still has to take up."""
    earlier, taken_up = _earlier(edition), ErratumTakenUp
    told = exists().where(
        taken_up.erratum_id == EditionErratum.id,
        or_(taken_up.edition_id == edition.id, taken_up.edition_id.in_(earlier)),
    )
    return (
        select(func.count()).select_from(EditionErratum).where(EditionErratum.edition_id.in_(earlier), ~told)
    )


def count_errata(edition: Edition) -> Select[int]:
    """Select how many errata an edition has."""
    return select(func.count()).select_from(EditionErratum).where(EditionErratum.edition_id == edition.id)


def codes(edition: Edition) -> Select[int, str]:
    """Select (identifier, code) of what an edition holds."""
    return (
        select(Recommendation.id, Recommendation.code)
        .join(Item, Item.recommendation_id == Recommendation.id)
        .where(Item.edition_id == edition.id)
    )


def public_editions(limit: int) -> Select[Edition]:
    """Select the editions that became public, those that were replaced as well, the latest first."""
    return (
        select(Edition)
        .where(Edition.state.in_(PUBLIC))
        .options(joinedload(Edition.memorandum))
        .order_by(Edition.published_at.desc(), Edition.id.desc())
        .limit(limit)
    )


def public_errata(limit: int) -> Select[EditionErratum]:
    """Select the errata of all editions, the latest first."""
    return (
        select(EditionErratum)
        .join(EditionErratum.edition)
        .where(Edition.state.in_(PUBLIC))
        .options(joinedload(EditionErratum.edition).joinedload(Edition.memorandum))
        .order_by(EditionErratum.written_at.desc(), EditionErratum.id.desc())
        .limit(limit)
    )
