"""Reading who asks to come, who was invited, and what is reserved."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.events.models.days import Event, EventState
from hub.events.models.registrations import (
    LIVE,
    Answer,
    Choice,
    EventInvitation,
    Question,
    QuestionPurpose,
    Registration,
    RegistrationState,
    ReservedPlaces,
    WorkshopWait,
)


def live_of_address(event: Event, email: str) -> Select[Registration]:
    """Select the live sign-up of an address (as it is stored) for a day."""
    return select(Registration).where(
        Registration.event_id == event.id, Registration.email == email, Registration.state.in_(LIVE)
    )


def asks_eligibility(session: Session, event: Event) -> bool:
    """Say whether the day asks who may come."""
    asked = select(Question.id).where(
        Question.event_id == event.id,
        Question.purpose == QuestionPurpose.ELIGIBILITY,
        Question.retired_at.is_(None),
    )
    return session.scalar(asked.limit(1)) is not None


# --- Requests -------------------------------------------------------------------------------------


def pending(event: Event) -> Select[Registration]:
    """Select who waits for a coordinator's answer, first come first, with their answers and wishes."""
    return (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.PENDING)
        .options(
            joinedload(Registration.organisation),
            selectinload(Registration.waits).joinedload(WorkshopWait.workshop),
            selectinload(Registration.answers).joinedload(Answer.question),
        )
        .order_by(Registration.created_at, Registration.id)
    )


def decided(event: Event) -> Select[Registration]:
    """Select who was refused, newest first."""
    return (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.DECLINED)
        .options(joinedload(Registration.organisation))
        .order_by(Registration.decided_at.desc(), Registration.id.desc())
    )


# --- Invitations ----------------------------------------------------------------------------------


def came_by() -> ColumnElement[int]:
    """Return how many live sign-ups an invitation brought, beside its row."""
    return (
        select(func.count(Registration.id))
        .where(Registration.invitation_id == EventInvitation.id, Registration.state.in_(LIVE))
        .correlate(EventInvitation)
        .scalar_subquery()
    )


def invitations(event: Event) -> Select[EventInvitation]:
    """Select a day's invitations, by name and address."""
    return (
        select(EventInvitation)
        .where(EventInvitation.event_id == event.id)
        .options(joinedload(EventInvitation.organisation))
        .order_by(func.lower(EventInvitation.name), EventInvitation.email, EventInvitation.id)
    )


def came_of(numbers: Sequence[int]) -> Select[int | None, int]:
    """Select (invitation, how many live sign-ups it brought) of those that brought any."""
    return (
        select(Registration.invitation_id, func.count(Registration.id))
        .where(Registration.invitation_id.in_(numbers), Registration.state.in_(LIVE))
        .group_by(Registration.invitation_id)
    )


def unsent(event: Event) -> Select[int]:
    """Select the invitations that no mail has told of."""
    return select(EventInvitation.id).where(
        EventInvitation.event_id == event.id,
        EventInvitation.sent_at.is_(None),
        EventInvitation.revoked_at.is_(None),
        EventInvitation.email.is_not(None),
    )


def is_silent() -> ColumnElement[bool]:
    """Return the condition of an invitation that was sent and has no answer."""
    return and_(
        EventInvitation.sent_at.is_not(None),
        EventInvitation.revoked_at.is_(None),
        EventInvitation.declined_at.is_(None),
        EventInvitation.email.is_not(None),
        came_by() == 0,
    )


def silent(event: Event) -> Select[int]:
    """Select the invitations that were sent and have no answer."""
    return select(EventInvitation.id).where(EventInvitation.event_id == event.id, is_silent())


def used(invitation: EventInvitation) -> Select[int]:
    """Select how many live sign-ups an invitation brought."""
    return select(func.count(Registration.id)).where(
        Registration.invitation_id == invitation.id, Registration.state.in_(LIVE)
    )


def invitable(event: Event) -> Select[int, str, str, str]:
    """Select (id, name, acronym, address) of the actors to write to who aren't invited."""
    invited = select(EventInvitation.organisation_id).where(
        EventInvitation.event_id == event.id,
        EventInvitation.organisation_id.is_not(None),
        EventInvitation.revoked_at.is_(None),
    )
    return (
        select(Organisation.id, Organisation.name, Organisation.acronym, Organisation.email)
        .where(
            Organisation.state != OrganisationState.CLOSED,
            Organisation.merged_into_id.is_(None),
            Organisation.email != "",
            Organisation.id.not_in(invited),
        )
        .order_by(Organisation.name)
    )


# --- Reserved places ------------------------------------------------------------------------------


def reserved(event: Event) -> Select[ReservedPlaces]:
    """Select a day's reserved places by organisation."""
    return (
        select(ReservedPlaces)
        .join(ReservedPlaces.organisation)
        .where(ReservedPlaces.event_id == event.id)
        .options(joinedload(ReservedPlaces.organisation))
        .order_by(ReservedPlaces.released_at.is_not(None), Organisation.name, ReservedPlaces.id)
    )


def named(places: ReservedPlaces) -> Select[Registration]:
    """Select who comes on reserved places, in the order in which they were named."""
    return (
        select(Registration)
        .where(Registration.reserved_id == places.id, Registration.state.in_(LIVE))
        .options(
            joinedload(Registration.meal),
            selectinload(Registration.choices).joinedload(Choice.workshop),
        )
        .order_by(Registration.id)
    )


def of_organisations(numbers: tuple[int, ...], now: datetime) -> Select[ReservedPlaces]:
    """Select the places that organisations may still fill, soonest day first."""
    return (
        select(ReservedPlaces)
        .join(ReservedPlaces.event)
        .where(
            ReservedPlaces.organisation_id.in_(numbers),
            ReservedPlaces.released_at.is_(None),
            Event.state == EventState.PUBLISHED,
            Event.starts_at > now,
        )
        .options(joinedload(ReservedPlaces.event), joinedload(ReservedPlaces.organisation))
        .order_by(Event.starts_at, ReservedPlaces.id)
    )
