"""Reading what organisations and spaces propose to change in recommendations."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.carrying import CampaignRecommendation
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.versions import Amendment, AmendmentState, RecommendationVersion


def of(recommendation_id: int) -> Select[Amendment]:
    """Select what was proposed for a recommendation: what waits first, then the latest decided."""
    return _named(
        select(Amendment)
        .where(Amendment.recommendation_id == recommendation_id)
        .order_by(
            Amendment.state != AmendmentState.PROPOSED,
            Amendment.decided_at.desc(),
            Amendment.part,
            Amendment.paragraph,
            Amendment.id,
        )
    )


def waiting() -> Select[Amendment]:
    """Select what waits for an answer, the longest first, with its recommendation."""
    return _named(
        select(Amendment).where(Amendment.state == AmendmentState.PROPOSED).order_by(Amendment.id)
    ).options(joinedload(Amendment.recommendation))


def of_organisation(organisation_id: int, recommendation_id: int) -> Select[Amendment]:
    """Select what an organisation proposed for a recommendation, the last first."""
    return (
        select(Amendment)
        .where(Amendment.organisation_id == organisation_id, Amendment.recommendation_id == recommendation_id)
        .order_by(Amendment.id.desc())
    )


def known(client_key: str) -> Select[Amendment]:
    """Select what was made by a gesture of that name."""
    return select(Amendment).where(Amendment.client_key == client_key)


def version(recommendation_id: int, number: int) -> Select[RecommendationVersion]:
    """Select one version of a recommendation."""
    return select(RecommendationVersion).where(
        RecommendationVersion.recommendation_id == recommendation_id, RecommendationVersion.number == number
    )


def listed(invitation: Invitation, code: str) -> Select[Recommendation]:
    """Select a recommendation if the invitation's call consults on it."""
    return (
        select(Recommendation)
        .join(CampaignRecommendation, CampaignRecommendation.recommendation_id == Recommendation.id)
        .where(CampaignRecommendation.campaign_id == invitation.campaign_id, Recommendation.code == code)
    )


def _named(rows: Select[Amendment]) -> Select[Amendment]:
    return rows.options(
        joinedload(Amendment.organisation), joinedload(Amendment.space), joinedload(Amendment.meeting)
    )
