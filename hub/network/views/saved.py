"""Saved views: a name and an address for a way to look at the network."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import coordinator, current_user, everyone, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.network.forms.views import NewViewForm, SavedViewForm
from hub.network.models.views import SavedView
from hub.network.operations import views as operations
from hub.network.queries import views as queries
from hub.network.rules import change_views, open_view
from hub.network.views import asked
from hub.network.views.blueprint import blueprint
from hub.network.views.looking import ARGUMENTS

Answer = Response | tuple[str, int] | str
KEPT = (*asked.FILTERS, asked.ORIGINS, *ARGUMENTS)
"""What of an address a view keeps; sorting and pages of tables are nobody's way to look."""
DATES = {"date", "date2"}


def arguments() -> list[tuple[str, str]]:
    """Return what the address of this request would save."""
    return [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name in KEPT and (value or name == asked.ORIGINS)
    ]


@blueprint.get("/vues")
@permit(everyone)
def saved_views() -> str:
    """List the views: those that are shared; to coordinators all, and what was just deleted."""
    session = db.session()
    rows = session.scalars(queries.live(shared_only=not may(coordinator))).all()
    return render_template("network/views.html", rows=rows, deleted=_deleted())


def _deleted() -> SavedView | None:
    """Return the view that was deleted a moment ago, so that it can be taken back."""
    if not may(coordinator) or not request.args.get("supprimee"):
        return None
    view = db.session.query(SavedView).filter_by(slug=request.args["supprimee"]).one_or_none()
    return view if view is not None and view.deleted_at is not None else None


@blueprint.get("/vues/nouvelle")
@permit(change_views)
def new_view() -> str:
    """Ask for the name under which to save what the address shows."""
    form = NewViewForm(formdata=None, keep_date="date" in request.args, shared=True)
    return render_template("network/save_view.html", form=form, arguments=dict(_grouped(arguments())))


@blueprint.post("/vues/nouvelle")
@permit(change_views)
def save_view() -> Answer:
    """Save it, and show it."""
    form = NewViewForm()
    given = arguments()
    if form.validate_on_submit():
        kept = [(name, value) for name, value in given if name not in DATES or form.keep_date.data]
        try:
            view = operations.save(
                db.session(), form.name.data or "", kept,
                shared=form.shared.data, actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            _tell(form, problem)
        else:
            flash(gettext("La vue « %(name)s » est enregistrée.", name=view.name), "success")
            return redirect(url_for("network.saved_view", slug=view.slug), 303)
    return render_template("network/save_view.html", form=form, arguments=dict(_grouped(given))), 422


@blueprint.get("/vues/<slug>")
@permit(open_view, SavedView, key="slug")
def saved_view(view: SavedView) -> Answer:
    """Lead to the network page as the view shows it; what no list holds any more is told and left aside."""
    if view.deleted_at is not None:
        abort(410)
    kept = [(name, value) for name, value in view.arguments if name in KEPT]
    gone = queries.stale(db.session(), kept)
    if gone:
        flash(
            gettext(
                "La vue « %(name)s » demande ce qui n’existe plus (%(values)s) : elle s’ouvre sans cela.",
                name=view.name,
                values=", ".join(value for _, value in gone),
            ),
            "warning",
        )
    address = dict(_grouped([pair for pair in kept if pair not in gone]))
    return redirect(url_for("network.map_page", **address, vue=view.slug))


@blueprint.get("/vues/<slug>/modifier")
@permit(change_views, SavedView, key="slug")
def change_view(view: SavedView) -> str:
    """Show name and sharing of a view."""
    form = SavedViewForm(formdata=None, name=view.name, shared=view.shared)
    return render_template("network/change_view.html", form=form, view=view)


@blueprint.post("/vues/<slug>/modifier")
@permit(change_views, SavedView, key="slug")
def store_view(view: SavedView) -> Answer:
    """Rename it, share it or no more."""
    form = SavedViewForm()
    if form.validate_on_submit():
        try:
            operations.change(
                db.session(), view, form.name.data or "",
                shared=form.shared.data, actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as problem:
            _tell(form, problem)
        else:
            flash(gettext("La vue « %(name)s » est modifiée.", name=view.name), "success")
            return redirect(url_for("network.saved_views"), 303)
    return render_template("network/change_view.html", form=form, view=view), 422


@blueprint.post("/vues/<slug>/supprimer")
@permit(change_views, SavedView, key="slug")
def delete_view(view: SavedView) -> Response:
    """Delete it; the list offers to take it back."""
    operations.delete(db.session(), view, actor=current_user(), now=clock.now())
    return redirect(url_for("network.saved_views", supprimee=view.slug), 303)


@blueprint.post("/vues/<slug>/remettre")
@permit(change_views, SavedView, key="slug")
def restore_view(view: SavedView) -> Response:
    """Take it back."""
    try:
        operations.restore(db.session(), view, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(gettext(problem.msgid, **problem.params), "danger")
        return redirect(url_for("network.saved_views", supprimee=view.slug), 303)
    flash(gettext("La vue « %(name)s » est remise.", name=view.name), "success")
    return redirect(url_for("network.saved_views"), 303)


@blueprint.app_template_global()
def opened_view() -> SavedView | None:
    """Return the saved view that this page was opened by, if the reader may see it."""
    slug = request.args.get("vue", "")
    view = db.session.query(SavedView).filter_by(slug=slug).one_or_none() if slug else None
    return view if view is not None and view.deleted_at is None and may(open_view, view) else None


def _grouped(pairs: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    """Return each argument with its values, as an address is made of."""
    names = dict.fromkeys(name for name, _ in pairs)
    return [(name, [value for key, value in pairs if key == name]) for name in names]


def _tell(form: Any, problem: DomainError) -> None:
    """Write what an operation refused beside its field."""
    form[problem.field or "name"].errors = [gettext(problem.msgid, **problem.params)]
