"""Reading what a day's mails say, to whom they are still to be written, and how far they are."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from hub.core.mail import Message, MessageState
from hub.events.models.days import Event
from hub.events.models.letters import EventLetter, LetterKind
from hub.events.models.registrations import (
    EventInvitation,
    GroupSignUp,
    Registration,
    RegistrationState,
    ReservedPlaces,
)

KIND = "events."


def of_event(event: Event) -> Select[EventLetter]:
    """Select a day's own words and hours."""
    return select(EventLetter).where(EventLetter.event_id == event.id)


def of_kind(event: Event, kind: LetterKind) -> Select[EventLetter]:
    """Select a day's own words and hour for one kind of mail."""
    return of_event(event).where(EventLetter.kind == kind)


def is_reached() -> ColumnElement[bool]:
    """Return the condition of a sign-up that somebody can be written to about."""
    by_group = exists().where(GroupSignUp.id == Registration.group_id, GroupSignUp.contact_email.is_not(None))
    by_contact = exists().where(
        ReservedPlaces.id == Registration.reserved_id, ReservedPlaces.contact_email.is_not(None)
    )
    return or_(Registration.email.is_not(None), by_group, by_contact)


def _written(kind: LetterKind, version: str) -> ColumnElement[bool]:
    return exists().where(
        Message.subject_type == Registration.__tablename__,
        Message.subject_id == Registration.id,
        Message.kind == f"{KIND}{kind}",
        Message.version == version,
    )


def due(event_id: int, kind: LetterKind, version: str, states: Collection[RegistrationState]) -> Select[int]:
    """Select whom that version of a mail is still to be written to, by number."""
    return (
        select(Registration.id)
        .where(
            Registration.event_id == event_id,
            Registration.state.in_(states),
            is_reached(),
            ~_written(kind, version),
        )
        .order_by(Registration.id)
    )


def reached(event: Event) -> Select[int]:
    """Select how many confirmed sign-ups somebody can be written to about, and how many nobody."""
    return select(func.count(Registration.id)).where(
        Registration.event_id == event.id,
        Registration.state == RegistrationState.CONFIRMED,
        is_reached(),
    )


def counts(event: Event) -> Select[str, str, MessageState, int]:
    """Select (kind, version, how it stands, how many) of the mails about a day's sign-ups."""
    mine = and_(Message.subject_type == Registration.__tablename__, Message.subject_id == Registration.id)
    return (
        select(Message.kind, Message.version, Message.state, func.count(Message.id))
        .join(Registration, mine)
        .where(Registration.event_id == event.id, Message.kind.startswith(KIND, autoescape=True))
        .group_by(Message.kind, Message.version, Message.state)
    )


def refused(event: Event, kind: LetterKind) -> Select[Message, Registration]:
    """Select (mail, sign-up) of those that could not be delivered, newest first."""
    mine = and_(Message.subject_type == Registration.__tablename__, Message.subject_id == Registration.id)
    return (
        select(Message, Registration)
        .join(Registration, mine)
        .where(
            Registration.event_id == event.id,
            Message.kind == f"{KIND}{kind}",
            Message.state == MessageState.FAILED,
        )
        .order_by(Message.id.desc())
    )


def still_invited(event_id: int) -> Select[int]:
    """Select the invitations that were sent and neither refused nor taken back."""
    return select(EventInvitation.id).where(
        EventInvitation.event_id == event_id,
        EventInvitation.sent_at.is_not(None),
        EventInvitation.declined_at.is_(None),
        EventInvitation.revoked_at.is_(None),
        EventInvitation.email.is_not(None),
    )


def still_reserved(event_id: int) -> Select[int]:
    """Select the places that an organisation may still fill."""
    return select(ReservedPlaces.id).where(
        ReservedPlaces.event_id == event_id,
        ReservedPlaces.released_at.is_(None),
        ReservedPlaces.contact_email.is_not(None),
    )
