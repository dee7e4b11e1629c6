"""Writing recommendations and deciding on them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from hub.actors.models.reference import Level, Theme
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.recommendations.models.contributions import Beneficiaries
from hub.recommendations.models.lineage import RecommendationStep
from hub.recommendations.models.recommendations import AGREED, Recommendation, RecommendationState
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import versions

NEEDS_LEVEL = N_(
    "Choisissez au moins un niveau de pouvoir : une recommandation adoptée dit à qui elle s’adresse."
)
IS_MERGED = N_("Cette recommandation est fusionnée dans une autre : défaites d’abord la fusion.")
# What people write freely may name somebody: history says that it changed, not how (S16).
FREE_TEXTS = {"text", "finding", "justification"}
UNTOLD = ["…", "…"]
# One statement takes the number, so that two people at once get two codes, on SQLite and on PostgreSQL.
NEXT_NUMBER = text(
    "INSERT INTO recommendation_counter (year, last) VALUES (:year, 1) "
    "ON CONFLICT (year) DO UPDATE SET last = recommendation_counter.last + 1 RETURNING last"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a recommendation says."""

    title: str
    text: str = ""
    finding: str = ""
    justification: str = ""
    theme: Theme | None = None
    levels: tuple[Level, ...] = ()
    beneficiaries: Beneficiaries = Beneficiaries.EVERYONE


def next_code(session: Session, year: int) -> str:
    """Take the year's next code: « R-2026-001 ». It is given back if the transaction fails."""
    number: int = session.execute(NEXT_NUMBER, {"year": year}).scalar_one()
    return f"R-{year}-{number:03d}"


def create(
    session: Session, statement: Statement, *, actor: audit.Actor | str, now: datetime
) -> Recommendation:
    """Add a recommendation in the making. Raises DomainError for a missing title."""
    _check_title(statement)
    row = Recommendation(code=next_code(session, clock.today(now).year), created_at=now)
    _write(row, statement, now)
    session.add(row)
    versions.keep_first(session, row, actor=actor, now=now)
    step(session, row, None, row.state, "", actor=actor, now=now)
    audit.record(session, "recommendation.created", row, actor=actor, now=now)
    return row


def edit(
    session: Session,
    row: Recommendation,
    statement: Statement,
    *,
    weight: Weight = Weight.MINOR,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Change what it says: another version. Raises DomainError for no title, or no level once adopted."""
    _check_title(statement)
    session.refresh(row, with_for_update=True)
    _check_not_merged(row)
    if row.state in AGREED and not statement.levels:
        raise DomainError(NEEDS_LEVEL, field="levels")
    before = _plain(row)
    _write(row, statement, now)
    session.flush()
    changes = audit.differences(before, _plain(row))
    if changes:
        versions.keep_next(session, row, weight, actor=actor, now=now)
        told = {name: UNTOLD if name in FREE_TEXTS else values for name, values in changes.items()}
        audit.record(session, "recommendation.edited", row, actor=actor, now=now, changes=told)


def adopt(session: Session, row: Recommendation, *, actor: audit.Actor | str, now: datetime) -> None:
    """Let the network stand for it. Raises DomainError without a level of power, or once it is dropped."""
    session.refresh(row, with_for_update=True)
    if row.state in AGREED:
        return
    _check_not_merged(row)
    if row.state == RecommendationState.DROPPED:
        raise DomainError(N_("Cette recommandation est écartée : rouvrez-la avant de l’adopter."))
    if not row.levels:
        raise DomainError(NEEDS_LEVEL, field="levels")
    row.adopted_at = now
    move(session, row, RecommendationState.ADOPTED, "", actor=actor, now=now)


def drop(
    session: Session, row: Recommendation, *, reason: str, actor: audit.Actor | str, now: datetime
) -> None:
    """Set it aside, saying why. Raises DomainError without a reason."""
    session.refresh(row, with_for_update=True)
    _check_not_merged(row)
    if not reason:
        raise DomainError(N_("Dites pourquoi elle est écartée."), field="reason")
    if row.state != RecommendationState.DROPPED:
        move(session, row, RecommendationState.DROPPED, reason, actor=actor, now=now)


def reopen(session: Session, row: Recommendation, *, actor: audit.Actor | str, now: datetime) -> None:
    """Take an adopted or dropped recommendation back to work. Raises DomainError for a merged one."""
    session.refresh(row, with_for_update=True)
    _check_not_merged(row)
    if row.state != RecommendationState.PROPOSED:
        row.adopted_at = None
        move(session, row, RecommendationState.PROPOSED, "", actor=actor, now=now)


def move(
    session: Session,
    row: Recommendation,
    state: RecommendationState,
    reason: str,
    *,
    actor: audit.Actor | str,
    now: datetime,
    meeting_id: int | None = None,
) -> None:
    """Bring a row that is held into another state, with its step."""
    before = row.state
    row.state, row.state_reason, row.updated_at = state, reason, now
    session.flush()
    step(session, row, before, state, reason, actor=actor, now=now, meeting_id=meeting_id)
    audit.record(
        session, f"recommendation.{state}", row, actor=actor, now=now, changes={"state": [before, state]}
    )


def step(
    session: Session,
    row: Recommendation,
    before: RecommendationState | None,
    after: RecommendationState,
    reason: str,
    *,
    actor: audit.Actor | str,
    now: datetime,
    meeting_id: int | None = None,
) -> None:
    """Keep that it went from one state to the next."""
    session.add(
        RecommendationStep(
            recommendation_id=row.id, before=before, after=after, version=row.version, reason=reason,
            meeting_id=meeting_id, by=audit.label(actor), created_at=now,
        )
    )  # fmt: skip
    session.flush()


def _check_not_merged(row: Recommendation) -> None:
    if row.state == RecommendationState.MERGED:
        raise DomainError(IS_MERGED)


def _check_title(statement: Statement) -> None:
    if not statement.title:
        raise DomainError(N_("Donnez un titre à la recommandation."), field="title")


def _write(row: Recommendation, statement: Statement, now: datetime) -> None:
    row.title, row.text = statement.title, statement.text
    row.finding, row.justification = statement.finding, statement.justification
    row.theme, row.levels = statement.theme, list(statement.levels)
    row.beneficiaries, row.updated_at = statement.beneficiaries, now
    row.search_text = fold(f"{row.code} {row.title} {row.text} {row.finding} {row.justification}")


def _plain(row: Recommendation) -> dict[str, str]:
    return {
        "title": row.title,
        "text": row.text,
        "finding": row.finding,
        "justification": row.justification,
        "theme": row.theme.code if row.theme else "",
        "levels": " ".join(level.code for level in row.levels),
        "beneficiaries": row.beneficiaries,
    }
