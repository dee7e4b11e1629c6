"""What readers see: the published report and its PDF. Rights are checked at each GET (S3)."""

import functools

from flask import abort, redirect, render_template, url_for
from markupsafe import Markup

from hub.core import files
from hub.core.access import coordinator, everyone, may, permit
from hub.core.db import db
from hub.reports import rules
from hub.reports.models.reports import PlenaryReport, ReportState
from hub.reports.queries import reports as queries
from hub.reports.values.period import Period
from hub.reports.views.blueprint import Answer, blueprint
from memoranda import plain
from memoranda.report import page
from memoranda.report.content import Report

KEPT_PAGES = 8


@blueprint.get("/rapports")
@permit(everyone)
def index() -> str:
    """List the reports: the public ones, or all to coordinators."""
    found = db.session().scalars(queries.listed(everything=may(coordinator))).all()
    return render_template("reports/index.html", reports=found, period_of=period_of)


@blueprint.get("/rapports/<slug>")
@permit(everyone, PlenaryReport, key="slug")
def show(report: PlenaryReport) -> Answer:
    """Show the report as it was published; coordinators are led to a draft's own page."""
    if not may(rules.read, report):
        abort(404)
    if report.state is not ReportState.PUBLISHED:
        return redirect(url_for("reports.compose", slug=report.slug))
    content, fragment = _read(report.content)
    return render_template(
        "reports/read.html", report=report, content=content, fragment=fragment, address=_address(report)
    )


@blueprint.get("/rapports/<slug>/rapport.pdf")
@permit(everyone, PlenaryReport, key="slug")
def download(report: PlenaryReport) -> Answer:
    """Send the PDF: the published one to everybody, a draft's to coordinators."""
    if not may(rules.read, report):
        abort(404)
    if report.file is None:
        abort(404)
    answer = files.answer(report.file, inline=True)
    if not report.is_public:
        answer.headers["Cache-Control"] = "private, no-store"
    return answer


def period_of(report: PlenaryReport) -> str:
    """Return the period of a report in words."""
    return Period(report.first_on, report.last_on).words()


def _address(report: PlenaryReport) -> str:
    return url_for("reports.show", slug=report.slug, _external=True)


@functools.lru_cache(maxsize=KEPT_PAGES)
def _read(written: str) -> tuple[Report, Markup]:
    """Return a published content, which never changes, and its page."""
    content = plain.from_json(written, Report)
    return content, page.to_html(content)
