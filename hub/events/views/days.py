"""What coordinators do with days: make, describe, publish, call off."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events import rules
from hub.events.forms.days import CallOffForm, DayForm, ProgrammeForm, described, rows_of
from hub.events.forms.sign_up import blame
from hub.events.models.days import Event
from hub.events.operations import days
from hub.events.views.blueprint import blueprint

Answer = Response | tuple[str, int]


@blueprint.get("/journees/nouvelle")
@permit(rules.manage)
def create_page() -> str:
    """Show the form of a new day."""
    return _show_day(DayForm(), None)


@blueprint.post("/journees/nouvelle")
@permit(rules.manage)
def create_now() -> Answer:
    """Make a draft; its programme comes next."""
    form = DayForm()
    form.prepare(db.session())
    if not form.validate_on_submit():
        return _show_day(form, None), 422
    try:
        event = days.create(db.session(), form.details(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_day(form, None), 422
    flash(_("Le brouillon est enregistré. Ajoutez maintenant le programme."), "success")
    return redirect(url_for("events.programme_page", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/modifier")
@permit(rules.manage, Event, key="slug")
def edit_page(event: Event) -> str:
    """Show a day's description to change."""
    return _show_day(DayForm(data=described(event)), event)


@blueprint.post("/journees/<slug>/modifier")
@permit(rules.manage, Event, key="slug")
def edit_now(event: Event) -> Answer:
    """Change a day's description."""
    form = DayForm()
    form.prepare(db.session())
    if not form.validate_on_submit():
        return _show_day(form, event), 422
    try:
        days.edit(db.session(), event, form.details(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_day(form, event), 422
    flash(_("Les changements sont enregistrés."), "success")
    return redirect(url_for("events.show", slug=event.slug), 303)


def _show_day(form: DayForm, event: Event | None) -> str:
    form.prepare(db.session())
    return render_template("events/edit.html", form=form, event=event)


@blueprint.get("/journees/<slug>/programme")
@permit(rules.manage, Event, key="slug")
def programme_page(event: Event) -> str:
    """Show programme and workshops to change."""
    return _show_programme(ProgrammeForm(data=rows_of(event)), event)


@blueprint.post("/journees/<slug>/programme")
@permit(rules.manage, Event, key="slug")
def programme_now(event: Event) -> str | Answer:
    """Change programme and workshops; the buttons that add or take away a line only show the page again."""
    form = ProgrammeForm()
    if "rearrange" in request.form:
        form.rearrange(request.form["rearrange"])
        return _show_programme(form, event)
    form.prepare(db.session())
    if not form.validate_on_submit():
        return _show_programme(form, event), 422
    try:
        days.set_programme(db.session(), event, form.programme(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_programme(form, event), 422
    flash(_("Le programme est enregistré."), "success")
    return redirect(url_for("events.show", slug=event.slug), 303)


def _show_programme(form: ProgrammeForm, event: Event) -> str:
    form.prepare(db.session())
    return render_template("events/programme.html", form=form, event=event)


@blueprint.post("/journees/<slug>/publier")
@permit(rules.manage, Event, key="slug")
def publish(event: Event) -> Response:
    """Show the day to everybody."""
    try:
        days.publish(db.session(), event, actor=current_user(), now=clock.now())
        flash(_("La journée est publiée."), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.show", slug=event.slug), 303)


@blueprint.post("/journees/<slug>/retirer")
@permit(rules.manage, Event, key="slug")
def unpublish(event: Event) -> Response:
    """Make the day a draft again."""
    try:
        days.unpublish(db.session(), event, actor=current_user(), now=clock.now())
        flash(_("La journée est de nouveau un brouillon."), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.show", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/annuler")
@permit(rules.manage, Event, key="slug")
def call_off_page(event: Event) -> str:
    """Say what calling the day off will do, and to whom."""
    return render_template("events/call_off.html", event=event, form=CallOffForm())


@blueprint.post("/journees/<slug>/annuler")
@permit(rules.manage, Event, key="slug")
def call_off_now(event: Event) -> Answer:
    """Call the day off."""
    form = CallOffForm()
    if not form.validate_on_submit():
        return render_template("events/call_off.html", event=event, form=form), 422
    try:
        reason = form.reason.data or ""
        days.call_off(db.session(), event, reason, actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return render_template("events/call_off.html", event=event, form=form), 422
    flash(_("La journée est annulée. Les personnes inscrites reçoivent un mail."), "success")
    return redirect(url_for("events.show", slug=event.slug), 303)
