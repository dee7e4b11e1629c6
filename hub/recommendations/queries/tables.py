"""Reading what the tables of a workshop write."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from hub.actors.models.organisations import Organisation
from hub.core.tokens import Token
from hub.events.models.days import Event
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.models.workshops import Workshop
from hub.recommendations.models.contributions import Channel, Contribution, ContributionState


def links(workshop: Workshop, purpose: str, now: datetime) -> Select[Token]:
    """Select the links of a workshop that hold, the first made first."""
    return (
        select(Token)
        .where(
            Token.purpose == purpose,
            Token.subject_type == Workshop.__tablename__,
            Token.subject_id == workshop.id,
            Token.revoked_at.is_(None),
            Token.expires_at > now,
        )
        .order_by(Token.id)
    )


def entries(workshop: Workshop) -> Select[Contribution]:
    """Select what the tables of a workshop have written, sent or not, table after table."""
    return (
        select(Contribution)
        .where(Contribution.workshop_id == workshop.id, Contribution.channel == Channel.WORKSHOP)
        .options(joinedload(Contribution.organisation))
        .order_by(Contribution.table_name, Contribution.id)
    )


def drafts(workshop: Workshop) -> Select[Contribution]:
    """Select what they have written and can still correct."""
    return entries(workshop).where(Contribution.state == ContributionState.DRAFT)


def number_of_entries(workshop: Workshop) -> Select[int]:
    """Select how many there are."""
    return select(func.count()).select_from(Contribution).where(Contribution.workshop_id == workshop.id)


def left_open() -> Select[Workshop]:
    """Select the workshops whose tables have written what is not sent yet, with their day."""
    begun = select(Contribution.workshop_id).where(
        Contribution.state == ContributionState.DRAFT, Contribution.channel == Channel.WORKSHOP
    )
    return select(Workshop).where(Workshop.id.in_(begun)).options(joinedload(Workshop.event))


def organisations_there(event: Event) -> Select[Organisation]:
    """Select the organisations from which somebody is signed up for a day, by name."""
    coming = select(Registration.organisation_id).where(
        Registration.event_id == event.id,
        Registration.state == RegistrationState.CONFIRMED,
        Registration.organisation_id.is_not(None),
    )
    return (
        select(Organisation)
        .where(Organisation.id.in_(coming), Organisation.merged_into_id.is_(None))
        .order_by(Organisation.search_text)
    )


def of_day(event: Event) -> Select[Workshop, int, int]:
    """Select a day's workshops with how many demands their tables wrote, and how many aren't sent yet."""
    written = (
        select(
            Contribution.workshop_id,
            func.count().label("written"),
            func.count().filter(Contribution.state == ContributionState.DRAFT).label("open"),
        )
        .where(Contribution.channel == Channel.WORKSHOP)
        .group_by(Contribution.workshop_id)
        .subquery()
    )
    return (
        select(Workshop, func.coalesce(written.c.written, 0), func.coalesce(written.c.open, 0))
        .outerjoin(written, written.c.workshop_id == Workshop.id)
        .where(Workshop.event_id == event.id)
        .options(joinedload(Workshop.round))
        .order_by(Workshop.position, Workshop.id)
    )
