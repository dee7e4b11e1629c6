"""Files to rework (EPUB, OpenDocument) and open data (JSON, CSV) of an edition and of its leaflets."""

import json
from functools import lru_cache

from flask import Response, abort, render_template, url_for
from werkzeug.exceptions import NotFound

from hub.core import clock, exports
from hub.core.access import everyone, may, permit
from hub.core.db import db
from hub.core.search import slug as slug_of
from hub.core.web import limiter
from hub.publishing import rules
from hub.publishing.models.editions import PUBLIC, Edition, Memorandum
from hub.publishing.operations import variants as operations
from hub.publishing.queries import reading as reading_queries
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
        errata_fields=list(zip(opendata.ERRATA_HEADER, opendata.errata_fields().items(), strict=True)),
        errata=_errata(edition, source),
        data_format=opendata.FORMAT,
        licence=opendata.LICENCE,
        total=len(source.items),
    )


@blueprint.get(f"{EDITION}/donnees.<any(json, csv):kind>")
@permit(everyone, Memorandum, key="slug")
def data_file(memorandum: Memorandum, *, number: int, kind: str) -> Response:
    """Send the items of a published edition, and what was corrected in them since, as open data."""
    edition = _public(memorandum, number)
    address = url_for("publishing.edition", slug=memorandum.slug, number=number, _external=True)
    source, name = whole(edition), f"{memorandum.slug}-edition-{number}"
    corrected = _errata(edition, source)
    if kind == "csv":
        written = exports.as_csv(opendata.HEADER, opendata.rows(source, address, corrected))
        return exports.send(written, f"{name}.csv", exports.CSV_TYPE)
    return exports.send(opendata.as_json(source, address, corrected).encode(), f"{name}.json", JSON)


@blueprint.get(f"{EDITION}/donnees/errata.csv")
@permit(everyone, Memorandum, key="slug")
def errata_file(memorandum: Memorandum, *, number: int) -> Response:
    """Send what was corrected in a published edition since, of its demands and of the whole."""
    edition = _public(memorandum, number)
    corrected = _errata(edition, whole(edition))
    written = exports.as_csv(opendata.ERRATA_HEADER, opendata.errata_rows(corrected))
    return exports.send(written, f"{memorandum.slug}-edition-{number}-errata.csv", exports.CSV_TYPE)


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


def _errata(edition: Edition, source: Content) -> list[opendata.Erratum]:
    """Return the errata of an edition in their order, each with the number of the demand that it corrects."""
    session = db.session()
    by_anchor = {item.anchor: item.number for item in source.items}
    numbers: dict[int | None, str | None] = {
        identifier: by_anchor.get(slug_of(code))
        for identifier, code in session.execute(reading_queries.codes(edition))
    }
    return [
        opendata.Erratum(
            row.number, clock.today(row.written_at), row.text, numbers.get(row.recommendation_id)
        )
        for row in session.scalars(reading_queries.errata(edition))
    ]


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
