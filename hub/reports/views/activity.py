"""The yearly activity: filters, a table to look at, files to take along, notes on what figures don't tell."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words as refusal
from hub.core import clock, exports, files, jobs
from hub.core.access import coordinator, current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.remembering import Remembered
from hub.reports.forms.activity import ActivityForm, NoteForm, address_of
from hub.reports.models.activity import ActivityExport, ActivityNote
from hub.reports.operations import activity as operations
from hub.reports.operations.drafting import check_period
from hub.reports.operations.editing import ChangedMeanwhileError
from hub.reports.queries import activity as queries
from hub.reports.queries import gathering
from hub.reports.values.activity import Activity, Sheet, by_space, sheets, whole
from hub.reports.values.asked import Asked
from hub.reports.views.blueprint import Answer, blueprint
from hub.spaces.models.spaces import Space

PLACE = "/rapports/activite"
GROUND: Remembered[gathering.Ground] = Remembered(1)
ACTIVITY: Remembered[Activity] = Remembered(4)
"""The page and the files made from it read once, for as long as nothing is committed."""
SHOWN = 50
# Of the columns of the sheet, what the page's table has room for; the files hold all.
PREVIEW = (0, 4, 6, 7, 10, 11, 13, 15)


def _asked(form: ActivityForm, known: gathering.Ground) -> Asked | None:
    """Return what the address asks for, None where it can't be; the form then says why."""
    form.offer(known)
    today = clock.today(clock.now())
    if not form.validate() or form.du.data is None or form.au.data is None:
        return None
    try:
        check_period(form.du.data, form.au.data, today, names=("du", "au"))
    except DomainError as problem:
        form[problem.field or "du"].errors = [refusal(problem)]
        return None
    return form.asked(today)


def _form() -> ActivityForm:
    """Return the filters: those of the address, else last year."""
    given = MultiDict(request.args if request.method == "GET" else request.form)
    if not given.get("du") and not given.get("au"):
        year = clock.today(clock.now()).year - 1
        given.setlist("du", [date(year, 1, 1).isoformat()])
        given.setlist("au", [date(year, 12, 31).isoformat()])
    return ActivityForm(formdata=given)


def _ground() -> gathering.Ground:
    return GROUND.get(db.engine, None, gathering.ground)


def _read(asked: Asked) -> Activity:
    return ACTIVITY.get(db.engine, asked, lambda session: operations.gather(session, asked, _ground()))


@blueprint.get(PLACE)
@permit(coordinator)
def activity() -> Answer:
    """Show what can be asked for; the figures, which take longer, come after the page."""
    form = _form()
    return _page(form, _asked(form, _ground()))


@blueprint.get(f"{PLACE}/chiffres")
@permit(coordinator)
def activity_figures() -> Answer:
    """Show the activity of a period: the part that comes after the page, or the page with it."""
    form = _form()
    asked = _asked(form, _ground())
    if asked is None:
        return _page(form, None)
    counted = _counted(asked)
    if "HX-Request" in request.headers:
        return render_template("reports/activity_figures.html", **counted)
    return _page(form, asked, counted)


def _page(form: ActivityForm, asked: Asked | None, counted: dict[str, Any] | None = None) -> Answer:
    page = render_template(
        "reports/activity.html",
        form=form,
        years=[clock.today(clock.now()).year - back for back in range(4)],
        is_counted=counted is not None,
        **(counted or {"asked": asked, "args": address_of(asked) if asked else {}}),
    )
    return page if asked else (page, 422)


def _counted(asked: Asked) -> dict[str, Any]:
    """Return what the figures are written with."""
    read = _read(asked)
    return {
        "asked": asked,
        "args": address_of(asked),
        "whole": whole(read),
        "sheet": by_space(read),
        "columns": PREVIEW,
        "spaces": list(read.history.spaces.values()),
        "shown": SHOWN,
        "is_large": _is_large(read),
        "year": asked.period.last.year,
    }


def _is_large(read: Activity) -> bool:
    return len(read.history.meetings) > operations.LARGE


@blueprint.get(f"{PLACE}/releve.xlsx")
@permit(coordinator)
def activity_workbook() -> Answer:
    """Send the whole as a workbook."""
    return _sent(lambda made: (operations.workbook(made), exports.XLSX_TYPE, "xlsx"))


@blueprint.get(f"{PLACE}/releve.zip")
@permit(coordinator)
def activity_archive() -> Answer:
    """Send every sheet as CSV, in one archive."""
    return _sent(lambda made: (operations.archive(made), operations.ZIP, "zip"))


@blueprint.get(f"{PLACE}/feuilles/<code>.csv")
@permit(coordinator)
def activity_sheet(code: str) -> Answer:
    """Send one sheet as CSV."""

    def one(made: list[Sheet]) -> tuple[bytes, str, str]:
        sheet = next((sheet for sheet in made if sheet.code == code), None)
        if sheet is None:
            abort(404)
        return exports.as_csv(sheet.header, sheet.rows), exports.CSV_TYPE, f"{code}.csv"

    return _sent(one)


def _sent(write: Callable[[list[Sheet]], tuple[bytes, str, str]]) -> Answer:
    """Send what `write` makes of the sheets: content, type, ending of the name."""
    known = _ground()
    form = _form()
    asked = _asked(form, known)
    if asked is None:
        return _page(form, None)
    read = _read(asked)
    if _is_large(read):
        flash(
            gettext(
                "Cette période est longue : demandez l’export, il se prépare pendant que vous continuez."
            ),
            "info",
        )
        return redirect(url_for("reports.activity", **address_of(asked)), 303)
    content, media_type, ending = write(sheets(read))
    name = f"activite-{asked.period.first}-{asked.period.last}"
    joint = "-" if ending.endswith(".csv") else "."
    return exports.send(content, f"{name}{joint}{ending}", media_type)


@blueprint.post(f"{PLACE}/exports")
@permit(coordinator)
def ask_export() -> Answer:
    """Ask for an export in the background."""
    session = db.session()
    form = _form()
    asked = _asked(form, _ground())
    if asked is None:
        return _page(form, None)
    row = operations.ask(session, asked, actor=current_user(), now=clock.now())
    return redirect(url_for("reports.activity_export", id=row.id), 303)


@blueprint.get(f"{PLACE}/exports/<int:id>")
@permit(coordinator, ActivityExport)
def activity_export(export: ActivityExport) -> str:
    """Show how far an export is, and its files."""
    asked = operations.asked_of(export, clock.today(clock.now()))
    return render_template(
        "reports/export.html",
        export=export,
        job=_job(export),
        args=address_of(asked),
        period=asked.period.words(),
    )


@blueprint.get(f"{PLACE}/exports/<int:id>/avancement")
@permit(coordinator, ActivityExport)
def activity_export_progress(export: ActivityExport) -> str:
    """Send how far an export is."""
    return render_template("reports/export_progress.html", export=export, job=_job(export))


@blueprint.get(f"{PLACE}/exports/<int:id>/<any(releve, feuilles):which>")
@permit(coordinator, ActivityExport)
def activity_export_file(export: ActivityExport, which: str) -> FlaskResponse:
    """Send a file of an export."""
    row = export.workbook if which == "releve" else export.archive
    if row is None:
        abort(404)
    return files.answer(row)


def _job(export: ActivityExport) -> jobs.Job | None:
    return db.session().scalar(jobs.of(export, operations.JOB).limit(1))


# --- Notes --------------------------------------------------------------------------------------


@blueprint.get(f"{PLACE}/notes/<slug>/<int:year>")
@permit(coordinator, Space, key="slug")
def note(space: Space, *, year: int) -> Answer:
    """Show what is told of a space's year, to change it."""
    row = db.session().scalar(queries.note(space.id, year))
    form = NoteForm(formdata=None, obj=row)
    return _note_page(space, year, form)


def _note_page(
    space: Space,
    year: int,
    form: NoteForm,
    *,
    stored: ActivityNote | None = None,
    extra: list[str] | None = None,
) -> str:
    return render_template(
        "reports/note.html", space=space, year=year, form=form, stored=stored, extra=extra or []
    )


@blueprint.post(f"{PLACE}/notes/<slug>/<int:year>")
@permit(coordinator, Space, key="slug")
def write_note(space: Space, *, year: int) -> Answer:
    """Keep what is told of a space's year."""
    form, session = NoteForm(), db.session()
    if not form.validate():
        return _note_page(space, year, form), 422
    try:
        operations.write_note(
            session, space, year, form.outputs.data or "", form.note.data or "",
            version=form.version.data or 0, actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except ChangedMeanwhileError as problem:
        stored = session.scalar(queries.note(space.id, year))
        form.version.data, form.version.raw_data = stored.version if stored else 0, None
        return _note_page(space, year, form, stored=stored, extra=[refusal(problem)]), 409
    except DomainError as problem:
        return _note_page(space, year, form, extra=[refusal(problem)]), 422
    flash(gettext("Noté : le relevé d’activité le reprend."), "success")
    return _back(year)


def _back(year: int) -> Response:
    first, last = date(year, 1, 1).isoformat(), date(year, 12, 31).isoformat()
    return redirect(url_for("reports.activity", du=first, au=last), 303)
