"""Places reserved for an organisation: its representative names who comes, by a link or with an account."""

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.accounts.models import User
from hub.actors.queries import mandates
from hub.core import clock
from hub.core.access import current_user, permit, permit_token, signed_in
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import checked_by_its_form, limiter
from hub.events import rules
from hub.events.forms import questions as own
from hub.events.forms.admission import GiveBackForm, NameForm, last_day, name_form_for
from hub.events.forms.sign_up import ConfirmForm, blame, number
from hub.events.models.registrations import LIVE, QuestionPurpose, Registration, ReservedPlaces
from hub.events.operations import letters, reserving
from hub.events.operations.letters import RESERVED_PURPOSE
from hub.events.operations.reserving import Named
from hub.events.queries import admission as queries
from hub.events.queries import questions as question_queries
from hub.events.views.blueprint import blueprint

Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class Door:
    """How somebody came to the places: by a link (its token), or with an account."""

    places: ReservedPlaces
    token: str = ""

    def url(self, page: str, **more: Any) -> str:
        """Return the address of one of the pages, as this door leads there."""
        if self.token:
            return url_for(f"events.{page}", token=self.token, **more)
        return url_for(f"events.own_{page}", id=self.places.id, **more)

    @property
    def actor(self) -> User | str:
        """Who acts, for the history."""
        return reserving.BY_LINK if self.token else current_user()


def _names(door: Door, form: GiveBackForm | None = None) -> str:
    places = door.places
    return render_template(
        "events/admission/names.html",
        places=places,
        door=door,
        rows=db.session.scalars(queries.named(places)).unique().all(),
        is_open=reserving.is_open(places, clock.now()),
        form=form or GiveBackForm(formdata=None),
        last_day=last_day,
    )


def _name_form(door: Door, row: Registration | None, *, sent: bool) -> NameForm:
    asked = question_queries.of_purpose(door.places.event, QuestionPurpose.ELIGIBILITY)
    made = name_form_for(db.session.scalars(asked).all(), is_new=row is None)
    if sent:
        form = made()
    elif row is None:
        form = made(formdata=None, data={"form_key": secrets.token_urlsafe(16)})
    else:
        form = made(
            formdata=None,
            data={
                "name": row.name,
                "email": row.email or "",
                "workshops": [choice.workshop_id for choice in row.choices],
                "meal": str(row.meal_id or ""),
            },
        )
    held = frozenset(choice.workshop_id for choice in row.choices) if row is not None else frozenset()
    form.prepare(door.places, held)
    return form


def _show_name(door: Door, row: Registration | None, form: NameForm) -> str:
    return render_template(
        "events/admission/name.html",
        places=door.places,
        door=door,
        row=row,
        form=form,
        is_open=reserving.is_open(door.places, clock.now()),
    )


def _named(form: NameForm) -> Named:
    meal = form.meal.data if "meal" in form else None
    return Named(
        name=form.name.data or "",
        email=form.email.data or None,
        workshop_ids=tuple(form.workshops.data or ()) if "workshops" in form else (),
        meal_id=number(meal) if meal else None,
        answers=own.read(form, form.questions),
        # Another name or address is another person, also where one goes back and writes it over the first.
        form_key=f"{form.form_key.data} {form.email.data or form.name.data}" if form.form_key.data else "",
    )


def _save(door: Door, row: Registration | None) -> Answer:
    form = _name_form(door, row, sent=True)
    if not form.validate_on_submit():
        return _show_name(door, row, form), 422
    session, now = db.session(), clock.now()
    try:
        if row is None:
            reserving.fill(session, door.places, _named(form), actor=door.actor, now=now)
        else:
            reserving.rename(session, door.places, row, _named(form), actor=door.actor, now=now)
    except reserving.KnownAddressError as problem:
        letters.send_link(session, problem.registration, now=now)
        blame(form, problem)
        return _show_name(door, row, form), HTTPStatus.OK  # no refusal: the mail is to leave
    except DomainError as problem:
        blame(form, problem)
        return _show_name(door, row, form), 422
    flash(_("%(name)s vient sur une de vos places.", name=form.name.data), "success")
    return redirect(door.url("names"), 303)


def _unname(door: Door, row: Registration) -> Response:
    if ConfirmForm().validate_on_submit():
        try:
            reserving.withdraw(db.session(), door.places, row, actor=door.actor, now=clock.now())
            flash(_("Le nom est retiré. La place reste à vous."), "success")
        except DomainError as problem:
            flash(_(problem.msgid, **problem.params), "error")
    return redirect(door.url("names"), 303)


def _show_unname(door: Door, row: Registration) -> str:
    return render_template("events/admission/unname.html", places=door.places, door=door, row=row)


def _give_back(door: Door) -> Answer:
    form = GiveBackForm()
    if not form.validate_on_submit():
        return _names(door, form), 422
    number = form.number.data or 0
    try:
        reserving.give_back(db.session(), door.places, number, actor=door.actor, now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _names(door, form), 422
    flash(
        ngettext("%(num)s place est rendue. Merci.", "%(num)s places sont rendues. Merci.", number), "success"
    )
    return redirect(door.url("names"), 303)


def _of(places: ReservedPlaces, number: int) -> Registration:
    row = db.session.get(Registration, number)
    if row is None or row.reserved_id != places.id or row.state not in LIVE:
        abort(404)
    return row


# --- By a link ------------------------------------------------------------------------------------


@blueprint.get("/places/<token>")
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
def names(places: ReservedPlaces, *, token: str) -> str:
    """Show who comes on the places."""
    return _names(Door(places, token))


@blueprint.get("/places/<token>/nom")
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
def name_page(places: ReservedPlaces, *, token: str) -> str:
    """Show the form for a name."""
    door = Door(places, token)
    return _show_name(door, None, _name_form(door, None, sent=False))


@blueprint.post("/places/<token>/nom")
@checked_by_its_form
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
@limiter.limit("200 per hour")
def name_now(places: ReservedPlaces, *, token: str) -> Answer:
    """Give a place a name."""
    return _save(Door(places, token), None)


@blueprint.get("/places/<token>/<int:number>")
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
def rename_page(places: ReservedPlaces, *, token: str, number: int) -> str:
    """Show who comes on a place to change."""
    door, row = Door(places, token), _of(places, number)
    return _show_name(door, row, _name_form(door, row, sent=False))


@blueprint.post("/places/<token>/<int:number>")
@checked_by_its_form
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
@limiter.limit("200 per hour")
def rename_now(places: ReservedPlaces, *, token: str, number: int) -> Answer:
    """Change who comes on a place."""
    return _save(Door(places, token), _of(places, number))


@blueprint.get("/places/<token>/<int:number>/retirer")
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
def unname_page(places: ReservedPlaces, *, token: str, number: int) -> str:
    """Ask whether to take a name off."""
    return _show_unname(Door(places, token), _of(places, number))


@blueprint.post("/places/<token>/<int:number>/retirer")
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
@limiter.limit("200 per hour")
def unname_now(places: ReservedPlaces, *, token: str, number: int) -> Response:
    """Take a name off."""
    return _unname(Door(places, token), _of(places, number))


@blueprint.post("/places/<token>/rendre")
@permit_token(RESERVED_PURPOSE, ReservedPlaces)
@limiter.limit("60 per hour")
def give_places_back(places: ReservedPlaces, *, token: str) -> Answer:
    """Give places without name back."""
    return _give_back(Door(places, token))


# --- With an account ------------------------------------------------------------------------------


@blueprint.get("/mes-places")
@permit(signed_in)
def own_places() -> str:
    """List the places that one's organisations may fill."""
    now = clock.now()
    organisations = db.session.scalars(mandates.organisations_of(current_user(), clock.today(now))).all()
    numbers = tuple(row.id for row in organisations)
    rows = db.session.scalars(queries.of_organisations(numbers, now)).unique().all() if numbers else []
    return render_template("events/admission/mine.html", rows=rows)


@blueprint.get("/mes-places/<int:id>")
@permit(rules.fill_places, ReservedPlaces)
def own_names(places: ReservedPlaces) -> str:
    """Show who comes on the places."""
    return _names(Door(places))


@blueprint.get("/mes-places/<int:id>/nom")
@permit(rules.fill_places, ReservedPlaces)
def own_name_page(places: ReservedPlaces) -> str:
    """Show the form for a name."""
    return _show_name(Door(places), None, _name_form(Door(places), None, sent=False))


@blueprint.post("/mes-places/<int:id>/nom")
@permit(rules.fill_places, ReservedPlaces)
def own_name_now(places: ReservedPlaces) -> Answer:
    """Give a place a name."""
    return _save(Door(places), None)


@blueprint.get("/mes-places/<int:id>/<int:number>")
@permit(rules.fill_places, ReservedPlaces)
def own_rename_page(places: ReservedPlaces, *, number: int) -> str:
    """Show who comes on a place to change."""
    row = _of(places, number)
    return _show_name(Door(places), row, _name_form(Door(places), row, sent=False))


@blueprint.post("/mes-places/<int:id>/<int:number>")
@permit(rules.fill_places, ReservedPlaces)
def own_rename_now(places: ReservedPlaces, *, number: int) -> Answer:
    """Change who comes on a place."""
    return _save(Door(places), _of(places, number))


@blueprint.get("/mes-places/<int:id>/<int:number>/retirer")
@permit(rules.fill_places, ReservedPlaces)
def own_unname_page(places: ReservedPlaces, *, number: int) -> str:
    """Ask whether to take a name off."""
    return _show_unname(Door(places), _of(places, number))


@blueprint.post("/mes-places/<int:id>/<int:number>/retirer")
@permit(rules.fill_places, ReservedPlaces)
def own_unname_now(places: ReservedPlaces, *, number: int) -> Response:
    """Take a name off."""
    return _unname(Door(places), _of(places, number))


@blueprint.post("/mes-places/<int:id>/rendre")
@permit(rules.fill_places, ReservedPlaces)
def own_give_places_back(places: ReservedPlaces) -> Answer:
    """Give places without name back."""
    return _give_back(Door(places))
