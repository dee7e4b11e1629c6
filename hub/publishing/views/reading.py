"""What readers see: the published page and its PDF. Rights are checked at each GET (S3)."""

import functools

from flask import abort, redirect, render_template, url_for
from markupsafe import Markup

from hub.core import files
from hub.core.access import current_user, everyone, may, permit
from hub.core.db import db
from hub.publishing import queries, rules
from hub.publishing.models import Edition, EditionState, Memorandum
from hub.publishing.views import composing
from hub.publishing.views.blueprint import EDITION, Answer, blueprint, edition_or_404
from hub.publishing.words import election_day
from memoranda import content, page

KEPT_PAGES = 16


@blueprint.get("/memorandums/<slug>")
@permit(everyone, Memorandum, key="slug")
def show(memorandum: Memorandum) -> Answer:
    """Show the published memorandum; those who work on one that isn't are led to their page."""
    edition = db.session.scalar(queries.latest_published(memorandum))
    if edition is not None:
        return _read(edition)
    if may(rules.manage):
        return redirect(url_for("publishing.work", slug=memorandum.slug))
    in_work = db.session.scalar(queries.in_work(memorandum))
    if in_work is None or in_work.state != EditionState.PUBLISHING:
        abort(404)
    return render_template("publishing/soon.html")


@blueprint.get(EDITION)
@permit(everyone, Memorandum, key="slug")
def edition(memorandum: Memorandum, *, number: int) -> Answer:
    """Show an edition: to readers once it is published, to those who compose it before."""
    found = edition_or_404(memorandum, number)
    if found.state == EditionState.PUBLISHED:
        return _read(found)
    if not rules.read(current_user(), found):
        abort(404)
    return composing.page(found)


def _read(edition: Edition) -> str:
    session = db.session()
    build = session.scalar(queries.published_build(edition))
    if build is None:
        abort(404)
    latest = session.scalar(queries.latest_published(edition.memorandum))
    return render_template(
        "publishing/read.html",
        memorandum=edition.memorandum,
        edition=edition,
        build=build,
        content=content.from_json(build.content),
        fragment=_fragment(build.content),
        latest=latest,
        election_day=election_day,
    )


@functools.lru_cache(maxsize=KEPT_PAGES)
def _fragment(written: str) -> Markup:
    """Return the page of a published content, which never changes."""
    return page.to_html(content.from_json(written))


@blueprint.get(f"{EDITION}.pdf")
@permit(everyone, Memorandum, key="slug")
def download(memorandum: Memorandum, *, number: int) -> Answer:
    """Send the PDF: the published one to everybody, a draft's to those who compose it."""
    found = edition_or_404(memorandum, number)
    if not rules.read(current_user(), found):
        abort(404)
    build = db.session.scalar(queries.latest_build(found, is_draft=found.state != EditionState.PUBLISHED))
    if build is None:
        abort(404)
    response = files.answer(build.file)
    if build.is_draft:
        response.headers["Cache-Control"] = "private, no-store"
    return response
