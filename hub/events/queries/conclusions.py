"""Reading what workshops and days conclude."""

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from hub.events.models.days import Event
from hub.events.models.outcomes import Conclusion
from hub.events.models.workshops import Workshop


def of_event(event: Event) -> Select[Conclusion]:
    """Select the conclusions of a day, its own first, then by the order of the workshops."""
    return (
        select(Conclusion)
        .outerjoin(Conclusion.workshop)
        .where(Conclusion.event_id == event.id)
        .options(contains_eager(Conclusion.workshop), joinedload(Conclusion.rapporteur))
        .order_by(Conclusion.workshop_id.is_not(None), Workshop.position, Workshop.id)
    )


def published(event: Event) -> Select[Conclusion]:
    """Select the conclusions of a day that everybody reads."""
    return of_event(event).where(Conclusion.published_at.is_not(None))


def of_workshop(event: Event, workshop: Workshop | None) -> Select[Conclusion]:
    """Select the conclusion of a workshop, or of the whole day."""
    return select(Conclusion).where(
        Conclusion.event_id == event.id,
        Conclusion.workshop_id == workshop.id if workshop is not None else Conclusion.workshop_id.is_(None),
    )


def workshops(event: Event) -> Select[Workshop]:
    """Select the workshops of a day with who leads them, in their order."""
    return (
        select(Workshop)
        .where(Workshop.event_id == event.id)
        .options(joinedload(Workshop.lead), joinedload(Workshop.round))
        .order_by(Workshop.position, Workshop.id)
    )
