"""Leaflets of the coordination: those chosen by hand, the PDFs of all, the set for a plenary day."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from hub.core import clock, exports, files
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.publishing.forms.leaflets import LeafletForm
from hub.publishing.models.builds import Build
from hub.publishing.models.composition import Item
from hub.publishing.models.editions import IN_COMPOSITION, PUBLIC, Edition, Memorandum
from hub.publishing.models.leaflets import Leaflet, LeafletKind
from hub.publishing.operations import leaflets as writing
from hub.publishing.operations import variants as operations
from hub.publishing.operations.composing import ChangedMeanwhileError
from hub.publishing.operations.leaflets import Facts
from hub.publishing.queries import leaflets as queries
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import (
    Answer,
    blame,
    blueprint,
    conflict,
    edition_or_404,
    refuse,
    sentence,
)
from hub.publishing.views.leaflets import LEAFLETS, whole
from hub.publishing.words import LEAFLET_KINDS
from memoranda import variants
from memoranda.variants import Kind

CHOSEN = f"{LEAFLETS}/choisis"
ONE = f"{CHOSEN}/<leaflet>"
ZIP = "application/zip"
# No clock in what is made: the same PDFs give the same file.
ZIP_DAY = (1980, 1, 1, 0, 0, 0)


@blueprint.get(f"{LEAFLETS}/gestion")
@permit(manage, Memorandum, key="slug")
def leaflets(memorandum: Memorandum, *, number: int) -> str:
    """Show all leaflets with their PDFs, those chosen by hand, and what plain French lacks."""
    edition = edition_or_404(memorandum, number)
    session = db.session()
    source = whole(edition, numbered=False)
    chosen = session.scalars(queries.leaflets(edition)).unique().all()
    rows = session.scalars(queries.built(edition, is_draft=edition.state in IN_COMPOSITION))
    builds = {build.variant: build for build in rows}
    found = [one for one in variants.variants(source) if one.kind is not Kind.FULL]
    tables = [row for row in chosen if row.kind is LeafletKind.PLENARY_TABLE and row.items]
    return render_template(
        "publishing/leaflets_work.html",
        memorandum=memorandum,
        edition=edition,
        found=found,
        chosen=chosen,
        builds=builds,
        chosen_name=variants.chosen_name,
        kinds=LEAFLET_KINDS,
        tables=tables,
        tables_built=[row for row in tables if variants.chosen_name(row.slug) in builds],
        lacking=len(variants.lacks_plain(source)),
        total=len(source.items),
        questions=len(source.questions),
        at_work=operations.running(session, edition),
        may_write=edition.state in IN_COMPOSITION,
        may_build=edition.state in (*IN_COMPOSITION, *PUBLIC),
    )


@blueprint.post(f"{LEAFLETS}/gestion")
@permit(manage, Memorandum, key="slug")
def build_leaflets(memorandum: Memorandum, *, number: int) -> Answer:
    """Ask for the PDFs of all leaflets, or of those for the tables of a plenary day."""
    edition = edition_or_404(memorandum, number)
    session, here = db.session(), url_for("publishing.leaflets", slug=memorandum.slug, number=number)
    chosen = session.scalars(queries.leaflets(edition)).unique().all()
    if request.form.get("which") == "tables":
        names = [variants.chosen_name(row.slug) for row in _tables(chosen)]
    else:
        found = [one.name for one in variants.variants(whole(edition)) if one.kind is not Kind.FULL]
        names = [*found, *(variants.chosen_name(row.slug) for row in chosen if row.items)]
    try:
        job = operations.request(session, edition, names, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, here)
    if job is None:
        flash(gettext("Tous les PDF sont déjà construits."), "success")
    return redirect(f"{here}#pdf", 303)


@blueprint.get(f"{LEAFLETS}/gestion/construction")
@permit(manage, Memorandum, key="slug")
def leaflets_progress(memorandum: Memorandum, *, number: int) -> Response | str:
    """Answer how the PDFs stand, for the page that asks each second."""
    edition = edition_or_404(memorandum, number)
    at_work = operations.running(db.session(), edition)
    page = render_template(
        "publishing/leaflets_panel.html", memorandum=memorandum, edition=edition, at_work=at_work
    )
    answer = Response(page, mimetype="text/html")
    if not at_work:
        answer.headers["HX-Refresh"] = "true"  # the list of PDFs is another one now
    return answer


@blueprint.get(f"{LEAFLETS}/pleniere.zip")
@permit(manage, Memorandum, key="slug")
def plenary_set(memorandum: Memorandum, *, number: int) -> Answer:
    """Send the leaflets of a plenary's tables, a PDF for each, as one file to print from."""
    edition = edition_or_404(memorandum, number)
    session = db.session()
    rows = session.scalars(queries.built(edition, is_draft=edition.state in IN_COMPOSITION))
    builds = {build.variant: build for build in rows}
    chosen = session.scalars(queries.leaflets(edition)).unique().all()
    ready = [
        (row, builds[variants.chosen_name(row.slug)])
        for row in _tables(chosen)
        if variants.chosen_name(row.slug) in builds
    ]
    if not ready:
        abort(404)
    return exports.send(_zipped(ready), f"{memorandum.slug}-edition-{number}-tables.zip", ZIP)


def _tables(chosen: Sequence[Leaflet]) -> list[Leaflet]:
    return [row for row in chosen if row.kind is LeafletKind.PLENARY_TABLE and row.items]


def _zipped(ready: Sequence[tuple[Leaflet, Build]]) -> bytes:
    file, store = io.BytesIO(), files.store()
    with zipfile.ZipFile(file, "w") as archive:
        for place, (row, build) in enumerate(ready, start=1):
            entry = zipfile.ZipInfo(f"{place:02d}-{row.slug}.pdf", ZIP_DAY)
            archive.writestr(entry, store.read(build.file.sha256))
    return file.getvalue()


# --- One leaflet chosen by hand ------------------------------------------------------------------


@blueprint.get(f"{CHOSEN}/nouveau")
@permit(manage, Memorandum, key="slug")
def new_leaflet(memorandum: Memorandum, *, number: int) -> str:
    """Show the form of a new one."""
    kind = request.args.get("kind", "")
    form = LeafletForm(formdata=None, data={"kind": kind} if kind in list(LeafletKind) else None)
    return _form_page(edition_or_404(memorandum, number), form)


@blueprint.post(f"{CHOSEN}/nouveau")
@permit(manage, Memorandum, key="slug")
def create_leaflet(memorandum: Memorandum, *, number: int) -> Answer:
    """Begin one."""
    edition, form, session = edition_or_404(memorandum, number), LeafletForm(), db.session()
    form.offer(session)
    extra: list[str] = []
    if form.validate():
        try:
            row = writing.create(session, edition, _facts(form), actor=current_user(), now=clock.now())
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("Le feuillet est commencé. Choisissez maintenant ses demandes."), "success")
            return redirect(address(edition, row), 303)
    return _form_page(edition, form, extra=extra), 422


@blueprint.get(ONE)
@permit(manage, Memorandum, key="slug")
def compose_leaflet(memorandum: Memorandum, *, number: int, leaflet: str) -> str:
    """Show what stands in a leaflet, in its order, and what of the edition can be added, by filters."""
    edition = edition_or_404(memorandum, number)
    row = _own(edition, leaflet)
    items = db.session.scalars(queries.items(edition)).all()
    held = {one.item_id for one in row.items}
    text, level, chapter = (request.args.get(name, "").strip() for name in ("q", "level", "chapter"))
    addable = [
        item
        for item in items
        if item.id not in held
        and text.casefold() in f"{item.recommendation.code} {item.recommendation.title}".casefold()
        and (not level or level in {one.code for one in item.recommendation.levels})
        and (not chapter or str(item.chapter_id) == chapter)
    ]
    return render_template(
        "publishing/leaflet_composition.html",
        memorandum=memorandum,
        edition=edition,
        leaflet=row,
        name=variants.chosen_name(row.slug),
        kinds=LEAFLET_KINDS,
        addable=addable,
        options=_options(items, level, chapter),
        text=text,
    )


def _options(items: Sequence[Item], level: str, chapter: str) -> list[dict[str, Any]]:
    levels = {one.code: one for item in items for one in item.recommendation.levels}
    return [
        {
            "name": "level",
            "label": gettext("Niveau de pouvoir"),
            "choices": [
                (row.code, row.label) for row in sorted(levels.values(), key=lambda one: one.position)
            ],
            "value": level,
        },
        {
            "name": "chapter",
            "label": gettext("Chapitre"),
            "choices": list({str(item.chapter_id): item.chapter.title for item in items}.items()),
            "value": chapter,
        },
    ]


@blueprint.post(f"{ONE}/ajouter")
@permit(manage, Memorandum, key="slug")
def fill_leaflet(memorandum: Memorandum, *, number: int, leaflet: str) -> Answer:
    """Add the ticked items at the end."""
    edition = edition_or_404(memorandum, number)
    row = _own(edition, leaflet)
    chosen = request.form.getlist("item", type=row_number)
    if not chosen:
        flash(gettext("Cochez d’abord les demandes à ajouter."), "warning")
        return redirect(address(edition, row), 303)
    added = writing.add_items(db.session(), row, chosen, actor=current_user(), now=clock.now())
    flash(
        ngettext("%(num)s demande ajoutée au feuillet.", "%(num)s demandes ajoutées au feuillet.", added),
        "success",
    )
    return redirect(address(edition, row), 303)


@blueprint.post(f"{ONE}/ordre")
@permit(manage, Memorandum, key="slug")
def order_leaflet(memorandum: Memorandum, *, number: int, leaflet: str) -> Answer:
    """Put the items in order: from a script the whole order, else one by a place."""
    edition = edition_or_404(memorandum, number)
    row, session = _own(edition, leaflet), db.session()
    by: dict[str, Any] = {"actor": current_user(), "now": clock.now()}
    moved = request.form.get("moved", type=row_number)
    if moved is not None:
        writing.move(session, row, moved, up=request.form.get("direction") == "up", **by)
        return redirect(f"{address(edition, row)}#demandes", 303)
    try:
        writing.order(session, row, request.form.getlist("item", type=row_number), **by)
    except DomainError as problem:
        return conflict(problem)
    return Response(status=204)


@blueprint.post(f"{ONE}/retirer/<int:item>")
@permit(manage, Memorandum, key="slug")
def take_from_leaflet(memorandum: Memorandum, *, number: int, leaflet: str, item: int) -> Answer:
    """Take an item out of the leaflet."""
    edition = edition_or_404(memorandum, number)
    row = _own(edition, leaflet)
    writing.remove_item(db.session(), row, item, actor=current_user(), now=clock.now())
    return redirect(f"{address(edition, row)}#demandes", 303)


@blueprint.get(f"{ONE}/fiche")
@permit(manage, Memorandum, key="slug")
def edit_leaflet(memorandum: Memorandum, *, number: int, leaflet: str) -> str:
    """Show the form of what a leaflet says."""
    edition = edition_or_404(memorandum, number)
    row = _own(edition, leaflet)
    said = {
        "kind": row.kind.value, "title": row.title, "introduction": row.introduction,
        "organisation": row.organisation_id or 0, "mark": writing.mark_of(row),
    }  # fmt: skip
    return _form_page(edition, LeafletForm(formdata=None, data=said), row)


@blueprint.post(f"{ONE}/fiche")
@permit(manage, Memorandum, key="slug")
def change_leaflet(memorandum: Memorandum, *, number: int, leaflet: str) -> Answer:
    """Change it; what somebody else changed meanwhile is never overwritten unseen."""
    edition, form, session = edition_or_404(memorandum, number), LeafletForm(), db.session()
    row = _own(edition, leaflet)
    form.offer(session, row)
    extra: list[str] = []
    if form.validate():
        try:
            writing.edit(
                session, row, _facts(form), mark=form.mark.data or "", actor=current_user(), now=clock.now()
            )
        except ChangedMeanwhileError as problem:
            form.mark.data = writing.mark_of(row)
            return _form_page(edition, form, row, extra=[sentence(problem)]), 409
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("Le feuillet est enregistré."), "success")
            return redirect(address(edition, row), 303)
    return _form_page(edition, form, row, extra=extra), 422


@blueprint.get(f"{ONE}/supprimer")
@permit(manage, Memorandum, key="slug")
def ask_remove_leaflet(memorandum: Memorandum, *, number: int, leaflet: str) -> str:
    """Say what taking a leaflet away means."""
    edition = edition_or_404(memorandum, number)
    return render_template(
        "publishing/remove_leaflet.html",
        memorandum=memorandum, edition=edition, leaflet=_own(edition, leaflet),
    )  # fmt: skip


@blueprint.post(f"{ONE}/supprimer")
@permit(manage, Memorandum, key="slug")
def remove_leaflet(memorandum: Memorandum, *, number: int, leaflet: str) -> Answer:
    """Take a leaflet away."""
    edition = edition_or_404(memorandum, number)
    writing.remove(db.session(), _own(edition, leaflet), actor=current_user(), now=clock.now())
    flash(gettext("Le feuillet est supprimé. Ses demandes restent dans l’édition."), "success")
    return redirect(url_for("publishing.leaflets", slug=memorandum.slug, number=number), 303)


def address(edition: Edition, row: Leaflet) -> str:
    """Return the address of the page that composes a leaflet."""
    return url_for(
        "publishing.compose_leaflet", slug=edition.memorandum.slug, number=edition.number, leaflet=row.slug
    )


def _own(edition: Edition, slug: str) -> Leaflet:
    row = db.session.scalars(queries.leaflet(edition, slug)).unique().one_or_none()
    if row is None:
        abort(404)
    return row


def _facts(form: LeafletForm) -> Facts:
    kind = LeafletKind(form.kind.data)
    return Facts(
        kind=kind,
        title=form.title.data or "",
        introduction=form.introduction.data or "",
        organisation_id=(form.organisation.data or None) if kind is LeafletKind.PARTY_MEETING else None,
    )


def _form_page(
    edition: Edition, form: LeafletForm, row: Leaflet | None = None, *, extra: list[str] | None = None
) -> str:
    form.offer(db.session(), row)
    return render_template(
        "publishing/leaflet_form.html",
        memorandum=edition.memorandum, edition=edition, form=form, leaflet=row, extra=extra or [],
    )  # fmt: skip
