"""What coordinators do with days: make, describe, copy, publish, call off."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events import rules
from hub.events.forms.days import CallOffForm, DayForm, described
from hub.events.forms.sign_up import blame
from hub.events.models.days import Event, EventKind, EventSeries
from hub.events.operations import days, duplicating
from hub.events.views.blueprint import blueprint
from hub.events.views.together import Both, changed_meanwhile, hold

Answer = Response | tuple[str, int]


@blueprint.get("/journees/nouvelle")
@permit(rules.manage)
def create_page() -> str:
    """Show the form of a new day; the address may name the kind and the series."""
    asked = request.args.get("kind", "")
    kind = EventKind(asked) if asked in list(EventKind) else EventKind.PLENARY
    series = db.session.get(EventSeries, request.args.get("series", 0, type=int))
    return _show_day(DayForm(data={"kind": kind, "series": series.id if series else None}), None)


@blueprint.post("/journees/nouvelle")
@permit(rules.manage)
def create_now() -> Answer:
    """Make a draft; its programme comes next, or its sessions."""
    form = DayForm()
    form.prepare(db.session())
    if not form.validate_on_submit():
        return _show_day(form, None), 422
    try:
        event = days.create(db.session(), form.details(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_day(form, None), 422
    _warn_of_room(event)
    if event.kind == EventKind.MODULE:
        flash(_("Le brouillon est enregistré. Ajoutez maintenant les séances."), "success")
        return redirect(url_for("events.sessions_page", slug=event.slug), 303)
    flash(_("Le brouillon est enregistré. Ajoutez maintenant le programme."), "success")
    return redirect(url_for("events.programme_page", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/modifier")
@permit(rules.manage, Event, key="slug")
def edit_page(event: Event) -> str:
    """Show a day's description to change."""
    form = DayForm(data=described(event))
    return _show_day(form.showing(form), event)


@blueprint.post("/journees/<slug>/modifier")
@permit(rules.manage, Event, key="slug")
def edit_now(event: Event) -> Answer:
    """Change a day's description."""
    hold(event)
    form = DayForm()
    form.prepare(db.session())
    stored = DayForm(formdata=None, data=described(event))
    both = changed_meanwhile(form, stored, lambda one: one.prepare(db.session()))
    if both is not None:
        return _show_day(form, event, meanwhile=both), 409
    if not form.validate_on_submit():
        return _show_day(form, event), 422
    sequence = event.sequence
    try:
        days.edit(db.session(), event, form.details(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        asks = problem.field == "moves_people"
        return _show_day(form, event, asks_to_move=asks), 422
    _warn_of_room(event)
    flash(_("Les changements sont enregistrés."), "success")
    if event.sequence > sequence and event.heads and event.state.value == "published":
        flash(_("Si le moment ou le lieu ont changé, les personnes inscrites reçoivent un mail."), "info")
    return redirect(url_for("events.show", slug=event.slug), 303)


def _show_day(
    form: DayForm, event: Event | None, *, asks_to_move: bool = False, meanwhile: Both | None = None
) -> str:
    form.prepare(db.session())
    return render_template(
        "events/edit.html", form=form, event=event, asks_to_move=asks_to_move, meanwhile=meanwhile
    )


def _warn_of_room(event: Event) -> None:
    """Say where more places are offered than the room has seats; that may be meant."""
    db.session.refresh(event, ["room"])
    seats = event.room.seats if event.room is not None else None
    if seats is not None and (event.capacity is None or event.capacity > seats):
        offered = _("sans limite") if event.capacity is None else str(event.capacity)
        flash(
            _("La salle compte %(seats)s places assises ; la journée en offre %(offered)s.",
              seats=seats, offered=offered),
            "warning",
        )  # fmt: skip


@blueprint.post("/journees/<slug>/reprendre")
@permit(rules.manage, Event, key="slug")
def duplicate(event: Event) -> Response:
    """Make a draft of the same day, 52 weeks later."""
    made = duplicating.duplicate(db.session(), event, actor=current_user(), now=clock.now())
    flash(
        _(
            "Tout est repris, sauf les personnes et le lien de visioconférence. À vérifier : la date et les "
            "heures, le lieu et la salle, l’ouverture et la fin des inscriptions, le traiteur, les contacts, "
            "les mails programmés."
        ),
        "warning",
    )
    return redirect(url_for("events.edit_page", slug=made.slug), 303)


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
