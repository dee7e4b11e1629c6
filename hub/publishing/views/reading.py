"""What readers see: the published page and its PDF. Rights are checked at each GET (S3)."""

import functools
from collections import defaultdict
from dataclasses import dataclass

from flask import abort, get_template_attribute, redirect, render_template, request, url_for
from markupsafe import Markup

from hub.core import files
from hub.core.access import current_user, everyone, may, permit
from hub.core.db import db
from hub.core.search import slug as slug_of
from hub.publishing import rules
from hub.publishing.models.answers import PartyAnswer
from hub.publishing.models.builds import Build
from hub.publishing.models.editions import (
    IN_COMPOSITION,
    PUBLIC,
    Edition,
    EditionErratum,
    EditionState,
    Memorandum,
)
from hub.publishing.operations import consented
from hub.publishing.queries import memoranda as queries
from hub.publishing.queries import reading as reading_queries
from hub.publishing.values import reading
from hub.publishing.views import composing
from hub.publishing.views.blueprint import EDITION, Answer, blueprint, edition_or_404
from hub.publishing.words import STANCES, election_day
from hub.recommendations.queries.testimonies import Use
from memoranda import content, page

KEPT_PAGES = 16


@dataclass(frozen=True)
class Told:
    """What is told of a published edition since: errata and answers, by the anchor of a demand.

    `whole` are the errata of the edition as a whole; `held` says whom an anchor stands for.
    """

    held: dict[str, int]
    whole: list[EditionErratum]
    errata: dict[str, list[EditionErratum]]
    answers: dict[str, list[PartyAnswer]]


@blueprint.get("/memorandums/<slug>")
@permit(everyone, Memorandum, key="slug")
def show(memorandum: Memorandum) -> Answer:
    """Show the published memorandum; those who work on one that isn't are led to their page."""
    edition = db.session.scalar(queries.latest_published(memorandum))
    if edition is not None:
        return _read(edition, edition)
    if may(rules.manage):
        return redirect(url_for("publishing.work", slug=memorandum.slug))
    in_work = db.session.scalar(queries.in_work(memorandum))
    if in_work is None or in_work.state != EditionState.FROZEN:
        abort(404)
    return render_template("publishing/soon.html")


@blueprint.get(EDITION)
@permit(everyone, Memorandum, key="slug")
def edition(memorandum: Memorandum, *, number: int) -> Answer:
    """Show an edition: to readers once it is published, to those who compose it before."""
    found = edition_or_404(memorandum, number)
    if found.state in PUBLIC:
        return _read(found, db.session.scalar(queries.latest_published(memorandum)))
    if not rules.read(current_user(), found):
        abort(404)
    return composing.page(found)


def _read(edition: Edition, latest: Edition | None) -> str:
    build, plain = printed(edition)
    told = told_of(edition)
    asked = request.args.get("q", "").strip()
    return render_template(
        "publishing/read.html",
        memorandum=edition.memorandum,
        edition=edition,
        build=build,
        content=plain,
        fragment=reading.weave(_fragment(plain), _beside(edition, plain, told)),
        latest=latest,
        errata=told.whole,
        asked=asked,
        found=reading.search(plain, asked),
        election_day=election_day,
    )


def printed(edition: Edition) -> tuple[Build, content.Edition]:
    """Return the PDF that an edition was published with, and its content; end with 404 if there is none.

    Testimonies that were taken back since have gone from the content.
    """
    build = db.session.scalar(queries.published_build(edition))
    if build is None:
        abort(404)
    return build, consented.read(db.session(), build, Use.POST)


def told_of(edition: Edition) -> Told:
    """Return what is told of a published edition since, in three statements."""
    session = db.session()
    anchors = {
        identifier: slug_of(code) for identifier, code in session.execute(reading_queries.codes(edition))
    }
    whole, errata = [], defaultdict(list)
    for row in session.scalars(reading_queries.errata(edition)):
        if row.recommendation_id in anchors:
            errata[anchors[row.recommendation_id]].append(row)
        else:
            whole.append(row)
    answers = defaultdict(list)
    for answer in session.scalars(queries.standing_answers(list(anchors))):
        answers[anchors[answer.recommendation_id]].append(answer)
    held = {anchor: identifier for identifier, anchor in anchors.items()}
    return Told(held, whole, dict(errata), dict(answers))


def _beside(edition: Edition, plain: content.Edition, told: Told) -> dict[str, Markup]:
    draw = get_template_attribute("publishing/beside.html", "beside")
    slug, number = edition.memorandum.slug, edition.number
    return {
        item.anchor: draw(
            url_for("publishing.item", slug=slug, number=number, ordinal=reading.ordinal(item)),
            item.number,
            told.errata.get(item.anchor, ()),
            told.answers.get(item.anchor, ()),
            STANCES,
        )
        for item in plain.items
    }


@functools.lru_cache(maxsize=KEPT_PAGES)
def _fragment(plain: content.Edition) -> Markup:
    """Return the page of a published content: the same content, the same page."""
    return page.to_html(plain)


@blueprint.get(f"{EDITION}.pdf")
@permit(everyone, Memorandum, key="slug")
def download(memorandum: Memorandum, *, number: int) -> Answer:
    """Send the PDF: the published one to everybody, a draft's to those who compose it."""
    found = edition_or_404(memorandum, number)
    if not rules.read(current_user(), found):
        abort(404)
    build = db.session.scalar(queries.latest_build(found, is_draft=found.state in IN_COMPOSITION))
    if build is None and found.state == EditionState.FROZEN:  # the last good one, while it is built
        build = db.session.scalar(queries.latest_build(found, is_draft=True))
    if build is None:
        abort(404)
    response = files.answer(build.file)
    if found.state not in PUBLIC:
        response.headers["Cache-Control"] = "private, no-store"
    return response
