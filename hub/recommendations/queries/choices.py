"""What forms and filters offer to choose from."""

from sqlalchemy import Select, select

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Level, OrganisationKind, Territory, Theme
from hub.recommendations.models.contributions import Contribution, ContributionState


def active_organisations() -> Select[Organisation]:
    """Select the organisations in whose name something can be said, by name."""
    return (
        select(Organisation)
        .where(Organisation.state == OrganisationState.ACTIVE, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.search_text)
    )


def communes_of_actors() -> Select[Territory]:
    """Select the communes in which an organisation has its seat, by name."""
    return (
        select(Territory)
        .where(Territory.id.in_(select(Organisation.commune_id).where(Organisation.commune_id.is_not(None))))
        .order_by(Territory.name)
    )


def organisations_heard() -> Select[Organisation]:
    """Select the organisations that have sent something, by name."""
    heard = select(Contribution.organisation_id).where(Contribution.state != ContributionState.DRAFT)
    return select(Organisation).where(Organisation.id.in_(heard)).order_by(Organisation.search_text)


def themes() -> Select[Theme]:
    """Select all themes in their order."""
    return select(Theme).order_by(Theme.position, Theme.label)


def levels() -> Select[Level]:
    """Select the levels of power in their order."""
    return select(Level).order_by(Level.position)


def kinds() -> Select[OrganisationKind]:
    """Select the kinds of organisations in their order."""
    return select(OrganisationKind).order_by(OrganisationKind.position)
