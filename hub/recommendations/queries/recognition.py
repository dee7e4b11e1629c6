"""Reading the texts that are compared, by their keys: « c12 » a contribution, « r7 » a recommendation."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select, true, union_all
from sqlalchemy.orm import joinedload, load_only, selectinload, undefer

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import Theme
from hub.events.models.workshops import Workshop
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.lineage import Derivation
from hub.recommendations.models.recognition import SimilarityIndex, SimilarityVerdict, ThesaurusGroup, Verdict
from hub.recommendations.models.recommendations import (
    SET_ASIDE,
    Recommendation,
    RecommendationSource,
    RecommendationState,
)
from hub.recommendations.queries.filters import holds
from hub.recommendations.queries.reach import HANDED_ON, STANDS

CONTRIBUTION, RECOMMENDATION = "c", "r"
# Sent, and not taken back by whoever sent it.
_SENT = Contribution.state.not_in((ContributionState.DRAFT, ContributionState.WITHDRAWN))
_ASKED = Recommendation.state.not_in(SET_ASIDE)
# The same with the states named: to count, the indexes of states are enough.
_COUNTED_SENT = Contribution.state.in_(
    tuple(set(ContributionState) - {ContributionState.DRAFT, ContributionState.WITHDRAWN})
)
_COUNTED_ASKED = Recommendation.state.in_(tuple(set(RecommendationState) - SET_ASIDE))

_FROM = (Contribution.organisation_id, Contribution.workshop_id)
_NAMED = (Organisation.name, Organisation.acronym)


def facts() -> Select[*tuple[Any, ...]]:
    """Select what changes whenever a text or the thesaurus does, and the stamp of the index kept."""
    sent = (
        select(func.count(), func.max(Contribution.id), func.sum(Contribution.id))
        .where(_COUNTED_SENT)
        .subquery()
    )
    asked = (
        select(func.count(), func.sum(Recommendation.id), func.sum(Recommendation.version))
        .where(_COUNTED_ASKED)
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
    """Select the contributions among these keys with who says them and what was made of them."""
    made = selectinload(Contribution.sources).joinedload(RecommendationSource.recommendation)
    return (
        select(Contribution)
        .where(_SENT, Contribution.id.in_(numbers(keys, CONTRIBUTION)))
        .options(
            load_only(Contribution.proposal, Contribution.state, *_FROM),
            joinedload(Contribution.organisation).load_only(*_NAMED),
            joinedload(Contribution.workshop).load_only(Workshop.title),
            made.load_only(Recommendation.code),
        )
    )


def recommendations_of(keys: Iterable[str]) -> Select[Recommendation]:
    """Select the recommendations among these keys with their words."""
    return (
        select(Recommendation)
        .where(_ASKED, Recommendation.id.in_(numbers(keys, RECOMMENDATION)))
        .options(
            load_only(Recommendation.code, Recommendation.title, Recommendation.text, Recommendation.state)
        )
    )


def standing_verdicts() -> Select[str, str, Verdict]:
    """Select what was decided and stands, by keys."""
    return select(SimilarityVerdict.first, SimilarityVerdict.second, SimilarityVerdict.verdict).where(
        SimilarityVerdict.ended_at.is_(None)
    )


def decided_pairs(verdict: Verdict) -> Select[int, str, str, Verdict]:
    """Select (number, first, second, verdict) of the decisions of that kind that stand, the last first."""
    return (
        select(
            SimilarityVerdict.id,
            SimilarityVerdict.first,
            SimilarityVerdict.second,
            SimilarityVerdict.verdict,
        )
        .where(SimilarityVerdict.ended_at.is_(None), SimilarityVerdict.verdict == verdict)
        .order_by(SimilarityVerdict.created_at.desc(), SimilarityVerdict.id.desc())
    )


def ties() -> Select[int, int]:
    """Select which contribution stands behind which recommendation, by their numbers."""
    return select(RecommendationSource.contribution_id, RecommendationSource.recommendation_id).where(
        RecommendationSource.detached_at.is_(None)
    )


def kin() -> Select[int, int]:
    """Select which recommendation was merged, split or taken over into which, by their numbers."""
    return select(Derivation.parent_id, Derivation.child_id).where(STANDS, Derivation.kind.in_(HANDED_ON))


def decision_facts() -> Select[*tuple[Any, ...]]:
    """Select what changes whenever a decision does, or what a recommendation is made or comes from."""
    verdicts = select(
        func.count(SimilarityVerdict.id),
        func.max(SimilarityVerdict.id),
        func.count(SimilarityVerdict.ended_at),
    ).subquery()
    sources = select(
        func.count(RecommendationSource.id),
        func.max(RecommendationSource.id),
        func.count(RecommendationSource.detached_at),
        func.max(cast(RecommendationSource.detached_at, String)),
    ).subquery()
    lineage = select(
        func.count(Derivation.id), func.max(Derivation.id), func.count(Derivation.undone_at)
    ).subquery()
    return select(verdicts, sources, lineage).select_from(
        verdicts.join(sources, true()).join(lineage, true())
    )


def keys_about(text: str, theme: str, call: str = "") -> Select[str]:
    """Select the keys of the texts of a theme, by its code, that hold these words; "" for any.

    Of a call, by its slug: what was sent to it, and the recommendations made from that.
    """
    parts = []
    for model, kind, among in ((Contribution, CONTRIBUTION, _SENT), (Recommendation, RECOMMENDATION, _ASKED)):
        rows = select((literal(kind) + cast(model.id, String)).label("key")).where(
            among, *holds(model.search_text, text)
        )
        if theme:
            rows = rows.where(model.theme.has(Theme.code == theme))
        parts.append(rows.where(_of_call(call)[model]) if call else rows)
    return select(union_all(*parts).subquery().c.key)


def _of_call(slug: str) -> dict[type, ColumnElement[bool]]:
    sent = Contribution.campaign.has(Campaign.slug == slug)
    made = (
        select(RecommendationSource.recommendation_id)
        .join(RecommendationSource.contribution)
        .where(RecommendationSource.detached_at.is_(None), sent)
    )
    return {Contribution: sent, Recommendation: Recommendation.id.in_(made)}
