"""Errata: what was public never changes; a correction is told beside it, and taken up by the next edition."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.publishing.models.composition import Item
from hub.publishing.models.editions import PUBLIC, Edition, EditionErratum, ErratumTakenUp
from hub.publishing.operations import composing, freezing
from hub.publishing.queries import reading


def write(
    session: Session, edition: Edition, text: str, recommendation_id: int | None, *, actor: Any, now: datetime
) -> EditionErratum:
    """Tell a correction of an edition that is public: of one of its demands, or of the whole.

    The same words sent twice are one erratum: nobody could take the second one off. Raises DomainError
    without text, for an edition that isn't public, for a demand that it doesn't hold.
    """
    freezing.hold(session, edition)
    if edition.state not in PUBLIC:
        raise DomainError(N_("Cette édition n’est pas publiée : corrigez-la directement."))
    if not text:
        raise DomainError(N_("Écrivez ce qui est corrigé."), field="text")
    held = select(Item.id).where(Item.edition_id == edition.id, Item.recommendation_id == recommendation_id)
    if recommendation_id is not None and session.scalar(held) is None:
        raise DomainError(N_("Cette demande n’est pas dans l’édition."), field="recommendation")
    told = session.scalar(
        reading.errata(edition).where(
            EditionErratum.recommendation_id == recommendation_id, EditionErratum.text == text
        )
    )
    if told is not None:
        return told
    row = EditionErratum(
        edition_id=edition.id, recommendation_id=recommendation_id, text=text, written_at=now,
        number=last_number(session, edition) + 1,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(
        session, "edition.erratum", edition, actor=actor, now=now, changes={"number": [None, row.number]}
    )
    return row


def last_number(session: Session, edition: Edition) -> int:
    """Return the number of an edition's last erratum, 0 if it has none."""
    highest = select(func.max(EditionErratum.number)).where(EditionErratum.edition_id == edition.id)
    return session.scalar(highest) or 0


def take_up(
    session: Session, edition: Edition, erratum_id: int, *, taken_up: bool, actor: Any, now: datetime
) -> None:
    """Say that an edition in composition takes an erratum up, or take that back; said twice, it stands once.

    Raises FrozenError once it is frozen, DomainError for an erratum of none of the editions it comes from.
    """
    composing.hold(session, edition)
    rows = {row.erratum.id: row for row in session.execute(reading.errata_to_take_up(edition))}
    row = rows.get(erratum_id)
    if row is None:
        raise DomainError(N_("Cet erratum n’est pas à reprendre dans cette édition."))
    if (row.taken_up is not None) == taken_up:
        return
    if taken_up:
        session.add(
            ErratumTakenUp(
                erratum_id=erratum_id, edition_id=edition.id, actor_label=audit.label(actor), taken_up_at=now
            )
        )
    else:
        session.delete(row.taken_up)
    session.flush()
    action = "edition.erratum_taken_up" if taken_up else "edition.erratum_left"
    audit.record(
        session, action, edition, actor=actor, now=now, changes={"erratum": [None, row.erratum.number]}
    )
