"""A mistyped name or address of somebody signed up, put right by the team."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events import rules
from hub.events.forms.retention import CorrectForm
from hub.events.forms.sign_up import blame
from hub.events.models.days import Event
from hub.events.models.registrations import Registration
from hub.events.operations import correcting
from hub.events.views.blueprint import blueprint


@blueprint.get("/journees/<slug>/inscriptions/<int:number>/corriger")
@permit(rules.manage, Event, key="slug")
def correct_page(event: Event, number: int) -> str:
    """Show the name and the address to put right."""
    row = _of(event, number)
    return _show(row, CorrectForm(formdata=None, data={"name": row.name, "email": row.email}))


def _show(row: Registration, form: CorrectForm) -> str:
    return render_template("events/correct.html", event=row.event, row=row, form=form)


@blueprint.post("/journees/<slug>/inscriptions/<int:number>/corriger")
@permit(rules.manage, Event, key="slug")
def correct_now(event: Event, number: int) -> Response | tuple[str, int]:
    """Put the name or the address right."""
    row, form = _of(event, number), CorrectForm()
    if not form.validate_on_submit():
        return _show(row, form), 422
    try:
        changed = correcting.correct(
            db.session(), row, form.name.data or "", form.email.data or None, actor=current_user(),
            now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        blame(form, problem)
        return _show(row, form), 422
    if changed:
        flash(_("C’est corrigé."), "success")
    return redirect(url_for("events.registration_record", slug=event.slug, number=row.id), 303)


def _of(event: Event, number: int) -> Registration:
    row = db.session.get(Registration, number)
    if row is None or row.event_id != event.id or row.purged_at is not None:
        abort(404)
    return row
