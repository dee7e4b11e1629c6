"""The card of one actor: what is known, what ties it, what happened; and « still right »."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation
from hub.actors.operations.ownership import checking
from hub.actors.queries import organisations as queries
from hub.actors.queries import ownership
from hub.actors.queries.record import of_organisation
from hub.actors.queries.relations import ties_of
from hub.actors.rules import edit, keep_record, represents, see
from hub.actors.signals import links_of
from hub.actors.values import completeness, staleness
from hub.actors.views.blueprint import blueprint
from hub.actors.views.history import entries_of
from hub.actors.views.ownership.stale import stale_before
from hub.core import clock
from hub.core.access import current_user, may, permit
from hub.core.db import db

HISTORY_FIRST, HISTORY_ALL = 6, 200


@blueprint.get("/acteurs/<slug>")
@permit(see, Organisation, key="slug")
def show(organisation: Organisation) -> str:
    """Show the card."""
    session, today = db.session(), clock.today(clock.now())
    organisation = session.scalars(queries.complete(organisation.slug)).unique().one()
    return render_template(
        "actors/show.html",
        organisation=organisation,
        ties=ties_of(session, organisation, today),
        held=of_organisation(session, organisation, today),
        keeps=may(keep_record, organisation),
        lacks=completeness.lacks(organisation),
        told_share=completeness.share(organisation),
        links=links_of(organisation, session=session, user=current_user()),
        history=entries_of(organisation, HISTORY_ALL) if may(edit, organisation) else [],
        history_first=HISTORY_FIRST,
        is_stale=staleness.is_stale(organisation, stale_before()),
        ownership=_ownership(organisation),
        sources=[line for line in organisation.source.splitlines() if line],
    )


def _ownership(organisation: Organisation) -> dict[str, Any]:
    """Return what the card tells of whose record it is: what waits, and whether it is the person's own."""
    session = db.session()
    mine = represents(current_user(), organisation)
    found = list(session.scalars(ownership.changes_of(organisation))) if may(edit, organisation) else []
    return {
        "waiting": [row for row in found if row.waits],
        "is_mine": mine,
        "rewrites": len(list(session.scalars(ownership.rewrites_to_see(organisation)))) if mine else 0,
    }


@blueprint.post("/acteurs/<slug>/verifier")
@permit(edit, Organisation, key="slug")
def check(organisation: Organisation) -> Response:
    """Note that all on the card is still right today."""
    checking.check(db.session(), organisation, by=current_user(), now=clock.now())
    flash(gettext("« %(name)s » est marqué comme vérifié aujourd’hui.", name=organisation.name), "success")
    return back_to(organisation)


def back_to(organisation: Organisation, **values: Any) -> Response:
    """Lead back to the list if that is where the person was, else to the card."""
    if request.form.get("from") == "list":
        return redirect(url_for("actors.index", _anchor=f"acteur-{organisation.id}"), 303)
    return redirect(url_for("actors.show", slug=organisation.slug, **values), 303)
