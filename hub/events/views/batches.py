"""One gesture on the sign-ups that a coordinator ticked: a page says what will happen, its button does it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events import rules
from hub.events.forms.sign_up import ConfirmForm
from hub.events.models.days import Event
from hub.events.models.registrations import RegistrationState
from hub.events.operations import batches, letters
from hub.events.operations.batches import Batch
from hub.events.values.batching import Gesture
from hub.events.views.blueprint import blueprint
from hub.events.words import GESTURES

MOST = 200  # more than a page of the list holds


@blueprint.context_processor
def batch_words() -> dict[str, Any]:
    """Return the gestures that the list offers on the rows that are ticked."""
    return {"gestures": GESTURES}


@blueprint.get("/journees/<slug>/inscriptions/ensemble")
@permit(rules.manage, Event, key="slug")
def batch_page(event: Event) -> str | Response:
    """Say what a gesture would do to the sign-ups that are ticked; nothing is done yet."""
    asked = _asked(event, request.args.get("gesture", ""), request.args.getlist("number"))
    return asked if isinstance(asked, Response) else _show(event, asked)


@blueprint.post("/journees/<slug>/inscriptions/ensemble")
@permit(rules.manage, Event, key="slug")
def batch_now(event: Event) -> Response | tuple[str, int]:
    """Do it, to those sign-ups that it applies to by now."""
    numbers = request.form.get("numbers", "").split(",")
    asked = _asked(event, request.form.get("gesture", ""), numbers)
    if isinstance(asked, Response):
        return asked
    if not ConfirmForm().validate_on_submit():
        return _show(event, asked), 422
    try:
        done = batches.perform(
            db.session(), event, asked.gesture, [row.id for row in asked.concerned], actor=current_user(),
            now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        return _show(event, asked, _(problem.msgid, **problem.params)), 422
    _tell(asked.gesture, [row.state for row in done])
    return _back(event)


def _asked(event: Event, gesture: str, numbers: list[str]) -> Batch | Response:
    """Return the gesture and its sign-ups, or the way back to the list where one of them lacks."""
    if gesture not in set(Gesture):
        flash(_("Choisissez ce que vous voulez faire des inscriptions cochées."), "error")
        return _back(event)
    rows = batches.ticked(db.session(), event, _read(numbers))
    if not rows:
        flash(_("Cochez au moins une inscription."), "error")
        return _back(event)
    return batches.of(Gesture(gesture), rows)


def _read(numbers: list[str]) -> list[int]:
    found = []
    for text in numbers[:MOST]:
        try:
            found.append(row_number(text))
        except ValueError:
            continue
    return found


def _back(event: Event) -> Response:
    return redirect(url_for("events.registrations", slug=event.slug), 303)


def _show(event: Event, batch: Batch, refusal: str = "") -> str:
    if not refusal:
        try:
            batches.check(db.session(), event, batch.gesture, now=clock.now())
        except DomainError as problem:
            refusal = _(problem.msgid, **problem.params)
    return render_template(
        "events/batch.html",
        event=event,
        batch=batch,
        word=GESTURES[batch.gesture],
        consequences=_consequences(event, batch),
        refusal=refusal,
    )


def _consequences(event: Event, batch: Batch) -> list[str]:
    """Return, in sentences, what pressing the button does."""
    count = len(batch.concerned)
    silent = sum(letters.recipient(row) is None for row in batch.concerned)
    match batch.gesture:
        case Gesture.CANCEL:
            said = [
                ngettext(
                    "%(num)s inscription est annulée ; ses places vont à qui les attend.",
                    "%(num)s inscriptions sont annulées ; leurs places vont à qui les attend.",
                    count,
                ),
                _("Les réponses sur le repas et les besoins sont effacées."),
                *_mails(count - silent),
            ]
        case Gesture.ACCEPT:
            said = [
                ngettext(
                    "%(num)s demande est acceptée.",
                    "%(num)s demandes sont acceptées, dans l’ordre de leur arrivée.",
                    count,
                ),
                _("Qui n’a pas de place libre va sur la liste d’attente.")
                if event.has_waitlist
                else _("S’il n’y a pas de place pour toutes ces personnes, aucune n’est acceptée."),
                *_mails(count - silent),
            ]
        case Gesture.LINK:
            said = [*_mails(count), _("Une même personne reçoit ce mail une fois par heure au plus.")]
        case Gesture.PRACTICAL:
            said = [
                *_mails(count),
                _("Ce mail dit les informations pratiques telles qu’elles sont écrites aujourd’hui."),
                _("Une même personne reçoit ce mail une fois par heure au plus."),
            ]
        case Gesture.CHECKED:
            said = [
                _("Le nom de l’organisation reste tel qu’il est écrit."),
                _("Il n’est plus signalé comme à vérifier."),
                _("Aucun mail ne part."),
            ]
    if silent and batch.gesture is not Gesture.CHECKED:
        said.append(
            ngettext(
                "%(num)s personne n’a pas d’adresse mail : prévenez-la vous-même.",
                "%(num)s personnes n’ont pas d’adresse mail : prévenez-les vous-même.",
                silent,
            )
        )
    return said


def _mails(count: int) -> list[str]:
    return [ngettext("%(num)s mail part.", "%(num)s mails partent.", count)] if count else []


def _tell(gesture: Gesture, states: list[RegistrationState]) -> None:
    """Say what was done; whoever has no seat is told apart."""
    count = len(states)
    if not count:
        flash(_("Rien n’a changé : ces inscriptions ont changé entre-temps."), "info")
        return
    match gesture:
        case Gesture.CANCEL:
            words = ngettext("%(num)s inscription est annulée.", "%(num)s inscriptions sont annulées.", count)
        case Gesture.ACCEPT:
            words = ngettext("%(num)s demande est acceptée.", "%(num)s demandes sont acceptées.", count)
        case Gesture.CHECKED:
            words = ngettext(
                "%(num)s nom d’organisation reste tel quel.",
                "%(num)s noms d’organisation restent tels quels.",
                count,
            )
        case _:
            words = ngettext("Le mail part à %(num)s personne.", "Le mail part à %(num)s personnes.", count)
    flash(words, "success")
    waiting = states.count(RegistrationState.WAITING) if gesture is Gesture.ACCEPT else 0
    if waiting:
        flash(
            ngettext(
                "%(num)s personne est sur la liste d’attente, faute de place.",
                "%(num)s personnes sont sur la liste d’attente, faute de place.",
                waiting,
            ),
            "warning",
        )
