"""Signing up without account: the form of a day, one's link again, changing what one chose."""

import secrets
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, TypeVar

import flask
from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter import RequestLimit
from sqlalchemy import select
from werkzeug.wrappers import Response

from hub.core import clock, i18n, tokens
from hub.core.access import permit, permit_token, private
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import begin_to_write, checked_by_its_form, limiter, looks_first
from hub.events import rules
from hub.events.forms.sign_up import (
    Asked,
    ChoiceFields,
    LinkForm,
    SignUpForm,
    WishesForm,
    blame,
    filled,
    form_for,
)
from hub.events.models.days import Admission, Asking, Event, EventState, Stage
from hub.events.models.registrations import EventInvitation, Question, Registration
from hub.events.operations import letters, lost_links, seats, sign_up
from hub.events.queries import questions as question_queries
from hub.events.queries import sign_up as queries
from hub.events.views.blueprint import blueprint

F = TypeVar("F", bound=ChoiceFields)
SENT_AGAIN = _l(
    "Ce formulaire était déjà arrivé : voici ce qui est enregistré. Rien n’a été ajouté ni changé."
)
HAS_A_PLACE = _l(
    "Cette adresse a déjà une inscription à cette journée : un mail lui envoie son lien. "
    "Écrivez-en une autre."
)
TOO_OFTEN = _l(
    "Trop d’envois sont partis de votre connexion en peu de temps. Rien n’est encore enregistré, et rien de "
    "ce que vous avez écrit n’est perdu : envoyez à nouveau dans quelques minutes."
)


def asked_of(event: Event, *, again: bool = False) -> Asked:
    """Return what a day asks beside its own columns; `again`: of who signed up already."""
    session = db.session
    rows = question_queries.asked_again(event) if again else question_queries.asked(event)
    questions: Sequence[Question] = session.scalars(rows).all()
    diets = session.scalars(queries.diets(event)).all() if event.meal_offered and event.asks_diet else ()
    return Asked(questions, diets)


def prepared(kind: type[F], event: Event, asked: Asked, held: Registration | None = None, **values: Any) -> F:
    """Return a form of that kind as the day asks it, filled with what was sent."""
    form = form_for(kind, event, asked)(**values)
    form.prepare(event, asked, held)
    return form


def invitation_of(event: Event) -> EventInvitation | None:
    """Return the invitation whose link led here, if it is one to this day and still holds."""
    raw = request.values.get("invitation", "")
    found = tokens.find(db.session(), raw, letters.INVITATION_PURPOSE) if raw else None
    if found is None or not tokens.is_live(found, clock.now()):
        return None
    row = db.session.get(EventInvitation, found.subject_id)
    if row is None or row.event_id != event.id or row.revoked_at is not None:
        return None
    # Where one may come without, an invitation that has served keeps nobody out.
    return row if event.admission == Admission.INVITATION or not is_used_up(row) else None


def is_used_up(invitation: EventInvitation) -> bool:
    """Say whether as many came by an invitation as it asks."""
    return (db.session.scalar(queries.came_by_invitation(invitation.id)) or 0) >= invitation.places


def can_sign_up(event: Event, invitation: EventInvitation | None) -> bool:
    """Say whether there is a form to fill: sign-up is open, or full with a list on which to wait."""
    stage = event.stage(clock.now())
    if stage != Stage.OPEN and not (stage == Stage.FULL and event.has_waitlist):
        return False
    return event.admission != Admission.INVITATION or invitation is not None


@blueprint.get("/journees/<slug>/inscription")
@permit(rules.see, Event, key="slug")
def sign_up_page(event: Event) -> Response:
    """Show the form, or why there is none."""
    invitation = invitation_of(event)
    if not can_sign_up(event, invitation):
        return _show_form(event, None, invitation)
    if invitation is not None and is_used_up(invitation):
        # Its page says so, before anybody fills in a form.
        return redirect(url_for("events.invitation", token=request.values["invitation"]))
    known = {"name": invitation.name, "email": invitation.email} if invitation is not None else {}
    form = prepared(SignUpForm, event, asked_of(event), data={"form_key": secrets.token_urlsafe(16), **known})
    return _show_form(event, form, invitation)


def event_of_address() -> Event:
    """Return the day that the address names, where its rule was asked already."""
    slug = (request.view_args or {})["slug"]
    return db.session.scalars(select(Event).where(Event.slug == slug)).one()


def too_often(_limit: RequestLimit) -> flask.Response:
    """Return the form as it was sent, for a little later."""
    event = event_of_address()
    form = prepared(SignUpForm, event, asked_of(event))
    form.form_errors.append(str(TOO_OFTEN))
    page = _show_form(event, form, invitation_of(event), HTTPStatus.TOO_MANY_REQUESTS)
    return make_response(page)


@blueprint.post("/journees/<slug>/inscription")
@looks_first
@checked_by_its_form
@permit(rules.see, Event, key="slug")
@limiter.limit("60 per hour", on_breach=too_often)
def sign_up_now(event: Event) -> Response:
    """Sign somebody up; a new sign-up leads to its page, a known address is written to (S10)."""
    session = db.session()
    form = prepared(SignUpForm, event, asked_of(event))
    if not form.validate_on_submit():
        return _show_form(event, form, invitation_of(event), 422)
    person, wishes = form.person(i18n.chosen_language()), form.wishes()
    # Others write meanwhile: what the form was read with is only looked at, and all is read anew to decide.
    begin_to_write()
    seats.stand_in_line(session, event)
    seats.lock(session, event)
    invitation, asked = invitation_of(event), asked_of(event)
    try:
        done = sign_up.register(
            session, event, person, wishes, now=clock.now(), invitation=invitation, asked=asked.questions
        )
    except DomainError as problem:
        form = prepared(SignUpForm, event, asked)
        refused(form, problem)
        return _show_form(event, form, invitation, 422)
    if done.again:
        flash(str(SENT_AGAIN), "message")
    if done.link is None:
        return redirect(url_for("events.look_in_mails", slug=event.slug), 303)
    return redirect(url_for("events.registration", token=done.link), 303)


def refused(form: SignUpForm, problem: DomainError) -> None:
    """Say what was refused; where it filled up meanwhile, ask whether one would wait."""
    blame(form, problem)
    if problem.field == "agrees_to_wait":
        form.offers_wait = True
    if problem.field == "workshops":
        form.untick_full()


def _show_form(
    event: Event, form: SignUpForm | None, invitation: EventInvitation | None, code: int = 200
) -> Response:
    """Show the form; an address that bears an invitation's link is as private as the link (S11)."""
    page = render_template(
        "events/sign_up.html",
        event=event,
        form=form,
        invitation=invitation,
        invitation_token=request.values.get("invitation", "") if invitation is not None else "",
        by_invitation=event.admission == Admission.INVITATION,
        names=names_for(event) if form is not None else (),
    )
    answer = make_response(page, code)
    return private(answer) if "invitation" in request.values else answer


def names_for(event: Event) -> Sequence[tuple[str, str]]:
    """Return (name, acronym) of the register's actors, where the form asks for the organisation."""
    if event.asks_organisation == Asking.NO:
        return ()
    return [(name, acronym) for name, acronym in db.session.execute(queries.names_of_register())]


# --- One's link again -------------------------------------------------------------------------------


@blueprint.get("/journees/<slug>/lien")
@permit(rules.see, Event, key="slug")
def lost_link(event: Event) -> str:
    """Offer to send one's personal link again."""
    return render_template("events/lost_link.html", event=event, form=LinkForm())


@blueprint.post("/journees/<slug>/lien")
@permit(rules.see, Event, key="slug")
@limiter.limit("20 per hour")
def send_link(event: Event) -> Response | tuple[str, int]:
    """Send the links if something is held of the address; the answer is the same if nothing is (S10)."""
    form = LinkForm()
    if not form.validate_on_submit():
        return render_template("events/lost_link.html", event=event, form=form), 422
    lost_links.send(db.session(), event, form.email.data or "", now=clock.now())
    return redirect(url_for("events.look_in_mails", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/mail-envoye")
@permit(rules.see, Event, key="slug")
def look_in_mails(event: Event) -> str:
    """Say that the rest is in the mail, if the address is signed up."""
    if event.state == EventState.DRAFT:
        abort(404)
    return render_template("events/look_in_mails.html", event=event)


# --- Changing what one chose ----------------------------------------------------------------------------


def can_change(row: Registration) -> bool:
    """Say whether choices can still change."""
    event = row.event
    return row.is_live and event.state == EventState.PUBLISHED and clock.now() < event.sign_up_closes_at


@blueprint.get("/inscription/<token>/modifier")
@permit_token(letters.PURPOSE, Registration)
def change_page(row: Registration, *, token: str) -> str:
    """Show the choices to change."""
    db.session.scalars(queries.with_choices(row)).unique().one()
    db.session.scalars(queries.with_offer(row.event)).unique().one()
    asked = asked_of(row.event, again=True)
    return _show_change(row, token, prepared(WishesForm, row.event, asked, row, data=filled(row)))


@blueprint.post("/inscription/<token>/modifier")
@checked_by_its_form
@permit_token(letters.PURPOSE, Registration)
def change_now(row: Registration, *, token: str) -> Response | tuple[str, int]:
    """Change the choices, all or nothing."""
    form = prepared(WishesForm, row.event, asked_of(row.event, again=True), row)
    if not form.validate_on_submit():
        return _show_change(row, token, form), 422
    try:
        sign_up.change(db.session(), row, form.wishes(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        if problem.field == "workshops":
            form.untick_full()
        return _show_change(row, token, form), 422
    flash(_("Vos choix sont enregistrés. Un mail vous les confirme."), "success")
    return redirect(url_for("events.registration", token=token), 303)


def _show_change(row: Registration, token: str, form: WishesForm) -> str:
    return render_template("events/change.html", row=row, token=token, form=form, can_change=can_change(row))
