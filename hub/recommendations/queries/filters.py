"""How lists are narrowed and ordered, as addresses say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Theme
from hub.core.search import fold
from hub.plans.models.outline import Way
from hub.recommendations.models.contributions import Beneficiaries, Channel, Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation, RecommendationState, Scope

NO_LEVEL = "aucun"  # as addresses say that none is chosen yet
NO_OUTCOME = "inconnu"  # that it is followed or closed, and nobody has said what came of it
Sorts = Mapping[str, InstrumentedAttribute[Any]]
Patterns = Sequence[str] | Sequence[ColumnElement[str]]


CONTRIBUTION_SORTS: Sorts = {
    "received": Contribution.submitted_at,
    "organisation": Organisation.search_text,
    "state": Contribution.state,
}


RECOMMENDATION_SORTS: Sorts = {
    "code": Recommendation.code,
    "title": Recommendation.title,
    "theme": Theme.label,
    "state": Recommendation.state,
    "updated": Recommendation.updated_at,
}


@dataclass(frozen=True, slots=True)
class Order:
    """By which column a list stands, and whether backwards."""

    sort: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ContributionFilter:
    """What a list of contributions is narrowed to; texts are codes and slugs as addresses hold them."""

    text: str = ""
    state: ContributionState | None = None
    to_read: bool = False  # nobody has decided yet what becomes of it
    to_confirm: bool = False  # its organisation has still to say that it is its own
    channel: Channel | None = None
    campaign: str = ""
    theme: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class RecommendationFilter:
    """What a list of recommendations is narrowed to; texts are codes and slugs as addresses hold them."""

    text: str = ""
    state: RecommendationState | None = None
    outcome: str = ""  # an `Outcome`, or NO_OUTCOME
    theme: str = ""
    right: str = ""
    level: str = ""  # or NO_LEVEL
    authority: str = ""
    territory: str = ""
    way: Way | None = None
    scope: Scope | None = None
    beneficiaries: Beneficiaries | None = None
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """Which organisations are looked for, to be invited; texts are codes as addresses hold them."""

    text: str = ""
    kind: str = ""
    theme: str = ""
    commune: str = ""


def patterns(text: str) -> list[str]:
    """Return for each word looked for the pattern (LIKE) of folded texts that hold it: nothing to escape."""
    return [f"%{word}%" for word in fold(text).split()]


def holds(column: ColumnElement[str] | InstrumentedAttribute[str], text: str) -> list[ColumnElement[bool]]:
    """Return one condition for each word looked for."""
    return [column.contains(word, autoescape=True) for word in fold(text).split()]
