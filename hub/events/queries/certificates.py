"""Reading certificates, and the presence that earns them."""

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from hub.events.models.days import Event, EventSession
from hub.events.models.outcomes import Certificate, Presence
from hub.events.models.registrations import Choice, Registration, RegistrationState


def people(event: Event) -> Select[Registration]:
    """Select who was expected or seen at a day, by name; who neither had a seat nor came is left out."""
    seen = exists().where(
        Presence.registration_id == Registration.id,
        Presence.was_there.is_(True),
    )
    return (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            or_(Registration.state == RegistrationState.CONFIRMED, seen),
        )
        .options(joinedload(Registration.organisation))
        .order_by(Registration.search_text, Registration.id)
    )


def noted(event: Event) -> Select[Presence]:
    """Select what was noted of everybody at a day's sessions."""
    return select(Presence).join(Presence.session).where(EventSession.event_id == event.id)


def noted_of(registration: Registration) -> Select[Presence]:
    """Select what was noted of one person, and hold it: nobody changes it until the transaction ends."""
    return select(Presence).where(Presence.registration_id == registration.id).with_for_update()


def seats(event: Event) -> Select[int, int]:
    """Select (registration, workshop) of the seats held in a day's workshops."""
    return (
        select(Choice.registration_id, Choice.workshop_id)
        .join(Registration, Registration.id == Choice.registration_id)
        .where(Registration.event_id == event.id)
    )


def live(event: Event) -> Select[Certificate]:
    """Select a day's certificates that hold, by number."""
    return (
        select(Certificate)
        .where(Certificate.event_id == event.id, Certificate.revoked_at.is_(None))
        .order_by(Certificate.id)
    )


def live_of(registration: Registration) -> Select[Certificate]:
    """Select somebody's certificate that holds."""
    return select(Certificate).where(
        Certificate.registration_id == registration.id, Certificate.revoked_at.is_(None)
    )


def given(event: Event) -> Select[Certificate]:
    """Select every certificate that a day ever gave, the latest first."""
    return select(Certificate).where(Certificate.event_id == event.id).order_by(Certificate.id.desc())


def number_given(event: Event) -> Select[int]:
    """Select how many certificates a day has that hold."""
    return select(func.count(Certificate.id)).where(
        Certificate.event_id == event.id, Certificate.revoked_at.is_(None)
    )


def by_code(code: str) -> Select[Certificate]:
    """Select the certificate of a code, with its day."""
    return select(Certificate).where(Certificate.code == code).options(joinedload(Certificate.event))


def replacing(number: int) -> Select[int]:
    """Select the number of the certificate that took this one's place."""
    return select(Certificate.id).where(Certificate.replaces_id == number)
