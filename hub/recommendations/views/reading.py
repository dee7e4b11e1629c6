"""What forms hold, as operations take it, and back."""

from typing import Any

from sqlalchemy.orm import Session

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Level, Territory, Theme
from hub.plans.models.outline import Way
from hub.recommendations.forms.contributions import ContributionForm
from hub.recommendations.forms.recommendations import RecommendationForm
from hub.recommendations.models.contributions import Beneficiaries, Contribution
from hub.recommendations.models.recommendations import Recommendation, Scope
from hub.recommendations.operations.contributions import Words
from hub.recommendations.operations.recommendations import Statement
from hub.recommendations.queries import choices


def typed_words(form: ContributionForm, session: Session) -> Words:
    """Return what a valid form says."""
    return Words(
        finding=form.finding.data or "",
        proposal=form.proposal.data or "",
        theme=_theme(session, form.theme.data),
        levels=_levels(session, form.levels.data),
        beneficiaries=Beneficiaries(form.beneficiaries.data) if form.beneficiaries.data else None,
        origin=form.origin.data or "",
    )


def words_of(row: Contribution) -> dict[str, Any]:
    """Return what a contribution says as its form holds it."""
    return {
        "finding": row.finding,
        "proposal": row.proposal,
        "theme": row.theme.code if row.theme else "",
        "levels": [level.code for level in row.levels],
        "beneficiaries": row.beneficiaries or "",
        "origin": row.origin,
    }


def typed_statement(form: RecommendationForm, session: Session) -> Statement:
    """Return what a valid form says."""
    return Statement(
        title=form.title.data or "",
        text=form.text.data or "",
        finding=form.finding.data or "",
        justification=form.justification.data or "",
        indicator=form.indicator.data or "",
        short_text=form.short_text.data or "",
        plain_text=form.plain_text.data or "",
        theme=_theme(session, form.theme.data),
        right=_theme(session, form.right.data),
        levels=_levels(session, form.levels.data),
        authorities=_authorities(session, form.authorities.data),
        beneficiaries=Beneficiaries(form.beneficiaries.data),
        territory=_territory(session, form.territory.data),
        way=Way(form.way.data) if form.way.data else None,
        scope=Scope(form.scope.data) if form.scope.data else None,
    )


def statement_of(row: Recommendation) -> dict[str, Any]:
    """Return what a recommendation says as its form holds it."""
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
        "levels": [level.code for level in row.levels],
        "authorities": [each.slug for each in row.authorities],
        "beneficiaries": row.beneficiaries.value,
        "territory": row.territory.code if row.territory else "",
        "way": row.way.value if row.way else "",
        "scope": row.scope.value if row.scope else "",
        "seen": version_of(row),
    }


def joined_statement(rows: list[Recommendation], base: Recommendation) -> dict[str, Any]:
    """Return a first text of what joins recommendations: that of `base`, with all whom any addresses.

    Where `base` leaves a short fact out, the first that says it does.
    """
    said = [statement_of(row) for row in (base, *(row for row in rows if row.id != base.id))]
    levels = {level.code: level for row in rows for level in row.levels}
    facts = ("theme", "right", "territory", "way", "scope")
    return said[0] | {
        "levels": [level.code for level in sorted(levels.values(), key=lambda each: each.position)],
        "authorities": list(dict.fromkeys(slug for each in said for slug in each["authorities"])),
        **{fact: next((each[fact] for each in said if each[fact]), "") for fact in facts},
    }


def version_of(row: Recommendation) -> str:
    """Return which text of a recommendation a page shows."""
    return row.updated_at.isoformat()


def statement_from(contributions: list[Contribution]) -> dict[str, Any]:
    """Return a first text of a recommendation made from contributions: nothing that they say is left out."""
    levels = {level.code: level for row in contributions for level in row.levels}
    specific = [row for row in contributions if row.beneficiaries == Beneficiaries.SPECIFIC]
    themes = [row.theme.code for row in contributions if row.theme]
    first = contributions[0]
    return {
        "title": _title(first.proposal),
        "text": _together([row.proposal for row in contributions]),
        "finding": _together([row.finding for row in contributions]),
        "theme": themes[0] if themes else "",
        "levels": [level.code for level in sorted(levels.values(), key=lambda level: level.position)],
        "beneficiaries": "specific" if len(specific) == len(contributions) else "everyone",
    }


def _together(texts: list[str]) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def _title(proposal: str) -> str:
    """Return the first sentence, cut at a word: something to begin with."""
    first = proposal.split("\n", 1)[0].split(". ", 1)[0].strip().rstrip(".")
    return first if len(first) <= 120 else first[:120].rsplit(" ", 1)[0]  # noqa: PLR2004 - a title's length


def _theme(session: Session, code: str) -> Theme | None:
    return session.scalar(choices.themes().where(Theme.code == code)) if code else None


def _levels(session: Session, codes: list[str] | None) -> tuple[Level, ...]:
    return tuple(session.scalars(choices.levels().where(Level.code.in_(codes or []))))


def _authorities(session: Session, slugs: list[str] | None) -> tuple[Organisation, ...]:
    if not slugs:
        return ()
    return tuple(session.scalars(choices.authorities().where(Organisation.slug.in_(slugs))))


def _territory(session: Session, code: str) -> Territory | None:
    return session.scalar(choices.territories().where(Territory.code == code)) if code else None
