"""Calls for recommendations: the coordination's list and forms, and the page that everybody reads."""

from datetime import date, time, timedelta
from typing import Any, cast

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.actors.models.organisations import Organisation
from hub.core import audit, clock, jobs
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.remembering import Remembered
from hub.core.web import limiter
from hub.recommendations.forms.calls import CallForm, LinkRequestForm
from hub.recommendations.forms.fields import fill_organisations
from hub.recommendations.models.calls import PHASES, Campaign, PhaseKind
from hub.recommendations.operations import campaigns, phases
from hub.recommendations.operations.campaigns import CallWords
from hub.recommendations.operations.phases import Days
from hub.recommendations.queries import calls as call_queries
from hub.recommendations.queries import choices
from hub.recommendations.rules import manage, see_call
from hub.recommendations.views.blueprint import blame, blueprint

Answer = str | Response | tuple[str, int]
SENT: Remembered[dict[int | None, tuple[int, int]]] = Remembered(1)
USUAL_DAYS = 30


@blueprint.get("/appels")
@permit(manage)
def calls() -> str:
    """List the calls with what came in."""
    session = db.session()
    rows = list(session.scalars(call_queries.with_calendar()))
    invited = dict(session.execute(call_queries.invited_counts()).all())
    sent = SENT.get(db.engine, None, _sent)
    return render_template(
        "recommendations/calls.html", rows=rows, invited=invited, sent=sent, today=clock.today(clock.now())
    )


def _sent(session: Session) -> dict[int | None, tuple[int, int]]:
    """Return how many contributions each call brought, and from how many organisations: all are counted."""
    return {row[0]: (row[1], row[2]) for row in session.execute(call_queries.sent_counts())}


@blueprint.get("/appels/nouveau")
@permit(manage)
def new_call() -> str:
    """Show the form of a new call, a month long."""
    today = clock.today(clock.now())
    form = CallForm(opens_on=today, closes_on=today + timedelta(days=USUAL_DAYS))
    form.fill(db.session())
    return _call_form(form, None)


@blueprint.post("/appels/nouveau")
@permit(manage)
def create_call() -> Answer:
    """Store a new call, unpublished."""
    form = CallForm()
    form.fill(db.session())
    problem = None
    if form.validate():
        try:
            phases.check(_words(form).opens_at, _days(form))
            campaign = campaigns.create(db.session(), _words(form), actor=current_user(), now=clock.now())
            phases.set_days(db.session(), campaign, _days(form), actor=current_user(), now=clock.now())
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("L’appel est enregistré. Relisez-le, invitez les organisations, puis publiez-le."))
            return redirect(url_for("recommendations.follow_up", slug=campaign.slug), 303)
    return _call_form(form, None, problem), 422


@blueprint.get("/appels/<slug>/modifier")
@permit(manage, Campaign, key="slug")
def edit_call(campaign: Campaign) -> str:
    """Show the form of a call as it stands."""
    form = CallForm(
        title=campaign.title,
        introduction=campaign.introduction,
        territory=campaign.territory.code if campaign.territory else "",
        opens_on=clock.today(campaign.opens_at),
        opens_time=clock.local(campaign.opens_at).time(),
        closes_on=campaign.last_day,
        **{
            phases.field_of(row.kind, end): day
            for row in campaign.phases
            for end, day in (("first", row.starts_on), ("last", row.ends_on))
        },
    )
    form.fill(db.session())
    return _call_form(form, campaign)


@blueprint.post("/appels/<slug>/modifier")
@permit(manage, Campaign, key="slug")
def change_call(campaign: Campaign) -> Answer:
    """Store what was changed."""
    form = CallForm()
    form.fill(db.session())
    problem = None
    if form.validate():
        try:
            phases.check(_words(form).opens_at, _days(form))
            campaigns.edit(db.session(), campaign, _words(form), actor=current_user(), now=clock.now())
            phases.set_days(db.session(), campaign, _days(form), actor=current_user(), now=clock.now())
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("Les changements sont enregistrés."), "success")
            return redirect(url_for("recommendations.follow_up", slug=campaign.slug), 303)
    return _call_form(form, campaign, problem), 422


@blueprint.post("/appels/<slug>/publier")
@permit(manage, Campaign, key="slug")
def publish_call(campaign: Campaign) -> Response:
    """Let everybody read it."""
    campaigns.publish(db.session(), campaign, actor=current_user(), now=clock.now())
    flash(gettext("L’appel est publié."), "success")
    return redirect(url_for("recommendations.follow_up", slug=campaign.slug), 303)


@blueprint.post("/appels/<slug>/retirer")
@permit(manage, Campaign, key="slug")
def withdraw_call(campaign: Campaign) -> Response:
    """Take it back from the public."""
    campaigns.withdraw(db.session(), campaign, actor=current_user(), now=clock.now())
    flash(gettext("L’appel n’est plus public. Ce qui a été envoyé est gardé."))
    return redirect(url_for("recommendations.follow_up", slug=campaign.slug), 303)


@blueprint.get("/appels/<slug>")
@permit(see_call, Campaign, key="slug")
def call(campaign: Campaign) -> str:
    """Say what the call is, until when, and how to take part."""
    return _public_page(campaign, _link_form())


@blueprint.post("/appels/<slug>/lien")
@permit(see_call, Campaign, key="slug")
@limiter.limit("10 per hour", methods=["POST"])
def ask_link(campaign: Campaign) -> Answer:
    """Take note that an organisation wants its link: the answer is the same whatever comes of it (S10)."""
    form = _link_form()
    if not form.validate():
        return _public_page(campaign, form), 422
    session = db.session()
    organisation = session.scalar(
        choices.active_organisations().where(Organisation.slug == form.organisation.data)
    )
    if organisation is not None:
        jobs.enqueue(
            session,
            "recommendations.send_link",
            now=clock.now(),
            campaign=campaign.id,
            organisation=organisation.id,
            email=form.email.data,
        )
    flash(
        gettext(
            "C’est noté. Si cette adresse est celle que nous connaissons pour votre organisation, "
            "son lien y arrive dans quelques minutes."
        ),
        "success",
    )
    return redirect(url_for("recommendations.call", slug=campaign.slug), 303)


def _link_form() -> LinkRequestForm:
    form = LinkRequestForm()
    fill_organisations(form.organisation, db.session())
    return form


def _public_page(campaign: Campaign, form: LinkRequestForm) -> str:
    return render_template(
        "recommendations/call.html",
        campaign=campaign,
        state=campaign.state(clock.now()),
        form=form,
        today=clock.today(clock.now()),
    )


def _words(form: CallForm) -> CallWords:
    """Return what a valid form says."""
    return CallWords(
        title=form.title.data or "",
        introduction=form.introduction.data or "",
        opens_at=clock.at(cast("date", form.opens_on.data), cast("time", form.opens_time.data)),
        closes_at=clock.end_of_day(cast("date", form.closes_on.data)),
        territory=choices.territory(db.session(), form.territory.data),
    )


def _days(form: CallForm) -> dict[PhaseKind, Days]:
    """Return the days that a valid form gives to each phase."""
    return {kind: Days(first.data, last.data) for kind, first, last in form.phases}


def _call_form(form: CallForm, campaign: Campaign | None, problem: str | None = None) -> str:
    history: list[Any] = []
    if campaign is not None:
        history = list(db.session.scalars(audit.history(campaign)))
    return render_template(
        "recommendations/call_form.html",
        form=form,
        campaign=campaign,
        problem=problem,
        history=history,
        phase_labels=PHASES,
    )
