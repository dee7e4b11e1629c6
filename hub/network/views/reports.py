"""The yearly report: asked for, looked at, published, read."""

from datetime import timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.accounts.models import User
from hub.actors.forms.fields import words as refusal
from hub.core import clock, files
from hub.core.access import coordinator, current_user, everyone, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.network.forms.reports import ReportForm
from hub.network.models.reports import StatusReport
from hub.network.operations.reports import keeping
from hub.network.queries import reports as queries
from hub.network.views.blueprint import blueprint

YEAR = timedelta(days=365)
Answer = Response | tuple[str, int] | str


def may_read(user: User | None, report: StatusReport) -> bool:
    """Allow everybody once it is published, coordinators before."""
    return report.published_at is not None or coordinator(user)


@blueprint.get("/etat")
@permit(everyone)
def reports() -> str:
    """List the reports; coordinators ask for one here."""
    form = ReportForm(formdata=None)
    form.day.data = clock.today(clock.now())
    form.since.data = form.day.data - YEAR
    return _list(form)


def _list(form: ReportForm) -> str:
    session = db.session()
    found = session.scalars(queries.listed(everything=may(coordinator))).all()
    return render_template("network/reports/index.html", reports=found, form=form)


@blueprint.post("/etat")
@permit(coordinator)
def ask_report() -> Answer:
    """Ask for a report."""
    form = ReportForm()
    if form.validate() and form.day.data and form.since.data:
        try:
            report = keeping.ask(
                db.session(), form.day.data, form.since.data, actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            form[problem.field or "day"].errors = [refusal(problem)]
        else:
            return _page(report)
    return _list(form), 422


@blueprint.get("/etat/<int:id>")
@permit(may_read, StatusReport)
def report(report: StatusReport) -> str:
    """Show a report: how far it is, what was made, who may read it."""
    job = keeping.current_job(db.session(), report)
    return render_template("network/reports/show.html", report=report, job=job)


@blueprint.get("/etat/<int:id>/avancement")
@permit(coordinator, StatusReport)
def report_progress(report: StatusReport) -> str:
    """Send how far the PDF is."""
    job = keeping.current_job(db.session(), report)
    return render_template("network/reports/progress.html", report=report, job=job)


@blueprint.get("/etat/<int:id>/etat-du-reseau.pdf")
@permit(may_read, StatusReport)
def report_file(report: StatusReport) -> Response:
    """Send the PDF."""
    if report.file is None:
        abort(404)
    return files.answer(report.file, inline=True)


@blueprint.post("/etat/<int:id>/refaire")
@permit(coordinator, StatusReport)
def build_report(report: StatusReport) -> Response:
    """Make the PDF anew."""
    try:
        keeping.again(db.session(), report, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(refusal(problem), "error")
    return _page(report)


@blueprint.post("/etat/<int:id>/publier")
@permit(coordinator, StatusReport)
def publish_report(report: StatusReport) -> Response:
    """Let everybody read it."""
    try:
        keeping.publish(db.session(), report, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(refusal(problem), "error")
    else:
        flash(gettext("Le rapport est public."), "success")
    return _page(report)


@blueprint.post("/etat/<int:id>/depublier")
@permit(coordinator, StatusReport)
def unpublish_report(report: StatusReport) -> Response:
    """Take it back from its readers."""
    keeping.unpublish(db.session(), report, actor=current_user(), now=clock.now())
    flash(gettext("Le rapport n’est plus public."), "success")
    return _page(report)


def _page(report: StatusReport) -> Response:
    return redirect(url_for("network.report", id=report.id), 303)
