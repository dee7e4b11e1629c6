"""Importing a file: upload, columns, preview, confirmation, undoing."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from graph.exchange.formats import WRITERS
from hub.actors.forms.fields import words
from hub.actors.forms.imports import UploadForm, defaults_form, mapping_form
from hub.actors.models.imports import ImportBatch, ImportKind, ImportState, LineDecision
from hub.actors.operations.imports import batches, undoing
from hub.actors.queries import imports as queries
from hub.actors.queries.imports import Part
from hub.actors.rules import edit
from hub.actors.values import columns, networks, spreadsheets
from hub.actors.values.networks import NetworkFile
from hub.actors.values.spreadsheets import Sheet
from hub.actors.views.blueprint import blueprint
from hub.core import clock, exports, files, jobs, paging
from hub.core.access import current_user, permit
from hub.core.db import begin_write, db
from hub.core.errors import DomainError

Answer = Response | tuple[str, int] | str
LINES_A_PAGE = 50
PAIRS_A_PAGE = 20
SAMPLE_LINES = 5
SHOWN_IMPORTS = 20
ROOM_FOR_THE_FORM = 64 * 1024


@blueprint.get("/acteurs/importer")
@permit(edit)
def import_page() -> str:
    """Show the form for a file, and the imports so far."""
    return _upload_page(UploadForm(formdata=None))


def _upload_page(form: UploadForm) -> str:
    rows = db.session.scalars(queries.latest().limit(SHOWN_IMPORTS)).all()
    return render_template("actors/imports.html", form=form, batches=rows, largest=networks.MAX_BYTES)


@blueprint.post("/acteurs/importer")
@permit(edit)
def upload() -> Answer:
    """Receive a file; nothing of it reaches the register yet."""
    form = UploadForm()
    if form.validate():
        content = form.file.data.stream.read(networks.MAX_BYTES + 1)
        # Reading a large file takes seconds: meanwhile others may write.
        db.session.rollback()
        try:
            found = networks.read(content) or spreadsheets.read(content)
        except DomainError as problem:
            form.file.errors = [words(problem)]
        else:
            begin_write(db.session())
            return _receive(form, content, found)
    return _upload_page(form), 422


def _receive(form: UploadForm, content: bytes, found: NetworkFile | Sheet) -> Response:
    session, now, by = db.session(), clock.now(), current_user()
    name = (form.file.data.filename or "import").replace("\\", "/").rsplit("/", 1)[-1]
    if isinstance(found, NetworkFile):
        row = files.keep(session, files.store(), content, name, WRITERS[found.form].media_type, now=now)
        batch = batches.receive_network(session, found.form, found.deduced, row, by=by, now=now)
        batches.begin_check(session, batch, now=now)
        return redirect(url_for("actors.import_preview", id=batch.id), 303)
    media_type = exports.XLSX_TYPE if spreadsheets.is_workbook(content) else "text/csv"
    row = files.keep(session, files.store(), content, name, media_type, now=now)
    batch = batches.receive(session, ImportKind(form.kind.data), row, found, by=by, now=now)
    return redirect(url_for("actors.import_columns_page", id=batch.id), 303)


@blueprint.url_value_preprocessor
def allow_networks(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let this one form take files of networks, before anything of the request is read."""
    if endpoint == "actors.upload":
        request.max_content_length = networks.MAX_BYTES + ROOM_FOR_THE_FORM


@blueprint.get("/acteurs/importer/<int:id>/colonnes")
@permit(edit, ImportBatch)
def import_columns_page(batch: ImportBatch) -> Response | str:
    """Ask which column holds what."""
    if batch.state not in batches.OPEN:
        return redirect(url_for("actors.import_preview", id=batch.id))
    if batch.network is not None:
        defaults = defaults_form(db.session(), batch, formdata=None)
        return render_template("actors/import_defaults.html", batch=batch, form=defaults)
    form = mapping_form(db.session(), batch, formdata=None)
    return render_template("actors/import_columns.html", batch=batch, form=form, sample=_sample(batch))


@blueprint.post("/acteurs/importer/<int:id>/colonnes")
@permit(edit, ImportBatch)
def import_columns(batch: ImportBatch) -> Answer:
    """Keep the columns and have the lines checked."""
    session = db.session()
    if batch.network is not None:
        return _take_defaults(batch)
    form = mapping_form(session, batch)
    if form.validate():
        try:
            batches.name_columns(
                session,
                batch,
                form.mapping(batch),
                default_kind_id=form.default_kind.data if "default_kind" in form else None,
            )
            batches.begin_check(session, batch, now=clock.now())
        except DomainError as problem:
            _blame(form, problem)
        else:
            return redirect(url_for("actors.import_preview", id=batch.id), 303)
    page = render_template("actors/import_columns.html", batch=batch, form=form, sample=_sample(batch))
    return page, 422


def _take_defaults(batch: ImportBatch) -> Answer:
    session = db.session()
    form = defaults_form(session, batch)
    if form.validate():
        try:
            batches.set_defaults(
                session, batch, kind_id=form.default_kind.data, relation_kind_id=form.relation_kind.data
            )
            batches.begin_check(session, batch, now=clock.now())
        except DomainError as problem:
            flash(words(problem), "error")
        else:
            return redirect(url_for("actors.import_preview", id=batch.id), 303)
    return render_template("actors/import_defaults.html", batch=batch, form=form), 422


def _blame(form: object, problem: DomainError) -> None:
    name = f"field_{problem.field}"
    if name in form:  # type: ignore[operator]
        form[name].errors = [words(problem)]  # type: ignore[index]
    else:
        flash(words(problem), "error")


def _sample(batch: ImportBatch) -> list[list[str]]:
    """Return the first lines of the file, so that one sees what the columns hold."""
    sheet = spreadsheets.read(files.store().read(batch.file.sha256))
    return [cells for _number, cells in sheet.lines[:SAMPLE_LINES]]


@blueprint.get("/acteurs/importer/<int:id>")
@permit(edit, ImportBatch)
def import_preview(batch: ImportBatch) -> Response | str:
    """Show where an import stands: its lines, what is wrong, what they resemble; or what came of it."""
    if batch.state == ImportState.UPLOADED:
        return redirect(url_for("actors.import_columns_page", id=batch.id))
    session = db.session()
    counts = queries.counts(session, batch)
    part = _asked_part(counts)
    page = paging.paginate(
        session,
        queries.lines(batch, part),
        request.args.get("page", 1, type=int),
        PAIRS_A_PAGE if part == Part.ALIKE else LINES_A_PAGE,
    )
    return render_template(
        "actors/import_preview.html",
        batch=batch,
        counts=counts,
        part=part,
        page=page,
        fields=columns.FIELDS,
        formats=networks.FORMATS,
        job=_job(batch),
        staying=_staying(batch),
    )


def _asked_part(counts: dict[str, int]) -> Part:
    asked = request.args.get("lignes", "")
    if asked in set(Part):
        return Part(asked)
    return Part.PROBLEMS if counts[Part.PROBLEMS] else (Part.ALIKE if counts[Part.ALIKE] else Part.NEW)


def _job(batch: ImportBatch) -> jobs.Job | None:
    name = {ImportState.CHECKING: batches.CHECK_JOB, ImportState.STORING: batches.STORE_JOB}.get(batch.state)
    return db.session.scalar(jobs.of(batch, name).limit(1)) if name else None


def _staying(batch: ImportBatch) -> list[tuple[str, object, list[str]]]:
    """Return what an undone import has left in the register: its kind, the row, the reasons."""
    if batch.state != ImportState.UNDONE:
        return []
    return [
        (kind.value, db.session.get(undoing.MODELS[kind], row_id), [gettext(word) for word in why])
        for kind, reasons in undoing.staying(db.session(), batch).items()
        for row_id, why in reasons.items()
    ]


@blueprint.get("/acteurs/importer/<int:id>/avancement")
@permit(edit, ImportBatch)
def import_progress(batch: ImportBatch) -> Response | str:
    """Answer with the bar, or lead to the page once the work is done."""
    job = _job(batch)
    if job is None:
        # htmx follows this header; without scripts the page itself is asked again.
        response = Response(status=200)
        response.headers["HX-Redirect"] = url_for("actors.import_preview", id=batch.id)
        return response
    return render_template("actors/import_progress.html", batch=batch, job=job)


@blueprint.post("/acteurs/importer/<int:id>/choix")
@permit(edit, ImportBatch)
def import_choices(batch: ImportBatch) -> Response:
    """Keep what was chosen for the lines that resemble others."""
    chosen = {
        int(name.removeprefix("ligne-")): LineDecision(value)
        for name, value in request.form.items()
        if name.removeprefix("ligne-").isdecimal() and value in set(LineDecision)
    }
    try:
        changed = batches.decide(db.session(), batch, chosen)
    except DomainError as problem:
        flash(words(problem), "error")
    else:
        flash(ngettext("%(num)s choix changé.", "%(num)s choix changés.", changed), "success")
    page = request.form.get("page", 1, type=int)
    return redirect(url_for("actors.import_preview", id=batch.id, lignes=Part.ALIKE.value, page=page), 303)


@blueprint.post("/acteurs/importer/<int:id>/confirmer")
@permit(edit, ImportBatch)
def import_confirm(batch: ImportBatch) -> Response:
    """Have the lines stored."""
    try:
        batches.confirm(db.session(), batch, by=current_user(), now=clock.now())
    except DomainError as problem:
        flash(words(problem), "error")
    return redirect(url_for("actors.import_preview", id=batch.id), 303)


@blueprint.post("/acteurs/importer/<int:id>/reessayer")
@permit(edit, ImportBatch)
def import_retry(batch: ImportBatch) -> Response:
    """Put the work that failed back into the queue."""
    job = _job(batch)
    if job is None:
        abort(404)
    jobs.retry(db.session(), job, now=clock.now())
    return redirect(url_for("actors.import_preview", id=batch.id), 303)


@blueprint.get("/acteurs/importer/<int:id>/annuler")
@permit(edit, ImportBatch)
def import_undo_page(batch: ImportBatch) -> Response | str:
    """Say what undoing will take back and what will stay."""
    if batch.state != ImportState.STORED:
        return redirect(url_for("actors.import_preview", id=batch.id))
    session = db.session()
    stay = sum(len(rows) for rows in undoing.staying(session, batch).values())
    gone = queries.made_by(session, batch) - stay
    return render_template("actors/import_undo.html", batch=batch, gone=gone, stay=stay)


@blueprint.post("/acteurs/importer/<int:id>/annuler")
@permit(edit, ImportBatch)
def import_undo(batch: ImportBatch) -> Response:
    """Take back what an import made."""
    try:
        gone, stay = undoing.undo(db.session(), batch, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(words(problem), "error")
    else:
        flash(
            ngettext(
                "L’import est annulé : %(num)s élément est retiré du registre.",
                "L’import est annulé : %(num)s éléments sont retirés du registre.",
                gone,
            ),
            "success",
        )
        if stay:
            flash(
                ngettext(
                    "%(num)s élément reste, parce qu’il a servi ou changé depuis.",
                    "%(num)s éléments restent, parce qu’ils ont servi ou changé depuis.",
                    stay,
                ),
                "warning",
            )
    return redirect(url_for("actors.import_preview", id=batch.id), 303)
