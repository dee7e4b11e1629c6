"""Many demands of one document from a table: the template, the file, its lines, taking them."""

from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from hub.actors.values import spreadsheets
from hub.core import clock, exports, files, jobs
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.jobs import Job
from hub.recommendations.forms.documents import BatchForm
from hub.recommendations.models.documents import SourceDocument
from hub.recommendations.operations import batches
from hub.recommendations.operations.batches import Handed
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import argument, blame, blueprint, sentence
from hub.recommendations.views.recognition import known_by

Answer = str | BaseResponse | tuple[str, int]


@blueprint.get("/recommandations/documents/<int:id>/lot")
@permit(manage, SourceDocument)
def bulk_page(row: SourceDocument) -> Answer:
    """Ask for a table; as CSV or xlsx, its template."""
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        header = [gettext(column.title) for column in batches.COLUMNS]
        return exports.answer(
            kind, "demandes", header, [[gettext(cell) if cell else "" for cell in batches.EXAMPLE]]
        )
    return _upload_page(row, BatchForm(formdata=None))


@blueprint.post("/recommandations/documents/<int:id>/lot")
@permit(manage, SourceDocument)
def receive_bulk(row: SourceDocument) -> Answer:
    """Keep the table, and have its lines looked at."""
    form = BatchForm()
    problem = None
    if form.validate():
        content = form.file.data.stream.read(spreadsheets.MAX_BYTES + 1)
        media_type = exports.XLSX_TYPE if spreadsheets.is_workbook(content) else "text/csv"
        try:
            job = batches.receive(
                db.session(), files.store(), row, Handed(content, form.file.data.filename or "", media_type),
                actor_id=current_user().id, now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            return redirect(url_for("recommendations.bulk", id=row.id, number=job.id), 303)
    return _upload_page(row, form, problem), 422


@blueprint.get("/recommandations/documents/<int:id>/lot/<int:number>")
@permit(manage, SourceDocument)
def bulk(row: SourceDocument, number: int) -> str:
    """Show how far it is, each line with what is wrong and what it resembles, or what came of it."""
    return _page(row, _job(row, number))


@blueprint.get("/recommandations/documents/<int:id>/lot/<int:number>/avancement")
@permit(manage, SourceDocument)
def bulk_progress(row: SourceDocument, number: int) -> Answer:
    """Answer with the bar, or lead to the page once the work is done."""
    job = _job(row, number)
    work = _storing(row, job) or job
    if work.is_over:
        response = Response(status=200)
        response.headers["HX-Redirect"] = url_for("recommendations.bulk", id=row.id, number=job.id)
        return response
    return render_template("recommendations/batch_progress.html", document=row, job=job, work=work)


@blueprint.post("/recommandations/documents/<int:id>/lot/<int:number>")
@permit(manage, SourceDocument)
def take_bulk(row: SourceDocument, number: int) -> Answer:
    """Have the chosen lines taken."""
    job = _job(row, number)
    chosen = {int(each) for each in request.form.getlist("line") if each.isdecimal()}
    try:
        batches.confirm(db.session(), row, job, chosen, actor_id=current_user().id, now=clock.now())
    except DomainError as refusal:
        return _page(row, job, sentence(refusal)), 422
    return redirect(url_for("recommendations.bulk", id=row.id, number=job.id), 303)


def _job(row: SourceDocument, number: int) -> Job:
    """Return the work that looked at a table of this document; 404 for another's."""
    found = db.session.get(Job, number)
    if found is None or found.name != batches.CHECK_JOB or found.arguments.get("document") != row.id:
        abort(404)
    return found


def _storing(row: SourceDocument, checked: Job) -> Job | None:
    """Return the last work that took lines of a table."""
    rows = db.session.scalars(jobs.of(row, batches.STORE_JOB).limit(50))
    return next((each for each in rows if each.arguments["checked"] == checked.id), None)


def _upload_page(row: SourceDocument, form: FlaskForm, problem: str | None = None) -> str:
    return render_template(
        "recommendations/batch_upload.html",
        document=row, form=form, problem=problem, columns=batches.COLUMNS, largest=spreadsheets.MAX_BYTES,
        most=batches.MOST,
    )  # fmt: skip


def _page(row: SourceDocument, job: Job, problem: str | None = None) -> str:
    work = _storing(row, job)
    lines = batches.lines_of(job)
    known = known_by(db.session(), {key for line in lines for key, _score in line.near})
    made: list[int] = work.result.get("taken", []) if work else []
    told: dict[str, Any] = {"document": row, "job": job, "work": work or job, "problem": problem}
    return render_template(
        "recommendations/batch.html", **told, lines=lines, known=known, titles=batches.TITLES, made=made,
        storing=work,
    )  # fmt: skip
