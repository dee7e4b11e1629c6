"""Tying what a workshop concludes to what came of it: recommendations, and contributions."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.events.models.outcomes import Conclusion
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.models.ties import ConclusionTie

Thing = Recommendation | Contribution


def attach(
    session: Session, conclusion: Conclusion, thing: Thing, *, actor: audit.Actor | str, now: datetime
) -> ConclusionTie:
    """Say that a recommendation or a contribution came of a conclusion; doing it twice makes one tie.

    Raises DomainError for a recommendation that was dropped, and for what an organisation has not sent.
    """
    _check(thing)
    # Two who tie the same pair follow each other.
    session.refresh(conclusion, with_for_update=True)
    row = session.scalar(
        select(ConclusionTie).where(ConclusionTie.conclusion_id == conclusion.id, _is(thing))
    )
    if row is not None and row.detached_at is None:
        return row
    if row is None:
        row = ConclusionTie(conclusion_id=conclusion.id, created_at=now)
        if isinstance(thing, Recommendation):
            row.recommendation_id = thing.id
        else:
            row.contribution_id = thing.id
        session.add(row)
    row.detached_at = None
    session.flush()
    _tell(session, thing, "attached", [None, conclusion.id], actor=actor, now=now)
    return row


def detach(session: Session, row: ConclusionTie, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take the tie back; it stays in the table with its end."""
    if row.detached_at is not None:
        return
    row.detached_at = now
    session.flush()
    thing = row.recommendation or row.contribution
    if thing is not None:
        _tell(session, thing, "detached", [row.conclusion_id, None], actor=actor, now=now)


def _check(thing: Thing) -> None:
    if isinstance(thing, Recommendation) and thing.state in SET_ASIDE:
        raise DomainError(N_("Cette recommandation est écartée : remettez-la d’abord en travail."))
    if isinstance(thing, Contribution) and thing.state in {
        ContributionState.DRAFT,
        ContributionState.WITHDRAWN,
    }:
        raise DomainError(N_("Cette contribution n’est pas envoyée, ou a été retirée."))


def _is(thing: Thing) -> ColumnElement[bool]:
    if isinstance(thing, Recommendation):
        return ConclusionTie.recommendation_id == thing.id
    return ConclusionTie.contribution_id == thing.id


def _tell(
    session: Session,
    thing: Thing,
    what: str,
    change: list[int | None],
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    act = f"{thing.__tablename__}.conclusion_{what}"
    audit.record(session, act, thing, actor=actor, now=now, changes={"conclusion": change})
