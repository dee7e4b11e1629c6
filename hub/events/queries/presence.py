"""Reading who was there, who is awaited at the door, which parties came."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hub.actors.models.organisations import Organisation, OrganisationState
from hub.actors.models.reference import Family, OrganisationKind
from hub.core.tokens import Token
from hub.events.models.days import Event, EventSession, Mode
from hub.events.models.outcomes import Delegation, Presence
from hub.events.models.registrations import LIVE, Channel, Choice, Registration, RegistrationState
from hub.events.models.workshops import Way, Workshop, WorkshopBlock, WorkshopRound
from hub.events.queries.naming import matching

EXPECTED = Registration.state == RegistrationState.CONFIRMED


def people(event: Event) -> Select[int, str, str, str, RegistrationState, Mode, str]:
    """Select who can come to the door, without anything that it need not know: no address, no needs.

    (number, name, name typed for an organisation, the register's name for it, state, mode, code)
    """
    return (
        select(
            Registration.id,
            Registration.name,
            Registration.organisation_name,
            func.coalesce(Organisation.name, ""),
            Registration.state,
            Registration.mode,
            Registration.code,
        )
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .where(Registration.event_id == event.id, Registration.purged_at.is_(None))
        .order_by(Registration.search_text, Registration.id)
    )


def seats_in_workshops(event: Event) -> Select[int, int]:
    """Select (registration, workshop) of all who hold a seat in a workshop and are expected."""
    return (
        select(Choice.registration_id, Choice.workshop_id)
        .join(Registration, Registration.id == Choice.registration_id)
        .where(Registration.event_id == event.id, EXPECTED)
    )


def noted(sessions: Collection[int]) -> Select[int, int, bool, datetime]:
    """Select (session, registration, was there, when) of some sessions."""
    return select(Presence.session_id, Presence.registration_id, Presence.was_there, Presence.at).where(
        Presence.session_id.in_(sessions)
    )


def noted_one(session: int, registration: int) -> Select[bool, datetime]:
    """Select (was there, when) of one person at one session."""
    return select(Presence.was_there, Presence.at).where(
        Presence.session_id == session, Presence.registration_id == registration
    )


def noted_of(sessions: Collection[int], registrations: Collection[int]) -> Select[int, int, bool]:
    """Select (session, registration, was there) of some people at some sessions."""
    return select(Presence.session_id, Presence.registration_id, Presence.was_there).where(
        Presence.session_id.in_(sessions), Presence.registration_id.in_(registrations)
    )


def counts(event: Event) -> Select[int, int, int, int]:
    """Select (session, how many were there, of them without sign-up, how many are noted absent)."""
    there = Presence.was_there.is_(True)
    return (
        select(
            Presence.session_id,
            func.count(case((there, 1))),
            func.count(case((and_(there, Registration.channel == Channel.WALK_IN), 1))),
            func.count(case((Presence.was_there.is_(False), 1))),
        )
        .join(EventSession, EventSession.id == Presence.session_id)
        .join(Registration, Registration.id == Presence.registration_id)
        .where(EventSession.event_id == event.id)
        .group_by(Presence.session_id)
    )


def by_person(event: Event) -> Select[int, int, int, int]:
    """Select (registration, at how many sessions there, at how many noted absent, how many the day has)."""
    sessions = select(func.count(EventSession.id)).where(
        EventSession.event_id == event.id, EventSession.cancelled_at.is_(None)
    )
    return (
        select(
            Presence.registration_id,
            func.count(case((Presence.was_there.is_(True), 1))),
            func.count(case((Presence.was_there.is_(False), 1))),
            sessions.scalar_subquery(),
        )
        .join(Registration, Registration.id == Presence.registration_id)
        .where(Registration.event_id == event.id)
        .group_by(Presence.registration_id)
    )


def expected_by_mode(event: Event) -> Select[Mode, int]:
    """Select (mode, how many are expected)."""
    return (
        select(Registration.mode, func.count())
        .where(Registration.event_id == event.id, EXPECTED)
        .group_by(Registration.mode)
    )


def expected_by_workshop(event: Event) -> Select[int, int]:
    """Select (workshop, how many hold a seat there and are expected)."""
    return (
        select(Choice.workshop_id, func.count())
        .join(Registration, Registration.id == Choice.registration_id)
        .where(Registration.event_id == event.id, EXPECTED)
        .group_by(Choice.workshop_id)
    )


def attendees(
    event: Event,
    *,
    words: str = "",
    session: int | None = None,
    was_there: str = "",
) -> Select[Registration]:
    """Select who is expected or was noted somewhere, by name, narrowed by words and by what was noted.

    `was_there`: « there », « absent » or « unnoted », at `session` if one is named, else at any of the day's.
    """
    is_noted = exists().where(Presence.registration_id == Registration.id)
    rows = (
        select(Registration)
        .where(Registration.event_id == event.id, or_(EXPECTED, is_noted))
        .options(joinedload(Registration.organisation))
        .order_by(Registration.search_text, Registration.id)
    )
    rows = rows.where(*matching(words))
    here = is_noted if session is None else is_noted.where(Presence.session_id == session)
    if was_there == "there":
        rows = rows.where(here.where(Presence.was_there.is_(True)))
    elif was_there == "absent":
        rows = rows.where(here.where(Presence.was_there.is_(False)))
    elif was_there == "unnoted":
        rows = rows.where(~here)
    return rows


def workshops_to_choose(event: Event) -> Select[int, str, str, int]:
    """Select (workshop, title, its round, seats left) of those whose seats are taken one by one, in order."""
    return (
        select(
            Workshop.id,
            Workshop.title,
            func.coalesce(WorkshopRound.title, ""),
            Workshop.capacity - Workshop.taken,
        )
        .join(WorkshopBlock, WorkshopBlock.id == Workshop.block_id)
        .outerjoin(WorkshopRound, WorkshopRound.id == Workshop.round_id)
        .where(
            Workshop.event_id == event.id,
            Workshop.cancelled_at.is_(None),
            WorkshopBlock.choices_max > 0,
            or_(WorkshopBlock.way == Way.FIRST_COME, WorkshopBlock.allotted_at.is_not(None)),
        )
        .order_by(WorkshopBlock.position, WorkshopRound.position, Workshop.position, Workshop.id)
    )


def live_sign_up(event: Event, email: str) -> Select[Registration]:
    """Select the live registration of an address (in lower case) for a day, whatever its state."""
    return select(Registration).where(
        Registration.event_id == event.id, Registration.email == email, Registration.state.in_(LIVE)
    )


def door_links(event: Event, now: datetime) -> Select[Token]:
    """Select the links to the door that still hold, oldest first."""
    return (
        select(Token)
        .where(
            Token.purpose == "events.door",
            Token.subject_type == Event.__tablename__,
            Token.subject_id == event.id,
            Token.revoked_at.is_(None),
            Token.expires_at > now,
        )
        .order_by(Token.id)
    )


def delegations(event: Event) -> Select[Delegation]:
    """Select the delegations of a day with their parties, by name."""
    return (
        select(Delegation)
        .join(Delegation.organisation)
        .where(Delegation.event_id == event.id)
        .options(contains_eager(Delegation.organisation))
        .order_by(Organisation.name, Delegation.id)
    )


def parties() -> Select[Organisation]:
    """Select the parties of the register that exist: those present where the network works."""
    return (
        select(Organisation)
        .join(Organisation.kind)
        .where(
            OrganisationKind.family == Family.PARTY,
            Organisation.state != OrganisationState.CLOSED,
            Organisation.merged_into_id.is_(None),
        )
        .order_by(Organisation.name)
    )


def represented(event: Event) -> Select[Organisation]:
    """Select the parties whose delegation came, by name: what everybody may know afterwards."""
    return (
        select(Organisation)
        .join(Delegation, Delegation.organisation_id == Organisation.id)
        .where(Delegation.event_id == event.id, Delegation.present > 0)
        .order_by(Organisation.name)
    )
