"""Grids that plans are read against: pages for coordinators."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.plans import rules
from hub.plans.forms.diagnosis import EntryForm, FrameForm
from hub.plans.models.frames import Frame, FrameEntry
from hub.plans.operations import frames as operations
from hub.plans.queries import diagnosis as queries
from hub.plans.views.blueprint import blueprint
from hub.plans.views.page import Answer, tell


@blueprint.get("/grilles")
@permit(rules.keep_frames)
def frames() -> Answer:
    """List the grids."""
    return render_template("plans/frames.html", frames=db.session.scalars(queries.frames()).unique().all())


@blueprint.get("/grilles/ajouter")
@permit(rules.keep_frames)
def add_frame_page() -> Answer:
    """Show the empty form of a grid."""
    return render_template("plans/frame_form.html", form=FrameForm(formdata=None), frame=None)


@blueprint.post("/grilles/ajouter")
@permit(rules.keep_frames)
def add_frame() -> Answer:
    """Add a grid."""
    return _save(None)


@blueprint.get("/grilles/<int:id>")
@permit(rules.keep_frames, Frame)
def frame(frame: Frame) -> Answer:
    """Show a grid's lines, to put in order, rename and add."""
    return _show(frame, EntryForm(formdata=None))


def _show(frame: Frame, form: EntryForm) -> str:
    return render_template("plans/frame.html", frame=frame, form=form)


@blueprint.get("/grilles/<int:id>/modifier")
@permit(rules.keep_frames, Frame)
def edit_frame(frame: Frame) -> Answer:
    """Show a grid's form."""
    return render_template("plans/frame_form.html", form=FrameForm(formdata=None, obj=frame), frame=frame)


@blueprint.post("/grilles/<int:id>/modifier")
@permit(rules.keep_frames, Frame)
def change_frame(frame: Frame) -> Answer:
    """Change a grid."""
    return _save(frame)


def _save(row: Frame | None) -> Answer:
    form = FrameForm()
    if form.validate_on_submit():
        try:
            saved = operations.save(db.session(), row, form.facts(), actor=current_user(), now=clock.now())
        except DomainError as problem:
            tell(form, problem)
        else:
            flash(_("La grille est enregistrée."), "success")
            return redirect(url_for("plans.frame", id=saved.id), 303)
    return render_template("plans/frame_form.html", form=form, frame=row), 422


@blueprint.post("/grilles/<int:id>/lignes")
@permit(rules.keep_frames, Frame)
def add_entry(frame: Frame) -> Answer:
    """Add a line."""
    form = EntryForm()
    if not form.validate_on_submit():
        return _show(frame, form), 422
    operations.add_entry(db.session(), frame, form.label.data or "", actor=current_user(), now=clock.now())
    flash(_("« %(label)s » est dans la grille.", label=form.label.data), "success")
    return redirect(url_for("plans.frame", id=frame.id), 303)


@blueprint.post("/grilles/<int:id>/ordre")
@permit(rules.keep_frames, Frame)
def order_entries(frame: Frame) -> Answer:
    """Put the lines in order: all of them, or one up or down."""
    ids = [row.id for row in frame.entries]
    moved = request.form.get("moved", type=row_number)
    wanted = request.form.getlist("item", type=row_number)
    if moved is not None:
        if moved not in ids:
            abort(404)
        wanted, place = list(ids), ids.index(moved)
        wanted.insert(max(0, place + (-1 if request.form.get("direction") == "up" else 1)), wanted.pop(place))
    try:
        operations.order_entries(db.session(), frame, wanted)
    except DomainError as problem:
        return Response(_(problem.msgid, **problem.params), 409, mimetype="text/plain")
    return Response(status=204) if moved is None else redirect(url_for("plans.frame", id=frame.id), 303)


@blueprint.get("/grilles/<int:id>/lignes/<int:number>")
@permit(rules.keep_frames, Frame)
def edit_entry(frame: Frame, number: int) -> Answer:
    """Show a line's form."""
    row = _entry(frame, number)
    form = EntryForm(formdata=None, obj=row)
    return render_template("plans/entry_form.html", frame=frame, row=row, form=form)


@blueprint.post("/grilles/<int:id>/lignes/<int:number>")
@permit(rules.keep_frames, Frame)
def rename_entry(frame: Frame, number: int) -> Answer:
    """Rename a line."""
    row, form = _entry(frame, number), EntryForm()
    if not form.validate_on_submit():
        return render_template("plans/entry_form.html", frame=frame, row=row, form=form), 422
    operations.rename_entry(db.session(), row, form.label.data or "", actor=current_user(), now=clock.now())
    flash(_("C’est enregistré."), "success")
    return redirect(url_for("plans.frame", id=frame.id), 303)


@blueprint.post("/grilles/<int:id>/lignes/<int:number>/supprimer")
@permit(rules.keep_frames, Frame)
def delete_entry(frame: Frame, number: int) -> Answer:
    """Delete a line that no plan is read against."""
    row = _entry(frame, number)
    try:
        operations.delete_entry(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    else:
        flash(_("La ligne n’est plus dans la grille."), "success")
    return redirect(url_for("plans.frame", id=frame.id), 303)


def _entry(frame: Frame, number: int) -> FrameEntry:
    row = db.session.get(FrameEntry, number)
    if row is None or row.frame_id != frame.id:
        abort(404)
    return row
