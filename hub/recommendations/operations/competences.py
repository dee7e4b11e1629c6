"""Keeping a level of power that the words of a demand don't speak for: its coordinator knows why."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.core import audit
from hub.core.errors import N_, DomainError
from hub.recommendations.models.recommendations import Recommendation


def keep(
    session: Session, row: Recommendation, level: str, *, actor: audit.Actor | str, now: datetime
) -> None:
    """Stop doubting a chosen level, by its code. Raises DomainError for one that isn't chosen."""
    session.refresh(row, with_for_update=True)
    if level not in {each.code for each in row.levels}:
        raise DomainError(N_("Ce niveau de pouvoir n’est plus choisi."))
    if level not in row.kept_levels:
        row.kept_levels = [*row.kept_levels, level]
        audit.record(
            session, "recommendation.level_kept", row, actor=actor, now=now, changes={"levels": ["", level]}
        )


def doubt(
    session: Session, row: Recommendation, level: str, *, actor: audit.Actor | str, now: datetime
) -> None:
    """Take that back: its page tells the doubt again."""
    session.refresh(row, with_for_update=True)
    if level in row.kept_levels:
        row.kept_levels = [each for each in row.kept_levels if each != level]
        audit.record(
            session,
            "recommendation.level_doubted",
            row,
            actor=actor,
            now=now,
            changes={"levels": [level, ""]},
        )
