"""What coordinators do with the sign-ups of a day: list, count, export, enter, cancel, print."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.core import clock, exports, i18n, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events import rules
from hub.events.forms.sign_up import ConfirmForm, EntryForm
from hub.events.models.days import Event
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.operations import sign_up
from hub.events.queries import days as queries
from hub.events.views.blueprint import blueprint
from hub.events.views.signing_up import asked_of, names_for, prepared, refused
from hub.events.words import CHANNELS, REGISTRATION_STATES

FORMATS = {"csv", "xlsx"}
K = TypeVar("K", bound=StrEnum)


@blueprint.get("/journees/<slug>/inscriptions")
@permit(rules.manage, Event, key="slug")
def registrations(event: Event) -> str | Response:
    """List who is signed up, with the counts per workshop and meal."""
    session = db.session()
    chosen = {
        "words": request.args.get("q", ""),
        "workshop": request.args.get("workshop", type=row_number),
        "meal": request.args.get("meal", type=row_number),
        "state": _word(RegistrationState, request.args.get("state", "")),
    }
    rows = queries.registrations(event, **chosen)  # type: ignore[arg-type]
    if request.args.get("format") in FORMATS:
        return _export(event, request.args["format"], session.scalars(rows).unique().all())
    diets, needs = session.execute(queries.need_counts(event)).one()
    return render_template(
        "events/registrations.html",
        event=event,
        page=paging.paginate(session, rows, request.args.get("page", 1, type=int)),
        chosen=chosen,
        meals=meal_lines(session, event),
        numbers=numbers_of(event),
        states=dict(session.execute(queries.state_counts(event)).all()),
        state_words=REGISTRATION_STATES,
        diets=diets,
        needs=needs,
    )


def _word(kind: type[K], value: str) -> K | None:
    return kind(value) if value in set(kind) else None


def numbers_of(event: Event) -> dict[int, int]:
    """Return the place of each workshop in the programme, beginning at 1: lists name workshops by it."""
    return {workshop.id: place for place, workshop in enumerate(event.workshops, start=1)}


def meal_lines(session: Session, event: Event) -> list[tuple[str, int]]:
    """Return how many meals of each kind: counted now, or as they stood when the choices were forgotten."""
    return [
        (meal.label, count if event.needs_forgotten_at is None else meal.booked or 0)
        for meal, count in session.execute(queries.meal_counts(event)).all()
    ]


def _export(event: Event, kind: str, rows: Sequence[Registration]) -> Response:
    header = [
        _("Nom"),
        _("Adresse mail"),
        _("Organisation"),
        *(workshop.title for workshop in event.workshops),
        _("Repas"),
        _("État"),
        _("Inscription"),
        _("Par"),
    ]
    return exports.answer(kind, f"inscriptions-{event.slug}", header, [_line(event, row) for row in rows])


def _line(event: Event, row: Registration) -> list[Any]:
    mine = {choice.workshop_id for choice in row.choices}
    return [
        row.name,
        row.email,
        row.organisation_label,
        *("x" if workshop.id in mine else "" for workshop in event.workshops),
        row.meal.label if row.meal is not None else "",
        str(REGISTRATION_STATES[row.state]),
        row.created_at,
        str(CHANNELS[row.channel]),
    ]


@blueprint.get("/journees/<slug>/inscriptions/ajouter")
@permit(rules.manage, Event, key="slug")
def enter_page(event: Event) -> str:
    """Show the form for a sign-up that came by phone or on paper."""
    return _show_entry(event, prepared(EntryForm, event, asked_of(event)))


@blueprint.post("/journees/<slug>/inscriptions/ajouter")
@permit(rules.manage, Event, key="slug")
def enter_now(event: Event) -> Response | tuple[str, int]:
    """Enter a sign-up, after the deadline too."""
    form = prepared(EntryForm, event, asked_of(event))
    if not form.validate_on_submit():
        return _show_entry(event, form), 422
    person, wishes = form.person(i18n.chosen_language()), form.wishes()
    try:
        row = sign_up.enter(db.session(), event, person, wishes, actor=current_user(), now=clock.now())
    except DomainError as problem:
        refused(form, problem)
        return _show_entry(event, form), 422
    if row.is_confirmed:
        flash(_("L’inscription de %(name)s est enregistrée.", name=person.name), "success")
    else:
        flash(_("%(name)s est sur la liste d’attente.", name=person.name), "success")
    return redirect(url_for("events.registrations", slug=event.slug), 303)


def _show_entry(event: Event, form: EntryForm) -> str:
    return render_template("events/enter.html", event=event, form=form, names=names_for(event))


@blueprint.get("/journees/<slug>/inscriptions/<int:number>/annuler")
@permit(rules.manage, Event, key="slug")
def cancel_page(event: Event, number: int) -> str:
    """Ask whether to cancel somebody's sign-up."""
    return render_template("events/cancel.html", event=event, row=_of(event, number))


@blueprint.post("/journees/<slug>/inscriptions/<int:number>/annuler")
@permit(rules.manage, Event, key="slug")
def cancel_now(event: Event, number: int) -> Response | tuple[str, int]:
    """Cancel somebody's sign-up; the person is told by mail."""
    row = _of(event, number)
    if not ConfirmForm().validate_on_submit():
        return render_template("events/cancel.html", event=event, row=row), 422
    try:
        sign_up.cancel(db.session(), row, actor=current_user(), now=clock.now())
        flash(_("L’inscription de %(name)s est annulée.", name=row.name), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.registrations", slug=event.slug), 303)


def _of(event: Event, number: int) -> Registration:
    row = db.session.get(Registration, number)
    if row is None or row.event_id != event.id:
        abort(404)
    return row
