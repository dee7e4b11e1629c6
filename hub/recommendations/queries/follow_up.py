"""Reading how far each organisation that a call invited is."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select
from sqlalchemy.orm import joinedload

from hub.actors.models.organisations import Organisation
from hub.core.mail import Message, MessageState
from hub.recommendations.models.calls import Campaign, CampaignPhase, Invitation, InvitationNote
from hub.recommendations.models.carrying import CampaignRecommendation, Endorsement, RecommendationPosition
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.queries.carrying import substantive


def reached(campaign: Campaign) -> Select[Invitation, int, int, datetime | None, int, int, int, bool]:
    """Select a call's invitations, by the organisations' names, with how far each is.

    Beside the invitation: contributions sent, those to confirm, when its draft was saved, positions in the
    call's consultation, co-signatures of what it consults on, notes, whether its last mail wasn't delivered.
    """
    is_sent = Contribution.state != ContributionState.DRAFT
    to_confirm = and_(
        is_sent, Contribution.state != ContributionState.WITHDRAWN, Contribution.confirmed_at.is_(None)
    )
    heard = (
        select(
            Contribution.organisation_id,
            func.sum(case((is_sent, 1), else_=0)).label("sent"),
            func.sum(case((to_confirm, 1), else_=0)).label("to_confirm"),
            func.max(case((~is_sent, Contribution.saved_at))).label("draft_saved_at"),
        )
        .where(Contribution.campaign_id == campaign.id)
        .group_by(Contribution.organisation_id)
        .subquery()
    )
    notes = (
        select(func.count())
        .where(InvitationNote.invitation_id == Invitation.id)
        .select_from(InvitationNote)
        .scalar_subquery()
    )
    positions, signatures = _positions(campaign), _signatures(campaign)
    return (
        select(
            Invitation,
            func.coalesce(heard.c.sent, 0),
            func.coalesce(heard.c.to_confirm, 0),
            heard.c.draft_saved_at,
            func.coalesce(positions.c.number, 0),
            func.coalesce(signatures.c.number, 0),
            notes,
            _undelivered(),
        )
        .join(Invitation.organisation)
        .outerjoin(heard, heard.c.organisation_id == Invitation.organisation_id)
        .outerjoin(positions, positions.c.organisation_id == Invitation.organisation_id)
        .outerjoin(signatures, signatures.c.organisation_id == Invitation.organisation_id)
        .where(Invitation.campaign_id == campaign.id)
        .options(joinedload(Invitation.organisation).joinedload(Organisation.commune))
        .order_by(Organisation.search_text)
    )


def consulted(campaign: Campaign) -> Select[int]:
    """Select on how many recommendations a call consults its organisations."""
    return _listed(campaign).with_only_columns(func.count())


def notes(campaign: Campaign) -> Select[InvitationNote]:
    """Select what was noted of a call's invitations, the last first."""
    return (
        select(InvitationNote)
        .join(InvitationNote.invitation)
        .where(Invitation.campaign_id == campaign.id)
        .order_by(InvitationNote.id.desc())
    )


def notes_of(invitation: Invitation) -> Select[InvitationNote]:
    """Select what was noted of one invitation, the last first."""
    return (
        select(InvitationNote)
        .where(InvitationNote.invitation_id == invitation.id)
        .order_by(InvitationNote.id.desc())
    )


def notes_of_calls_over(before: datetime) -> Select[int]:
    """Select the notes of calls whose collecting and phases were over at that moment."""
    later = select(CampaignPhase.id).where(
        CampaignPhase.campaign_id == Campaign.id, CampaignPhase.ends_on >= before.date()
    )
    return (
        select(InvitationNote.id)
        .join(InvitationNote.invitation)
        .join(Invitation.campaign)
        .where(Campaign.closes_at < before, ~later.exists())
    )


def _listed(campaign: Campaign) -> Select[int]:
    return select(CampaignRecommendation.recommendation_id).where(
        CampaignRecommendation.campaign_id == campaign.id
    )


def _positions(campaign: Campaign) -> Subquery:
    """Return (organisation_id, number) of the positions that stand on what a call consults on."""
    since = substantive(_listed(campaign))
    said = RecommendationPosition
    return (
        select(said.organisation_id, func.count(said.id).label("number"))
        .join(since, since.c.recommendation_id == said.recommendation_id)
        .where(
            said.recommendation_id.in_(_listed(campaign)),
            said.ended_at.is_(None),
            said.version >= since.c.number,
        )
        .group_by(said.organisation_id)
        .subquery()
    )


def _signatures(campaign: Campaign) -> Subquery:
    """Return (organisation_id, number) of the co-signatures that stand of what a call consults on."""
    return (
        select(Endorsement.organisation_id, func.count(Endorsement.id).label("number"))
        .where(
            Endorsement.recommendation_id.in_(_listed(campaign)),
            Endorsement.lapsed_at.is_(None),
            Endorsement.withdrawn_at.is_(None),
        )
        .group_by(Endorsement.organisation_id)
        .subquery()
    )


def _undelivered() -> ColumnElement[bool]:
    """Say of an invitation whether the last mail about it could not be delivered."""
    last = (
        select(func.max(Message.id))
        .where(Message.subject_type == Invitation.__tablename__, Message.subject_id == Invitation.id)
        .correlate(Invitation)
        .scalar_subquery()
    )
    return (
        select(Message.id)
        .where(Message.id == last, Message.state == MessageState.FAILED)
        .correlate(Invitation)
        .exists()
    )
