"""Delegations of parties: inviting them, what they announced, how many came."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events import rules
from hub.events.forms.delegations import Sheet
from hub.events.forms.door import said
from hub.events.models.days import Event, EventState
from hub.events.operations import delegations
from hub.events.queries import presence as queries
from hub.events.views.blueprint import blueprint
from hub.events.words import DELEGATIONS


@blueprint.context_processor
def public_words() -> dict[str, Any]:
    """Return what the public page of a day asks about parties."""
    return {"represented": represented}


def represented(event: Event) -> Sequence[Organisation]:
    """Return the parties that were represented, once the day is over; none before."""
    if event.state != EventState.PUBLISHED or clock.now() < event.ends_at:
        return []
    return db.session.scalars(queries.represented(event)).all()


@blueprint.get("/journees/<slug>/delegations")
@permit(rules.manage, Event, key="slug")
def delegation_page(event: Event) -> str:
    """Show the parties that were invited, what they answered, how many came."""
    return _page(event)


def _page(event: Event, sheet: Sheet | None = None) -> str:
    session = db.session()
    rows = session.scalars(queries.delegations(event)).all()
    known = {row.organisation_id for row in rows}
    return render_template(
        "events/delegations.html",
        event=event,
        rows=rows,
        sheet=sheet or Sheet.of(rows),
        offered=[party for party in session.scalars(queries.parties()) if party.id not in known],
        states=DELEGATIONS,
        present=sum(row.present or 0 for row in rows),
        came=sum(bool(row.present) for row in rows),
    )


@blueprint.post("/journees/<slug>/delegations")
@permit(rules.manage, Event, key="slug")
def tell_delegations(event: Event) -> Any:
    """Store what the whole table says."""
    sheet = Sheet.sent(request.form)
    try:
        lines = sheet.lines()
        count = delegations.tell(db.session(), event, lines, actor=current_user(), now=clock.now())
    except DomainError as problem:
        sheet.blame(problem.field, said(problem))
        return _page(event, sheet), 422
    if count:
        flash(
            ngettext("%(num)s délégation mise à jour.", "%(num)s délégations mises à jour.", count), "success"
        )
    else:
        flash(_("Rien n’a changé."), "info")
    return _back(event)


@blueprint.post("/journees/<slug>/delegations/inviter")
@permit(rules.manage, Event, key="slug")
def invite_parties(event: Event) -> Response:
    """Put all parties of the register on the list, or the one that is named."""
    session, now = db.session(), clock.now()
    number = request.form.get("organisation", type=row_number)
    try:
        if number is not None:
            delegations.invite(session, event, number, actor=current_user(), now=now)
            flash(_("Le parti est sur la liste."), "success")
        else:
            count = delegations.invite_all(session, event, actor=current_user(), now=now)
            flash(ngettext("%(num)s parti ajouté.", "%(num)s partis ajoutés.", count), "success")
    except DomainError as problem:
        flash(said(problem), "error")
    return _back(event)


@blueprint.post("/journees/<slug>/delegations/<int:number>/retirer")
@permit(rules.manage, Event, key="slug")
def take_party_off(event: Event, number: int) -> Response:
    """Take a party off the list."""
    try:
        delegations.take_off(db.session(), event, number, actor=current_user(), now=clock.now())
        flash(_("Le parti n’est plus sur la liste."), "success")
    except DomainError as problem:
        flash(said(problem), "error")
    return _back(event)


def _back(event: Event) -> Response:
    return redirect(url_for("events.delegation_page", slug=event.slug), 303)
