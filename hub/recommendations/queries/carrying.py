"""Reading who stands behind recommendations: consultations, current voices, co-signatures."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVarTuple

from sqlalchemy import Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload, load_only, selectinload

from hub.accounts.models import User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.models.organisations import Organisation
from hub.recommendations.models.calls import Campaign, CampaignPhase, Invitation, PhaseKind
from hub.recommendations.models.carrying import (
    CampaignRecommendation,
    DotRound,
    Endorsement,
    RecommendationPosition,
    Support,
)
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.models.versions import RecommendationVersion, Weight
from hub.recommendations.queries.filters import holds

Columns = TypeVarTuple("Columns")


def consulted(campaign: Campaign) -> Select[CampaignRecommendation]:
    """Select what a call consults on, in its order, with what each recommendation's card names."""
    wording = joinedload(CampaignRecommendation.recommendation)
    return (
        select(CampaignRecommendation)
        .where(CampaignRecommendation.campaign_id == campaign.id)
        .options(wording.joinedload(Recommendation.theme), wording.selectinload(Recommendation.levels))
        .order_by(CampaignRecommendation.position, CampaignRecommendation.id)
    )


def still_asked(campaign: Campaign) -> Select[int]:
    """Select the recommendations of a call's list on which one may still say where one stands."""
    return (
        select(CampaignRecommendation.recommendation_id)
        .join(CampaignRecommendation.recommendation)
        .where(CampaignRecommendation.campaign_id == campaign.id, Recommendation.state.not_in(SET_ASIDE))
    )


def titles(campaign: Campaign, text: str = "") -> Select[Recommendation]:
    """Select the recommendations that a call consults on, in its order, and that hold these words."""
    return (
        select(Recommendation)
        .join(CampaignRecommendation, CampaignRecommendation.recommendation_id == Recommendation.id)
        .where(CampaignRecommendation.campaign_id == campaign.id, *holds(Recommendation.search_text, text))
        .options(load_only(Recommendation.code, Recommendation.title, Recommendation.version))
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


def leads(campaign: Campaign, today: date) -> Select[bool, bool]:
    """Select whether a call consults its organisations, and whether it has a vote."""
    votes = select(DotRound.id).where(DotRound.campaign_id == campaign.id)
    return select(is_consulting(campaign, today).exists(), votes.exists())


def substantive(recommendations: Select[int] | Iterable[int] | None = None) -> Subquery:
    """Return (recommendation_id, number): the last version of each that changed what is asked.

    Whoever knows which recommendations it is about names them: the versions of all others are then not read.
    """
    rows = (
        select(
            RecommendationVersion.recommendation_id, func.max(RecommendationVersion.number).label("number")
        )
        .where(RecommendationVersion.weight == Weight.SUBSTANTIVE)
        .group_by(RecommendationVersion.recommendation_id)
    )
    if recommendations is not None:
        wanted = recommendations if isinstance(recommendations, Select) else list(recommendations)
        rows = rows.where(RecommendationVersion.recommendation_id.in_(wanted))
    return rows.subquery()


def substantive_of(recommendations: Iterable[int]) -> Select[int, int]:
    """Select (recommendation id, number of its last version that changed what is asked)."""
    since = substantive(recommendations)
    return select(since.c.recommendation_id, since.c.number)


def voices_in(campaign: Campaign) -> Select[RecommendationPosition]:
    """Select where the organisations that a call invited stand on what it consults them on."""
    return (
        _standing_in(campaign, select(RecommendationPosition))
        .options(joinedload(RecommendationPosition.organisation))
        .order_by(RecommendationPosition.id)
    )


def voices_counted(campaign: Campaign, recommendations: Iterable[int]) -> Select[int, Support, int]:
    """Select (recommendation id, position, how many organisations hold it) of the same voices."""
    said = RecommendationPosition.recommendation_id, RecommendationPosition.support
    rows = select(*said, func.count(RecommendationPosition.id))
    return _standing_in(campaign, rows, recommendations).group_by(*said)


def answers_counted(campaign: Campaign) -> Select[int, int]:
    """Select (organisation id, on how many recommendations still asked it said where it stands)."""
    rows = select(RecommendationPosition.organisation_id, func.count(RecommendationPosition.id)).where(
        RecommendationPosition.recommendation_id.in_(still_asked(campaign))
    )
    return _standing_in(campaign, rows).group_by(RecommendationPosition.organisation_id)


def reasons_in(campaign: Campaign, recommendations: Iterable[int]) -> Select[int, Support, str, str]:
    """Select (recommendation id, position, reason, who says it) where one objects, oppositions first."""
    rows = (
        select(
            RecommendationPosition.recommendation_id,
            RecommendationPosition.support,
            RecommendationPosition.reason,
            Organisation.name,
        )
        .join(RecommendationPosition.organisation)
        .where(RecommendationPosition.support.in_((Support.OPPOSE, Support.RESERVATIONS)))
    )
    opposed_first = case((RecommendationPosition.support == Support.OPPOSE, 0), else_=1)
    return _standing_in(campaign, rows, recommendations).order_by(opposed_first, Organisation.search_text)


def _standing_in(
    campaign: Campaign, rows: Select[*Columns], recommendations: Iterable[int] | None = None
) -> Select[*Columns]:
    """Narrow rows of positions to those that stand in a call's consultation, on some of its list or all."""
    listed = select(CampaignRecommendation.recommendation_id).where(
        CampaignRecommendation.campaign_id == campaign.id
    )
    if recommendations is not None:
        listed = listed.where(CampaignRecommendation.recommendation_id.in_(list(recommendations)))
    invited = select(Invitation.organisation_id).where(Invitation.campaign_id == campaign.id)
    since = substantive(listed)
    return rows.join(since, since.c.recommendation_id == RecommendationPosition.recommendation_id).where(
        RecommendationPosition.recommendation_id.in_(listed),
        RecommendationPosition.organisation_id.in_(invited),
        RecommendationPosition.ended_at.is_(None),
        RecommendationPosition.version >= since.c.number,
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
    since = substantive(recommendations)
    return select(RecommendationVersion.recommendation_id, RecommendationVersion.created_at).join(
        since,
        and_(
            since.c.recommendation_id == RecommendationVersion.recommendation_id,
            since.c.number == RecommendationVersion.number,
        ),
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


def signed_in_all(campaign: Campaign) -> Select[int, int]:
    """Select how many recommendations a call consults on, and how many co-signatures those have."""
    listed = CampaignRecommendation.recommendation_id
    return (
        select(func.count(listed.distinct()), func.count(Endorsement.id))
        .outerjoin(Endorsement, Endorsement.recommendation_id == listed)
        .where(CampaignRecommendation.campaign_id == campaign.id)
    )


def lapsed_unasked() -> Select[Endorsement]:
    """Select the lapsed co-signatures about which nobody was asked again, and that weren't given anew."""
    return lapsed().where(Endorsement.asked_again_at.is_(None))


def lapsed() -> Select[Endorsement]:
    """Select the lapsed co-signatures that weren't given anew."""
    anew = aliased(Endorsement)
    return (
        select(Endorsement)
        .where(
            Endorsement.lapsed_at.is_not(None),
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
