"""Reading who stands behind recommendations: consultations, current voices, co-signatures."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.recommendations.models.calls import Campaign, CampaignPhase, Invitation, PhaseKind
from hub.recommendations.models.carrying import (
    CampaignRecommendation,
    Endorsement,
    RecommendationPosition,
)
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.models.versions import RecommendationVersion, Weight
from hub.recommendations.queries.filters import holds


def consulted(campaign: Campaign) -> Select[CampaignRecommendation]:
    """Select what a call consults on, in its order, with what each recommendation's card names."""
    wording = joinedload(CampaignRecommendation.recommendation)
    return (
        select(CampaignRecommendation)
        .where(CampaignRecommendation.campaign_id == campaign.id)
        .options(wording.joinedload(Recommendation.theme), wording.selectinload(Recommendation.levels))
        .order_by(CampaignRecommendation.position, CampaignRecommendation.id)
    )


def period(campaign: Campaign) -> Select[CampaignPhase]:
    """Select the days of a call's consultation."""
    return select(CampaignPhase).where(
        CampaignPhase.campaign_id == campaign.id, CampaignPhase.kind == PhaseKind.CONSULT
    )


def is_consulting(campaign: Campaign, today: date) -> Select[int]:
    """Select a row if the call consults its organisations on something, on that day or before."""
    return (
        select(CampaignRecommendation.id)
        .join(CampaignPhase, CampaignPhase.campaign_id == CampaignRecommendation.campaign_id)
        .where(
            CampaignRecommendation.campaign_id == campaign.id,
            CampaignPhase.kind == PhaseKind.CONSULT,
            CampaignPhase.starts_on <= today,
        )
        .limit(1)
    )


def substantive() -> Subquery:
    """Return (recommendation_id, number): the last version of each that changed what is asked."""
    return (
        select(
            RecommendationVersion.recommendation_id, func.max(RecommendationVersion.number).label("number")
        )
        .where(RecommendationVersion.weight == Weight.SUBSTANTIVE)
        .group_by(RecommendationVersion.recommendation_id)
        .subquery()
    )


def substantive_of(recommendations: Iterable[int]) -> Select[int, int]:
    """Select (recommendation id, number of its last version that changed what is asked)."""
    since = substantive()
    return select(since.c.recommendation_id, since.c.number).where(
        since.c.recommendation_id.in_(list(recommendations))
    )


def voices_in(campaign: Campaign) -> Select[RecommendationPosition]:
    """Select where the organisations that a call invited stand on what it consults them on."""
    listed = select(CampaignRecommendation.recommendation_id).where(
        CampaignRecommendation.campaign_id == campaign.id
    )
    invited = select(Invitation.organisation_id).where(Invitation.campaign_id == campaign.id)
    since = substantive()
    return (
        select(RecommendationPosition)
        .join(since, since.c.recommendation_id == RecommendationPosition.recommendation_id)
        .where(
            RecommendationPosition.recommendation_id.in_(listed),
            RecommendationPosition.organisation_id.in_(invited),
            RecommendationPosition.ended_at.is_(None),
            RecommendationPosition.version >= since.c.number,
        )
        .options(joinedload(RecommendationPosition.organisation))
        .order_by(RecommendationPosition.id)
    )


def choosable(campaign: Campaign, text: str) -> Select[Recommendation]:
    """Select the recommendations that a call may still put before its organisations."""
    listed = select(CampaignRecommendation.recommendation_id).where(
        CampaignRecommendation.campaign_id == campaign.id
    )
    return (
        select(Recommendation)
        .where(
            Recommendation.id.not_in(listed),
            Recommendation.state.not_in(SET_ASIDE),
            *holds(Recommendation.search_text, text),
        )
        .options(joinedload(Recommendation.theme), selectinload(Recommendation.levels))
        .order_by(Recommendation.code.desc())
    )


def spoken_for(user: User, campaign: Campaign, today: date) -> Select[Invitation]:
    """Select a call's invitations of the organisations that an account may speak for on that day."""
    mine = (
        select(Mandate.organisation_id)
        .join(Mandate.person)
        .where(Person.user_id == user.id, Mandate.speaks_on(today))
    )
    return (
        select(Invitation)
        .where(Invitation.campaign_id == campaign.id, Invitation.organisation_id.in_(mine))
        .options(joinedload(Invitation.organisation))
        .order_by(Invitation.id)
    )


def said_of(
    recommendations: Iterable[int], organisation_id: int, shown: Iterable[int] = ()
) -> Select[RecommendationPosition]:
    """Select what an organisation said last of recommendations, and the rows that an open page has shown."""
    return (
        select(RecommendationPosition)
        .where(
            RecommendationPosition.organisation_id == organisation_id,
            RecommendationPosition.recommendation_id.in_(list(recommendations)),
            or_(RecommendationPosition.ended_at.is_(None), RecommendationPosition.id.in_(list(shown))),
        )
        .order_by(RecommendationPosition.id)
    )


def substantive_since(recommendations: Iterable[int]) -> Select[int, datetime]:
    """Select (recommendation id, since when it asks what it asks now)."""
    since = substantive()
    return (
        select(RecommendationVersion.recommendation_id, RecommendationVersion.created_at)
        .join(
            since,
            and_(
                since.c.recommendation_id == RecommendationVersion.recommendation_id,
                since.c.number == RecommendationVersion.number,
            ),
        )
        .where(RecommendationVersion.recommendation_id.in_(list(recommendations)))
    )


def listed(campaign_id: int, recommendations: Iterable[int]) -> Select[Recommendation]:
    """Select those of the recommendations that a call consults on, always in the same order."""
    return (
        select(Recommendation)
        .join(CampaignRecommendation, CampaignRecommendation.recommendation_id == Recommendation.id)
        .where(
            CampaignRecommendation.campaign_id == campaign_id, Recommendation.id.in_(list(recommendations))
        )
        .order_by(Recommendation.id)
    )


def signed_by(organisation_id: int, recommendations: Iterable[int]) -> Select[int]:
    """Select the recommendations for which an organisation's co-signature stands."""
    return select(Endorsement.recommendation_id).where(
        Endorsement.organisation_id == organisation_id,
        Endorsement.recommendation_id.in_(list(recommendations)),
        Endorsement.lapsed_at.is_(None),
        Endorsement.withdrawn_at.is_(None),
    )


def endorsements(recommendations: Iterable[int], organisation_id: int | None = None) -> Select[Endorsement]:
    """Select all co-signatures of recommendations, the first first; one organisation's if it is named."""
    rows = (
        select(Endorsement)
        .where(Endorsement.recommendation_id.in_(list(recommendations)))
        .options(joinedload(Endorsement.organisation))
        .order_by(Endorsement.id)
    )
    return rows if organisation_id is None else rows.where(Endorsement.organisation_id == organisation_id)


def lapsed_unasked() -> Select[Endorsement]:
    """Select the lapsed co-signatures about which nobody was asked again, and that weren't given anew."""
    anew = aliased(Endorsement)
    return (
        select(Endorsement)
        .where(
            Endorsement.lapsed_at.is_not(None),
            Endorsement.asked_again_at.is_(None),
            ~select(anew.id)
            .where(
                anew.recommendation_id == Endorsement.recommendation_id,
                anew.organisation_id == Endorsement.organisation_id,
                anew.id > Endorsement.id,
            )
            .exists(),
        )
        .options(joinedload(Endorsement.recommendation))
        .order_by(Endorsement.id)
    )


def invitations_for(organisation_id: int, recommendations: Iterable[int]) -> Select[Invitation]:
    """Select an organisation's invitations to calls that list one of them, the latest first."""
    calls = select(CampaignRecommendation.campaign_id).where(
        CampaignRecommendation.recommendation_id.in_(list(recommendations))
    )
    return (
        select(Invitation)
        .where(Invitation.organisation_id == organisation_id, Invitation.campaign_id.in_(calls))
        .options(joinedload(Invitation.organisation))
        .order_by(Invitation.id.desc())
    )
