"""Computing what takes longer than a page may; old results are swept."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import N_
from hub.core.jobs import JobContext, job
from hub.core.sweeping import sweeping
from hub.network.operations import computing, results
from hub.network.queries import results as queries
from hub.network.queries.register import read
from hub.network.values.results import Question, key_of

READ, COMPUTED = 5, 95
READING = N_("Lecture du réseau")
COMPUTING = N_("Calcul en cours")
KEEPING = N_("Rangement du résultat")


@job(results.JOB)
def compute(context: JobContext, *, question: dict[str, Any]) -> dict[str, Any]:
    """Compute a result for the network as it is now; it is found under its own key whoever asked."""
    asked = Question.from_json(question)
    context.progress(0, READING)
    with context.read() as session:
        network = asked.network(read(session, asked.wanted.day, asked.sight))
        key = key_of(asked.kind, network)
        known = session.scalar(queries.result(asked.kind, key))
        if known is not None and known.content is not None:
            return {"key": key}
        before = session.scalar(queries.newest(asked.kind, asked.series))
        previous = before.content if before else None
    context.progress(READ, COMPUTING)
    content = computing.compute(asked.kind, network, previous, partial(_tell, context))
    context.progress(COMPUTED, KEEPING)
    with context.write() as session:
        results.keep(
            session, asked.kind, key,
            series=asked.series, day=asked.wanted.day, content=content, now=clock.now(),
        )  # fmt: skip
        results.forget_claims_of(session, context.job_id)
    return {"key": key}


def _tell(context: JobContext, share: float) -> None:
    context.progress(READ + round(share * (COMPUTED - READ)), COMPUTING)


@sweeping.connect
def sweep(session: Session, *, now: datetime) -> None:
    """Delete results that nobody needs any more."""
    results.sweep(session, now=now)
