"""Reading what became of contributions since their organisations were told."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.core.mail import Message
from hub.recommendations.models.calls import Invitation
from hub.recommendations.models.carrying import CampaignRecommendation
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.lineage import RecommendationStep
from hub.recommendations.models.recommendations import RecommendationSource
from hub.recommendations.models.versions import Amendment, AmendmentState

DECIDED = (
    ContributionState.TAKEN_UP,
    ContributionState.MERGED,
    ContributionState.OUT_OF_SCOPE,
    ContributionState.WITHDRAWN,
)
ANSWERED = (AmendmentState.TAKEN, AmendmentState.ADAPTED, AmendmentState.DECLINED)


def _since(moment: datetime) -> ColumnElement[bool]:
    stepped = (
        select(RecommendationStep.id)
        .join(
            RecommendationSource,
            RecommendationSource.recommendation_id == RecommendationStep.recommendation_id,
        )
        .where(
            RecommendationSource.contribution_id == Contribution.id,
            RecommendationSource.detached_at.is_(None),
            RecommendationStep.before.is_not(None),
            RecommendationStep.created_at >= moment,
        )
    )
    sorted_since = and_(Contribution.state.in_(DECIDED), Contribution.triaged_at >= moment)
    return or_(sorted_since, stepped.exists())


def _answered(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of an amendment by an invitation's organisation that was answered since."""
    listed = select(CampaignRecommendation.recommendation_id).where(
        CampaignRecommendation.campaign_id == Invitation.campaign_id
    )
    return (
        Amendment.organisation_id == Invitation.organisation_id,
        Amendment.recommendation_id.in_(listed),
        Amendment.state.in_(ANSWERED),
        Amendment.decided_at >= moment,
    )


def answered(invitation: Invitation, since: datetime) -> Select[Amendment]:
    """Select the organisation's amendments on what its call consults on that were answered since."""
    return (
        select(Amendment)
        .join(Invitation, Invitation.id == invitation.id)
        .where(*_answered(since))
        .options(joinedload(Amendment.recommendation))
        .order_by(Amendment.decided_at, Amendment.id)
    )


def concerned(since: datetime) -> Select[int]:
    """Select the invitations whose organisation has an address, wants to know, and has news since."""
    return (
        select(Invitation.id)
        .join(Invitation.organisation)
        .where(
            Invitation.news_stopped_at.is_(None),
            Invitation.email != "",
            Invitation.times_sent > 0,
            Organisation.state == OrganisationState.ACTIVE,
            or_(
                select(Contribution.id)
                .where(
                    Contribution.campaign_id == Invitation.campaign_id,
                    Contribution.organisation_id == Invitation.organisation_id,
                    _since(since),
                )
                .exists(),
                select(Amendment.id).where(*_answered(since)).exists(),
            ),
        )
        .order_by(Invitation.id)
    )


def invitations(identifiers: Iterable[int]) -> Select[Invitation]:
    """Select those invitations with their call and organisation, unless they stopped these mails."""
    return (
        select(Invitation)
        .where(Invitation.id.in_(list(identifiers)), Invitation.news_stopped_at.is_(None))
        .options(joinedload(Invitation.campaign), joinedload(Invitation.organisation))
        .order_by(Invitation.id)
    )


def changed(invitation: Invitation, since: datetime) -> Select[Contribution]:
    """Select what an organisation sent to a call and that has news since, with what was made from it."""
    return (
        select(Contribution)
        .where(
            Contribution.campaign_id == invitation.campaign_id,
            Contribution.organisation_id == invitation.organisation_id,
            Contribution.state != ContributionState.DRAFT,
            _since(since),
        )
        .options(selectinload(Contribution.sources).joinedload(RecommendationSource.recommendation))
        .order_by(Contribution.submitted_at, Contribution.id)
    )


def last_told(session: Session, identifiers: Iterable[int], kind: str) -> dict[int, datetime]:
    """Return invitation id → when its last mail of that kind was noted."""
    rows = session.execute(
        select(Message.subject_id, func.max(Message.created_at))
        .where(
            Message.subject_type == Invitation.__tablename__,
            Message.kind == kind,
            Message.subject_id.in_(list(identifiers)),
        )
        .group_by(Message.subject_id)
    )
    return dict(list(rows))


def was_told(session: Session, invitation: Invitation, kind: str, version: str) -> bool:
    """Say whether that mail about an invitation is in the outbox already."""
    known = select(Message.id).where(
        Message.subject_type == Invitation.__tablename__,
        Message.subject_id == invitation.id,
        Message.kind == kind,
        Message.version == version,
    )
    return session.scalar(known) is not None
