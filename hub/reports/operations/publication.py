"""Printing a report and making it public.

As for memoranda: the report is frozen and its last PDF asked for in one transaction; it becomes public in the
transaction that keeps this PDF. If that can't be made, or somebody stops it, the report is a draft again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import audit, files, jobs
from hub.core.errors import N_, DomainError
from hub.reports.models.reports import PlenaryReport, ReportState
from hub.reports.operations.compiling import compile_report
from hub.reports.operations.drafting import hold
from memoranda import pages, plain
from memoranda.report.content import Report

JOB = "reports.build"
PDF = "application/pdf"


def current_job(session: Session, report: PlenaryReport) -> jobs.Job | None:
    """Return the report's last job, whatever came of it."""
    return session.scalar(jobs.of(report, JOB).limit(1))


def is_stale(session: Session, report: PlenaryReport) -> bool:
    """Say whether a draft has changed since its PDF was made."""
    if report.state is not ReportState.DRAFT or report.content_hash is None:
        return False
    return plain.digest(compile_report(session, report, report.parts)) != report.content_hash


def request_build(session: Session, report: PlenaryReport, *, actor: Any, now: datetime) -> jobs.Job | None:
    """Ask for the PDF of a draft; while one is being made, that one is meant. None if it is up to date.

    Raises FrozenError.
    """
    hold(session, report)
    running = current_job(session, report)
    if running is not None and not running.is_over and not running.cancel_requested:
        return running
    if report.file_id is not None and not is_stale(session, report):
        return None
    return _enqueue(session, report, actor, now)


def publish(session: Session, report: PlenaryReport, *, actor: Any, now: datetime) -> jobs.Job:
    """Freeze the report and ask for its last PDF; it becomes public with it.

    Raises FrozenError unless it is a draft, DomainError where no part is shown.
    """
    hold(session, report)
    if all(part.is_hidden for part in report.parts):
        raise DomainError(N_("Toutes les parties sont cachées : montrez-en au moins une avant de publier."))
    _cancel_running(session, report, now)
    report.state, report.published_at = ReportState.PUBLISHING, now
    job = _enqueue(session, report, actor, now)
    audit.record(session, "report.publishing", report, actor=actor, now=now)
    return job


def stop(session: Session, report: PlenaryReport, *, actor: Any, now: datetime) -> None:
    """Stop what is being made; a report that was about to be published is a draft again."""
    session.refresh(report, with_for_update=True)
    _cancel_running(session, report, now)
    if report.state is ReportState.PUBLISHING:
        _back_to_draft(session, report)
        audit.record(session, "report.failed", report, actor=actor, now=now)


def keep(
    session: Session,
    store: files.Store,
    report: PlenaryReport,
    content: Report,
    pdf: bytes,
    *,
    job_id: int,
    actor: Any,
    now: datetime,
) -> bool:
    """Keep the PDF made of `content`; the report that waited for it becomes public.

    Returns False if the work was stopped or the report was published meanwhile.
    """
    session.refresh(report, with_for_update=True)
    if report.state is ReportState.PUBLISHED or not _is_last(session, report, job_id):
        return False
    is_draft = report.state is ReportState.DRAFT
    name = f"{report.slug}{'-projet' if is_draft else ''}.pdf"
    report.file = files.keep(session, store, pdf, name, PDF, now=now)
    report.pages, report.content = pages.count(pdf), plain.to_json(content)
    report.content_hash = plain.digest(content)
    audit.record(
        session, "report.built", report, actor=actor, now=now, changes={"pages": [None, report.pages]}
    )
    if not is_draft:
        report.state = ReportState.PUBLISHED
        session.flush()
        audit.record(session, "report.published", report, actor=actor, now=now)
    return True


def fail(session: Session, report: PlenaryReport, *, job_id: int, actor: Any, now: datetime) -> None:
    """Make a report whose last PDF could not be made a draft again."""
    session.refresh(report, with_for_update=True)
    if report.state is ReportState.PUBLISHING and _is_last(session, report, job_id):
        _back_to_draft(session, report)
        audit.record(session, "report.failed", report, actor=actor, now=now)


def withdraw(session: Session, report: PlenaryReport, *, actor: Any, now: datetime) -> None:
    """Take a published report off the public pages; what it says stays as it was. Raises DomainError."""
    session.refresh(report, with_for_update=True)
    _check_published(report)
    if report.withdrawn_at is None:
        report.withdrawn_at = now
        session.flush()
        audit.record(session, "report.withdrawn", report, actor=actor, now=now)


def show_again(session: Session, report: PlenaryReport, *, actor: Any, now: datetime) -> None:
    """Put a report that was taken off the public pages back on them. Raises DomainError."""
    session.refresh(report, with_for_update=True)
    _check_published(report)
    if report.withdrawn_at is not None:
        report.withdrawn_at = None
        session.flush()
        audit.record(session, "report.shown_again", report, actor=actor, now=now)


def _check_published(report: PlenaryReport) -> None:
    if report.state is not ReportState.PUBLISHED:
        raise DomainError(N_("Ce rapport n’est pas encore publié."))


def _enqueue(session: Session, report: PlenaryReport, actor: Any, now: datetime) -> jobs.Job:
    session.flush()
    return jobs.enqueue(
        session, JOB, now=now, subject=report, actor_id=getattr(actor, "id", None), report_id=report.id
    )


def _cancel_running(session: Session, report: PlenaryReport, now: datetime) -> None:
    job = current_job(session, report)
    if job is not None and not job.is_over:
        jobs.cancel(session, job, now=now)


def _back_to_draft(session: Session, report: PlenaryReport) -> None:
    report.state, report.published_at = ReportState.DRAFT, None
    session.flush()


def _is_last(session: Session, report: PlenaryReport, job_id: int) -> bool:
    last = current_job(session, report)
    return last is not None and last.id == job_id and not last.cancel_requested
