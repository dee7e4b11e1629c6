"""Who may see and do what with a day. Signing up needs no account; one's own sign-up needs its link."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, object_session

from hub.accounts.models import Role, User
from hub.actors.models.mandates import Mandate, Person
from hub.actors.rules import represents
from hub.core import clock
from hub.core.access import coordinator
from hub.events.models.days import Event, EventState
from hub.events.models.outcomes import Conclusion
from hub.events.models.registrations import ReservedPlaces
from hub.events.models.workshops import Workshop

manage = coordinator


def see(user: User | None, event: Event) -> bool:
    """Allow everybody to see a day that was published, called off or not; a draft is for coordinators."""
    return event.state != EventState.DRAFT or coordinator(user)


def see_needs(user: User | None, event: Event) -> bool:
    """Allow the coordination alone to see whose diet and needs: not who administers, not the door (G3)."""
    del event
    return user is not None and user.is_active and user.role == Role.COORDINATOR


def write_conclusion(user: User | None, workshop: Workshop) -> bool:
    """Allow coordinators, and whoever speaks for who leads the workshop or reports on it."""
    reports = select(Conclusion.rapporteur_id).where(Conclusion.workshop_id == workshop.id)
    leads = select(Workshop.lead_id).where(Workshop.id == workshop.id)
    return coordinator(user) or _speaks_for(object_session(workshop), user, (leads, reports))


def write_conclusion_of_day(user: User | None, event: Event) -> bool:
    """Allow coordinators, and whoever speaks for the organisation that reports on the whole day."""
    reports = select(Conclusion.rapporteur_id).where(
        Conclusion.event_id == event.id, Conclusion.workshop_id.is_(None)
    )
    return coordinator(user) or _speaks_for(object_session(event), user, (reports,))


def write_some_conclusion(user: User | None, event: Event) -> bool:
    """Allow whoever may write one of a day's conclusions."""
    reports = select(Conclusion.rapporteur_id).where(Conclusion.event_id == event.id)
    leads = select(Workshop.lead_id).where(Workshop.event_id == event.id)
    return coordinator(user) or _speaks_for(object_session(event), user, (leads, reports))


def _speaks_for(
    session: Session | None, user: User | None, organisations: Sequence[Select[int | None]]
) -> bool:
    """Say whether somebody holds, today, a mandate of one of the organisations; the right ends with it."""
    if user is None or session is None:
        return False
    held = (
        select(Mandate.id)
        .join(Mandate.person)
        .where(
            or_(*(Mandate.organisation_id.in_(one) for one in organisations)),
            Person.user_id == user.id,
            Mandate.speaks_on(clock.today(clock.now())),
        )
    )
    return session.scalar(held.limit(1)) is not None


def fill_places(user: User | None, places: ReservedPlaces) -> bool:
    """Allow coordinators, and whoever speaks for the organisation that the places are reserved for."""
    return coordinator(user) or represents(user, places.organisation)
