"""The coordinator's gestures on what came in: set aside, put back, join to a recommendation."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.fields import tidy
from hub.recommendations.forms.recommendations import ReasonForm
from hub.recommendations.models.contributions import Contribution, ContributionState
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import triage
from hub.recommendations.queries import lists
from hub.recommendations.queries import recommendations as recommendation_queries
from hub.recommendations.queries.filters import RecommendationFilter
from hub.recommendations.rules import read_contribution
from hub.recommendations.views.blueprint import (
    argument,
    blame,
    blueprint,
    flash_refusal,
    page_number,
)
from hub.recommendations.views.contributions import contribution_page

Answer = str | Response | tuple[str, int]
ASIDE = {"hors-champ": ContributionState.OUT_OF_SCOPE, "retrait": ContributionState.WITHDRAWN}
NEAREST = 20
LONGEST_REASON = 2_000


@blueprint.post("/recommandations/contributions/<int:id>/<any('hors-champ','retrait','a-lire'):gesture>")
@permit(read_contribution, Contribution)
def sort_contribution(row: Contribution, *, gesture: str) -> Answer:
    """Set it aside or put it back, with a reason."""
    form = ReasonForm()
    if not form.validate():
        return contribution_page(row, form, gesture=gesture), 422
    session, actor, now = db.session(), current_user(), clock.now()
    reason = form.reason.data or ""
    try:
        if gesture == "a-lire":
            triage.put_back(session, row, reason=reason, actor=actor, now=now)
        else:
            triage.set_aside(session, row, ASIDE[gesture], reason=reason, actor=actor, now=now)
    except DomainError as refusal:
        problem = blame(form, refusal)
        if problem:
            flash(problem, "error")
        return contribution_page(row, form, gesture=gesture), 422
    flash(gettext("C’est noté, avec la raison."), "success")
    return redirect(url_for("recommendations.contribution", id=row.id), 303)


@blueprint.get("/recommandations/contributions/<int:id>/rejoindre")
@permit(read_contribution, Contribution)
def choose_recommendation(row: Contribution) -> str:
    """Look for the recommendation that asks the same; without words, those of its theme."""
    text = argument("q")
    theme = row.theme.code if row.theme and not text else ""
    page = paging.paginate(
        db.session(),
        recommendation_queries.recommendations(RecommendationFilter(text=text, theme=theme)),
        page_number(),
        per_page=NEAREST,
    )
    authors = lists.authors_of(db.session(), [each.id for each in page.rows])
    return render_template(
        "recommendations/join.html", contribution=row, page=page, text=text, authors=authors
    )


@blueprint.post("/recommandations/contributions/<int:id>/rejoindre/<code>")
@permit(read_contribution, Contribution)
def join_recommendation(row: Contribution, *, code: str) -> Response:
    """Let it stand behind that recommendation."""
    session = db.session()
    recommendation = session.scalar(
        recommendation_queries.recommendations(RecommendationFilter()).where(Recommendation.code == code)
    )
    if recommendation is None:
        abort(404)
    reason = tidy(request.form.get("reason"))[:LONGEST_REASON]
    try:
        triage.join(session, row, recommendation, reason=reason, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
        return redirect(url_for("recommendations.contribution", id=row.id), 303)
    flash(gettext("La contribution rejoint la recommandation %(code)s.", code=code), "success")
    return redirect(url_for("recommendations.show", code=code), 303)
