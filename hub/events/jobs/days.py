"""What happens after a day, or when it is called off, without anybody waiting for it."""

from typing import Any

from sqlalchemy import select

from hub.core import clock, jobs
from hub.events.models.days import Event
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.operations import days, letters

BATCH = 25


@jobs.job("events.forget_needs")
def forget_needs(context: jobs.JobContext, event: int) -> dict[str, Any]:
    """Forget diets, needs and meals once the day is over; a day that moved meanwhile has a later job (G3)."""
    with context.write() as session:
        row = session.get_one(Event, event)
        return {"forgotten": days.forget_all_needs(session, row, now=clock.now())}


@jobs.job("events.tell_called_off")
def tell_called_off(context: jobs.JobContext, event: int) -> dict[str, Any]:
    """Write to everybody signed up that the day is called off; done twice, each still gets one mail."""
    with context.read() as session:
        numbers = session.scalars(
            select(Registration.id)
            .where(Registration.event_id == event, Registration.state == RegistrationState.CONFIRMED)
            .order_by(Registration.id)
        ).all()
    for start in range(0, len(numbers), BATCH):
        with context.write() as session:
            for number in numbers[start : start + BATCH]:
                row = session.get_one(Registration, number)
                letters.tell_called_off(session, row, now=clock.now())
        context.progress(100 * (start + BATCH) // len(numbers), "")
    return {"told": len(numbers)}
