"""The form of a call on paper: for everybody, or for one organisation with its own link as a QR code."""

from flask import flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock, exports, files
from hub.core.access import permit, permit_token
from hub.core.db import db
from hub.core.web import limiter, site
from hub.events.jobs.papers import AT_ONCE, FONTS, never, tell_nobody
from hub.recommendations.models.calls import Campaign, Invitation
from hub.recommendations.operations import paper_form
from hub.recommendations.operations.campaigns import PURPOSE
from hub.recommendations.rules import see_call
from hub.recommendations.views.blueprint import blueprint
from memoranda.errors import BuildError, ContentError
from memoranda.sandbox import build_apart


@blueprint.get("/appels/<slug>/formulaire.pdf")
@permit(see_call, Campaign, key="slug")
@limiter.limit("30 per hour")
def paper_form_of_call(campaign: Campaign) -> Response:
    """Send the form of a call, with room to write."""
    page = url_for("recommendations.call", slug=campaign.slug)
    return _pdf(campaign, page, name=campaign.slug)


@blueprint.get("/contribution/<token>/formulaire.pdf")
@permit_token(PURPOSE, Invitation)
@limiter.limit("30 per hour")
def paper_form_of_organisation(invitation: Invitation, *, token: str) -> Response:
    """Send the same with the organisation's name and its own link: only whoever holds the link can."""
    page = url_for("recommendations.answer", token=token)
    organisation = invitation.organisation
    return _pdf(invitation.campaign, page, name=organisation.slug, organisation=organisation.name)


def _pdf(campaign: Campaign, page: str, *, name: str, organisation: str = "") -> Response:
    document = paper_form.compile_form(
        db.session(),
        campaign,
        url=f"{site().base_url}{page}",
        organisation=organisation,
        store=files.store(),
        now=clock.now(),
    )
    try:
        pdf = build_apart(
            document, fonts_folder=FONTS, on_progress=tell_nobody, should_stop=never, limits=AT_ONCE
        )
    except (BuildError, ContentError) as problem:
        flash(gettext("Le PDF n’a pas pu être fait : %(why)s", why=str(problem)), "error")
        return redirect(page)
    return exports.send(pdf, f"formulaire-{name}.pdf", "application/pdf")
