"""The words of a part, its lines shown or hidden, parts of one's own."""

import secrets

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words as refusal
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.reports import rules
from hub.reports.forms.reports import NewPartForm, PartForm
from hub.reports.models.reports import PartKind, PlenaryReport, ReportPart, ReportState
from hub.reports.operations import editing
from hub.reports.operations.compiling import section_of
from hub.reports.operations.drafting import FrozenError, figures_of
from hub.reports.operations.editing import ChangedMeanwhileError, OpenPage
from hub.reports.values.figures import LEAD, fact_key, key_of
from hub.reports.views.blueprint import Answer, blueprint
from hub.reports.views.composing import outline
from memoranda import markdown

PART = "/rapports/parties/<int:id>"
UNDER = 2  # the heading under which a part's words stand


@blueprint.get(PART)
@permit(rules.edit_part, ReportPart)
def part(part: ReportPart) -> Answer:
    """Show a part's words and lines, to change them."""
    if part.report.state is not ReportState.DRAFT:
        return redirect(url_for("reports.compose", slug=part.report.slug), 303)
    form = PartForm(formdata=None, obj=part)
    form.page.data = secrets.token_hex(8)
    return _page(part, form)


def _page(
    part: ReportPart, form: PartForm, *, stored: ReportPart | None = None, extra: list[str] | None = None
) -> str:
    """Show the editor; `stored` is what somebody else wrote meanwhile."""
    return render_template(
        "reports/part.html",
        part=part,
        report=part.report,
        form=form,
        figures=figures_of(part),
        hidden=set(part.hidden),
        lead_key=LEAD,
        key_of=key_of,
        fact_key=fact_key,
        section=section_of(part),
        stored=stored,
        stored_text=_html(stored.text) if stored else None,
        extra=extra or [],
        is_free=part.kind is PartKind.FREE,
    )


def _html(text: str) -> Markup:
    return Markup(markdown.to_html(text, under=UNDER))  # noqa: S704 - cleaned by nh3 there


@blueprint.post(PART)
@permit(rules.edit_part, ReportPart)
def write_part(part: ReportPart) -> Answer:
    """Keep the words: by themselves (204, or 409 and 422 in a sentence), or by the form's button."""
    form = PartForm()
    is_silent = request.headers.get("X-Autosave") == "1"
    if not form.validate():
        problems = [str(error) for errors in form.errors.values() for error in errors]
        return (_plain(problems[0], 422)) if is_silent else (_page(part, form), 422)
    opened = OpenPage(form.page.data or "", form.version.data or 0)
    try:
        editing.write(
            db.session(), part, form.title.data or "", form.text.data or "",
            page=opened, actor=current_user(), now=clock.now(), is_silent=is_silent,
        )  # fmt: skip
    except DomainError as problem:
        return _not_written(part, form, problem, is_silent=is_silent)
    if is_silent:
        return FlaskResponse(status=204)
    flash(gettext("Partie enregistrée."), "success")
    return _back(part)


def _not_written(part: ReportPart, form: PartForm, problem: DomainError, *, is_silent: bool) -> Answer:
    """Say why nothing was kept; what was typed stays, and what stands there is shown beside it."""
    code = {ChangedMeanwhileError: 409, FrozenError: 410 if is_silent else 409}.get(type(problem), 422)
    if is_silent:
        return _plain(refusal(problem), code)
    if not isinstance(problem, ChangedMeanwhileError):
        return _page(part, form, extra=[refusal(problem)]), code
    # Sending again overwrites knowingly: from now on the page has seen what stands there.
    form.version.data, form.version.raw_data = part.version, None
    return _page(part, form, stored=part, extra=[_both()]), code


def _both() -> str:
    return str(
        gettext(
            "Cette partie a été changée ailleurs entre-temps. Votre texte est gardé ci-dessous, l’autre est "
            "affiché en dessous : comparez, reprenez ce qu’il faut, puis enregistrez."
        )
    )


def _plain(sentence: str, code: int) -> Response:
    return FlaskResponse(sentence, code, mimetype="text/plain")


@blueprint.post(f"{PART}/lignes")
@permit(rules.edit_part, ReportPart)
def show_lines(part: ReportPart) -> Response:
    """Show the lines that are ticked, hide the others."""
    shown = request.form.getlist("shown")
    try:
        editing.show_lines(db.session(), part, shown, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(refusal(problem), "error")
        return _back(part)
    flash(gettext("Le rapport montre les lignes cochées."), "success")
    return redirect(url_for("reports.part", id=part.id, _anchor="lignes"), 303)


@blueprint.post(f"{PART}/montrer")
@permit(rules.edit_part, ReportPart)
def hide_part(part: ReportPart) -> Response:
    """Leave a part out, or take it back in."""
    is_hidden = request.form.get("hidden") == "1"
    try:
        editing.hide(db.session(), part, is_hidden=is_hidden, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(refusal(problem), "error")
    return _back(part)


@blueprint.post(f"{PART}/supprimer")
@permit(rules.edit_part, ReportPart)
def remove_part(part: ReportPart) -> Response:
    """Take out a part of one's own."""
    slug = part.report.slug
    try:
        editing.remove(db.session(), part, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(refusal(problem), "error")
    else:
        flash(gettext("Partie supprimée."), "success")
    return redirect(url_for("reports.compose", slug=slug), 303)


@blueprint.post("/rapports/<slug>/parties")
@permit(rules.edit, PlenaryReport, key="slug")
def add_part(report: PlenaryReport) -> Answer:
    """Add a part of one's own and open it."""
    form = NewPartForm()
    if not form.validate():
        return outline(report, new_part=form), 422
    try:
        part = editing.add(db.session(), report, form.title.data or "", actor=current_user(), now=clock.now())
    except DomainError as problem:
        return outline(report, new_part=form, extra=[refusal(problem)]), 409
    return redirect(url_for("reports.part", id=part.id), 303)


def _back(part: ReportPart) -> Response:
    return redirect(url_for("reports.compose", slug=part.report.slug, _anchor=f"partie-{part.id}"), 303)
