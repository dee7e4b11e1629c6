"""Reading the words that earlier memoranda have explained."""

from sqlalchemy import Select, func, select

from hub.publishing.models.composition import EditionTerm
from hub.publishing.models.editions import PUBLIC, Edition, Memorandum

MOST = 400


def earlier(edition: Edition) -> Select[int, str, str, str, int]:
    """Select (term, word, definition, memorandum, edition number) of public editions, the latest first.

    These are the other editions of the same memorandum, and those of all memoranda that it comes after.
    """
    chain = (
        select(Memorandum.id, Memorandum.previous_id)
        .where(Memorandum.id == edition.memorandum_id)
        .cte(recursive=True)
    )
    chain = chain.union(
        select(Memorandum.id, Memorandum.previous_id).join(chain, chain.c.previous_id == Memorandum.id)
    )
    return (
        select(EditionTerm.id, EditionTerm.term, EditionTerm.definition, Memorandum.title, Edition.number)
        .join(Edition, Edition.id == EditionTerm.edition_id)
        .join(Memorandum, Memorandum.id == Edition.memorandum_id)
        .where(
            Edition.memorandum_id.in_(select(chain.c.id)),
            Edition.id != edition.id,
            Edition.state.in_(PUBLIC),
        )
        .order_by(Edition.published_at.desc(), Edition.id.desc(), func.lower(EditionTerm.term))
        .limit(MOST)
    )
