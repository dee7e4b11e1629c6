"""Writing recommendations; `steps` brings them from state to state."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Territory, Theme
from hub.core import audit, clock
from hub.core.errors import N_, DomainError
from hub.core.search import fold
from hub.plans.models.outline import Way
from hub.recommendations.models.contributions import Beneficiaries
from hub.recommendations.models.recommendations import AGREED, Recommendation, RecommendationState, Scope
from hub.recommendations.models.versions import RecommendationVersion, Weight
from hub.recommendations.operations import steps, versions
from hub.recommendations.operations.steps import IS_MERGED, NEEDS_LEVEL

# What people write freely may name somebody: history says that it changed, not how (S16).
FREE_TEXTS = {"text", "finding", "justification", "indicator", "short_text", "plain_text"}
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
    indicator: str = ""
    short_text: str = ""
    plain_text: str = ""
    theme: Theme | None = None
    right: Theme | None = None
    levels: tuple[Level, ...] = ()
    authorities: tuple[Organisation, ...] = ()
    beneficiaries: Beneficiaries = Beneficiaries.EVERYONE
    territory: Territory | None = None
    way: Way | None = None
    scope: Scope | None = None


def as_it_stands(row: Recommendation) -> Statement:
    """Return what a recommendation says now; `dataclasses.replace` changes one part of it."""
    return Statement(
        title=row.title, text=row.text, finding=row.finding, justification=row.justification,
        indicator=row.indicator, short_text=row.short_text, plain_text=row.plain_text,
        theme=row.theme, right=row.right, levels=tuple(row.levels), authorities=tuple(row.authorities),
        beneficiaries=row.beneficiaries, territory=row.territory, way=row.way, scope=row.scope,
    )  # fmt: skip


def searched(row: Recommendation) -> str:
    """Return the words by which it is found: its code and all that it says, folded."""
    said = (row.code, row.title, row.text, row.finding, row.justification, row.indicator, row.short_text)
    return fold(" ".join((*said, row.plain_text)))


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
    steps.begin(session, row, actor=actor, now=now)
    audit.record(session, "recommendation.created", row, actor=actor, now=now)
    return row


def edit(
    session: Session,
    row: Recommendation,
    statement: Statement,
    *,
    weight: Weight = Weight.MINOR,
    note: str = "",
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Change what it says: another version, with a `note` of what changes and why.

    Raises DomainError for no title, or no level once adopted.
    """
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
        versions.keep_next(session, row, weight, note, actor=actor, now=now)
        told = {name: UNTOLD if name in FREE_TEXTS else values for name, values in changes.items()}
        audit.record(session, "recommendation.edited", row, actor=actor, now=now, changes=told)


def restore(
    session: Session,
    row: Recommendation,
    kept: RecommendationVersion,
    levels: tuple[Level, ...],
    *,
    weight: Weight,
    note: str,
    actor: audit.Actor | str,
    now: datetime,
) -> None:
    """Say again what it said at a version, as another version; `levels` are those of then that there are.

    What versions don't keep (theme, beneficiaries, place…) stays as it is. Raises DomainError where nothing
    would change, and as `edit` does.
    """
    before = row.version
    statement = replace(
        as_it_stands(row), title=kept.title, text=kept.text, finding=kept.finding,
        justification=kept.justification, indicator=kept.indicator, short_text=kept.short_text,
        plain_text=kept.plain_text, levels=levels,
    )  # fmt: skip
    edit(session, row, statement, weight=weight, note=note, actor=actor, now=now)
    if row.version == before:
        raise DomainError(N_("La recommandation dit déjà ce que disait cette version."))


def _check_not_merged(row: Recommendation) -> None:
    if row.state == RecommendationState.MERGED:
        raise DomainError(IS_MERGED)


def _check_title(statement: Statement) -> None:
    if not statement.title:
        raise DomainError(N_("Donnez un titre à la recommandation."), field="title")


def _write(row: Recommendation, statement: Statement, now: datetime) -> None:
    row.title, row.text = statement.title, statement.text
    row.finding, row.justification = statement.finding, statement.justification
    row.indicator, row.short_text = statement.indicator, statement.short_text
    row.plain_text = statement.plain_text
    row.theme, row.right, row.territory = statement.theme, statement.right, statement.territory
    row.levels, row.authorities = list(statement.levels), list(statement.authorities)
    chosen = {level.code for level in statement.levels}
    row.kept_levels = [code for code in row.kept_levels or [] if code in chosen]
    row.way, row.scope = statement.way, statement.scope
    row.beneficiaries, row.updated_at = statement.beneficiaries, now
    row.search_text = searched(row)


def _plain(row: Recommendation) -> dict[str, str]:
    return {
        "title": row.title,
        "text": row.text,
        "finding": row.finding,
        "justification": row.justification,
        "indicator": row.indicator,
        "short_text": row.short_text,
        "plain_text": row.plain_text,
        "theme": row.theme.code if row.theme else "",
        "right": row.right.code if row.right else "",
        "levels": " ".join(level.code for level in row.levels),
        "authorities": " ; ".join(each.name for each in row.authorities),
        "beneficiaries": row.beneficiaries,
        "territory": row.territory.name if row.territory else "",
        "way": row.way or "",
        "scope": row.scope or "",
    }
