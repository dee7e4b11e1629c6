"""Stopping the mails on what becomes of contributions, behind an organisation's link."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import permit_token
from hub.core.db import db
from hub.core.web import limiter
from hub.recommendations.models.calls import Invitation
from hub.recommendations.operations import fates
from hub.recommendations.operations.campaigns import PURPOSE
from hub.recommendations.views.blueprint import blueprint


@blueprint.get("/contribution/<token>/nouvelles")
@permit_token(PURPOSE, Invitation)
def news(invitation: Invitation, *, token: str) -> str:
    """Say which mails these are, with a button to stop them or to have them again."""
    return render_template("recommendations/news.html", invitation=invitation, token=token)


@blueprint.post("/contribution/<token>/nouvelles")
@permit_token(PURPOSE, Invitation)
@limiter.limit("60 per hour")
def change_news(invitation: Invitation, *, token: str) -> Response:
    """Stop them, or begin again."""
    if request.form.get("gesture") == "resume":
        fates.resume(db.session(), invitation)
        flash(gettext("Vous recevrez à nouveau ces nouvelles."), "success")
    else:
        fates.stop(db.session(), invitation, now=clock.now())
        flash(gettext("C’est noté : ces nouvelles ne vous sont plus envoyées."), "success")
    return redirect(url_for("recommendations.news", token=token), 303)
