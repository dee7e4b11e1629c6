"""Leaflets as they are read: found by commune, level of power, theme; each a page, a PDF, files to rework.

Once the edition is published everybody reads them, before only those who compose it. What was chosen by hand
for a meeting or a table stays with the coordination.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from flask import abort, flash, get_template_attribute, redirect, render_template, request, url_for
from markupsafe import Markup

from hub.actors.models.reference import Territory
from hub.core import clock, files
from hub.core.access import current_user, everyone, may, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.jobs import Job, JobState
from hub.core.search import slug as slug_of
from hub.core.web import limiter
from hub.publishing import rules
from hub.publishing.models.builds import WHOLE, Build
from hub.publishing.models.editions import IN_COMPOSITION, PUBLIC, Edition, Memorandum
from hub.publishing.models.leaflets import Leaflet
from hub.publishing.operations import variants as operations
from hub.publishing.queries import leaflets as queries
from hub.publishing.queries import reading as reading_queries
from hub.publishing.values import places, reading
from hub.publishing.views.blueprint import EDITION, Answer, blueprint, edition_or_404, sentence
from memoranda import page, pictures, variants
from memoranda.content import LEVEL_ORDER
from memoranda.content import Edition as Content
from memoranda.errors import ContentError
from memoranda.variants import Kind, UnknownVariantError, Variant

LEAFLETS = f"{EDITION}/feuillets"
ASKED = "30 per hour"
KEPT_PAGES = 32
_ICONS = {
    code: Markup(pictures.draw_icon(code, "currentColor"))  # noqa: S704 - drawn there
    for code in (*LEVEL_ORDER, "other")
}


def readable(memorandum: Memorandum, number: int) -> Edition:
    """Return the edition if the person may read it, or end with 404: what isn't public is unknown."""
    edition = edition_or_404(memorandum, number)
    if not rules.read(current_user(), edition):
        abort(404)
    return edition


def whole(edition: Edition, **parts: bool) -> Content:
    """Return what the edition holds: as it was published, else what it says now (`parts`: see outline)."""
    try:
        if edition.state in PUBLIC:
            return operations.published(db.session(), edition)
        return operations.outline(db.session(), edition, **parts)
    except UnknownVariantError:
        abort(404)


def leaflet_or_404(edition: Edition, source: Content, name: str, chosen: Sequence[Leaflet]) -> Content:
    """Return the leaflet of that name, or end with 404."""
    if name == WHOLE:
        abort(404)  # the edition has its own address
    try:
        return operations.make(db.session(), edition, source, name, chosen)
    except UnknownVariantError:
        abort(404)


def chosen_of(edition: Edition) -> Sequence[Leaflet]:
    """Return the leaflets chosen by hand that the person may see."""
    return db.session.scalars(queries.leaflets(edition)).unique().all() if may(rules.manage) else ()


@blueprint.get(LEAFLETS)
@permit(everyone, Memorandum, key="slug")
def find_leaflet(memorandum: Memorandum, *, number: int) -> str:
    """Let readers find what is asked of their commune, at their level of power, on their theme."""
    edition = readable(memorandum, number)
    source = whole(edition, numbered=False)
    found = variants.variants(source)
    by_kind = {kind: [one for one in found if one.kind is kind] for kind in Kind}
    communes = operations.communes(db.session(), memorandum)
    asked = next((row for row in communes if row.code == request.args.get("commune")), None)
    own = _seats(by_kind[Kind.AUTHORITY], {row.code for row in communes}) if communes else {}
    return render_template(
        "publishing/leaflets.html",
        memorandum=memorandum,
        edition=edition,
        content=source,
        levels=by_kind[Kind.LEVEL],
        authorities=by_kind[Kind.AUTHORITY],
        themes=by_kind[Kind.THEME],
        others=[one for one in found if one.kind in {Kind.SUMMARY, Kind.PLAIN, Kind.QUESTIONS}],
        communes=communes,
        asked=asked,
        own=own,
        for_asked=_for_commune(source, asked, own),
        ground=places.lay_out(communes),
        builds=_builds(edition),
        icons=_ICONS,
        total=len(source.items),
        is_public=edition.state in PUBLIC,
    )


def _seats(authorities: Sequence[Variant], among: Collection[str]) -> dict[str, list[Variant]]:
    """Return the leaflets of the authorities of each of these communes, by its code."""
    by_code = {one.code: one for one in authorities if one.code}
    found: dict[str, list[Variant]] = defaultdict(list)
    for slug, commune in db.session.execute(queries.seats(by_code)):
        if commune in among:
            found[commune].append(by_code[slug])
    return dict(found)


def _for_commune(source: Content, commune: Territory | None, own: dict[str, list[Variant]]) -> list[Variant]:
    """Return the leaflets for a commune: its own, and those of its authorities."""
    if commune is None:
        return []
    seated = own.get(commune.code, [])
    try:
        made = variants.for_commune(source, commune.code, commune.name, [one.code for one in seated])
    except UnknownVariantError:
        return []
    leaflet = Variant(
        name=made.variant, kind=Kind.COMMUNE, title=made.variant_title, code=commune.code,
        count=len(made.items),
    )  # fmt: skip
    return [leaflet, *seated]


def _builds(edition: Edition) -> dict[str, Build]:
    rows = db.session.scalars(queries.built(edition, is_draft=edition.state in IN_COMPOSITION))
    return {build.variant: build for build in rows}


# --- One leaflet --------------------------------------------------------------------------------


@blueprint.get(f"{LEAFLETS}/<name>")
@permit(everyone, Memorandum, key="slug")
def leaflet(memorandum: Memorandum, *, number: int, name: str) -> str:
    """Show a leaflet as a page: the same items, numbers and anchors as its PDF."""
    edition = readable(memorandum, number)
    by_hand = name.startswith(variants.chosen_name(""))
    source = whole(edition, asked=not by_hand)
    chosen = chosen_of(edition) if by_hand else ()
    made = leaflet_or_404(edition, source, name, chosen)
    variant = next((one for one in variants.variants(source) if one.name == name), None)
    is_empty = not made.items and not made.questions
    fragment, problems = _fragment(made) if not is_empty else (Markup(), ())
    return render_template(
        "publishing/leaflet.html",
        memorandum=memorandum,
        edition=edition,
        content=made,
        variant=variant,
        total=len(source.items),
        lacking=variants.lacks_plain(source) if name == Kind.PLAIN.value else (),
        fragment=reading.weave(fragment, _errata(edition)) if edition.state in PUBLIC else fragment,
        problems=problems,
        is_empty=is_empty,
        chosen=next((row for row in chosen if variants.chosen_name(row.slug) == name), None),
        panel=_panel(edition, name),
        is_public=edition.state in PUBLIC,
    )


def _errata(edition: Edition) -> dict[str, Markup]:
    """Return what was corrected since in the demands of a public edition, by their anchors."""
    session = db.session()
    rows = [row for row in session.scalars(reading_queries.errata(edition)) if row.recommendation_id]
    if not rows:
        return {}
    draw = get_template_attribute("publishing/beside.html", "erratum_note")
    notes: dict[str, Markup] = defaultdict(Markup)
    for identifier, code in session.execute(reading_queries.codes(edition)):
        for row in rows:
            if row.recommendation_id == identifier:
                notes[slug_of(code)] += draw(row)
    return dict(notes)


def _fragment(made: Content) -> tuple[Markup, tuple[str, ...]]:
    """Return the leaflet as a page, or what a draft still lacks for one."""
    try:
        return _page(made), ()
    except ContentError as error:
        return Markup(), tuple(problem.sentence for problem in error.problems)


@lru_cache(maxsize=KEPT_PAGES)
def _page(made: Content) -> Markup:
    """Return the page of a leaflet: the same content, the same page."""
    return page.to_html(made)


@blueprint.get(f"{LEAFLETS}/<name>.pdf")
@permit(everyone, Memorandum, key="slug")
def leaflet_pdf(memorandum: Memorandum, *, number: int, name: str) -> Answer:
    """Send a leaflet's PDF; of a published edition it never changes."""
    edition = readable(memorandum, number)
    build = _readable_builds(edition).get(name)
    if build is None:
        abort(404)
    response = files.answer(build.file)
    if build.is_draft:
        response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post(f"{LEAFLETS}/<name>/construire")
@permit(everyone, Memorandum, key="slug")
@limiter.limit(ASKED)
def build_leaflet(memorandum: Memorandum, *, number: int, name: str) -> Answer:
    """Ask for a leaflet's PDF: however many ask, it is built once."""
    edition = readable(memorandum, number)
    leaflet_or_404(edition, whole(edition), name, chosen_of(edition))
    try:
        operations.request(db.session(), edition, [name], actor=current_user(), now=clock.now())
    except DomainError as problem:
        db.session.rollback()
        flash(sentence(problem), "error")
    return redirect(
        url_for("publishing.leaflet", slug=memorandum.slug, number=number, name=name, _anchor="pdf"), 303
    )


@blueprint.get(f"{LEAFLETS}/<name>/construction")
@permit(everyone, Memorandum, key="slug")
def leaflet_progress(memorandum: Memorandum, *, number: int, name: str) -> str:
    """Answer how a leaflet's PDF stands, for the page that asks each second."""
    edition = readable(memorandum, number)
    if name.startswith(variants.chosen_name("")) and not may(rules.manage):
        abort(404)
    return render_template(
        "publishing/leaflet_panel.html", memorandum=memorandum, edition=edition, name=name,
        panel=_panel(edition, name),
    )  # fmt: skip


def _readable_builds(edition: Edition) -> dict[str, Build]:
    """Return the leaflets' PDFs that the person may read."""
    chosen = variants.chosen_name("")
    return {
        name: build
        for name, build in _builds(edition).items()
        if may(rules.manage) or not name.startswith(chosen)
    }


def _panel(edition: Edition, name: str) -> dict[str, Any]:
    """Say how a leaflet's PDF stands: the last one, whether it is being built, what went wrong."""
    build = _readable_builds(edition).get(name)
    job: Job | None = operations.last_job(db.session(), edition, name)
    running = job is not None and not job.is_over and not job.cancel_requested
    failed = job is not None and job.state is JobState.FAILED and build is None
    return {
        "build": build,
        "job": job if running else None,
        "problems": job.error.splitlines() if job is not None and failed and may(rules.manage) else [],
        "failed": failed,
        "may_build": edition.state in (*IN_COMPOSITION, *PUBLIC)
        and (build is None or build.is_draft or name.startswith(variants.chosen_name(""))),
    }
