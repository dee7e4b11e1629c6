"""Deciding on a recommendation: adopt, drop, reopen, take a source back."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.recommendations import ReasonForm
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.operations import recommendations, triage
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import blame, blueprint, flash_refusal
from hub.recommendations.views.recommendations import recommendation_page

Answer = str | Response | tuple[str, int]


@blueprint.post("/recommandations/<code>/adopter")
@permit(manage, Recommendation, key="code")
def adopt(row: Recommendation) -> Answer:
    """Let the network stand for it."""
    try:
        recommendations.adopt(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
        return recommendation_page(row, ReasonForm(formdata=None)), 422
    flash(gettext("La recommandation est adoptée : elle peut entrer dans un mémorandum."), "success")
    return _back(row)


@blueprint.post("/recommandations/<code>/ecarter")
@permit(manage, Recommendation, key="code")
def drop(row: Recommendation) -> Answer:
    """Set it aside, with a reason."""
    form = ReasonForm()
    if form.validate():
        try:
            recommendations.drop(
                db.session(), row, reason=form.reason.data or "", actor=current_user(), now=clock.now()
            )
        except DomainError as refusal:
            blame(form, refusal)
        else:
            flash(gettext("La recommandation est écartée ; la raison est gardée."))
            return _back(row)
    return recommendation_page(row, form, gesture="drop"), 422


@blueprint.post("/recommandations/<code>/rouvrir")
@permit(manage, Recommendation, key="code")
def reopen(row: Recommendation) -> Answer:
    """Take it back to work."""
    try:
        recommendations.reopen(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
        return recommendation_page(row, ReasonForm(formdata=None)), 422
    flash(gettext("La recommandation est de nouveau en travail."))
    return _back(row)


@blueprint.post("/recommandations/<code>/sources/<int:number>/detacher")
@permit(manage, Recommendation, key="code")
def detach(row: Recommendation, *, number: int) -> Answer:
    """Take a source back, with a reason."""
    source = next((each for each in row.sources if each.id == number), None)
    if source is None:
        abort(404)
    form = ReasonForm()
    if form.validate():
        try:
            triage.detach(
                db.session(), source, reason=form.reason.data or "", actor=current_user(), now=clock.now()
            )
        except DomainError as refusal:
            blame(form, refusal)
        else:
            flash(gettext("La contribution est détachée ; la raison est gardée."))
            return _back(row)
    return recommendation_page(row, form, gesture=f"detach-{number}"), 422


def _back(row: Recommendation) -> Response:
    return redirect(url_for("recommendations.show", code=row.code), 303)
