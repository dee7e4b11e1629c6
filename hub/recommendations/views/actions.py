"""The actions of spaces that carry a recommendation further: tied and untied from either page."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub.actors.signals import LinkGroup
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.recommendations.models.recommendations import Recommendation
from hub.recommendations.models.ties import RecommendationAction
from hub.recommendations.operations import actions as operations
from hub.recommendations.queries import ties as tie_queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import argument, blueprint, flash_refusal
from hub.spaces.models.actions import Action
from hub.spaces.words import ACTION_STATES

Answer = str | Response | tuple[str, int]
OFFERED = 20
LABEL = 90


@blueprint.get("/recommandations/<code>/actions")
@permit(manage, Recommendation, key="code")
def pick_action(row: Recommendation) -> Answer:
    """Look for actions to tie to a recommendation."""
    session, words = db.session(), argument("q")
    found = session.scalars(tie_queries.attachable_actions(row.id, words).limit(OFFERED)).all()
    return render_template(
        "recommendations/pick_action.html", recommendation=row, found=found, words=words,
        states=ACTION_STATES, today=clock.today(clock.now()), offered=OFFERED,
    )  # fmt: skip


@blueprint.post("/recommandations/<code>/actions")
@permit(manage, Recommendation, key="code")
def attach_action(row: Recommendation) -> Answer:
    """Tie an action to a recommendation."""
    action = db.session.get(Action, request.form.get("action", 0, type=row_number))
    if action is None:
        abort(404)
    _attach(row, action)
    return redirect(url_for("recommendations.show", code=row.code), 303)


@blueprint.post("/recommandations/<code>/actions/<int:number>/detacher")
@permit(manage, Recommendation, key="code")
def detach_action(row: Recommendation, number: int) -> Answer:
    """Untie an action from a recommendation."""
    tie = db.session.get(RecommendationAction, number)
    if tie is None or tie.recommendation_id != row.id:
        abort(404)
    operations.detach(db.session(), tie, actor=current_user(), now=clock.now())
    flash(_("L’action n’est plus rattachée à cette recommandation."), "success")
    return redirect(url_for("recommendations.show", code=row.code), 303)


@blueprint.get("/actions/<int:id>/recommandations")
@permit(manage, Action)
def pick_for_action(action: Action) -> Answer:
    """Show which recommendations an action carries, and look for others."""
    session, words = db.session(), argument("q")
    return render_template(
        "recommendations/pick_for_action.html", action=action, words=words, offered=OFFERED,
        ties=session.scalars(tie_queries.carried_by(action.id)).all(),
        found=session.scalars(tie_queries.attachable_recommendations(action.id, words).limit(OFFERED)).all(),
    )  # fmt: skip


@blueprint.post("/actions/<int:id>/recommandations")
@permit(manage, Action)
def attach_recommendation(action: Action) -> Answer:
    """Tie a recommendation to an action, or untie it."""
    session = db.session()
    if "tie" in request.form:
        tie = session.get(RecommendationAction, request.form.get("tie", 0, type=row_number))
        if tie is None or tie.action_id != action.id:
            abort(404)
        operations.detach(session, tie, actor=current_user(), now=clock.now())
        flash(_("La recommandation n’est plus rattachée à cette action."), "success")
        return redirect(url_for("recommendations.pick_for_action", id=action.id), 303)
    row = session.get(Recommendation, request.form.get("recommendation", 0, type=row_number))
    if row is None:
        abort(404)
    _attach(row, action)
    return redirect(url_for("spaces.action", id=action.id), 303)


def _attach(row: Recommendation, action: Action) -> None:
    try:
        operations.attach(db.session(), row, action, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(_("« %(title)s » porte maintenant %(code)s.", title=action.title, code=row.code), "success")


def links_of_action(thing: Any, *, session: Session, user: Any) -> list[LinkGroup]:
    """Tell an action's page which recommendations it carries further, and where to tie another."""
    if not isinstance(thing, Action) or not manage(user):
        return []
    links = [
        (
            f"{row.recommendation.code} · {row.recommendation.title}"[:LABEL],
            url_for("recommendations.show", code=row.recommendation.code),
        )
        for row in session.scalars(tie_queries.carried_by(thing.id))
    ]
    gesture = (
        _("Rattacher une recommandation"),
        url_for("recommendations.pick_for_action", id=thing.id),
    )
    return [LinkGroup(_("Recommandations"), [*links, gesture])]
