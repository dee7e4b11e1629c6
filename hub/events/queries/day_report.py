"""Counting a day for its report: people in numbers alone, organisations by kind and place."""

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased, selectinload

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import OrganisationKind, Territory
from hub.events.models.days import Event, EventSession, Mode, Slot, SlotSpeaker
from hub.events.models.outcomes import Presence
from hub.events.models.registrations import Channel, Choice, Registration, RegistrationState


def states(event: Event) -> Select[RegistrationState, Mode, Channel, int]:
    """Select (state, mode, channel, how many) of a day's registrations."""
    keys = (Registration.state, Registration.mode, Registration.channel)
    return select(*keys, func.count()).where(Registration.event_id == event.id).group_by(*keys)


def seen(event: Event) -> Select[Mode, Channel, int]:
    """Select (mode, channel, how many) of who was seen at one session at least."""
    keys = (Registration.mode, Registration.channel)
    there = exists().where(Presence.registration_id == Registration.id, Presence.was_there)
    return select(*keys, func.count()).where(Registration.event_id == event.id, there).group_by(*keys)


def seen_by_session(event: Event) -> Select[int, int]:
    """Select (session, how many were seen there)."""
    return (
        select(Presence.session_id, func.count())
        .join(EventSession, EventSession.id == Presence.session_id)
        .where(EventSession.event_id == event.id, Presence.was_there)
        .group_by(Presence.session_id)
    )


def organisations(event: Event, *, only_seen: bool) -> Select[int, str, str, str, int]:
    """Select (number, name, kind, commune, how many people) of the organisations that were there."""
    commune = aliased(Territory)
    rows = (
        select(
            Organisation.id,
            Organisation.name,
            OrganisationKind.label,
            func.coalesce(commune.name, ""),
            func.count(Registration.id),
        )
        .join(Registration, Registration.organisation_id == Organisation.id)
        .join(OrganisationKind, OrganisationKind.id == Organisation.kind_id)
        .outerjoin(commune, commune.id == Organisation.commune_id)
        .where(*_came(event, only_seen=only_seen))
        .group_by(Organisation.id, Organisation.name, OrganisationKind.label, commune.name)
    )
    return rows.order_by(Organisation.name, Organisation.id)


def others(event: Event, *, only_seen: bool) -> Select[int, int]:
    """Select how many came for an organisation that the register lacks, and how many for none."""
    named = Registration.organisation_name != ""
    return select(
        func.count(Registration.id).filter(named), func.count(Registration.id).filter(~named)
    ).where(Registration.organisation_id.is_(None), *_came(event, only_seen=only_seen))


def slots(event: Event) -> Select[Slot]:
    """Select a day's programme with who speaks."""
    speakers = selectinload(Slot.speaker_rows).joinedload(SlotSpeaker.organisation)
    return select(Slot).where(Slot.event_id == event.id).options(speakers).order_by(Slot.starts_at, Slot.id)


def seats(event: Event) -> Select[int, int]:
    """Select (workshop, how many of those expected hold a seat)."""
    return (
        select(Choice.workshop_id, func.count())
        .join(Registration, Registration.id == Choice.registration_id)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED)
        .group_by(Choice.workshop_id)
    )


def _came(event: Event, *, only_seen: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    there = exists().where(Presence.registration_id == Registration.id, Presence.was_there)
    how = there if only_seen else Registration.state == RegistrationState.CONFIRMED
    return (Registration.event_id == event.id, how)
