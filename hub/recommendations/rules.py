"""Who may see and change calls, contributions and recommendations."""

from hub.accounts.models import User
from hub.actors.rules import represents
from hub.core.access import coordinator
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.contributions import Contribution, ContributionState

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
