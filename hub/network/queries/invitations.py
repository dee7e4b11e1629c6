"""What whoever is invited to is about, who is there already, and what was decided so far."""

from collections.abc import Collection
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import CompoundSelect, Select, or_, select, union
from sqlalchemy.orm import Session, joinedload

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.core import clock
from hub.events.models.days import Event, Slot, SlotSpeaker, event_organiser
from hub.events.models.registrations import Registration, RegistrationState
from hub.network.models.invitations import InvitationChoice, LinkChoice
from hub.network.values.proposals import Subject
from hub.publishing.models.composition import Item, Signatory
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.models.carrying import Endorsement, RecommendationPosition
from hub.recommendations.models.contributions import Beneficiaries, Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation, RecommendationSource
from hub.recommendations.queries import reach
from hub.spaces.models.spaces import Membership, Space, SpaceState, space_theme

Thing: TypeAlias = Space | Event | Campaign | Recommendation
COLUMNS = {
    Space: "space_id",
    Event: "event_id",
    Campaign: "campaign_id",
    Recommendation: "recommendation_id",
}
UNSAID = (ContributionState.DRAFT, ContributionState.WITHDRAWN)
OF_FOREIGN_ORIGIN = frozenset({"foreign_origin", "newcomers", "asylum_seekers", "refugees"})
"""The publics of a recommendation for persons of foreign origin."""


def column_of(thing: Thing) -> str:
    """Return the column that points to such a thing."""
    return COLUMNS[type(thing)]


def choices_for(thing: Thing) -> Select[InvitationChoice]:
    """Select the decisions in force for a thing, with who they are about and who took them."""
    return (
        select(InvitationChoice)
        .where(
            getattr(InvitationChoice, column_of(thing)) == thing.id, InvitationChoice.replaced_at.is_(None)
        )
        .order_by(InvitationChoice.id)
    )


def told(choices: Select[InvitationChoice]) -> Select[InvitationChoice]:
    """Load with the decisions who they are about and who took them."""
    return choices.options(joinedload(InvitationChoice.organisation), joinedload(InvitationChoice.decided_by))


def link_choices() -> Select[LinkChoice]:
    """Select the decisions in force about pairs of actors."""
    return select(LinkChoice).where(LinkChoice.replaced_at.is_(None)).order_by(LinkChoice.id)


def seats_on(spaces: Select[int], day: date) -> Select[int]:
    """Select the organisations that sit in any of these spaces (ids) on the day."""
    return select(Membership.organisation_id).where(
        Membership.space_id.in_(spaces),
        or_(Membership.starts_on.is_(None), Membership.starts_on <= day),
        or_(Membership.ends_on.is_(None), Membership.ends_on >= day),
    )


def _only(space: Space) -> Select[int]:
    return select(Space.id).where(Space.id == space.id)


# --- What it is about ------------------------------------------------------------------------


def subject_of(session: Session, thing: Thing) -> Subject:
    """Return what a thing is about, as far as its own page says it."""
    if isinstance(thing, Space):
        return _of_space(thing)
    if isinstance(thing, Event):
        return _of_day(session, thing)
    if isinstance(thing, Recommendation):
        return _of_recommendation(thing)
    return Subject(broad=True)


def _of_space(space: Space) -> Subject:
    return Subject(
        themes=frozenset(theme.code for theme in space.themes),
        places=(space.territory_id,) if space.territory_id else (),
    )


def _of_day(session: Session, day: Event) -> Subject:
    """A day has neither themes nor a territory of its own: the space whose meeting it is says them."""
    venue = day.venue.commune_id if day.venue else None
    if day.space is None:
        return Subject(places=(venue,) if venue else ())
    of_space = _of_space(day.space)
    members = session.scalars(seats_on(_only(day.space), clock.today(day.starts_at)))
    return Subject(
        themes=of_space.themes,
        places=of_space.places or ((venue,) if venue else ()),
        members=frozenset(members),
    )


def _of_recommendation(row: Recommendation) -> Subject:
    return Subject(
        themes=frozenset({row.theme.code} if row.theme else ()),
        audiences=OF_FOREIGN_ORIGIN if row.beneficiaries == Beneficiaries.SPECIFIC else frozenset(),
        levels=frozenset(level.code for level in row.levels),
        bridging=False,
    )


# --- Who is there ----------------------------------------------------------------------------


def present_at(session: Session, thing: Thing, today: date) -> frozenset[int]:
    """Return the organisations that need no invitation any more: they sit there, come, were asked, spoke."""
    found: Any
    if isinstance(thing, Space):
        found = seats_on(_only(thing), today)
    elif isinstance(thing, Event):
        found = _coming(thing)
    elif isinstance(thing, Campaign):
        found = _asked(thing)
    else:
        found = _heard(thing, today)
    return frozenset(one for one in session.scalars(found) if one is not None)


def itself(session: Session, thing: Thing) -> frozenset[int]:
    """Return the actor that a space itself is in the register, if it stands there by its name."""
    if not isinstance(thing, Space):
        return frozenset()
    return frozenset(session.scalars(select(Organisation.id).where(Organisation.name == thing.name)))


def _coming(day: Event) -> Any:
    return union(
        select(event_organiser.c.organisation_id).where(event_organiser.c.event_id == day.id),
        select(Event.venue_id).where(Event.id == day.id, Event.venue_id.is_not(None)),
        select(SlotSpeaker.organisation_id).join(SlotSpeaker.slot).where(Slot.event_id == day.id),
        select(Registration.organisation_id).where(
            Registration.event_id == day.id,
            Registration.state == RegistrationState.CONFIRMED,
            Registration.organisation_id.is_not(None),
        ),
    )


def _asked(call: Campaign) -> Any:
    return union(
        select(Invitation.organisation_id).where(Invitation.campaign_id == call.id),
        select(Contribution.organisation_id).where(
            Contribution.campaign_id == call.id, Contribution.state.not_in(UNSAID)
        ),
    )


def heard_on(rows: Collection[Recommendation], today: date) -> CompoundSelect[int, int | None]:
    """Select (recommendation id, organisation id) of whoever was heard on recommendations.

    Who asked for it or for what it comes from, said where it stands, signed it or a memorandum that holds it,
    asked for something of its theme, or sits in a space of its theme.
    """
    numbers = [row.id for row in rows]
    behind = reach.behind(select(Recommendation.id).where(Recommendation.id.in_(numbers)))
    attached = (
        select(behind.c.id, Contribution.organisation_id)
        .join(RecommendationSource, RecommendationSource.recommendation_id == behind.c.by)
        .join(Contribution, RecommendationSource.contribution_id == Contribution.id)
        .where(RecommendationSource.detached_at.is_(None))
    )
    said = select(RecommendationPosition.recommendation_id, RecommendationPosition.organisation_id).where(
        RecommendationPosition.recommendation_id.in_(numbers), RecommendationPosition.ended_at.is_(None)
    )
    endorsed = select(Endorsement.recommendation_id, Endorsement.organisation_id).where(
        Endorsement.recommendation_id.in_(numbers), Endorsement.withdrawn_at.is_(None)
    )
    signed = (
        select(Item.recommendation_id, Signatory.organisation_id)
        .join(Signatory, Item.edition_id == Signatory.edition_id)
        .where(Item.recommendation_id.in_(numbers))
    )
    spoke = (
        select(Recommendation.id, Contribution.organisation_id)
        .join(Contribution, Contribution.theme_id == Recommendation.theme_id)
        .where(Recommendation.id.in_(numbers), Contribution.state.not_in(UNSAID))
    )
    sits = (
        select(Recommendation.id, Membership.organisation_id)
        .join(space_theme, space_theme.c.theme_id == Recommendation.theme_id)
        .join(Space, Space.id == space_theme.c.space_id)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Recommendation.id.in_(numbers),
            Space.state != SpaceState.CLOSED,
            or_(Membership.starts_on.is_(None), Membership.starts_on <= today),
            or_(Membership.ends_on.is_(None), Membership.ends_on >= today),
        )
    )
    return union(attached, said, endorsed, signed, spoke, sits)


def _heard(row: Recommendation, today: date) -> Any:
    """Who was heard on a recommendation."""
    return select(heard_on([row], today).subquery().c.organisation_id)


def is_at_work(organisation: Organisation) -> bool:
    """Say whether an organisation that was chosen can still be asked: it may have closed or merged since."""
    return organisation.state == OrganisationState.ACTIVE and organisation.merged_into_id is None
