"""The file of a document of others: handed in, read by a job, sent, taken away."""

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from hub.core import clock, files, jobs
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.documents import FileForm
from hub.recommendations.models.documents import ReadingState, SourceDocument
from hub.recommendations.operations import readings
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import blame, blueprint, flash_refusal

Answer = str | BaseResponse | tuple[str, int]


@blueprint.get("/recommandations/documents/<int:id>/fichier")
@permit(manage, SourceDocument)
def document_file_page(row: SourceDocument) -> str:
    """Ask for the document's PDF."""
    return _page(row, FileForm(formdata=None))


@blueprint.post("/recommandations/documents/<int:id>/fichier")
@permit(manage, SourceDocument)
def hand_in_document_file(row: SourceDocument) -> Answer:
    """Keep it, and have it read."""
    form = FileForm()
    problem = None
    if form.validate():
        content = form.file.data.stream.read(readings.LARGEST + 1)
        name = form.file.data.filename or ""
        try:
            readings.hand_in(
                db.session(), files.store(), row, content, name, actor=current_user(), now=clock.now()
            )
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            return redirect(url_for("recommendations.document", id=row.id), 303)
    return _page(row, form, problem), 422


@blueprint.get("/recommandations/documents/<int:id>/document.pdf")
@permit(manage, SourceDocument)
def document_file(row: SourceDocument) -> Response:
    """Send the PDF, as an attachment."""
    if row.file is None:
        abort(404)
    return files.answer(row.file)


@blueprint.get("/recommandations/documents/<int:id>/lecture")
@permit(manage, SourceDocument)
def document_progress(row: SourceDocument) -> Answer:
    """Answer with the bar, or lead back to the document once its file is read."""
    if row.reading != ReadingState.WAITING:
        response = Response(status=200)
        response.headers["HX-Redirect"] = url_for("recommendations.document", id=row.id)
        return response
    job = db.session.scalar(jobs.of(row, readings.JOB).limit(1))
    return render_template("recommendations/document_progress.html", document=row, job=job)


@blueprint.post("/recommandations/documents/<int:id>/lecture")
@permit(manage, SourceDocument)
def read_document_again(row: SourceDocument) -> BaseResponse:
    """Have the file read anew."""
    try:
        readings.read_again(db.session(), row, now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    return redirect(url_for("recommendations.document", id=row.id), 303)


@blueprint.post("/recommandations/documents/<int:id>/fichier/retirer")
@permit(manage, SourceDocument)
def take_document_file_away(row: SourceDocument) -> BaseResponse:
    """Take the file off the document; what was taken from it stays."""
    readings.take_away(db.session(), row, actor=current_user(), now=clock.now())
    flash(gettext("Le fichier est retiré. Les demandes qui en sont prises restent."), "success")
    return redirect(url_for("recommendations.document", id=row.id), 303)


def _page(row: SourceDocument, form: FileForm, problem: str | None = None) -> str:
    return render_template(
        "recommendations/document_file.html",
        document=row,
        form=form,
        problem=problem,
        largest=readings.LARGEST,
    )
