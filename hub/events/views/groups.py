"""Signing up several people at once, and the page of the group for whoever did it."""

import secrets
from http import HTTPStatus

import flask
from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response

from hub.core import clock, i18n
from hub.core.access import permit, permit_token, private
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import checked_by_its_form, limiter, row_number
from hub.events import rules
from hub.events.forms.groups import ADD, REMOVE, GroupForm, ReplaceForm, group_form_for
from hub.events.forms.sign_up import Asked, ConfirmForm, WishesForm, blame, filled
from hub.events.models.days import Event, EventState
from hub.events.models.registrations import EventInvitation, GroupSignUp, Registration
from hub.events.operations import groups, seats, sign_up
from hub.events.queries import sign_up as queries
from hub.events.views.blueprint import blueprint
from hub.events.views.signing_up import (
    HAS_A_PLACE,
    SENT_AGAIN,
    TOO_OFTEN,
    asked_of,
    can_change,
    can_sign_up,
    event_of_address,
    invitation_of,
    names_for,
    prepared,
)

BEGINS_WITH = 2


@blueprint.get("/journees/<slug>/inscription/groupe")
@permit(rules.see, Event, key="slug")
def group_sign_up_page(event: Event) -> Response:
    """Show the form for several people."""
    invitation = invitation_of(event)
    if event.group_most < BEGINS_WITH or not can_sign_up(event, invitation):
        return redirect(url_for("events.sign_up_page", slug=event.slug))
    asked = asked_of(event)
    form = group_form_for(event, asked)(data={"form_key": secrets.token_urlsafe(16)})
    form.prepare(event, asked, BEGINS_WITH)
    return _show_form(event, form, invitation)


def too_often(_limit: RequestLimit) -> flask.Response:
    """Return the form as it was sent, for a little later."""
    event = event_of_address()
    asked = asked_of(event)
    form = group_form_for(event, asked)()
    form.prepare(event, asked, 1)
    form.form_errors.append(str(TOO_OFTEN))
    page = _show_form(event, form, invitation_of(event), HTTPStatus.TOO_MANY_REQUESTS)
    return make_response(page)


@blueprint.post("/journees/<slug>/inscription/groupe")
@checked_by_its_form
@permit(rules.see, Event, key="slug")
@limiter.limit("60 per hour", on_breach=too_often)
def group_sign_up_now(event: Event) -> Response:
    """Sign the people up, or add a person to the form, or take one off it, without losing what was typed."""
    invitation, asked = invitation_of(event), asked_of(event)
    form = group_form_for(event, asked)()
    if ADD in request.form or REMOVE in request.form:
        return _resize(event, form, asked, invitation)
    form.prepare(event, asked, 1)
    if not form.validate_on_submit():
        return _show_form(event, form, invitation, 422)
    language = i18n.chosen_language()
    try:
        # Seats that the first ones of the list took are given back before the form is shown again.
        with db.session.begin_nested():
            done = groups.register(
                db.session(),
                event,
                form.contact(language),
                form.listed(language),
                agrees_to_wait="agrees_to_wait" in form and bool(form.agrees_to_wait.data),
                now=clock.now(),
                invitation=invitation,
            )
    except DomainError as problem:
        seats.lock(db.session(), event)  # read them afresh
        form.blame(problem)
        return _show_form(event, form, invitation, 422)
    if done.again:
        flash(str(SENT_AGAIN), "message")
    for name in done.left_out:
        flash(_("%(name)s : la suite part à sa propre adresse.", name=name), "info")
    return redirect(url_for("events.group", token=done.link), 303)


def _resize(event: Event, form: GroupForm, asked: Asked, invitation: EventInvitation | None) -> Response:
    """Show the form with one person more, or without one."""
    place = request.form.get(REMOVE, type=row_number)
    if place is not None:
        form.drop(place)
    wanted = len(form.people.entries) + (1 if ADD in request.form else 0)
    form.prepare(event, asked, wanted)
    return _show_form(event, form, invitation)


def _show_form(
    event: Event, form: GroupForm, invitation: EventInvitation | None, code: int = 200
) -> Response:
    page = render_template(
        "events/group_sign_up.html",
        event=event,
        form=form,
        names=names_for(event),
        invitation_token=request.values.get("invitation", "") if invitation is not None else "",
    )
    answer = make_response(page, code)
    return private(answer) if "invitation" in request.values else answer


@blueprint.get("/groupe/<token>")
@permit_token(groups.PURPOSE, GroupSignUp)
def group(row: GroupSignUp, *, token: str) -> str:
    """Show who came with whom: how each stands, and what can be done for them."""
    now = clock.now()
    people = db.session.scalars(queries.of_group(row)).unique().all()
    is_open = row.event.state == EventState.PUBLISHED and now < row.event.ends_at
    first = next((each for each in people if each.is_confirmed), None)
    return render_template(
        "events/group.html",
        group=row,
        event=row.event,
        people=people,
        token=token,
        is_open=is_open,
        can_change={each.id for each in people if each.email is None and can_change(each)},
        can_replace=first is not None and groups.is_replaceable(db.session(), first, now=now),
    )


@blueprint.get("/groupe/<token>/<int:number>/remplacer")
@permit_token(groups.PURPOSE, GroupSignUp)
def replace_page(row: GroupSignUp, *, token: str, number: int) -> str:
    """Ask who comes instead of somebody."""
    return _show_replace(row, token, _one(row, number), ReplaceForm())


@blueprint.post("/groupe/<token>/<int:number>/remplacer")
@checked_by_its_form
@permit_token(groups.PURPOSE, GroupSignUp)
@limiter.limit("60 per hour")
def replace_now(row: GroupSignUp, *, token: str, number: int) -> Response | tuple[str, int]:
    """Put another person on somebody's seats."""
    one, form = _one(row, number), ReplaceForm()
    if not form.validate_on_submit():
        return _show_replace(row, token, one, form), 422
    try:
        done = groups.replace(
            db.session(), one, form.name.data or "", form.email.data or None, now=clock.now()
        )
    except DomainError as problem:
        blame(form, problem)
        return _show_replace(row, token, one, form), 422
    if done is None:
        # That address is written to, so this is kept as what was done, not undone as a refusal (S10).
        form.email.errors = [str(HAS_A_PLACE)]
        return _show_replace(row, token, one, form), HTTPStatus.OK
    flash(_("%(name)s reprend la place.", name=done.name), "success")
    return redirect(url_for("events.group", token=token), 303)


def _show_replace(row: GroupSignUp, token: str, one: Registration, form: ReplaceForm) -> str:
    return render_template("events/group_replace.html", group=row, row=one, token=token, form=form)


@blueprint.get("/groupe/<token>/<int:number>/annuler")
@permit_token(groups.PURPOSE, GroupSignUp)
def group_cancel_page(row: GroupSignUp, *, token: str, number: int) -> str:
    """Ask whether to cancel one person's sign-up."""
    return render_template("events/group_cancel.html", group=row, row=_one(row, number), token=token)


@blueprint.post("/groupe/<token>/<int:number>/annuler")
@permit_token(groups.PURPOSE, GroupSignUp)
def group_cancel_now(row: GroupSignUp, *, token: str, number: int) -> Response | tuple[str, int]:
    """Give one person's seats back."""
    one = _one(row, number)
    if not ConfirmForm().validate_on_submit():
        return render_template("events/group_cancel.html", group=row, row=one, token=token), 422
    try:
        groups.cancel(db.session(), one, now=clock.now())
        flash(_("L’inscription de %(name)s est annulée.", name=one.name), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.group", token=token), 303)


@blueprint.get("/groupe/<token>/<int:number>/modifier")
@permit_token(groups.PURPOSE, GroupSignUp)
def group_change_page(row: GroupSignUp, *, token: str, number: int) -> str:
    """Show the choices of somebody who has no address of their own."""
    one = _without_address(row, number)
    form = prepared(WishesForm, one.event, asked_of(one.event, again=True), one, data=filled(one))
    return _show_change(row, token, one, form)


@blueprint.post("/groupe/<token>/<int:number>/modifier")
@checked_by_its_form
@permit_token(groups.PURPOSE, GroupSignUp)
def group_change_now(row: GroupSignUp, *, token: str, number: int) -> Response | tuple[str, int]:
    """Change the choices of somebody who has no address of their own."""
    one = _without_address(row, number)
    form = prepared(WishesForm, one.event, asked_of(one.event, again=True), one)
    if not form.validate_on_submit():
        return _show_change(row, token, one, form), 422
    try:
        sign_up.change(db.session(), one, form.wishes(), actor=groups.BY_GROUP, now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_change(row, token, one, form), 422
    flash(_("Les choix de %(name)s sont enregistrés.", name=one.name), "success")
    return redirect(url_for("events.group", token=token), 303)


def _show_change(row: GroupSignUp, token: str, one: Registration, form: WishesForm) -> str:
    return render_template(
        "events/group_change.html", group=row, row=one, token=token, form=form, can_change=can_change(one)
    )


def _one(row: GroupSignUp, number: int) -> Registration:
    one = db.session.get(Registration, number)
    if one is None or one.group_id != row.id or not one.is_live:
        abort(404)
    return one


def _without_address(row: GroupSignUp, number: int) -> Registration:
    """Return one of the group whose choices are made here: who has an address makes them alone."""
    one = _one(row, number)
    if one.email is not None:
        abort(404)
    return one
