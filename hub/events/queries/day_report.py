"""Counting a day for its report: people in numbers alone, organisations by kind and place."""

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased, joinedload, load_only

from hub.actors.models.organisations import Organisation
from hub.actors.models.reference import OrganisationKind, Territory
from hub.events.models.days import Event, EventSession, Mode, Slot, SlotSpeaker
from hub.events.models.outcomes import Presence
from hub.events.models.registrations import Channel, Choice, Registration, RegistrationState
from hub.events.models.workshops import Workshop
from hub.events.queries import papers


def people(
    event: Event,
) -> Select[
    RegistrationState, Mode, Channel, bool, bool, int | None, str | None, str | None, str | None, int
]:
    """Select a day's registrations, counted by what a report tells of them.

    (state, mode, channel, whether seen at one session at least, whether an organisation is named that the
    register lacks, number, name, kind and commune of the register's, how many people)
    """
    commune = aliased(Territory)
    there = exists().where(Presence.registration_id == Registration.id, Presence.was_there).label("there")
    unlisted = (Registration.organisation_name != "").label("unlisted")
    keys = (
        Registration.state, Registration.mode, Registration.channel, there, unlisted,
        Organisation.id, Organisation.name, OrganisationKind.label, commune.name,
    )  # fmt: skip
    each = (
        select(*(key.label(f"key_{place}") for place, key in enumerate(keys)))
        .select_from(Registration)
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .outerjoin(OrganisationKind, OrganisationKind.id == Organisation.kind_id)
        .outerjoin(commune, commune.id == Organisation.commune_id)
        .where(Registration.event_id == event.id)
        .subquery()
    )
    columns = list(each.c)
    return select(*columns, func.count()).group_by(*columns).order_by(each.c.key_6, each.c.key_5)


def sessions(event: Event) -> Select[EventSession, int]:
    """Select (session, how many were seen there) of the sessions of a day that took place, in order."""
    seen = select(func.count()).where(Presence.session_id == EventSession.id, Presence.was_there)
    return (
        select(EventSession, seen.scalar_subquery())
        .where(EventSession.event_id == event.id, EventSession.cancelled_at.is_(None))
        .order_by(EventSession.starts_at, EventSession.id)
    )


def described(event: Event) -> Select[Event]:
    """Select a day with its space, its organisers and its programme: few rows of each, so one statement."""
    return (
        select(Event)
        .where(Event.id == event.id)
        .options(
            load_only(Event.id),
            joinedload(Event.space),
            joinedload(Event.organisers),
            joinedload(Event.slots).joinedload(Slot.speaker_rows).joinedload(SlotSpeaker.organisation),
        )
    )


def workshops(event: Event) -> Select[Workshop, int]:
    """Select (workshop, how many of those expected hold a seat) of those that take place, in order."""
    seats = (
        select(func.count())
        .select_from(Choice)
        .join(Registration, Registration.id == Choice.registration_id)
        .where(Choice.workshop_id == Workshop.id, Registration.state == RegistrationState.CONFIRMED)
    )
    return papers.workshops(event).add_columns(seats.correlate(Workshop).scalar_subquery())
