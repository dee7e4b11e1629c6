"""Priorities by dots in a workshop: one ballot a tablet, opened and closed by the coordination."""

import re
import secrets
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import checked_by_its_form, limiter
from hub.events.models.workshops import Workshop
from hub.recommendations.forms.dots import BallotForm
from hub.recommendations.forms.workshops import TableRoundForm
from hub.recommendations.models.carrying import Ballot, DotRound, VoiceChannel
from hub.recommendations.models.recommendations import SET_ASIDE, Recommendation
from hub.recommendations.operations import dots, tables
from hub.recommendations.operations.dots import BallotMovedError, RoundRules
from hub.recommendations.queries import dots as queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import blueprint, flash_refusal, sentence
from hub.recommendations.views.tables import keeps_typed

COOKIE = "tablette"
VOTER = re.compile(r"[\w-]{22}", re.ASCII)


@blueprint.get("/atelier/<token>/points")
@permit_token(tables.PURPOSE, Workshop)
def table_dots(workshop: Workshop, *, token: str) -> Response:
    """Show the vote of the workshop, and where this tablet's dots stand."""
    return _page(workshop, token, _voter())


@blueprint.post("/atelier/<token>/points")
@checked_by_its_form
@keeps_typed
@permit_token(tables.PURPOSE, Workshop)
@limiter.limit("1200 per hour")  # a hall full of tablets has one address
def put_table_dots(workshop: Workshop, *, token: str) -> Any:
    """Keep where this tablet puts its dots."""
    session, voter = db.session(), _voter()
    row = session.scalars(queries.rounds(workshop).limit(1)).first()
    if row is None:
        return redirect(url_for("recommendations.table_dots", token=token), 303)
    form, _listed, _standing = _form(row, voter, typed=True)
    if not form.valid():
        problem = _("La page est restée ouverte longtemps : votez à nouveau.") if form.errors else ""
        return _page(workshop, token, voter, typed=True, problem=problem, code=422)
    try:
        dots.put(
            session, row, voter, form.sent(), channel=VoiceChannel.MEETING, actor=tables.AT_TABLE,
            now=clock.now(), seen=form.seen.data or "",
        )  # fmt: skip
    except BallotMovedError as refusal:
        return _page(workshop, token, voter, typed=True, problem=sentence(refusal), code=409)
    except DomainError as refusal:
        return _page(workshop, token, voter, typed=True, problem=sentence(refusal), code=422)
    flash(_("Les points de cette tablette sont enregistrés."), "success")
    return _kept(redirect(url_for("recommendations.table_dots", token=token), 303), workshop, voter)


@blueprint.post("/ateliers/<int:id>/travail/points")
@permit(manage, Workshop)
def open_table_dots(workshop: Workshop) -> Response:
    """Open a vote on what the workshop works on."""
    form = TableRoundForm()
    if not form.validate():
        flash(str(next(iter(form.errors.values()))[0]), "error")
    else:
        end, now = tables.closes_at(workshop.event), clock.now()
        rules = RoundRules(
            title=str(_("Priorités de l’atelier")), budget=form.budget.data or 0,
            most_each=form.most_each.data or 0, closes_at=end if end > now else None,
        )  # fmt: skip
        try:
            dots.open_round(db.session(), workshop, rules, actor=current_user(), now=now)
        except DomainError as refusal:
            flash_refusal(refusal)
        else:
            flash(_("Le vote est ouvert : il est sur les tablettes et sur le grand écran."), "success")
    return redirect(url_for("recommendations.workshop_page", id=workshop.id, _anchor="points"), 303)


@blueprint.post("/ateliers/<int:id>/travail/points/clore")
@permit(manage, Workshop)
def close_table_dots(workshop: Workshop) -> Response:
    """Close the vote."""
    row = db.session.scalars(queries.rounds(workshop).limit(1)).first()
    if row is not None:
        dots.close_round(db.session(), row, actor=current_user(), now=clock.now())
        flash(_("Le vote est clos."), "success")
    return redirect(url_for("recommendations.workshop_page", id=workshop.id, _anchor="points"), 303)


@blueprint.post("/ateliers/<int:id>/travail/points/<int:number>")
@permit(manage, Workshop)
def strike_table_dots(workshop: Workshop, *, number: int) -> Response:
    """Leave the ballot of one tablet out of the count, or count it again."""
    row = db.session.scalars(queries.rounds(workshop).limit(1)).first()
    is_struck = request.form.get("gesture") != "count"
    if row is not None:
        try:
            dots.strike(db.session(), row, number, is_struck=is_struck, actor=current_user(), now=clock.now())
        except DomainError as refusal:
            flash_refusal(refusal)
        else:
            flash(
                _("Ce bulletin ne compte plus.") if is_struck else _("Ce bulletin compte à nouveau."),
                "success",
            )
    return redirect(url_for("recommendations.workshop_page", id=workshop.id, _anchor="points"), 303)


def _voter() -> str:
    """Return the number that this tablet drew at its first visit, or draw one: it is nobody's name."""
    known = request.cookies.get(COOKIE, "")
    return known if VOTER.fullmatch(known) else secrets.token_urlsafe(16)


def _kept(answer: Response, workshop: Workshop, voter: str) -> Response:
    """Let the tablet keep its number until the day is over."""
    answer.set_cookie(
        COOKIE, voter, expires=tables.closes_at(workshop.event), path="/atelier", httponly=True,
        samesite="Lax", secure=request.is_secure,
    )  # fmt: skip
    return answer


def _form(
    row: DotRound, voter: str, *, typed: bool
) -> tuple[BallotForm, list[Recommendation], Ballot | None]:
    """Return the form, what it is about, and the ballot that stands."""
    session = db.session()
    standing = session.scalars(queries.ballot(row, voter)).one_or_none()
    had = {dot.recommendation_id: dot.dots for dot in standing.dots} if standing else {}
    rows = session.scalars(queries.listed(row)).all()
    listed = [one for one in rows if one.state not in SET_ASIDE or one.id in had]
    known = {one.id for one in listed}
    # What left the list is shown as long as dots of this tablet stand on it.
    gone = [dot.recommendation for dot in (standing.dots if standing else [])]
    listed += [one for one in gone if one.id not in known]
    form = BallotForm(seen=dots.mark(standing)) if typed else BallotForm(None, seen=dots.mark(standing))
    form.over([one.id for one in listed], request.form if typed else None, had)
    return form, listed, standing


def _page(
    workshop: Workshop, token: str, voter: str, *, typed: bool = False, problem: str = "", code: int = 200
) -> Response:
    session = db.session()
    row = session.scalars(queries.rounds(workshop).limit(1)).first()
    is_open = row is not None and dots.is_open(row, clock.now())
    shown: dict[str, Any] = {}
    if row is not None and is_open:
        form, listed, standing = _form(row, voter, typed=typed)
        if typed:
            if not problem:
                form.valid()  # says beside each field what it refuses
            form.seen.data, form.seen.raw_data = dots.mark(standing), None
        left = row.budget - sum(max(0, count) for count in form.spread().values())
        shown = {"form": form, "listed": listed, "standing": standing, "left": left}
    elif row is not None:
        shown = {"results": dots.results(session, row)}
    page = render_template(
        "recommendations/tables/dots.html", workshop=workshop, token=token, round=row, is_open=is_open,
        problem=problem, **shown,
    )  # fmt: skip
    return _kept(make_response(page, code), workshop, voter)
