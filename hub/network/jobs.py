"""Computing what takes longer than a page may; old results are swept."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.errors import N_
from hub.core.files import Store
from hub.core.jobs import JobCancelledError, JobContext, JobFailedError, job
from hub.core.sweeping import sweeping
from hub.network.models.reports import StatusReport
from hub.network.operations import computing, invitations, results, views
from hub.network.operations.reports import content, keeping
from hub.network.queries import results as queries
from hub.network.queries.register import read
from hub.network.values.results import Question, key_of
from memoranda.errors import BuildError, BuildStoppedError, ContentError
from memoranda.sandbox import build_apart

READ, DRAWN, COMPUTED = 5, 20, 95
FONTS = Path(__file__).parent.parent / "static" / "dist" / "fonts"
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
    computed = computing.compute(asked.kind, network, previous, partial(_tell, context))
    context.progress(COMPUTED, KEEPING)
    with context.write() as session:
        results.keep(
            session, asked.kind, key,
            series=asked.series, day=asked.wanted.day, content=computed, now=clock.now(),
        )  # fmt: skip
        results.forget_claims_of(session, context.job_id)
    return {"key": key}


def _tell(context: JobContext, share: float) -> None:
    context.progress(READ + round(share * (COMPUTED - READ)), COMPUTING)


@job(keeping.JOB)
def report(context: JobContext, *, report_id: int) -> dict[str, Any]:
    """Make the PDF of a report: read, measure and draw, print in a process of its own."""
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    context.progress(0, READING)
    with context.read() as session:
        asked = session.get(StatusReport, report_id)
        if asked is None or asked.published_at is not None:
            raise JobCancelledError
        material = content.gather(session, asked.day, asked.since)
    document = content.compose(material, tell=lambda step: context.progress(READ, step))
    try:
        pdf = build_apart(
            document, fonts_folder=FONTS, on_progress=partial(_tell_printing, context),
            should_stop=context.should_stop,
        )  # fmt: skip
    except BuildStoppedError as problem:
        raise JobCancelledError from problem
    except (BuildError, ContentError) as problem:
        raise JobFailedError(str(problem)) from problem
    with context.write() as session:
        row = session.get(StatusReport, report_id)
        if row is None:
            raise JobCancelledError
        keeping.keep(session, store, row, pdf, now=clock.now())
    return {"report": report_id}


def _tell_printing(context: JobContext, share: float, step: str) -> None:
    context.progress(DRAWN + round(share * (COMPUTED - DRAWN)), step)


@sweeping.connect
def sweep(session: Session, *, now: datetime) -> None:
    """Delete results that nobody needs, saved views that nobody took back, decisions replaced long ago."""
    results.sweep(session, now=now)
    views.sweep(session, now=now)
    invitations.sweep(session, now=now)
