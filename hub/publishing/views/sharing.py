"""Sharing what is published: one demand by itself, in somebody else's page, as a picture, as a feed."""

import functools
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Response, abort, current_app, make_response, render_template, request, url_for
from flask_babel import gettext

from hub.core import i18n
from hub.core.access import everyone, permit
from hub.core.db import db
from hub.core.web import network
from hub.publishing.models.editions import PUBLIC, Edition, EditionErratum, Memorandum
from hub.publishing.queries import memoranda as queries
from hub.publishing.queries import reading as reading_queries
from hub.publishing.values import reading
from hub.publishing.views.blueprint import EDITION, Answer, blueprint, edition_or_404
from hub.publishing.views.reading import printed, told_of
from hub.publishing.words import STANCES
from memoranda import card, content, single

FONTS = Path(__file__).parents[2] / "static" / "dist" / "fonts"
ITEM = f"{EDITION}/<int:ordinal>"
MOST_TOLD = 50  # entries of the feed
KEPT_PICTURES = 64
DAY = 24 * 60 * 60
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # of a feed that tells nothing yet
# What may stand in anybody's page: a text with our style, which runs, sends and asks nothing.
EMBEDDED_CSP = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *"
)


@blueprint.get(ITEM)
@permit(everyone, Memorandum, key="slug")
def item(memorandum: Memorandum, *, number: int, ordinal: int) -> Answer:
    """Show one demand of a published edition, with who bears it and what came of it: an address to share."""
    edition = _public(memorandum, number)
    _build, plain = printed(edition)
    shown = _shown(plain, ordinal)
    told = told_of(edition)
    items = plain.items
    place = items.index(shown)
    identifier = told.held.get(shown.anchor)
    elsewhere = db.session.scalars(queries.published_with(identifier)).all() if identifier else []
    return render_template(
        "publishing/item.html",
        memorandum=memorandum,
        edition=edition,
        content=plain,
        item=shown,
        chapter=reading.chapter_of(plain, shown),
        # Who bears it has a part of its own on this page.
        fragment=single.to_html(replace(shown, bearers=(), origins=()), plain.language),
        words=single.words_of(shown),
        errata=told.errata.get(shown.anchor, []),
        answers=told.answers.get(shown.anchor, []),
        stances=STANCES,
        elsewhere=[one for one in elsewhere if one.id != edition.id],
        latest=db.session.scalar(queries.latest_published(memorandum)),
        former=items[place - 1] if place else None,
        following=items[place + 1] if place + 1 < len(items) else None,
        ordinal_of=reading.ordinal,
        here={"slug": memorandum.slug, "number": number, "ordinal": ordinal},
        base=current_app.config["BASE_URL"],
    )


@blueprint.get(f"{ITEM}/integrer")
@permit(everyone, Memorandum, key="slug")
def embed(memorandum: Memorandum, *, number: int, ordinal: int) -> Response:
    """Show one demand in a small page that any site may frame: no cookie, no script, nothing asked."""
    edition = _public(memorandum, number)
    _build, plain = printed(edition)
    shown = _shown(plain, ordinal)
    answer = make_response(
        render_template(
            "publishing/embed.html",
            memorandum=memorandum,
            edition=edition,
            content=plain,
            item=shown,
            ordinal=ordinal,
            words=single.words_of(shown, 420),
            base=current_app.config["BASE_URL"],
            errata=told_of(edition).errata.get(shown.anchor, []),
        )
    )
    answer.headers["Content-Security-Policy"] = EMBEDDED_CSP
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@blueprint.get(f"{EDITION}/image.png")
@permit(everyone, Memorandum, key="slug")
def picture(memorandum: Memorandum, *, number: int) -> Response:
    """Send the picture that a published edition is shared with."""
    edition = _public(memorandum, number)
    _build, plain = printed(edition)
    day = f" · {i18n.format_date(plain.election_day, 'fr')}" if plain.election_day else ""
    png = _drawn(
        title=plain.title,
        kicker=(plain.election + day) if plain.election else plain.territory,
        facts=_facts(plain),
        network=plain.network,
        primary=plain.primary,
    )
    answer = Response(png, mimetype="image/png")
    answer.headers["Cache-Control"] = f"public, max-age={DAY}"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.set_etag(sha256(png).hexdigest()[:32])
    return answer.make_conditional(request)  # type: ignore[return-value]


@functools.lru_cache(maxsize=KEPT_PICTURES)
def _drawn(**words: str) -> bytes:
    return card.draw(**words, fonts_folder=FONTS)


def _facts(plain: content.Edition) -> str:
    """Return how much is asked, by how many: in French, as the memorandum is."""
    count, signing = len(plain.items), len(plain.signatories)
    told = [f"{count} recommandation{'s' if count > 1 else ''}"]
    if signing:
        told.append(
            f"{signing} organisation{'s' if signing > 1 else ''} signataire{'s' if signing > 1 else ''}"
        )
    return " · ".join(told)


@blueprint.get("/memorandums/atom.xml")
@permit(everyone)
def feed() -> Response:
    """Tell which editions were published and what was corrected in them, as an Atom feed."""
    session = db.session()
    base = current_app.config["BASE_URL"]
    entries = [
        _edition_entry(each, base) for each in session.scalars(reading_queries.public_editions(MOST_TOLD))
    ]
    entries += [
        _erratum_entry(each, base) for each in session.scalars(reading_queries.public_errata(MOST_TOLD))
    ]
    entries = sorted(entries, key=lambda entry: entry["at"], reverse=True)[:MOST_TOLD]
    text = render_template(
        "publishing/feed.xml",
        entries=entries,
        base=base,
        title=gettext("Mémorandums : %(name)s", name=network().name),
        author=network().name,
        updated=entries[0]["at"] if entries else EPOCH,
    )
    return Response(text, mimetype="application/atom+xml")


def _edition_entry(edition: Edition, base: str) -> dict[str, Any]:
    memorandum = edition.memorandum
    path = url_for("publishing.edition", slug=memorandum.slug, number=edition.number)
    return {
        "id": base + path,
        "url": base + path,
        "title": gettext("%(title)s, édition %(number)s", title=memorandum.title, number=edition.number),
        "at": edition.published_at,
        "text": memorandum.subtitle or gettext("Cette édition est publiée."),
    }


def _erratum_entry(row: EditionErratum, base: str) -> dict[str, Any]:
    edition = row.edition
    path = url_for("publishing.errata", slug=edition.memorandum.slug, number=edition.number)
    address = f"{base}{path}#erratum-{row.number}"
    title = gettext(
        "Erratum %(erratum)s : %(title)s, édition %(number)s",
        erratum=row.number, title=edition.memorandum.title, number=edition.number,
    )  # fmt: skip
    return {
        "id": address,
        "url": address,
        "title": title,
        "at": row.written_at,
        "text": single.plain(row.text),
    }


def _public(memorandum: Memorandum, number: int) -> Edition:
    edition = edition_or_404(memorandum, number)
    if edition.state not in PUBLIC:
        abort(404)
    return edition


def _shown(plain: content.Edition, ordinal: int) -> content.Item:
    found = reading.by_ordinal(plain, ordinal)
    if found is None:
        abort(404)
    return found
