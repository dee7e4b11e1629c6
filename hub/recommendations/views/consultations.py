"""A consultation as coordinators see it: its list and days, where organisations stand, who is silent."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session
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
    chips,
    flash_refusal,
    page_number,
    put_in_order,
)

Answer = str | Response | tuple[str, int]
USUAL_DAYS = 21
PER_PAGE = 25


@dataclass(frozen=True)
class Reason:
    """Why an organisation has reservations, or opposes."""

    support: Support
    reason: str
    organisation: str


@dataclass
class Standing:
    """One recommendation of a consultation: how many organisations stand where, of those asked, and why."""

    recommendation: Recommendation
    asked: int
    counts: dict[Support, int] = field(default_factory=lambda: dict.fromkeys(Support, 0))
    reasons: list[Reason] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """How many have not answered."""
        return self.asked - sum(self.counts.values())

    def bars(self) -> Iterator[tuple[str, float, float]]:
        """Yield (position, beginning, width) of the picture, in percent of those asked."""
        begin = 0.0
        for word, number in self.counts.items():
            width = 100 * number / self.asked if self.asked else 0.0
            if number:
                yield word.value, round(begin, 3), round(width, 3)
            begin += width


@blueprint.get("/appels/<slug>/consultation")
@permit(manage, Campaign, key="slug")
def consultation_results(campaign: Campaign) -> str | FlaskResponse:
    """Show where organisations stand and who hasn't answered; all of it as CSV or xlsx."""
    session = db.session()
    invited = list(session.scalars(call_queries.invitations(campaign)))
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        voices = {
            (row.recommendation_id, row.organisation_id): row
            for row in session.scalars(carrying.voices_in(campaign))
        }
        return _export(kind, campaign, list(session.scalars(carrying.titles(campaign))), invited, voices)
    text = argument("q")
    page = paging.paginate(session, carrying.titles(campaign, text), page_number(), PER_PAGE)
    total = paging.count(session, carrying.titles(campaign)) if text else page.total
    asked = paging.count(session, carrying.still_asked(campaign))
    answered = dict(session.execute(carrying.answers_counted(campaign)).all())
    phase = session.scalar(carrying.period(campaign))
    return render_template(
        "recommendations/consultation.html",
        campaign=campaign,
        phase=phase,
        state=consultations.state(campaign, phase, clock.now()),
        page=page.holding(_standings(session, campaign, page.rows, len(invited))),
        total=total,
        asked=asked,
        text=text,
        active=chips(("q", text, gettext("Recherche : %(text)s", text=text))),
        invited=invited,
        answered=answered,
        waiting=[row for row in invited if answered.get(row.organisation_id, 0) < asked],
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
    return put_in_order(ids, partial(consultations.order, session, campaign), _prepared(campaign))


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


def _standings(
    session: Session, campaign: Campaign, rows: list[Recommendation], asked: int
) -> list[Standing]:
    found = {row.id: Standing(row, asked) for row in rows}
    for number, word, count in session.execute(carrying.voices_counted(campaign, found)):
        found[number].counts[word] = count
    for number, word, reason, name in session.execute(carrying.reasons_in(campaign, found)):
        found[number].reasons.append(Reason(word, reason, name))
    return list(found.values())


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
