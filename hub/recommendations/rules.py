"""Who may see and change calls, contributions and recommendations."""

from sqlalchemy.orm import object_session

from hub.accounts.models import User
from hub.actors.rules import represents
from hub.core import clock
from hub.core.access import coordinator
from hub.recommendations.models.calls import Campaign, Invitation, InvitationNote
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation, RecommendationState
from hub.recommendations.queries import steps
from hub.spaces.rules import facilitates

# What is in the making is the coordination's; the public reads published memoranda.
manage = coordinator


def see_call(user: User | None, campaign: Campaign) -> bool:
    """Allow everybody to read a published call, coordinators to read them all."""
    return campaign.is_published or coordinator(user)


def read_contribution(user: User | None, contribution: Contribution) -> bool:
    """Allow coordinators what was sent; a draft is its writers' alone."""
    return coordinator(user) and contribution.state != ContributionState.DRAFT


def own_contribution(user: User | None, contribution: Contribution) -> bool:
    """Allow whoever holds a mandate, today, of the organisation in whose name it stands."""
    if contribution.organisation is None or contribution.state == ContributionState.DRAFT:
        return False
    return represents(user, contribution.organisation)


def answer_for(user: User | None, invitation: Invitation) -> bool:
    """Allow whoever has a mandate of the organisation today; coordinators enter what they were told."""
    return coordinator(user) or represents(user, invitation.organisation)


def erase_note(user: User | None, note: InvitationNote) -> bool:
    """Allow whoever wrote a note of a call by phone or a visit."""
    return coordinator(user) and user is not None and note.noted_by_id == user.id


def works_on(user: User | None, recommendation: Recommendation) -> bool:
    """Allow coordinators; and who facilitates today the space that works on it, while it does."""
    if coordinator(user):
        return True
    session = object_session(recommendation)
    if user is None or session is None or recommendation.state is not RecommendationState.IN_GROUP:
        return False
    group = session.scalar(steps.group_of(recommendation.id))
    return group is not None and facilitates(user, group, clock.today(clock.now()))
