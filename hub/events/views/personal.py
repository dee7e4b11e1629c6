"""One's own sign-up, by a personal link: seeing, changing, cancelling. Nothing acts on GET (S11)."""

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from hub.core import clock
from hub.core.access import permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import site
from hub.events.forms.sign_up import ConfirmForm, WishesForm, blame, filled
from hub.events.models.days import EventState
from hub.events.models.registrations import Registration
from hub.events.operations import calendar, sign_up
from hub.events.operations.letters import PURPOSE
from hub.events.views.blueprint import blueprint
from hub.events.views.public import as_calendar


def can_change(row: Registration) -> bool:
    """Say whether choices can still change."""
    event = row.event
    return row.is_confirmed and event.state == EventState.PUBLISHED and clock.now() < event.sign_up_closes_at


def can_cancel(row: Registration) -> bool:
    """Say whether the seat can still be given back."""
    return row.is_confirmed and row.event.state == EventState.PUBLISHED and clock.now() < row.event.ends_at


@blueprint.get("/inscription/<token>")
@permit_token(PURPOSE, Registration)
def registration(row: Registration, *, token: str) -> str:
    """Show somebody's own sign-up."""
    return render_template(
        "events/registration.html",
        row=row,
        token=token,
        can_change=can_change(row),
        can_cancel=can_cancel(row),
    )


@blueprint.get("/inscription/<token>/agenda.ics")
@permit_token(PURPOSE, Registration)
def registration_agenda(row: Registration, *, token: str) -> Response:
    """Send somebody's own entry for a calendar."""
    del token
    content = calendar.invitation(row, site(), now=clock.now())
    return as_calendar(content, f"{row.event.slug}.ics")


@blueprint.get("/inscription/<token>/modifier")
@permit_token(PURPOSE, Registration)
def change_page(row: Registration, *, token: str) -> str:
    """Show the choices to change."""
    form = WishesForm(data=filled(row))
    form.prepare(row.event, row)
    return _show_change(row, token, form)


@blueprint.post("/inscription/<token>/modifier")
@permit_token(PURPOSE, Registration)
def change_now(row: Registration, *, token: str) -> BaseResponse | tuple[str, int]:
    """Change the choices, all or nothing."""
    form = WishesForm()
    form.prepare(row.event, row)
    if not form.validate_on_submit():
        return _show_change(row, token, form), 422
    try:
        sign_up.change(db.session(), row, form.wishes(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        form.untick_full(row.event, row)
        return _show_change(row, token, form), 422
    flash(_("Vos choix sont enregistrés. Un mail vous les confirme."), "success")
    return redirect(url_for("events.registration", token=token), 303)


def _show_change(row: Registration, token: str, form: WishesForm) -> str:
    return render_template("events/change.html", row=row, token=token, form=form, can_change=can_change(row))


@blueprint.get("/inscription/<token>/annuler")
@permit_token(PURPOSE, Registration)
def withdraw_page(row: Registration, *, token: str) -> str:
    """Ask whether to give the seat back."""
    return render_template("events/withdraw.html", row=row, token=token, can_cancel=can_cancel(row))


@blueprint.post("/inscription/<token>/annuler")
@permit_token(PURPOSE, Registration)
def withdraw_now(row: Registration, *, token: str) -> BaseResponse | tuple[str, int]:
    """Give the seat back."""
    if not ConfirmForm().validate_on_submit():
        return render_template("events/withdraw.html", row=row, token=token, can_cancel=can_cancel(row)), 422
    try:
        sign_up.cancel(db.session(), row, actor=sign_up.BY_LINK, now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.registration", token=token), 303)
