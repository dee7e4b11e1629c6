"""Workshop mode by a table's link: wordings edited live on tablets, and the big screen."""

import secrets
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock, i18n
from hub.core.access import permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import checked_by_its_form, limiter, site
from hub.events.models.workshops import Workshop
from hub.events.views.codes import qr
from hub.recommendations.forms.workshops import WordingForm
from hub.recommendations.models.carrying import WorkshopRecommendation
from hub.recommendations.operations import dots, tables, workshops
from hub.recommendations.operations.workshops import WordingMovedError
from hub.recommendations.queries import dots as dot_queries
from hub.recommendations.queries import workshops as queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import blueprint, sentence
from hub.recommendations.views.tables import by_script, fresh, keeps_typed


@blueprint.get("/atelier/<token>/textes")
@permit_token(tables.PURPOSE, Workshop)
def wordings_page(workshop: Workshop, *, token: str) -> str:
    """Show the recommendations of the workshop, each with its wording to edit."""
    return _page(workshop, token)


@blueprint.get("/atelier/<token>/textes/etat.json")
@permit_token(tables.PURPOSE, Workshop)
def wordings_state(workshop: Workshop, *, token: str) -> Response:
    """Tell the tablets what stands; 304 if they show it already."""
    del token
    rows = db.session.scalars(queries.worked_on(workshop)).all()
    return fresh(jsonify({"rows": {str(row.id): _told(row) for row in rows}}))


@blueprint.post("/atelier/<token>/textes/<int:number>")
@checked_by_its_form
@keeps_typed
@permit_token(tables.PURPOSE, Workshop)
@limiter.limit("20000 per hour")  # a hall full of tablets that save as they write has one address
def save_wording(workshop: Workshop, *, token: str, number: int) -> Any:
    """Keep a wording; where somebody else wrote meanwhile, both are shown."""
    session, row = db.session(), worked_on_or_404(workshop, number)
    form = WordingForm.sent()
    code, problem = 200, ""
    if not form.validate():
        code = 400 if form.form_errors and by_script() else 422
        problem = str(next(iter([*form.form_errors, *form.wording.errors]), ""))
    else:
        try:
            workshops.save(session, row, form.wording.data or "", seen=form.seen, now=clock.now())
        except WordingMovedError as refusal:
            code, problem = 409, sentence(refusal)
        except DomainError as refusal:
            code, problem = 422, sentence(refusal)
    if by_script():
        return jsonify(_told(row) | {"message": problem}), code
    if problem:
        return _page(workshop, token, row, form, problem=problem), code
    flash(_("Le texte est enregistré."), "success")
    return redirect(url_for("recommendations.wordings_page", token=token, _anchor=f"texte-{row.id}"), 303)


@blueprint.get("/atelier/<token>/ecran")
@permit_token(tables.PURPOSE, Workshop)
def screen(workshop: Workshop, *, token: str) -> str:
    """Show the big screen, with the code that leads the tables to their pages."""
    address = f"{site().base_url}{url_for('recommendations.table_door', token=token)}"
    return _screen(workshop, url_for("recommendations.screen_state", token=token), qr(address))


@blueprint.get("/atelier/<token>/ecran/etat")
@permit_token(tables.PURPOSE, Workshop)
def screen_state(workshop: Workshop, *, token: str) -> Response:
    """Tell the big screen what stands now."""
    del token
    return fresh(Response(_screen_part(workshop), mimetype="text/html"))


@blueprint.get("/ateliers/<int:id>/ecran")
@permit(manage, Workshop)
def own_screen(workshop: Workshop) -> str:
    """Show the big screen to coordinators, on whatever day."""
    return _screen(workshop, url_for("recommendations.own_screen_state", id=workshop.id), "")


@blueprint.get("/ateliers/<int:id>/ecran/etat")
@permit(manage, Workshop)
def own_screen_state(workshop: Workshop) -> Response:
    """Tell the coordinator's screen what stands now."""
    return fresh(Response(_screen_part(workshop), mimetype="text/html"))


def worked_on_or_404(workshop: Workshop, number: int) -> WorkshopRecommendation:
    """Return what a workshop works on, or end with 404."""
    row: WorkshopRecommendation | None = db.session.scalar(
        queries.worked_on(workshop).where(WorkshopRecommendation.id == number)
    )
    if row is None:
        abort(404)
    return row


def _told(row: WorkshopRecommendation) -> dict[str, Any]:
    saved = i18n.format_time(row.saved_at, i18n.chosen_language()) if row.saved_at else ""
    return {"version": row.wording_version, "text": row.wording, "saved": saved}


def _page(
    workshop: Workshop,
    token: str,
    at: WorkshopRecommendation | None = None,
    form: WordingForm | None = None,
    *,
    problem: str = "",
) -> str:
    return render_template(
        "recommendations/tables/wordings.html", workshop=workshop, token=token,
        rows=db.session.scalars(queries.worked_on(workshop)).all(),
        page=(form.page.data if form else "") or secrets.token_urlsafe(12), at=at, form=form, problem=problem,
        until=int(tables.closes_at(workshop.event).timestamp() * 1000), longest=workshops.LONGEST,
    )  # fmt: skip


def _screen(workshop: Workshop, state: str, code: str) -> str:
    return render_template(
        "recommendations/workshops/screen.html", workshop=workshop, state=state, code=code,
        **_shown(workshop),
    )  # fmt: skip


def _screen_part(workshop: Workshop) -> str:
    return render_template("recommendations/workshops/screen_part.html", **_shown(workshop))


def _shown(workshop: Workshop) -> dict[str, Any]:
    """Return what the big screen shows: the wording saved last, and the titles of all."""
    rows = db.session.scalars(queries.worked_on(workshop)).all()
    saved = [row for row in rows if row.saved_at is not None]
    first = rows[0] if rows else None
    vote = db.session.scalars(dot_queries.rounds(workshop).limit(1)).first()
    voted = {
        "results": dots.results(db.session(), vote) if vote is not None else None,
        "is_open": vote is not None and dots.is_open(vote, clock.now()),
    }
    return voted | {
        "rows": rows,
        "current": max(saved, key=lambda row: row.saved_at or clock.now(), default=first),
    }
