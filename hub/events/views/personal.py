"""One's own sign-up, by a personal link: seeing, changing, handing over, cancelling.

Nothing acts on GET (S11). Each part of the day's life adds its piece of the page (`piece`), and its own
template in `templates/events/personal/`.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from hub.core import clock, i18n
from hub.core.access import permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import checked_by_its_form, limiter, site
from hub.events import rules
from hub.events.forms.admission import HandOverForm
from hub.events.forms.sign_up import ConfirmForm, blame
from hub.events.models.days import Event, EventState, Stage
from hub.events.models.registrations import Registration, RegistrationState
from hub.events.operations import calendar, handing_over, sign_up, waitlist
from hub.events.operations.letters import PURPOSE
from hub.events.queries import sign_up as queries
from hub.events.views.blueprint import blueprint
from hub.events.views.public import as_calendar
from hub.events.views.signing_up import HAS_A_PLACE, can_change
from hub.events.words import HEIRS

Piece = Callable[[Registration, datetime], dict[str, Any]]
PIECES: list[Piece] = []


def piece(function: Piece) -> Piece:
    """Register what a piece of the page is to know: `(registration, now) -> words for its template`."""
    PIECES.append(function)
    return function


def can_cancel(row: Registration) -> bool:
    """Say whether the sign-up can still be given up."""
    return row.is_live and row.event.state == EventState.PUBLISHED and clock.now() < row.event.ends_at


@blueprint.get("/inscription/<token>")
@permit_token(PURPOSE, Registration)
def registration(row: Registration, *, token: str) -> str:
    """Show somebody's own sign-up: how it stands, and what can still be done until when."""
    db.session.scalars(queries.with_choices(row)).unique().one()
    db.session.scalars(queries.with_offer(row.event)).unique().one()
    now = clock.now()
    words: dict[str, Any] = {
        "row": row,
        "token": token,
        "can_change": can_change(row),
        "can_cancel": can_cancel(row),
        "can_hand_over": handing_over.is_open(row, now=now),
        "is_over": now >= row.event.ends_at,
        "is_open": row.event.stage(now) in {Stage.OPEN, Stage.FULL},
        "still": still_possible(row, now),
    }
    for known in PIECES:
        words |= known(row, now)
    return render_template("events/registration.html", **words)


def still_possible(row: Registration, now: datetime) -> list[str]:
    """Return what can still be done, and until when, in sentences."""
    event, said = row.event, []
    if can_change(row):
        last = i18n.format_date(event.deadline)
        said.append(_("Changer vos choix : jusqu’au %(date)s inclus.", date=last))
    elif row.is_confirmed and can_cancel(row):
        said.append(_("Les inscriptions sont clôturées : vos choix ne changent plus."))
    if handing_over.is_open(row, now=now):
        begins = i18n.format_datetime(event.starts_at)
        said.append(_("Céder votre place à un·e collègue : jusqu’au %(moment)s.", moment=begins))
    if can_cancel(row):
        ends = i18n.format_datetime(event.ends_at)
        said.append(_("Annuler : jusqu’au %(moment)s. Le plus tôt est le mieux.", moment=ends))
    if row.state is RegistrationState.CONFIRMED and now < event.ends_at:
        said.append(_("Ajouter la journée à votre agenda : à tout moment."))
    return said


@blueprint.get("/inscription/<token>/ceder")
@permit_token(PURPOSE, Registration)
def hand_over_page(row: Registration, *, token: str) -> str:
    """Ask to whom the place goes."""
    return _show_hand_over(row, token, HandOverForm())


@blueprint.post("/inscription/<token>/ceder")
@checked_by_its_form
@permit_token(PURPOSE, Registration)
@limiter.limit("20 per hour")
def hand_over_now(row: Registration, *, token: str) -> BaseResponse | tuple[str, int]:
    """Give the place to a colleague; this link ends."""
    form = HandOverForm()
    if not form.validate_on_submit():
        return _show_hand_over(row, token, form), 422
    try:
        taken_over = handing_over.hand_over(
            db.session(), row, form.name.data or "", form.email.data or "", now=clock.now()
        )
    except DomainError as problem:
        blame(form, problem)
        return _show_hand_over(row, token, form), 422
    if taken_over is None:
        # That address is written to, so this is kept as what was done, not undone as a refusal (S10).
        form.email.errors = [str(HAS_A_PLACE)]
        return _show_hand_over(row, token, form), HTTPStatus.OK
    return redirect(url_for("events.handed_over", slug=row.event.slug), 303)


@blueprint.get("/journees/<slug>/place-cedee")
@permit(rules.see, Event, key="slug")
def handed_over(event: Event) -> str:
    """Say that the place is somebody else's now."""
    return render_template("events/handed_over.html", event=event)


def _show_hand_over(row: Registration, token: str, form: HandOverForm) -> str:
    is_open = handing_over.is_open(row, now=clock.now())
    return render_template("events/hand_over.html", row=row, token=token, form=form, is_open=is_open)


@blueprint.get("/inscription/<token>/agenda.ics")
@permit_token(PURPOSE, Registration)
def registration_agenda(row: Registration, *, token: str) -> Response:
    """Send somebody's own entry for a calendar."""
    del token
    content = calendar.invitation(row, site(), now=clock.now())
    return as_calendar(content, f"{row.event.slug}.ics")


@blueprint.get("/inscription/<token>/annuler")
@permit_token(PURPOSE, Registration)
def withdraw_page(row: Registration, *, token: str) -> str:
    """Ask whether to give the seat back."""
    return _show_withdraw(row, token)


def _show_withdraw(row: Registration, token: str) -> str:
    heir = waitlist.heir(db.session(), row, now=clock.now())
    return render_template(
        "events/withdraw.html",
        row=row,
        token=token,
        can_cancel=can_cancel(row),
        heir=HEIRS[heir] if heir is not None else "",
    )


@blueprint.post("/inscription/<token>/annuler")
@permit_token(PURPOSE, Registration)
def withdraw_now(row: Registration, *, token: str) -> BaseResponse | tuple[str, int]:
    """Give the seat back."""
    if not ConfirmForm().validate_on_submit():
        return _show_withdraw(row, token), 422
    try:
        sign_up.cancel(db.session(), row, actor=sign_up.BY_LINK, now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return redirect(url_for("events.registration", token=token), 303)
