"""Printing a report in a process of its own."""

from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core import clock
from hub.core.errors import N_
from hub.core.files import Store
from hub.core.jobs import Job, JobCancelledError, JobContext, JobFailedError, job
from hub.reports.models.reports import PlenaryReport, ReportState
from hub.reports.operations import publication
from hub.reports.operations.compiling import compile_report
from memoranda import plain
from memoranda.errors import BuildError, BuildStoppedError, ContentError
from memoranda.sandbox import build_apart

FONTS = Path(__file__).parent.parent.parent / "static" / "dist" / "fonts"
READ, PRINTED = 5, 97
READING, KEEPING = N_("Lecture du rapport"), N_("Rangement du PDF")
NOBODY = "Travail de fond"


@job(publication.JOB)
def build(context: JobContext, *, report_id: int) -> dict[str, Any]:
    """Print a report; one that was to be published becomes public with its PDF."""
    store = Store(Path(context.info["config"]["FILES_FOLDER"]))
    context.progress(0, READING)
    with context.read() as session:
        report = _report(session, report_id)
        if report.state is ReportState.PUBLISHED:
            raise JobCancelledError
        content = compile_report(session, report, report.parts)
        if report.content_hash == plain.digest(content):
            return {"report": report_id, "reused": True}
    try:
        pdf = build_apart(
            content, fonts_folder=FONTS, on_progress=partial(_tell, context), should_stop=context.should_stop
        )
    except BuildStoppedError as problem:
        raise JobCancelledError from problem
    except (BuildError, ContentError) as problem:
        with context.write() as session:
            publication.fail(
                session, _report(session, report_id), job_id=context.job_id,
                actor=_actor(session, context), now=clock.now(),
            )  # fmt: skip
        raise JobFailedError(_sentences(problem)) from problem
    context.progress(PRINTED, KEEPING)
    with context.write() as session:
        kept = publication.keep(
            session, store, _report(session, report_id), content, pdf, job_id=context.job_id,
            actor=_actor(session, context), now=clock.now(),
        )  # fmt: skip
        if not kept:
            raise JobCancelledError
    return {"report": report_id, "reused": False}


def _sentences(problem: Exception) -> str:
    if isinstance(problem, ContentError):
        return "\n".join(one.sentence for one in problem.problems)
    return str(problem)


def _tell(context: JobContext, share: float, words: str) -> None:
    context.progress(round(READ + share * (PRINTED - READ)), words)


def _report(session: Session, identifier: int) -> PlenaryReport:
    report = session.get(PlenaryReport, identifier)
    if report is None:
        raise JobCancelledError
    return report


def _actor(session: Session, context: JobContext) -> User | str:
    row = session.get(Job, context.job_id)
    user = session.get(User, row.actor_id) if row is not None and row.actor_id else None
    return user or NOBODY
