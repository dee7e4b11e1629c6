"""Reading votes by dots: rounds, what they are about, ballots, and how many dots stand where."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from hub.actors.models.organisations import Organisation
from hub.core.mail import Message
from hub.events.models.workshops import Workshop
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.carrying import (
    Ballot,
    CampaignRecommendation,
    Dot,
    DotRound,
    WorkshopRecommendation,
)
from hub.recommendations.models.recommendations import Recommendation


def rounds(owner: Campaign | Workshop) -> Select[DotRound]:
    """Select the rounds of a call or of a workshop, the latest first."""
    column = DotRound.campaign_id if isinstance(owner, Campaign) else DotRound.workshop_id
    return select(DotRound).where(column == owner.id).order_by(DotRound.id.desc())


def listed(row: DotRound) -> Select[Recommendation]:
    """Select the recommendations of a round's call or workshop, in their order there."""
    source = CampaignRecommendation if row.campaign_id is not None else WorkshopRecommendation
    owner = (
        CampaignRecommendation.campaign_id == row.campaign_id
        if row.campaign_id is not None
        else WorkshopRecommendation.workshop_id == row.workshop_id
    )
    return (
        select(Recommendation)
        .join(source, source.recommendation_id == Recommendation.id)
        .where(owner)
        .options(joinedload(Recommendation.theme), selectinload(Recommendation.levels))
        .order_by(source.position, source.id)
    )


def ballot(row: DotRound, voter: Organisation | str) -> Select[Ballot]:
    """Select the one ballot of an organisation, or of a tablet, with its dots."""
    dots = selectinload(Ballot.dots).joinedload(Dot.recommendation)
    mine = Ballot.organisation_id == voter.id if isinstance(voter, Organisation) else Ballot.voter == voter
    return select(Ballot).where(Ballot.round_id == row.id, mine).options(dots)


def ballots(row: DotRound) -> Select[Ballot]:
    """Select the ballots of a round on which dots stand, with organisations and dots."""
    return (
        select(Ballot)
        .where(Ballot.round_id == row.id, Ballot.spent > 0)
        .options(joinedload(Ballot.organisation), selectinload(Ballot.dots))
        .order_by(Ballot.id)
    )


def of_tablets(row: DotRound) -> Select[Ballot, int]:
    """Select (ballot, its dots) of a workshop's tablets, struck out or not, the first put first."""
    return (
        select(Ballot, func.sum(Dot.dots))
        .join(Dot, Dot.ballot_id == Ballot.id)
        .where(Ballot.round_id == row.id, Ballot.voter.is_not(None))
        .group_by(Ballot.id)
        .order_by(Ballot.id)
    )


def tally(row: DotRound) -> Select[int, int, int]:
    """Select (recommendation id, dots, ballots that put some there) of a round."""
    return (
        select(Dot.recommendation_id, func.sum(Dot.dots), func.count(Dot.id))
        .join(Ballot, Ballot.id == Dot.ballot_id)
        .where(Ballot.round_id == row.id, Ballot.spent > 0)
        .group_by(Dot.recommendation_id)
    )


def turnout(row: DotRound) -> Select[int, int]:
    """Select (number of ballots on which dots stand, dots on all of them) of a round."""
    return select(func.count(Ballot.id), func.coalesce(func.sum(Ballot.spent), 0)).where(
        Ballot.round_id == row.id, Ballot.spent > 0
    )


def voted(row: DotRound) -> Select[int | None]:
    """Select the organisations that have voted in a round."""
    return select(Ballot.organisation_id).where(Ballot.round_id == row.id, Ballot.spent > 0)


def asked(campaign: Campaign, kind: str, version: str) -> Select[int]:
    """Select the invitations of a call to which a mail of that kind and version has been written."""
    invited = select(Invitation.id).where(Invitation.campaign_id == campaign.id)
    return select(Message.subject_id).where(
        Message.subject_type == Invitation.__tablename__,
        Message.subject_id.in_(invited),
        Message.kind == kind,
        Message.version == version,
    )
