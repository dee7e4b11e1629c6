"""Building the PDF and publishing."""

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing import queries
from hub.publishing.models import EditionState, Memorandum
from hub.publishing.operations import publication
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, address, blueprint, edition_or_404, refuse
from hub.publishing.views.panel import panel_of
from hub.publishing.words import election_day


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
    if not panel.is_running and panel.job is not None and panel.job.arguments.get("publishes"):
        # The whole page is another one now.
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post(f"{EDITION}/arreter")
@permit(manage, Memorandum, key="slug")
def stop(memorandum: Memorandum, *, number: int) -> Answer:
    """Stop what is being built; an edition that was about to be published is a draft again."""
    edition = edition_or_404(memorandum, number)
    if edition.state != EditionState.PUBLISHED:
        publication.stop(db.session(), edition, actor=current_user(), now=clock.now())
        flash(gettext("La construction est arrêtée. Le brouillon est resté tel quel."), "message")
    return redirect(address(edition, "pdf"), 303)


@blueprint.get(f"{EDITION}/publier")
@permit(manage, Memorandum, key="slug")
def ask_publish(memorandum: Memorandum, *, number: int) -> Answer:
    """Say what publishing does, and what is to be mended before."""
    edition = edition_or_404(memorandum, number)
    if edition.state != EditionState.DRAFT:
        return redirect(address(edition))
    session = db.session()
    chapters = session.scalars(queries.chapters(edition)).all()
    remarks = publication.checklist(edition, chapters, session.scalars(queries.signatories(edition)).all())
    return render_template(
        "publishing/publish.html",
        edition=edition,
        items=sum(len(chapter.items) for chapter in chapters),
        errors=[remark for remark in remarks if remark.is_error],
        warnings=[remark for remark in remarks if not remark.is_error],
        election_day=election_day,
    )


@blueprint.post(f"{EDITION}/publier")
@permit(manage, Memorandum, key="slug")
def publish(memorandum: Memorandum, *, number: int) -> Answer:
    """Freeze the edition; it becomes public with its final PDF."""
    edition = edition_or_404(memorandum, number)
    try:
        publication.publish(db.session(), edition, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, url_for("publishing.ask_publish", slug=memorandum.slug, number=number))
    return redirect(address(edition, "pdf"), 303)
