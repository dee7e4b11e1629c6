"""The pages where coordinators write a day's programme and workshops, and its sessions."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events import rules
from hub.events.forms import sessions as session_forms
from hub.events.forms.programme import ProgrammeForm, rows_of
from hub.events.forms.sessions import SessionsForm
from hub.events.models.days import Event
from hub.events.operations import programme, sessions
from hub.events.operations.cutting import Cut, SeatsWouldGoError
from hub.events.queries import days as queries
from hub.events.views.blueprint import blueprint
from hub.events.views.together import Both, changed_meanwhile, hold

Answer = Response | tuple[str, int]
MOST_ODD = 5  # lines of one warning


@blueprint.get("/journees/<slug>/programme")
@permit(rules.manage, Event, key="slug")
def programme_page(event: Event) -> str:
    """Show programme and workshops to change."""
    event = db.session.scalars(queries.in_full(event)).unique().one()
    form = ProgrammeForm(data=rows_of(event))
    return _show_programme(form.showing(form), event)


@blueprint.post("/journees/<slug>/programme")
@permit(rules.manage, Event, key="slug")
def programme_now(event: Event) -> str | Answer:
    """Change programme and workshops; the buttons that add or take away a row only show the page again."""
    form = ProgrammeForm()
    agreed = request.form.getlist("agreed", type=int)
    if "rearrange" in request.form:
        form.rearrange(request.form["rearrange"])
        return _show_programme(form, event, agreed=agreed)
    hold(event)
    form.prepare(db.session(), event)
    stored = ProgrammeForm(formdata=None, data=rows_of(event))
    both = changed_meanwhile(form, stored, lambda one: one.prepare(db.session(), event))
    if both is not None:
        return _show_programme(form, event, agreed=agreed, meanwhile=both), 409
    if not form.validate_on_submit():
        return _show_programme(form, event, agreed=agreed), 422
    try:
        programme.set_programme(
            db.session(), event, form.programme(), actor=current_user(), now=clock.now(), agreed=agreed
        )
    except SeatsWouldGoError as problem:
        form.form_errors.append(_(problem.msgid, **problem.params))
        return _show_programme(form, event, cuts=problem.cuts, agreed=agreed), 422
    except DomainError as problem:
        form.form_errors.append(_(problem.msgid, **problem.params))
        return _show_programme(form, event, agreed=agreed), 422
    flash(_("Le programme est enregistré."), "success")
    _say_what_is_odd(event)
    return redirect(url_for("events.show", slug=event.slug), 303)


def _say_what_is_odd(event: Event) -> None:
    """Say which lines overlap or stand outside the day's hours; both may be meant."""
    db.session.refresh(event, ["slots"])
    odd = [
        _(
            "«\u00a0%(first)s\u00a0» et «\u00a0%(second)s\u00a0» ont lieu en même temps.",
            first=one.title,
            second=other.title,
        )
        for one, other in programme.overlapping(event)
    ]
    odd += [
        _("«\u00a0%(title)s\u00a0» est en dehors des heures de la journée.", title=slot.title)
        for slot in programme.outside(event)
    ]
    if odd:
        flash("\n".join([_("À vérifier, si ce n’est pas voulu\u00a0:"), *odd[:MOST_ODD]]), "warning")


def _show_programme(
    form: ProgrammeForm,
    event: Event,
    *,
    cuts: tuple[Cut, ...] = (),
    agreed: list[int] | None = None,
    meanwhile: Both | None = None,
) -> str:
    form.prepare(db.session(), event)
    return render_template(
        "events/programme.html", form=form, event=event, cuts=cuts, agreed=agreed or [], meanwhile=meanwhile
    )


@blueprint.get("/journees/<slug>/seances")
@permit(rules.manage, Event, key="slug")
def sessions_page(event: Event) -> str:
    """Show the sessions to change."""
    form = SessionsForm(data=session_forms.rows_of(event))
    return _show_sessions(form.showing(form), event)


@blueprint.post("/journees/<slug>/seances")
@permit(rules.manage, Event, key="slug")
def sessions_now(event: Event) -> str | Answer:
    """Change the sessions; the buttons that add or take away rows only show the page again."""
    form = SessionsForm()
    if "rearrange" in request.form:
        form.rearrange(request.form["rearrange"], event)
        return _show_sessions(form, event)
    hold(event)
    form.prepare(db.session(), event)
    stored = SessionsForm(formdata=None, data=session_forms.rows_of(event))
    both = changed_meanwhile(form, stored, lambda one: one.prepare(db.session(), event))
    if both is not None:
        return _show_sessions(form, event, both), 409
    if not form.validate_on_submit():
        return _show_sessions(form, event), 422
    try:
        sessions.set_sessions(db.session(), event, form.described(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        form.form_errors.append(_(problem.msgid, **problem.params))
        return _show_sessions(form, event), 422
    flash(_("Les séances sont enregistrées."), "success")
    return redirect(url_for("events.sessions_page", slug=event.slug), 303)


def _show_sessions(form: SessionsForm, event: Event, meanwhile: Both | None = None) -> str:
    form.prepare(db.session(), event)
    called_off = [row for row in event.sessions if row.cancelled_at is not None]
    return render_template(
        "events/sessions.html", form=form, event=event, called_off=called_off, meanwhile=meanwhile
    )
