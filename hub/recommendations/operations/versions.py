"""Keeping what a recommendation said: each change of its words is a version that never changes."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.core import audit
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import RecommendationVersion, Weight
from hub.recommendations.operations import endorsements


def keep_first(session: Session, row: Recommendation, *, actor: audit.Actor | str, now: datetime) -> None:
    """Keep the words with which a recommendation begins."""
    row.version = 1
    _keep(session, row, Weight.SUBSTANTIVE, "", actor=actor, now=now)


def keep_next(
    session: Session,
    row: Recommendation,
    weight: Weight,
    note: str = "",
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Keep changed words as the next version; co-signatures lapse if it asks something else.

    Its row is held already, so that numbers have no double.
    """
    row.version += 1
    _keep(session, row, weight, note, actor=actor, now=now)
    if weight is Weight.SUBSTANTIVE:
        endorsements.lapse(session, row, now=now)


def _keep(
    session: Session,
    row: Recommendation,
    weight: Weight,
    note: str,
    *,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    session.flush()
    session.add(
        RecommendationVersion(
            recommendation_id=row.id,
            number=row.version,
            weight=weight,
            note=note,
            title=row.title,
            text=row.text,
            finding=row.finding,
            justification=row.justification,
            indicator=row.indicator,
            short_text=row.short_text,
            plain_text=row.plain_text,
            levels=[level.code for level in row.levels],
            by=audit.label(actor),
            created_at=now,
        )
    )
    session.flush()
