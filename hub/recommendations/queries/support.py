"""Reading who carries one recommendation: voices on each version, co-signatures, dots, who is still asked."""

from datetime import date

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hub.actors.models.organisations import Organisation
from hub.recommendations.models.calls import Campaign, CampaignPhase, Invitation, PhaseKind
from hub.recommendations.models.carrying import (
    Ballot,
    CampaignRecommendation,
    Dot,
    DotRound,
    Endorsement,
    RecommendationPosition,
)
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.models.versions import RecommendationVersion, Weight
from hub.recommendations.queries.reach import HANDED_ON, before


def positions(row: Recommendation) -> Select[RecommendationPosition]:
    """Select all that organisations ever said of a recommendation, the latest version first, by name.

    With them the voices that stand on what it was made from: they stay where they were given.
    """
    return (
        select(RecommendationPosition)
        .join(RecommendationPosition.recommendation)
        .join(RecommendationPosition.organisation)
        .where(
            or_(
                RecommendationPosition.recommendation_id == row.id,
                RecommendationPosition.recommendation_id.in_(_parents(row))
                & RecommendationPosition.ended_at.is_(None),
            )
        )
        .options(
            joinedload(RecommendationPosition.organisation),
            contains_eager(RecommendationPosition.recommendation),
        )
        .order_by(
            Recommendation.code,
            RecommendationPosition.version.desc(),
            Organisation.search_text,
            RecommendationPosition.id,
        )
    )


def endorsements(row: Recommendation) -> Select[Endorsement]:
    """Select all co-signatures of a recommendation, and those that stand on what it was made from."""
    stands = Endorsement.lapsed_at.is_(None) & Endorsement.withdrawn_at.is_(None)
    return (
        select(Endorsement)
        .join(Endorsement.recommendation)
        .join(Endorsement.organisation)
        .where(
            or_(
                Endorsement.recommendation_id == row.id,
                Endorsement.recommendation_id.in_(_parents(row)) & stands,
            )
        )
        .options(joinedload(Endorsement.organisation), contains_eager(Endorsement.recommendation))
        .order_by(Recommendation.code, Organisation.search_text, Endorsement.id)
    )


def dots(row: Recommendation) -> Select[DotRound, int, int]:
    """Select (round, dots, ballots that put some) of a recommendation, the latest round first."""
    counted = (
        select(Ballot.round_id, func.sum(Dot.dots).label("dots"), func.count(Dot.id).label("ballots"))
        .join(Dot, Dot.ballot_id == Ballot.id)
        .where(Dot.recommendation_id == row.id, Ballot.spent > 0)
        .group_by(Ballot.round_id)
        .subquery()
    )
    return (
        select(DotRound, counted.c.dots, counted.c.ballots)
        .join(counted, counted.c.round_id == DotRound.id)
        .options(joinedload(DotRound.campaign), joinedload(DotRound.workshop))
        .order_by(DotRound.id.desc())
    )


def unheard(row: Recommendation, today: date) -> Select[Invitation]:
    """Select whom a consultation that is open that day asks about it, and who hasn't said where it stands."""
    since = (
        select(func.max(RecommendationVersion.number))
        .where(
            RecommendationVersion.recommendation_id == row.id,
            RecommendationVersion.weight == Weight.SUBSTANTIVE,
        )
        .scalar_subquery()
    )
    said = exists().where(
        RecommendationPosition.recommendation_id == row.id,
        RecommendationPosition.organisation_id == Invitation.organisation_id,
        RecommendationPosition.ended_at.is_(None),
        RecommendationPosition.version >= since,
    )
    return (
        select(Invitation)
        .join(CampaignRecommendation, CampaignRecommendation.campaign_id == Invitation.campaign_id)
        .join(CampaignRecommendation.recommendation)
        .join(Invitation.organisation)
        .join(Invitation.campaign)
        .join(
            CampaignPhase,
            and_(
                CampaignPhase.campaign_id == Invitation.campaign_id,
                CampaignPhase.kind == PhaseKind.CONSULT,
            ),
        )
        .where(
            CampaignRecommendation.recommendation_id == row.id,
            Recommendation.state.not_in(SET_ASIDE),
            Campaign.is_published,
            CampaignPhase.starts_on <= today,
            CampaignPhase.ends_on >= today,
            ~said,
        )
        .options(joinedload(Invitation.organisation), joinedload(Invitation.campaign))
        .order_by(Organisation.search_text)
    )


def consulted_by(row: Recommendation) -> Select[Campaign]:
    """Select the calls that consult, or have consulted, organisations on a recommendation."""
    return (
        select(Campaign)
        .join(CampaignRecommendation, CampaignRecommendation.campaign_id == Campaign.id)
        .where(CampaignRecommendation.recommendation_id == row.id)
        .order_by(Campaign.id.desc())
    )


def _parents(row: Recommendation) -> Select[int]:
    return select(before([row.id], HANDED_ON).c.id)
