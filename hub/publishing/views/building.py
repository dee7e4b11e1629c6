"""Building the PDF."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request
from flask_babel import gettext

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.models.editions import PUBLIC, Memorandum
from hub.publishing.operations import publication
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, address, blueprint, edition_or_404, refuse
from hub.publishing.views.panel import panel_of


@blueprint.post(f"{EDITION}/construire")
@permit(manage, Memorandum, key="slug")
def build(memorandum: Memorandum, *, number: int) -> Answer:
    """Ask for the draft's PDF; a second click shows the one that is being built."""
    edition = edition_or_404(memorandum, number)
    try:
        publication.request_build(db.session(), edition, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    return redirect(address(edition, "pdf"), 303)


@blueprint.get(f"{EDITION}/construction")
@permit(manage, Memorandum, key="slug")
def building(memorandum: Memorandum, *, number: int) -> Any:
    """Answer how the PDF stands, for the page that asks each second."""
    edition = edition_or_404(memorandum, number)
    panel = panel_of(db.session(), edition)
    answer = make_response(render_template("publishing/panel.html", edition=edition, panel=panel))
    if not panel.is_running and "gel" in request.args:
        # The whole page, which waits for it, is another one now.
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post(f"{EDITION}/arreter")
@permit(manage, Memorandum, key="slug")
def stop(memorandum: Memorandum, *, number: int) -> Answer:
    """Stop what is being built; a frozen edition that waits for its PDF is composed again."""
    edition = edition_or_404(memorandum, number)
    if edition.state not in PUBLIC:
        publication.stop(db.session(), edition, actor=current_user(), now=clock.now())
        flash(gettext("La construction est arrêtée. L’édition se compose comme avant."), "message")
    return redirect(address(edition, "pdf"), 303)
