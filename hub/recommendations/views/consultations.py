"""A consultation as coordinators see it: its list and days, where organisations stand, who is silent."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from hub.core import clock, exports, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.recommendations.forms.carrying import ConsultationForm
from hub.recommendations.models.calls import Campaign, CampaignPhase, Invitation
from hub.recommendations.models.carrying import (
    SUPPORTS,
    VOICE_CHANNELS,
    RecommendationPosition,
    Support,
)
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import consultations
from hub.recommendations.queries import calls as call_queries
from hub.recommendations.queries import carrying
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import (
    argument,
    blame,
    blueprint,
    flash_refusal,
    page_number,
    sentence,
)

Answer = str | Response | tuple[str, int]
USUAL_DAYS = 21


@dataclass
class Standing:
    """One recommendation of a consultation, with the voices by position."""

    recommendation: Recommendation
    voices: dict[Support, list[RecommendationPosition]] = field(
        default_factory=lambda: {word: [] for word in Support}
    )
    missing: int = 0

    def bars(self) -> Iterator[tuple[str, float, float]]:
        """Yield (position, beginning, width) of the picture, in percent of those asked."""
        counts = [(word.value, len(self.voices[word])) for word in Support]
        total = sum(number for _, number in counts) + self.missing
        begin = 0.0
        for word, number in counts:
            width = 100 * number / total if total else 0.0
            if number:
                yield word, round(begin, 3), round(width, 3)
            begin += width


@blueprint.get("/appels/<slug>/consultation")
@permit(manage, Campaign, key="slug")
def consultation_results(campaign: Campaign) -> str | FlaskResponse:
    """Show where organisations stand and who hasn't answered; the same as CSV or xlsx."""
    session = db.session()
    rows = [row.recommendation for row in session.scalars(carrying.consulted(campaign))]
    invited = list(session.scalars(call_queries.invitations(campaign)))
    voices = {
        (row.recommendation_id, row.organisation_id): row
        for row in session.scalars(carrying.voices_in(campaign))
    }
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export(kind, campaign, rows, invited, voices)
    answered: dict[int, int] = defaultdict(int)
    for _number, organisation in voices:
        answered[organisation] += 1
    phase = session.scalar(carrying.period(campaign))
    return render_template(
        "recommendations/consultation.html",
        campaign=campaign,
        phase=phase,
        state=consultations.state(campaign, phase, clock.now()),
        standings=[_standing(row, invited, voices) for row in rows],
        invited=invited,
        answered=answered,
        waiting=[row for row in invited if answered[row.organisation_id] < len(rows)],
    )


@blueprint.get("/appels/<slug>/consultation/preparer")
@permit(manage, Campaign, key="slug")
def prepare_consultation(campaign: Campaign) -> str:
    """Show the days, the list in its order, and what may be added."""
    phase = db.session.scalar(carrying.period(campaign))
    return _prepare_page(campaign, _days_form(campaign, phase))


@blueprint.post("/appels/<slug>/consultation/jours")
@permit(manage, Campaign, key="slug")
def date_consultation(campaign: Campaign) -> Answer:
    """Store the days."""
    form = ConsultationForm()
    problem = None
    if form.validate() and form.starts_on.data and form.ends_on.data:
        try:
            consultations.set_period(
                db.session(), campaign, form.starts_on.data, form.ends_on.data,
                actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("Les jours de la consultation sont enregistrés."), "success")
            return _prepared(campaign)
    return _prepare_page(campaign, form, problem=problem), 422


@blueprint.post("/appels/<slug>/consultation/ajouter")
@permit(manage, Campaign, key="slug")
def add_consulted(campaign: Campaign) -> Response:
    """Put the recommendations ticked, or all those found, on the list."""
    session = db.session()
    rows = carrying.choosable(campaign, argument("q"))
    if "all" not in request.form:
        chosen = request.form.getlist("recommendation", type=row_number)
        rows = carrying.choosable(campaign, "").where(Recommendation.id.in_(chosen))
    found = list(session.scalars(rows.order_by(None).order_by(Recommendation.code)))
    number = consultations.add(session, campaign, found, actor=current_user(), now=clock.now())
    if number:
        flash(
            ngettext("%(num)s recommandation est ajoutée.", "%(num)s recommandations sont ajoutées.", number),
            "success",
        )
    else:
        flash(gettext("Cochez au moins une recommandation."), "warning")
    return _prepared(campaign)


@blueprint.post("/appels/<slug>/consultation/retirer")
@permit(manage, Campaign, key="slug")
def remove_consulted(campaign: Campaign) -> Response:
    """Take a recommendation off the list."""
    number = request.form.get("recommendation", 0, type=row_number)
    try:
        consultations.remove(db.session(), campaign, number, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(gettext("Elle n’est plus dans la consultation. Les positions déjà données sont gardées."))
    return _prepared(campaign)


@blueprint.post("/appels/<slug>/consultation/ordre")
@permit(manage, Campaign, key="slug")
def order_consulted(campaign: Campaign) -> Response:
    """Put the list in order: all of it, or one up or down."""
    session = db.session()
    ids = [row.id for row in session.scalars(carrying.consulted(campaign))]
    moved = request.form.get("moved", type=row_number)
    wanted = request.form.getlist("item", type=row_number)
    if moved is not None and moved in ids:
        wanted, place = list(ids), ids.index(moved)
        step = -1 if request.form.get("direction") == "up" else 1
        wanted.insert(max(0, place + step), wanted.pop(place))
    try:
        consultations.order(session, campaign, wanted)
    except DomainError as refusal:
        if moved is None:
            return FlaskResponse(sentence(refusal), 409, mimetype="text/plain")
        flash_refusal(refusal)
    return FlaskResponse(status=204) if moved is None else _prepared(campaign)


@blueprint.post("/appels/<slug>/consultation/envoyer")
@permit(manage, Campaign, key="slug")
def send_consultation(campaign: Campaign) -> Response:
    """Send its link to each organisation that still has to answer, once a day at most."""
    try:
        number = consultations.ask(db.session(), campaign, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(
            ngettext("%(num)s mail est parti.", "%(num)s mails sont partis.", number)
            if number
            else gettext("Aucun mail n’est parti : toutes ont répondu, ou en ont déjà reçu un aujourd’hui.")
        )
    return redirect(url_for("recommendations.consultation_results", slug=campaign.slug), 303)


def _prepared(campaign: Campaign) -> Response:
    return redirect(url_for("recommendations.prepare_consultation", slug=campaign.slug), 303)


def _days_form(campaign: Campaign, phase: CampaignPhase | None) -> ConsultationForm:
    if phase is not None:
        return ConsultationForm(formdata=None, starts_on=phase.starts_on, ends_on=phase.ends_on)
    first = max(clock.today(clock.now()), campaign.last_day) + timedelta(days=1)
    return ConsultationForm(formdata=None, starts_on=first, ends_on=first + timedelta(days=USUAL_DAYS))


def _prepare_page(campaign: Campaign, form: ConsultationForm, **more: Any) -> str:
    session = db.session()
    text = argument("q")
    return render_template(
        "recommendations/consultation_prepare.html",
        campaign=campaign,
        form=form,
        rows=list(session.scalars(carrying.consulted(campaign))),
        page=paging.paginate(session, carrying.choosable(campaign, text), page_number()),
        text=text,
        **more,
    )


def _standing(
    row: Recommendation, invited: list[Invitation], voices: dict[tuple[int, int], RecommendationPosition]
) -> Standing:
    standing = Standing(row)
    for asked in invited:
        voice = voices.get((row.id, asked.organisation_id))
        if voice is None:
            standing.missing += 1
        else:
            standing.voices[voice.support].append(voice)
    return standing


def _export(
    kind: str,
    campaign: Campaign,
    rows: list[Recommendation],
    invited: list[Invitation],
    voices: dict[tuple[int, int], RecommendationPosition],
) -> FlaskResponse:
    header = [
        gettext("Code"),
        gettext("Recommandation"),
        gettext("Organisation"),
        gettext("Position"),
        gettext("Réserves ou raisons"),
        gettext("Version"),
        gettext("Par quelle voie"),
        gettext("Le"),
    ]

    def lines() -> Iterator[list[Any]]:
        for row in rows:
            for asked in invited:
                voice = voices.get((row.id, asked.organisation_id))
                said = [gettext("Pas de réponse"), "", "", "", ""]
                if voice is not None:
                    said = [
                        gettext(SUPPORTS[voice.support]), voice.reason, voice.version,
                        gettext(VOICE_CHANNELS[voice.channel]), voice.created_at,
                    ]  # fmt: skip
                yield [row.code, row.title, asked.organisation.name, *said]

    return exports.answer(kind, f"consultation-{campaign.slug}", header, lines())
