"""Making a report: asked for, looked at, put in order, counted anew, printed, published."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words as refusal
from hub.core import audit, clock
from hub.core.access import coordinator, current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.reports import rules
from hub.reports.forms.reports import NewPartForm, ReportForm
from hub.reports.models.reports import PartKind, PlenaryReport, ReportState
from hub.reports.operations import drafting, editing, publication
from hub.reports.operations.compiling import compile_report
from hub.reports.views.blueprint import Answer, blueprint
from hub.reports.views.reading import period_of
from hub.reports.words import GESTURES
from memoranda.errors import ContentError
from memoranda.report import page

HISTORY = 8
PLACE = "/rapports/<slug>/composer"


def problem_of(form: Any, problem: DomainError) -> list[str]:
    """Put a refusal under the field at fault; return its sentence if the form has no such field."""
    if problem.field and problem.field in form:
        form[problem.field].errors = [refusal(problem)]
        return []
    return [refusal(problem)]


@blueprint.get("/rapports/nouveau")
@permit(coordinator)
def new() -> str:
    """Ask what the report is about: last year, unless told."""
    form = ReportForm(formdata=None)
    year = clock.today(clock.now()).year - 1
    form.title.data = gettext("État des lieux et perspectives %(year)s", year=year)
    form.first.data, form.last.data = date(year, 1, 1), date(year, 12, 31)
    return _new(form)


def _new(form: ReportForm, extra: list[str] | None = None) -> str:
    form.offer(db.session())
    years = [clock.today(clock.now()).year - back for back in range(3)]
    return render_template("reports/new.html", form=form, extra=extra or [], years=years)


@blueprint.post("/rapports/nouveau")
@permit(coordinator)
def create() -> Answer:
    """Make the draft; one button does for a whole year."""
    year = request.form.get("year", type=row_number)
    form = ReportForm(formdata=None) if year else ReportForm()
    session = db.session()
    form.offer(session)
    if year and date.min.year < year < date.max.year:
        form.title.data = gettext("État des lieux et perspectives %(year)s", year=year)
        form.first.data, form.last.data = date(year, 1, 1), date(year, 12, 31)
        form.territory.data = form.space.data = form.plan.data = 0
        form.absent_after.data = 3
    elif not form.validate():
        return _new(form), 422
    try:
        report = drafting.draft(session, form.facts(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        return _new(form, problem_of(form, problem)), 422
    flash(gettext("Le brouillon est prêt. Relisez, complétez, cachez ce qui n’a pas sa place."), "success")
    return redirect(url_for("reports.compose", slug=report.slug), 303)


@blueprint.get(PLACE)
@permit(rules.edit, PlenaryReport, key="slug")
def compose(report: PlenaryReport) -> str:
    """Show the outline of a report and what to do with it."""
    return outline(report)


def outline(
    report: PlenaryReport, *, new_part: NewPartForm | None = None, extra: list[str] | None = None
) -> str:
    """Show the outline; `extra` are errors of no field."""
    session = db.session()
    return render_template(
        "reports/compose.html",
        report=report,
        period=period_of(report),
        job=publication.current_job(session, report),
        is_stale=publication.is_stale(session, report),
        is_draft=report.state is ReportState.DRAFT,
        is_published=report.state is ReportState.PUBLISHED,
        new_part=new_part or NewPartForm(formdata=None),
        extra=extra or [],
        free=PartKind.FREE,
        history=session.scalars(audit.history(report).limit(HISTORY)).all(),
        gestures=GESTURES,
        address=url_for("reports.show", slug=report.slug, _external=True),
    )


@blueprint.get("/rapports/<slug>/apercu")
@permit(rules.edit, PlenaryReport, key="slug")
def preview(report: PlenaryReport) -> str:
    """Show the draft as its page would be."""
    content = compile_report(db.session(), report, report.parts)
    try:
        fragment, problems = page.to_html(content), []
    except ContentError as problem:
        fragment, problems = Markup(), [one.sentence for one in problem.problems]
    return render_template(
        "reports/preview.html", report=report, content=content, fragment=fragment, problems=problems
    )


@blueprint.get("/rapports/<slug>/sujet")
@permit(rules.edit, PlenaryReport, key="slug")
def edit(report: PlenaryReport) -> str:
    """Show what the report is about, to change it."""
    form = ReportForm(formdata=None)
    form.offer(db.session())
    form.fill(report)
    return render_template("reports/edit.html", report=report, form=form, extra=[])


@blueprint.post("/rapports/<slug>/sujet")
@permit(rules.edit, PlenaryReport, key="slug")
def change(report: PlenaryReport) -> Answer:
    """Change what the report is about."""
    form = ReportForm()
    form.offer(db.session())
    extra: list[str] = []
    if form.validate():
        try:
            drafting.change(db.session(), report, form.facts(), actor=current_user(), now=clock.now())
        except DomainError as problem:
            extra = problem_of(form, problem)
        else:
            flash(gettext("Enregistré ; les chiffres suivent, vos textes sont restés."), "success")
            return redirect(url_for("reports.compose", slug=report.slug), 303)
    return render_template("reports/edit.html", report=report, form=form, extra=extra), 422


@blueprint.post("/rapports/<slug>/recalculer")
@permit(rules.edit, PlenaryReport, key="slug")
def recount(report: PlenaryReport) -> Response:
    """Count anew."""
    done = gettext("Les chiffres sont ceux de maintenant ; vos textes et ce que vous avez caché sont restés.")
    return _did(report, drafting.recount, done)


@blueprint.post("/rapports/<slug>/construire")
@permit(rules.edit, PlenaryReport, key="slug")
def build(report: PlenaryReport) -> Response:
    """Ask for the PDF."""
    try:
        job = publication.request_build(db.session(), report, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return _refused(report, problem)
    if job is None:
        flash(gettext("Rien n’a changé : le PDF est déjà à jour."), "info")
    return _back(report)


@blueprint.get("/rapports/<slug>/avancement")
@permit(rules.edit, PlenaryReport, key="slug")
def progress(report: PlenaryReport) -> str:
    """Send how far the PDF is."""
    session = db.session()
    return render_template(
        "reports/progress.html", report=report, job=publication.current_job(session, report),
        is_stale=publication.is_stale(session, report), is_published=report.state is ReportState.PUBLISHED,
    )  # fmt: skip


@blueprint.post("/rapports/<slug>/arreter")
@permit(rules.edit, PlenaryReport, key="slug")
def stop(report: PlenaryReport) -> Response:
    """Stop what is being made."""
    return _did(report, publication.stop, gettext("Arrêté. Le rapport est un brouillon."))


@blueprint.get("/rapports/<slug>/publier")
@permit(rules.edit, PlenaryReport, key="slug")
def ask_publish(report: PlenaryReport) -> Answer:
    """Say what publishing does, before it is done."""
    if report.state is not ReportState.DRAFT:
        return _back(report)
    return render_template("reports/publish.html", report=report, period=period_of(report))


@blueprint.post("/rapports/<slug>/publier")
@permit(rules.edit, PlenaryReport, key="slug")
def publish(report: PlenaryReport) -> Response:
    """Freeze the report; it becomes public with its PDF."""
    done = gettext("Publication en cours : le rapport devient public dès que son PDF est prêt.")
    return _did(report, publication.publish, done)


@blueprint.post("/rapports/<slug>/retirer")
@permit(rules.edit, PlenaryReport, key="slug")
def withdraw(report: PlenaryReport) -> Response:
    """Take it off the public pages."""
    return _did(report, publication.withdraw, gettext("Le rapport n’est plus public. Il n’a pas changé."))


@blueprint.post("/rapports/<slug>/remettre")
@permit(rules.edit, PlenaryReport, key="slug")
def show_again(report: PlenaryReport) -> Response:
    """Put it back on the public pages."""
    return _did(report, publication.show_again, gettext("Le rapport est de nouveau public."))


@blueprint.get("/rapports/<slug>/supprimer")
@permit(rules.edit, PlenaryReport, key="slug")
def ask_remove(report: PlenaryReport) -> Answer:
    """Say what deleting a draft does."""
    if report.state is not ReportState.DRAFT:
        return _back(report)
    return render_template("reports/remove.html", report=report)


@blueprint.post("/rapports/<slug>/supprimer")
@permit(rules.edit, PlenaryReport, key="slug")
def remove(report: PlenaryReport) -> Response:
    """Delete a draft."""
    try:
        drafting.remove(db.session(), report, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return _refused(report, problem)
    flash(gettext("Le brouillon est supprimé."), "success")
    return redirect(url_for("reports.index"), 303)


@blueprint.post("/rapports/<slug>/ordre")
@permit(rules.edit, PlenaryReport, key="slug")
def order(report: PlenaryReport) -> Answer:
    """Put the parts in order: from a script the whole order, else one part by a place."""
    session, by = db.session(), {"actor": current_user(), "now": clock.now()}
    moved = request.form.get("moved", type=row_number)
    try:
        if moved is None:
            editing.order(session, report, request.form.getlist("item", type=row_number), **by)
            return FlaskResponse(status=204)
        part = next((one for one in report.parts if one.id == moved), None)
        if part is not None:
            editing.move(session, part, up=request.form.get("direction") == "up", **by)
    except DomainError as problem:
        if moved is None:
            return refusal(problem), 409
        return _refused(report, problem)
    return _back(report, "plan")


def _did(report: PlenaryReport, gesture: Callable[..., Any], done: str) -> Response:
    try:
        gesture(db.session(), report, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return _refused(report, problem)
    flash(done, "success")
    return _back(report)


def _refused(report: PlenaryReport, problem: DomainError) -> Response:
    slug = report.slug
    db.session.rollback()
    flash(refusal(problem), "error")
    return redirect(url_for("reports.compose", slug=slug), 303)


def _back(report: PlenaryReport, anchor: str | None = None) -> Response:
    return redirect(url_for("reports.compose", slug=report.slug, _anchor=anchor), 303)
