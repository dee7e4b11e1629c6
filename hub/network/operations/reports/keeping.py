"""Asking for a report, keeping its PDF, letting readers see it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core import audit, clock, files, jobs
from hub.core.errors import N_, DomainError
from hub.network.models.reports import StatusReport
from memoranda import pages

JOB = "network.report"
PDF = "application/pdf"
EARLIEST = date(1900, 1, 1)


def ask(session: Session, day: date, since: date, *, actor: Any, now: datetime) -> StatusReport:
    """Add a report and enqueue the making of its PDF.

    Raises DomainError for a day to come, or unless `since` lies before `day`.
    """
    if day > clock.today(now):
        raise DomainError(
            N_("Cette date est à venir : le réseau de ce jour-là n’est pas encore connu."), field="day"
        )
    if since < EARLIEST:
        raise DomainError(N_("Choisissez une date après 1900."), field="since")
    if since >= day:
        raise DomainError(N_("Choisissez une date avant celle du rapport."), field="since")
    report = StatusReport(day=day, since=since, created_at=now, created_by_id=getattr(actor, "id", None))
    session.add(report)
    session.flush()
    _enqueue(session, report, actor, now)
    audit.record(session, "report.asked", report, actor=actor, now=now)
    return report


def again(session: Session, report: StatusReport, *, actor: Any, now: datetime) -> None:
    """Make the PDF of a report anew, by the register as it is now; while one is made, that one is meant.

    Raises DomainError once the report is published.
    """
    session.refresh(report, with_for_update=True)
    if report.published_at is not None:
        raise DomainError(N_("Ce rapport est publié : il ne change plus. Faites-en un autre."))
    running = current_job(session, report)
    if running is None or running.is_over:
        _enqueue(session, report, actor, now)


def current_job(session: Session, report: StatusReport) -> jobs.Job | None:
    """Return the report's last job, whatever came of it."""
    return session.scalar(jobs.of(report, JOB).limit(1))


def keep(session: Session, store: files.Store, report: StatusReport, pdf: bytes, *, now: datetime) -> None:
    """Keep the PDF of a report that isn't published yet."""
    session.refresh(report, with_for_update=True)
    if report.published_at is not None:
        return
    report.file = files.keep(session, store, pdf, f"etat-du-reseau-{report.day}.pdf", PDF, now=now)
    report.pages = pages.count(pdf)
    session.flush()
    audit.record(session, "report.built", report, actor=None, now=now)


def publish(session: Session, report: StatusReport, *, actor: Any, now: datetime) -> None:
    """Let everybody read a report. Raises DomainError while it has no PDF."""
    session.refresh(report, with_for_update=True)
    if report.file_id is None:
        raise DomainError(N_("Le PDF n’est pas encore prêt."))
    if report.published_at is None:
        report.published_at = now
        session.flush()
        audit.record(session, "report.published", report, actor=actor, now=now)


def unpublish(session: Session, report: StatusReport, *, actor: Any, now: datetime) -> None:
    """Take a report back from its readers."""
    session.refresh(report, with_for_update=True)
    if report.published_at is not None:
        report.published_at = None
        session.flush()
        audit.record(session, "report.withdrawn", report, actor=actor, now=now)


def _enqueue(session: Session, report: StatusReport, actor: Any, now: datetime) -> None:
    jobs.enqueue(
        session, JOB, now=now, subject=report, actor_id=getattr(actor, "id", None), report_id=report.id
    )
