"""What people decide about two texts that look alike: kept, replaced by another decision, taken back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.recommendations.models.recognition import SimilarityVerdict, Verdict

MOVED = N_("Quelqu’un d’autre vient de décider de ces deux textes. Voici ce qui est noté.")


def decide(
    session: Session,
    pair: tuple[str, str],
    verdict: Verdict,
    *,
    seen: str = "",
    actor: audit.Actor | str,
    now: datetime,
) -> SimilarityVerdict:
    """Note what somebody decides about two texts; the decision before ends.

    `seen` names the decision that the page showed, "" for none. Raises DomainError if another stands by now.
    """
    first, second = sorted(pair)
    standing = _standing(session, first, second)
    if standing is not None and standing.verdict == verdict:
        return standing
    if seen != (str(standing.id) if standing else ""):
        raise DomainError(MOVED)
    if standing is not None:
        standing.ended_at = now
        session.flush()
    row = SimilarityVerdict(
        first=first,
        second=second,
        verdict=verdict,
        decided_by_id=actor.id if isinstance(actor, User) else None,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # the unique index: somebody was quicker
        raise DomainError(MOVED) from error
    audit.record(session, f"similarity.{verdict}", row, actor=actor, now=now)
    return row


def undo(session: Session, row: SimilarityVerdict, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take a decision back: the pair waits again. Taking it back twice changes nothing."""
    session.refresh(row, with_for_update=True)
    if row.ended_at is None:
        row.ended_at = now
        session.flush()
        audit.record(session, "similarity.undone", row, actor=actor, now=now)


def _standing(session: Session, first: str, second: str) -> SimilarityVerdict | None:
    return session.scalar(
        select(SimilarityVerdict)
        .where(
            SimilarityVerdict.first == first,
            SimilarityVerdict.second == second,
            SimilarityVerdict.ended_at.is_(None),
        )
        .with_for_update()
    )
