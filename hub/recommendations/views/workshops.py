"""The work of a day's workshops, for the coordination: links for the tables, and what they write."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number, site
from hub.events.models.days import Event, EventState
from hub.events.models.workshops import Workshop
from hub.events.views.codes import qr
from hub.recommendations.forms.workshops import TableRoundForm
from hub.recommendations.operations import dots, tables
from hub.recommendations.queries import dots as dot_queries
from hub.recommendations.queries import tables as queries
from hub.recommendations.queries import workshops as workshop_queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import blueprint, flash_refusal, sentence

Answer = str | Response | tuple[str, int]


@blueprint.get("/journees/<slug>/ateliers")
@permit(manage, Event, key="slug")
def workshops_page(event: Event) -> str:
    """List the workshops of a day with what their tables have written."""
    return render_template(
        "recommendations/workshops/index.html", event=event,
        rows=db.session.execute(queries.of_day(event)).all(),
    )  # fmt: skip


@blueprint.get("/ateliers/<int:id>/travail")
@permit(manage, Workshop)
def workshop_page(workshop: Workshop) -> str:
    """Show the work of one workshop."""
    return _page(workshop)


@blueprint.post("/ateliers/<int:id>/travail/liens")
@permit(manage, Workshop)
def make_table_link(workshop: Workshop) -> Answer:
    """Make a link for the tables and show it, this once, with its code to print."""
    try:
        raw = tables.make_link(db.session(), workshop, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash(sentence(refusal), "error")
        return _page(workshop), 422
    return _page(workshop, raw)


@blueprint.post("/ateliers/<int:id>/travail/liens/retirer")
@permit(manage, Workshop)
def end_table_link(workshop: Workshop) -> Response:
    """End one link."""
    number = request.form.get("link", 0, type=row_number)
    ended = tables.end_link(db.session(), workshop, number, actor=current_user(), now=clock.now())
    flash(_("Ce lien n’ouvre plus rien.") if ended else _("Ce lien était déjà retiré."), "success")
    return redirect(url_for("recommendations.workshop_page", id=workshop.id), 303)


@blueprint.post("/ateliers/<int:id>/travail/clore")
@permit(manage, Workshop)
def close_tables(workshop: Workshop) -> Response:
    """End the entry at the tables: what they wrote is sent and waits to be read."""
    try:
        count = tables.close(db.session(), workshop, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(
            ngettext(
                "La saisie est close : %(num)s demande vous attend parmi les contributions.",
                "La saisie est close : %(num)s demandes vous attendent parmi les contributions.",
                count,
            ),
            "success",
        )
    return redirect(url_for("recommendations.workshop_page", id=workshop.id), 303)


def _page(workshop: Workshop, raw: str = "") -> str:
    session, now = db.session(), clock.now()
    address = f"{site().base_url}{url_for('recommendations.table_door', token=raw)}" if raw else ""
    vote = session.scalars(dot_queries.rounds(workshop).limit(1)).first()
    ballots = session.execute(dot_queries.of_tablets(vote)).all() if vote is not None else []
    counted = [ballot.spent for ballot, _dots in ballots if ballot.spent]
    return render_template(
        "recommendations/workshops/show.html", workshop=workshop, event=workshop.event,
        vote=vote, votes=vote is not None and dots.is_open(vote, now),
        round_form=TableRoundForm(formdata=None),
        results=dots.results(session, vote, (len(counted), sum(counted))) if vote is not None else None,
        ballots=ballots,
        links=session.scalars(queries.links(workshop, tables.PURPOSE, now)).all(),
        entries=session.scalars(queries.entries(workshop)).all(),
        rows=session.scalars(workshop_queries.worked_on(workshop)).all(),
        address=address, code=qr(address) if address else "",
        may_open_tables=workshop.event.state == EventState.PUBLISHED,
        is_past=now >= tables.closes_at(workshop.event),
    )  # fmt: skip
