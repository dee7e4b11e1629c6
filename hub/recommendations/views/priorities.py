"""Votes by dots of a call, as coordinators see them: opening, closing, what they gave, who is missing."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from hub.core import clock, exports
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.carrying import TOLD
from hub.recommendations.forms.dots import EndForm, RoundForm
from hub.recommendations.models.calls import Campaign
from hub.recommendations.models.carrying import VOICE_CHANNELS, Ballot, DotRound
from hub.recommendations.models.recommendations import SET_ASIDE
from hub.recommendations.operations import dots
from hub.recommendations.operations.dots import Results, RoundRules
from hub.recommendations.queries import calls as call_queries
from hub.recommendations.queries import carrying
from hub.recommendations.queries import dots as queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import argument, blame, blueprint, flash_refusal

Answer = str | Response | tuple[str, int]
USUAL_DAYS = 14


@blueprint.get("/appels/<slug>/priorites")
@permit(manage, Campaign, key="slug")
def priorities(campaign: Campaign) -> str | FlaskResponse:
    """Show what the last vote gave, or the one that is asked for; the same as CSV or xlsx."""
    session = db.session()
    rounds = list(session.scalars(queries.rounds(campaign)))
    wanted = argument("tour")
    row = next((each for each in rounds if str(each.id) == wanted), rounds[0] if rounds else None)
    if row is None:
        return render_template("recommendations/priorities.html", campaign=campaign, round=None, rounds=[])
    results = dots.results(session, row)
    ballots = list(session.scalars(queries.ballots(row)))
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export(kind, campaign, results, ballots)
    voted = {each.organisation_id for each in ballots}
    invited = list(session.scalars(call_queries.invitations(campaign)))
    return render_template(
        "recommendations/priorities.html",
        campaign=campaign,
        round=row,
        rounds=rounds,
        is_open=dots.is_open(row, clock.now()),
        results=results,
        top=max((place.dots for place in results.places), default=0),
        ballots=ballots,
        invited=invited,
        waiting=[each for each in invited if each.organisation_id not in voted],
        codes={place.recommendation.id: place.recommendation.code for place in results.places},
        by_organisation={each.organisation_id: each for each in invited},
        channels=VOICE_CHANNELS,
        end=EndForm(formdata=None, closes_on=row.last_day),
    )


@blueprint.get("/appels/<slug>/priorites/ouvrir")
@permit(manage, Campaign, key="slug")
def new_round(campaign: Campaign) -> str:
    """Show how one will vote."""
    last = clock.today(clock.now()) + timedelta(days=USUAL_DAYS)
    return _round_page(campaign, RoundForm(formdata=None, closes_on=last))


@blueprint.post("/appels/<slug>/priorites/ouvrir")
@permit(manage, Campaign, key="slug")
def open_round(campaign: Campaign) -> Answer:
    """Open a vote."""
    form = RoundForm()
    if not form.validate():
        return _round_page(campaign, form), 422
    rules = RoundRules(
        form.title.data or "", form.budget.data or 0, form.most_each.data or 0, _end(form.closes_on.data)
    )
    try:
        dots.open_round(db.session(), campaign, rules, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        at_day = refusal.field == "closes_at"
        problem = blame(form, DomainError(refusal.msgid, field="closes_on") if at_day else refusal)
        return _round_page(campaign, form, problem=problem), 422
    flash(gettext("Le vote est ouvert. Chaque organisation met ses points par son lien."), "success")
    return _back(campaign)


@blueprint.post("/appels/<slug>/priorites/<int:number>/fermer")
@permit(manage, Campaign, key="slug")
def close_round(campaign: Campaign, number: int) -> Response:
    """Close a vote now."""
    dots.close_round(db.session(), _round(campaign, number), actor=current_user(), now=clock.now())
    flash(gettext("Le vote est clos. Vous pouvez le rouvrir en changeant son dernier jour."))
    return _back(campaign)


@blueprint.post("/appels/<slug>/priorites/<int:number>/fin")
@permit(manage, Campaign, key="slug")
def move_round(campaign: Campaign, number: int) -> Response:
    """Let a vote end on another day."""
    form = EndForm()
    row = _round(campaign, number)
    if not form.validate():
        flash(str(form.closes_on.errors[0]), "error")
        return _back(campaign, row)
    try:
        dots.move_end(db.session(), row, _end(form.closes_on.data), actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(gettext("Le dernier jour du vote est enregistré."), "success")
    return _back(campaign, row)


@blueprint.post("/appels/<slug>/priorites/envoyer")
@permit(manage, Campaign, key="slug")
def send_round(campaign: Campaign) -> Response:
    """Send its link to each organisation that hasn't voted, once a day at most."""
    try:
        number = dots.ask(db.session(), campaign, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(
            ngettext("%(num)s mail est parti.", "%(num)s mails sont partis.", number)
            if number
            else gettext("Aucun mail n’est parti : toutes ont voté, ou en ont déjà reçu un aujourd’hui.")
        )
    return _back(campaign)


def _end(last_day: date | None) -> datetime | None:
    return clock.end_of_day(last_day) if last_day else None


def _round(campaign: Campaign, number: int) -> DotRound:
    row = db.session().get(DotRound, number)
    if row is None or row.campaign_id != campaign.id:
        abort(404)
    return row


def _back(campaign: Campaign, row: DotRound | None = None) -> Response:
    shown: dict[str, Any] = {"tour": row.id} if row is not None else {}
    return redirect(url_for("recommendations.priorities", slug=campaign.slug, **shown), 303)


def _round_page(campaign: Campaign, form: RoundForm, **more: Any) -> str:
    rows = [row.recommendation for row in db.session().scalars(carrying.consulted(campaign))]
    return render_template(
        "recommendations/round_form.html",
        campaign=campaign,
        form=form,
        rows=[row for row in rows if row.state not in SET_ASIDE],
        **more,
    )


def _export(kind: str, campaign: Campaign, results: Results, ballots: list[Ballot]) -> FlaskResponse:
    """One line a recommendation, one column an organisation, which says who entered what it was told."""
    names = [
        gettext("%(name)s (saisi par la coordination)", name=each.organisation.name)
        if each.channel in TOLD
        else each.organisation.name
        for each in ballots
        if each.organisation is not None
    ]
    header = [
        gettext("Rang"), gettext("Code"), gettext("Recommandation"), gettext("Points"),
        gettext("Organisations qui en ont mis"), *names,
    ]  # fmt: skip
    spread = [{dot.recommendation_id: dot.dots for dot in each.dots} for each in ballots]

    def lines() -> Iterator[list[Any]]:
        for rank, place in enumerate(results.places, start=1):
            row = place.recommendation
            yield [
                rank, row.code, row.title, place.dots, place.ballots,
                *(each.get(row.id, 0) for each in spread),
            ]  # fmt: skip

    return exports.answer(kind, f"priorites-{campaign.slug}", header, lines())
