"""Reading calls, whom they ask and who has answered."""

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import OrganisationKind, Territory, Theme
from hub.core import clock
from hub.recommendations.models.calls import Campaign, CampaignPhase, Invitation
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.queries.filters import OrganisationFilter, holds


def campaigns() -> Select[Campaign]:
    """Select all calls, the latest first."""
    return select(Campaign).order_by(Campaign.opens_at.desc(), Campaign.id.desc())


def with_calendar() -> Select[Campaign]:
    """Select all calls with their territory and phases, the latest first."""
    return campaigns().options(joinedload(Campaign.territory), selectinload(Campaign.phases))


def under_way(now: datetime) -> Select[Campaign]:
    """Select the public calls that collect now, or one of whose phases is not over, the latest first."""
    later = select(CampaignPhase.id).where(
        CampaignPhase.campaign_id == Campaign.id, CampaignPhase.ends_on >= clock.today(now)
    )
    return with_calendar().where(
        Campaign.is_published, Campaign.opens_at <= now, or_(Campaign.closes_at > now, later.exists())
    )


def invited_counts() -> Select[int, int]:
    """Select (campaign id, how many organisations are invited)."""
    return select(Invitation.campaign_id, func.count()).group_by(Invitation.campaign_id)


def sent_counts() -> Select[int | None, int, int]:
    """Select (campaign id, how many contributions were sent, by how many organisations)."""
    return (
        select(
            Contribution.campaign_id,
            func.count(),
            func.count(Contribution.organisation_id.distinct()),
        )
        .where(Contribution.campaign_id.is_not(None), Contribution.state != ContributionState.DRAFT)
        .group_by(Contribution.campaign_id)
    )


def invitations(campaign: Campaign) -> Select[Invitation]:
    """Select a call's invitations, by the organisations' names."""
    return (
        select(Invitation)
        .join(Invitation.organisation)
        .where(Invitation.campaign_id == campaign.id)
        .options(joinedload(Invitation.organisation))
        .order_by(Organisation.search_text)
    )


def answers(campaign: Campaign) -> Select[int | None, bool, int]:
    """Select (organisation id, whether a draft, how many contributions) of a call, whoever entered them."""
    is_draft = Contribution.state == ContributionState.DRAFT
    return (
        select(Contribution.organisation_id, is_draft, func.count())
        .where(Contribution.campaign_id == campaign.id)
        .group_by(Contribution.organisation_id, is_draft)
    )


def unanswered(campaign: Campaign) -> Select[Invitation]:
    """Select the invitations that left and whose organisation has sent nothing yet."""
    answered = select(Contribution.organisation_id).where(
        Contribution.campaign_id == campaign.id, Contribution.state != ContributionState.DRAFT
    )
    return invitations(campaign).where(
        Invitation.sent_at.is_not(None), Invitation.organisation_id.not_in(answered)
    )


def invitable(campaign: Campaign, wanted: OrganisationFilter) -> Select[Organisation]:
    """Select the active organisations that the call has not invited yet."""
    invited = select(Invitation.organisation_id).where(Invitation.campaign_id == campaign.id)
    rows = (
        select(Organisation)
        .where(
            Organisation.state == OrganisationState.ACTIVE,
            Organisation.merged_into_id.is_(None),
            Organisation.id.not_in(invited),
            *holds(Organisation.search_text, wanted.text),
        )
        .options(joinedload(Organisation.kind), joinedload(Organisation.commune))
        .order_by(Organisation.search_text)
    )
    if wanted.kind:
        rows = rows.where(Organisation.kind.has(OrganisationKind.code == wanted.kind))
    if wanted.theme:
        rows = rows.where(Organisation.themes.any(Theme.code == wanted.theme))
    if wanted.commune:
        rows = rows.where(Organisation.commune.has(Territory.code == wanted.commune))
    return rows
