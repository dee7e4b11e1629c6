"""What coordinators do with the sign-ups of a day: list, count, export, enter, cancel, print."""

import secrets
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.core import audit, clock, exports, i18n, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import checked_by_its_form, row_number
from hub.events import rules
from hub.events.forms.sign_up import ConfirmForm, EntryForm
from hub.events.models.days import Event, Mode
from hub.events.models.registrations import Question, Registration, RegistrationState
from hub.events.operations import sign_up, waitlist
from hub.events.queries import presence as presence_queries
from hub.events.queries import questions as question_queries
from hub.events.queries import registrations as lists
from hub.events.queries import sign_up as sign_up_queries
from hub.events.values.answers import wording
from hub.events.values.presence import Noted
from hub.events.views.blueprint import blueprint
from hub.events.views.signing_up import asked_of, names_for, prepared, refused
from hub.events.words import CHANNELS, HEIRS, MODES, REGISTRATION_STATES, shown_name

FORMATS = {"csv", "xlsx"}
HISTORY_SHOWN = 50
K = TypeVar("K", bound=StrEnum)
Seen = Mapping[int, tuple[int, int, int]]
"""Registration → (at how many sessions there, at how many absent, how many the day has)."""
PRESENCES = {
    "there": (Noted.THERE, _l("Présent·e")),
    "absent": (Noted.ABSENT, _l("Noté·e absent·e")),
    "unnoted": (Noted.NOTHING, _l("Pas noté·e")),
}


@blueprint.get("/journees/<slug>/inscriptions")
@permit(rules.manage, Event, key="slug")
def registrations(event: Event) -> str | Response:
    """List who is signed up: narrowed, sorted, to take along."""
    session, by = db.session(), narrowed()
    sort = request.args.get("sort", "name")
    descending = request.args.get("direction") == "desc"
    rows = lists.registrations(event, by, sort=sort, descending=descending)
    seen = {row[0]: (row[1], row[2], row[3]) for row in session.execute(presence_queries.by_person(event))}
    if request.args.get("format") in FORMATS:
        found = session.scalars(lists.with_answers(rows)).unique().all()
        return _export(event, request.args["format"], found, seen)
    counts = session.execute(lists.counts(event)).all()
    return render_template(
        "events/registrations.html",
        event=event,
        page=paging.paginate(session, rows, request.args.get("page", 1, type=int)),
        by=by,
        sort=sort,
        direction="desc" if descending else "asc",
        numbers=numbers_of(event),
        states={state: number for state, number, _unchecked in counts},
        state_words=REGISTRATION_STATES,
        organisations=session.execute(lists.organisations(event)).all(),
        to_check=sum(unchecked for _state, _number, unchecked in counts),
        seen=seen,
        presence_of=presence_of,
        presences=PRESENCES,
    )


def narrowed() -> lists.Narrowed:
    """Return by what the address narrows a list."""
    asked = request.args
    numbers = tuple(asked.getlist("number", type=row_number))
    state = "all" if numbers else asked.get("state", "")
    return lists.Narrowed(
        words=asked.get("q", ""),
        state=_word(RegistrationState, state),
        ended=state == "all",
        mode=_word(Mode, asked.get("mode", "")),
        workshop=asked.get("workshop", type=row_number),
        meal=asked.get("meal", type=row_number),
        organisation=asked.get("organisation", type=row_number),
        to_check=asked.get("check") == "1",
        late=asked.get("late") == "1",
        numbers=numbers,
        presence=PRESENCES.get(asked.get("presence", ""), (None,))[0],
    )


def _word(kind: type[K], value: str) -> K | None:
    return kind(value) if value in set(kind) else None


def numbers_of(event: Event) -> dict[int, int]:
    """Return the place of each workshop in the programme, beginning at 1: lists name workshops by it."""
    return {workshop.id: place for place, workshop in enumerate(event.workshops, start=1)}


def presence_of(counts: tuple[int, int, int] | None) -> str:
    """Say whether somebody was there, in words; at how many sessions, where the day has several.

    `counts`: at how many sessions there, at how many absent, how many there are; None: nothing was noted.
    """
    there, absent, sessions = counts or (0, 0, 0)
    if sessions > 1:
        said = [
            ngettext("présent·e à %(num)s séance", "présent·e à %(num)s séances", there) if there else "",
            ngettext("absent·e à %(num)s séance", "absent·e à %(num)s séances", absent) if absent else "",
        ]
        return ", ".join(filter(None, said))
    if there:
        return str(_("présent·e"))
    return str(_("absent·e")) if absent else ""


def _export(event: Event, kind: str, rows: Sequence[Registration], seen: Seen) -> Response:
    """Send the list with answers and, once taken, presence; needs, diets and who may come stay (G3)."""
    asked = db.session.scalars(question_queries.shown_in_lists(event)).all()
    header = [
        _("Nom"),
        _("Adresse mail"),
        _("Téléphone"),
        _("Organisation"),
        _("Dans le registre"),
        _("Participation"),
        *(workshop.title for workshop in event.workshops),
        _("Repas"),
        _("État"),
        *([_("Présence")] if seen else []),
        _("Inscription"),
        _("Par"),
        _("Groupe inscrit par"),
        *(question.label for question in asked),
    ]
    lines = [_line(event, row, asked, [presence_of(seen.get(row.id))] if seen else []) for row in rows]
    return exports.answer(kind, f"inscriptions-{event.slug}", header, lines)


def _line(event: Event, row: Registration, asked: Sequence[Question], presence: Sequence[str]) -> list[Any]:
    mine = {choice.workshop_id for choice in row.choices}
    given = {answer.question_id: answer.value for answer in row.answers}
    return [
        shown_name(row.name),
        row.email,
        row.phone,
        row.organisation_label,
        row.organisation_id is not None,
        str(MODES[row.mode]),
        *("x" if workshop.id in mine else "" for workshop in event.workshops),
        row.meal.label if row.meal is not None else "",
        str(REGISTRATION_STATES[row.state]),
        *presence,
        row.created_at,
        str(CHANNELS[row.channel]),
        row.group.contact_name if row.group is not None else "",
        *(_said(given.get(question.id)) for question in asked),
    ]


def _said(value: Any) -> Any:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else value


@blueprint.get("/journees/<slug>/inscriptions/<int:number>")
@permit(rules.manage, Event, key="slug")
def registration_record(event: Event, number: int) -> str:
    """Show one sign-up: what was chosen and answered, and what became of it; no needs (G3)."""
    session = db.session()
    row = session.scalars(lists.in_full(event, number)).unique().one_or_none()
    if row is None:
        abort(404)
    return render_template(
        "events/registration_record.html",
        event=event,
        row=row,
        answers=session.execute(sign_up_queries.answers_of(row)).all(),
        wording=wording,
        history=session.scalars(audit.history(row).limit(HISTORY_SHOWN)).all(),
    )


@blueprint.get("/journees/<slug>/inscriptions/ajouter")
@permit(rules.manage, Event, key="slug")
def enter_page(event: Event) -> str:
    """Show the form for a sign-up that came by phone or on paper."""
    data = {"form_key": secrets.token_urlsafe(16)}
    return _show_entry(event, prepared(EntryForm, event, asked_of(event), data=data))


@blueprint.post("/journees/<slug>/inscriptions/ajouter")
@checked_by_its_form
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
    return _show_cancel(event, _of(event, number))


def _show_cancel(event: Event, row: Registration) -> str:
    heir = waitlist.heir(db.session(), row, now=clock.now())
    return render_template(
        "events/cancel.html", event=event, row=row, heir=HEIRS[heir] if heir is not None else ""
    )


@blueprint.post("/journees/<slug>/inscriptions/<int:number>/annuler")
@permit(rules.manage, Event, key="slug")
def cancel_now(event: Event, number: int) -> Response | tuple[str, int]:
    """Cancel somebody's sign-up; the person is told by mail."""
    row = _of(event, number)
    if not ConfirmForm().validate_on_submit():
        return _show_cancel(event, row), 422
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
