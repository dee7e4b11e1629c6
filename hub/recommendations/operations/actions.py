"""Tying the actions of spaces to the recommendations that they carry further."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.models.ties import RecommendationAction
from hub.spaces.models.actions import Action


def attach(
    session: Session,
    recommendation: Recommendation,
    action: Action,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> RecommendationAction:
    """Say that an action carries a recommendation further; doing it twice makes one tie.

    Raises DomainError for a recommendation that was dropped.
    """
    if recommendation.state in SET_ASIDE:
        raise DomainError(N_("Cette recommandation est écartée : remettez-la d’abord en travail."))
    row = session.scalar(
        select(RecommendationAction)
        .where(
            RecommendationAction.recommendation_id == recommendation.id,
            RecommendationAction.action_id == action.id,
        )
        .with_for_update()
    )
    if row is not None and row.detached_at is None:
        return row
    if row is None:
        row = RecommendationAction(recommendation_id=recommendation.id, action_id=action.id, created_at=now)
        session.add(row)
    row.detached_at = None
    session.flush()
    changes = {"action": [None, action.id]}
    audit.record(
        session, "recommendation.action_attached", recommendation, actor=actor, now=now, changes=changes
    )
    return row


def detach(session: Session, row: RecommendationAction, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take the tie back; it stays in the table with its end."""
    if row.detached_at is not None:
        return
    row.detached_at = now
    session.flush()
    changes = {"action": [row.action_id, None]}
    audit.record(
        session, "recommendation.action_detached", row.recommendation, actor=actor, now=now, changes=changes
    )
