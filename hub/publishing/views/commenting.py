"""Several at work on an edition: comments on its parts, chapters and items, and who is where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.publishing.forms.composing import CommentForm
from hub.publishing.models.composition import Chapter, EditionSection, Item
from hub.publishing.models.editions import Edition, Memorandum
from hub.publishing.models.writing import EditionComment, EditionPresence
from hub.publishing.operations import comments as operations
from hub.publishing.operations import presence as presences
from hub.publishing.operations.comments import Place
from hub.publishing.queries import composition
from hub.publishing.queries import writing as queries
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, address, blame, blueprint, edition_or_404
from hub.publishing.views.composing import own
from hub.publishing.words import SECTIONS

PLACES: dict[str, Any] = {"section": EditionSection, "chapter": Chapter, "item": Item}


@dataclass(frozen=True)
class Spot:
    """A place that comments stand on: how addresses name it, its name, where it is read."""

    kind: str = ""
    number: int = 0
    name: str = ""
    url: str = ""


def comments_on(edition: Edition, place: Place) -> Sequence[EditionComment]:
    """Return the comments on a part, a chapter or an item."""
    column = operations.COLUMNS[type(place)]
    return db.session.scalars(
        queries.comments(edition).where(getattr(EditionComment, column) == place.id)
    ).all()


@blueprint.get(f"{EDITION}/commentaires")
@permit(manage, Memorandum, key="slug")
def comments(memorandum: Memorandum, *, number: int) -> Answer:
    """List an edition's comments: on one place if the address names it, else all, open ones first."""
    edition = edition_or_404(memorandum, number)
    return _page(edition, CommentForm(formdata=None), _asked(edition, request.args))


@blueprint.post(f"{EDITION}/commentaires")
@permit(manage, Memorandum, key="slug")
def add_comment(memorandum: Memorandum, *, number: int) -> Answer:
    """Write a comment on a part, a chapter, an item, or on the whole."""
    edition = edition_or_404(memorandum, number)
    place = _asked(edition, request.form)
    form = CommentForm()
    extra: list[str] = []
    if form.validate():
        try:
            row = operations.add(
                db.session(), edition, place, form.text.data or "", actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            return redirect(_back(edition, place, f"commentaire-{row.id}"), 303)
    return _page(edition, form, place, extra), 422


@blueprint.post(f"{EDITION}/commentaires/<int:comment_id>")
@permit(manage, Memorandum, key="slug")
def settle_comment(memorandum: Memorandum, *, number: int, comment_id: int) -> Answer:
    """Say that a comment is settled, or open it again."""
    edition = edition_or_404(memorandum, number)
    row = db.session.get(EditionComment, comment_id)
    if row is None or row.edition_id != edition.id:
        abort(404)
    settled = request.form.get("settled") == "yes"
    operations.settle(db.session(), row, settled=settled, actor=current_user(), now=clock.now())
    flash(gettext("Commentaire réglé.") if settled else gettext("Commentaire rouvert."), "success")
    place = row.section or row.chapter if request.form.get("back") == "place" else None
    return redirect(_back(edition, place, f"commentaire-{row.id}"), 303)


@blueprint.post(f"{EDITION}/presence")
@permit(manage, Memorandum, key="slug")
def presence(memorandum: Memorandum, *, number: int) -> Answer:
    """Note where one is, and answer who else is there."""
    edition = edition_or_404(memorandum, number)
    user = current_user()
    presences.seen(db.session(), edition, user.id, request.form.get("place", ""), now=clock.now())
    return render_template("publishing/presence.html", edition=edition, others=others_in(edition))


def others_in(edition: Edition) -> list[EditionPresence]:
    """Return who else is in the edition at the moment."""
    since = clock.now() - presences.GONE_AFTER
    user = current_user()
    return [row for row in db.session.scalars(queries.present(edition, since)) if row.user_id != user.id]


def _asked(edition: Edition, values: MultiDict[str, str]) -> Place | None:
    for name, model in PLACES.items():
        identifier = values.get(name, type=row_number)
        if identifier is not None:
            found: Place = own(model, edition, identifier)
            return found
    return None


def _back(edition: Edition, place: Place | None, anchor: str) -> str:
    here: dict[str, Any] = {
        "slug": edition.memorandum.slug, "number": edition.number, "_anchor": anchor,
    }  # fmt: skip
    if isinstance(place, EditionSection):
        return url_for("publishing.section", section_id=place.id, **here)
    if isinstance(place, Chapter):
        return url_for("publishing.edit_chapter", chapter_id=place.id, **here)
    return url_for("publishing.comments", **here)


def _page(edition: Edition, form: CommentForm, place: Place | None, extra: list[str] | None = None) -> str:
    session = db.session()
    rows = (
        comments_on(edition, place) if place is not None else session.scalars(queries.comments(edition)).all()
    )
    spots = _spots(edition, rows, place)
    return render_template(
        "publishing/comments.html",
        edition=edition,
        form=form,
        extra=extra or [],
        place=spots[_key(place)] if place is not None else Spot(),
        waiting=[row for row in rows if row.resolved_at is None],
        settled=[row for row in rows if row.resolved_at is not None],
        spots={row.id: spots.get(_key_of(row), Spot()) for row in rows},
    )


def _key(place: Place) -> tuple[str, int]:
    return operations.COLUMNS[type(place)], place.id


def _key_of(row: EditionComment) -> tuple[str, int]:
    return next(
        ((column, found) for column in operations.COLUMNS.values() if (found := getattr(row, column))),
        ("", 0),
    )


def _spots(
    edition: Edition, rows: Sequence[EditionComment], place: Place | None
) -> dict[tuple[str, int], Spot]:
    """Return the places that comments stand on, read in one go a kind."""
    session = db.session()
    here: dict[str, Any] = {"slug": edition.memorandum.slug, "number": edition.number}
    spots: dict[tuple[str, int], Spot] = {}
    wanted = {_key_of(row) for row in rows} | ({_key(place)} if place is not None else set())
    for section in session.scalars(composition.sections(edition)):
        name = section.title or gettext(SECTIONS.get(section.kind, ""))
        url = url_for("publishing.section", section_id=section.id, **here)
        spots["section_id", section.id] = Spot("section", section.id, name, url)
    for identifier, title in session.execute(composition.titles(edition)):
        url = url_for("publishing.edit_chapter", chapter_id=identifier, **here)
        spots["chapter_id", identifier] = Spot("chapter", identifier, title, url)
    items = [number for column, number in wanted if column == "item_id"]
    for identifier, chapter_id, code, title in session.execute(composition.items_named(items)):
        url = address(edition, f"chapitre-{chapter_id}")
        spots["item_id", identifier] = Spot("item", identifier, f"{code} {title}", url)
    return spots
