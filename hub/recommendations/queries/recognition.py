"""Reading the texts that are compared, by their keys: « c12 » a contribution, « r7 » a recommendation."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select, true, union_all
from sqlalchemy.orm import joinedload, undefer

from hub.actors.models.reference import Theme
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recognition import SimilarityIndex, SimilarityVerdict, ThesaurusGroup, Verdict
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation, RecommendationSource
from hub.recommendations.queries.filters import holds

CONTRIBUTION, RECOMMENDATION = "c", "r"
# Sent, and not taken back by whoever sent it.
_SENT = Contribution.state.not_in((ContributionState.DRAFT, ContributionState.WITHDRAWN))
_ASKED = Recommendation.state.not_in(SET_ASIDE)


def facts() -> Select[*tuple[Any, ...]]:
    """Select what changes whenever a text or the thesaurus does, and the stamp of the index kept."""
    sent = (
        select(func.count(Contribution.id), func.max(Contribution.id), func.sum(Contribution.id))
        .where(_SENT)
        .subquery()
    )
    asked = (
        select(func.count(Recommendation.id), func.sum(Recommendation.id), func.sum(Recommendation.version))
        .where(_ASKED)
        .subquery()
    )
    groups = select(
        func.count(ThesaurusGroup.id),
        func.sum(ThesaurusGroup.id),
        func.max(cast(ThesaurusGroup.updated_at, String)),
    ).subquery()
    kept = select(SimilarityIndex.stamp).scalar_subquery()
    return select(sent, asked, groups, kept).select_from(sent.join(asked, true()).join(groups, true()))


def marks() -> Select[str, int]:
    """Select the key of each text, and a number that changes with its words."""
    every = union_all(
        select((literal(CONTRIBUTION) + cast(Contribution.id, String)).label("key"), literal(1)).where(_SENT),
        select(literal(RECOMMENDATION) + cast(Recommendation.id, String), Recommendation.version).where(
            _ASKED
        ),
    ).subquery()
    return select(every)


def bodies(keys: Iterable[str]) -> Select[str, str]:
    """Select the words of these texts, by key; of a recommendation its text, else its title."""
    wanted = list(keys)
    words = func.coalesce(func.nullif(Recommendation.text, ""), Recommendation.title)
    every = union_all(
        select(
            (literal(CONTRIBUTION) + cast(Contribution.id, String)).label("key"), Contribution.proposal
        ).where(_SENT, Contribution.id.in_(numbers(wanted, CONTRIBUTION))),
        select(literal(RECOMMENDATION) + cast(Recommendation.id, String), words).where(
            _ASKED, Recommendation.id.in_(numbers(wanted, RECOMMENDATION))
        ),
    ).subquery()
    return select(every)


def numbers(keys: Iterable[str], kind: str) -> list[int]:
    """Return the numbers of the keys of a kind; anything else than a key is left out."""
    return [int(key[1:]) for key in keys if key[:1] == kind and key[1:].isdecimal()]


def kept_index() -> Select[SimilarityIndex]:
    """Select the index kept, with its bytes."""
    return select(SimilarityIndex).options(undefer(SimilarityIndex.data))


def thesaurus_groups() -> Select[ThesaurusGroup]:
    """Select the groups of terms, the oldest first."""
    return select(ThesaurusGroup).order_by(ThesaurusGroup.id)


def contributions_of(keys: Iterable[str]) -> Select[Contribution]:
    """Select the contributions among these keys, with who says them."""
    return (
        select(Contribution)
        .where(_SENT, Contribution.id.in_(numbers(keys, CONTRIBUTION)))
        .options(joinedload(Contribution.organisation), joinedload(Contribution.workshop))
    )


def recommendations_of(keys: Iterable[str]) -> Select[Recommendation]:
    """Select the recommendations among these keys, with who stands behind them."""
    said = joinedload(Recommendation.sources).joinedload(RecommendationSource.contribution)
    return (
        select(Recommendation)
        .where(_ASKED, Recommendation.id.in_(numbers(keys, RECOMMENDATION)))
        .options(said.joinedload(Contribution.organisation), said.joinedload(Contribution.workshop))
    )


def standing_verdicts() -> Select[str, str, Verdict]:
    """Select what was decided and stands, by keys."""
    return select(SimilarityVerdict.first, SimilarityVerdict.second, SimilarityVerdict.verdict).where(
        SimilarityVerdict.ended_at.is_(None)
    )


def verdicts(verdict: Verdict | None = None) -> Select[SimilarityVerdict]:
    """Select the decisions that stand, the last first."""
    rows = select(SimilarityVerdict).where(SimilarityVerdict.ended_at.is_(None))
    if verdict:
        rows = rows.where(SimilarityVerdict.verdict == verdict)
    return rows.order_by(SimilarityVerdict.created_at.desc(), SimilarityVerdict.id.desc())


def ties() -> Select[int, int]:
    """Select which contribution stands behind which recommendation, by their numbers."""
    return select(RecommendationSource.contribution_id, RecommendationSource.recommendation_id).where(
        RecommendationSource.detached_at.is_(None)
    )


def keys_about(text: str, theme: str) -> Select[str]:
    """Select the keys of the texts of a theme, by its code, that hold these words; "" for any."""
    parts = []
    for model, kind, among in ((Contribution, CONTRIBUTION, _SENT), (Recommendation, RECOMMENDATION, _ASKED)):
        rows = select((literal(kind) + cast(model.id, String)).label("key")).where(
            among, *holds(model.search_text, text)
        )
        parts.append(rows.where(model.theme.has(Theme.code == theme)) if theme else rows)
    return select(union_all(*parts).subquery().c.key)
