"""Reading many texts at once, for the index of what asks the same."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock, jobs, mornings
from hub.core.errors import N_
from hub.recommendations.operations import recognition

COMPARED = N_("Les textes sont comparés")


@jobs.job(recognition.JOB)
def recognise(context: jobs.JobContext) -> dict[str, Any]:
    """Bring the index kept up to date; it is the same however often this runs."""
    with context.read() as session:
        held = recognition.made(session)
    held = recognition.paired(held, lambda share: context.progress(round(100 * share), COMPARED))
    with context.write() as session:
        recognition.keep(session, held, now=clock.now())
    return {"texts": len(held.index)}


def each_morning(session: Session, *, day: date, now: datetime) -> None:
    """Read what came in since."""
    del day
    recognition.ask(session, now=now)


mornings.morning.connect(each_morning)
