"""What the hub itself knows of who meets whom: spaces, days, memoranda, projects, roofs.

Each function selects seats: (fact, what it is called, actor, first day, last day, whether it runs it). How
seats become ties is told in `hub.network.values.projection`.
"""

from typing import Any

from sqlalchemy import Select, and_, false, literal, select, true, union_all

from hub.actors.models.projects import PartRole, Project, ProjectPart
from hub.actors.models.record import DropIn
from hub.core import clock
from hub.events.models.days import Event, EventState, Slot, SlotSpeaker, event_organiser
from hub.events.models.registrations import Registration, RegistrationState
from hub.network.values.sight import Sight
from hub.publishing.models.composition import Signatory
from hub.publishing.models.editions import PUBLIC, Edition, Memorandum
from hub.spaces.models.spaces import Membership, MembershipRole, Space, SpaceState


def seats() -> Select[*tuple[Any, ...]]:
    """Select who sits or sat in which space; a space's own end ends the seats in it."""
    return (
        select(
            Space.id,
            Space.slug,
            Space.name.label("about"),
            Membership.organisation_id,
            Membership.starts_on,
            Membership.ends_on,
            (Membership.role == MembershipRole.PILOT).label("runs"),
            Space.starts_on.label("opened"),
            Space.ends_on.label("ended"),
            (Space.state == SpaceState.CLOSED).label("closed"),
        )
        .join(Membership.space)
        .order_by(Space.id, Membership.id)
    )


def parts() -> Select[*tuple[Any, ...]]:
    """Select who has or had which part in which project."""
    live = and_(Project.withdrawn_at.is_(None), ProjectPart.withdrawn_at.is_(None))
    return (
        select(
            Project.id,
            Project.slug,
            Project.name.label("about"),
            ProjectPart.organisation_id,
            ProjectPart.starts_on,
            ProjectPart.ends_on,
            (ProjectPart.role == PartRole.LEAD).label("runs"),
            Project.starts_on.label("opened"),
            Project.ends_on.label("ended"),
        )
        .join(ProjectPart.project)
        .where(live)
        .order_by(Project.id, ProjectPart.id)
    )


def signatures() -> Select[*tuple[Any, ...]]:
    """Select who signed which published edition; nobody runs one."""
    return (
        select(
            Edition.id,
            Memorandum.title.label("about"),
            Signatory.organisation_id,
            Edition.published_at,
        )
        .join(Signatory.edition)
        .join(Edition.memorandum)
        .where(Edition.state.in_(PUBLIC))
        .order_by(Edition.id, Signatory.position, Signatory.id)
    )


def took_place(sight: Sight) -> Any:
    """Hold for days that everybody may see and that are no longer to come."""
    return and_(Event.state == EventState.PUBLISHED, Event.starts_at < clock.end_of_day(sight.today))


def participations(sight: Sight) -> Select[*tuple[Any, ...]]:
    """Select which organisations had to do with which day: organisers and speakers, as its page names them.

    Those who signed up only where the reader may see sign-ups; not those who cancelled.
    """
    shown = true() if sight.sign_ups else false()
    named = union_all(
        select(event_organiser.c.event_id, event_organiser.c.organisation_id, literal(1).label("runs")),
        select(Slot.event_id, SlotSpeaker.organisation_id, literal(0)).join(SlotSpeaker.slot),
        select(Registration.event_id, Registration.organisation_id, literal(0)).where(
            shown,
            Registration.organisation_id.is_not(None),
            Registration.state == RegistrationState.CONFIRMED,
        ),
    ).subquery()
    return (
        select(
            Event.id,
            Event.slug,
            Event.title.label("about"),
            named.c.organisation_id,
            Event.starts_at,
            named.c.runs,
        )
        .join(named, named.c.event_id == Event.id)
        .where(took_place(sight))
        .distinct()
        .order_by(Event.id, named.c.runs.desc(), named.c.organisation_id)
    )


def roofs(sight: Sight) -> Select[*tuple[Any, ...]]:
    """Select under whose roof which day was held, and who organised it."""
    return (
        select(
            Event.id,
            Event.slug,
            Event.title.label("about"),
            Event.venue_id,
            event_organiser.c.organisation_id,
            Event.starts_at,
        )
        .join(event_organiser, event_organiser.c.event_id == Event.id)
        .where(took_place(sight), Event.venue_id != event_organiser.c.organisation_id)
        .order_by(Event.id, event_organiser.c.organisation_id)
    )


def drop_ins() -> Select[*tuple[Any, ...]]:
    """Select under whose roof whose drop-ins are held."""
    return (
        select(
            DropIn.id,
            DropIn.subject.label("about"),
            DropIn.venue_id,
            DropIn.organisation_id,
            DropIn.starts_on,
            DropIn.starts_precision,
            DropIn.ends_on,
            DropIn.ends_precision,
        )
        .where(
            DropIn.withdrawn_at.is_(None),
            DropIn.venue_id.is_not(None),
            DropIn.venue_id != DropIn.organisation_id,
        )
        .order_by(DropIn.id)
    )
