"""Files to rework (EPUB, OpenDocument) and open data (JSON, CSV) of an edition and of its leaflets."""

import json
from functools import lru_cache

from flask import Response, abort, render_template, url_for
from werkzeug.exceptions import NotFound

from hub.core import exports
from hub.core.access import everyone, may, permit
from hub.core.db import db
from hub.core.web import limiter
from hub.publishing import rules
from hub.publishing.models.editions import PUBLIC, Edition, Memorandum
from hub.publishing.operations import variants as operations
from hub.publishing.views.blueprint import EDITION, blueprint, edition_or_404
from hub.publishing.views.leaflets import LEAFLETS, chosen_of, leaflet_or_404, readable, whole
from memoranda import epub, odt, opendata, variants
from memoranda.content import Edition as Content
from memoranda.errors import ContentError
from memoranda.variants import UnknownVariantError

JSON = "application/json; charset=utf-8"
SCHEMA = "application/schema+json; charset=utf-8"
MADE_AN_HOUR = "60 per hour"
KEPT_FILES = 24
BUILDERS = {"epub": epub.build, "odt": odt.build}
MEDIA_TYPES = {"epub": epub.MEDIA_TYPE, "odt": odt.MEDIA_TYPE}


@blueprint.get(f"{EDITION}.<any(epub, odt):kind>")
@permit(everyone, Memorandum, key="slug")
@limiter.limit(MADE_AN_HOUR)
def edition_file(memorandum: Memorandum, *, number: int, kind: str) -> Response:
    """Send the whole edition as a file to rework."""
    edition = readable(memorandum, number)
    return _file(edition, _source(edition), f"{memorandum.slug}-edition-{number}", kind)


@blueprint.get(f"{LEAFLETS}/<name>.<any(epub, odt):kind>")
@permit(everyone, Memorandum, key="slug")
@limiter.limit(MADE_AN_HOUR)
def leaflet_file(memorandum: Memorandum, *, number: int, name: str, kind: str) -> Response:
    """Send a leaflet as a file to rework."""
    edition = readable(memorandum, number)
    by_hand = name.startswith(variants.chosen_name(""))
    made = leaflet_or_404(edition, _source(edition), name, chosen_of(edition) if by_hand else ())
    return _file(edition, made, f"{memorandum.slug}-edition-{number}-{name}", kind)


@blueprint.get(f"{EDITION}/donnees")
@permit(everyone, Memorandum, key="slug")
def data_page(memorandum: Memorandum, *, number: int) -> str:
    """Say what the open data of an edition hold, under which licence, and offer them."""
    edition = _public(memorandum, number)
    source = whole(edition)
    return render_template(
        "publishing/data.html",
        memorandum=memorandum,
        edition=edition,
        content=source,
        fields=list(zip(opendata.HEADER, opendata.fields().items(), strict=True)),
        licence=opendata.LICENCE,
        total=len(source.items),
    )


@blueprint.get(f"{EDITION}/donnees.<any(json, csv):kind>")
@permit(everyone, Memorandum, key="slug")
def data_file(memorandum: Memorandum, *, number: int, kind: str) -> Response:
    """Send the items of a published edition as open data."""
    edition = _public(memorandum, number)
    address = url_for("publishing.edition", slug=memorandum.slug, number=number, _external=True)
    source, name = whole(edition), f"{memorandum.slug}-edition-{number}"
    if kind == "csv":
        written = exports.as_csv(opendata.HEADER, opendata.rows(source, address))
        return exports.send(written, f"{name}.csv", exports.CSV_TYPE)
    return exports.send(opendata.as_json(source, address).encode(), f"{name}.json", JSON)


@blueprint.get("/memorandums/donnees.schema.json")
@permit(everyone)
def data_schema() -> Response:
    """Send the schema that the JSON of every edition follows."""
    written = json.dumps(opendata.schema(), ensure_ascii=False, indent=1) + "\n"
    return Response(written, content_type=SCHEMA)


def _public(memorandum: Memorandum, number: int) -> Edition:
    """Return the edition if it is public, or end with 404: nothing else is open."""
    edition = edition_or_404(memorandum, number)
    if edition.state not in PUBLIC:
        abort(404)
    return edition


def _source(edition: Edition) -> Content:
    """Return all that an edition holds, or end with 404."""
    try:
        return operations.whole(db.session(), edition)
    except UnknownVariantError as problem:
        raise NotFound from problem


def _file(edition: Edition, source: Content, name: str, kind: str) -> Response:
    if not source.items and not source.questions:
        abort(404)
    try:
        made = _made(source, kind) if edition.state in PUBLIC else BUILDERS[kind](source)
    except ContentError:
        # A draft that lacks something says so on its own page.
        abort(404 if not may(rules.manage) else 409)
    return exports.send(made, f"{name}.{kind}", MEDIA_TYPES[kind])


@lru_cache(maxsize=KEPT_FILES)
def _made(source: Content, kind: str) -> bytes:
    """Make a file of what was published, which never changes."""
    return BUILDERS[kind](source)
