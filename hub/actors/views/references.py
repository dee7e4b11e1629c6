"""The lists that people edit: levels of power, themes, kinds, audiences, territories."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words
from hub.actors.forms.references import (
    EntryForm,
    KindForm,
    LevelForm,
    NeighbourhoodForm,
    RelationKindForm,
    TerritoryForm,
    ThemeForm,
)
from hub.actors.models.reference import Audience, Level, OrganisationKind, Territory, Theme
from hub.actors.models.relations import RelationKind
from hub.actors.operations import references as operations
from hub.actors.queries import references as queries
from hub.actors.queries.references import ListModel, ListRow
from hub.actors.rules import edit
from hub.actors.values import words as fixed
from hub.actors.views.blueprint import blueprint
from hub.core import clock, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number

Answer = Response | tuple[str, int] | str


@dataclass(frozen=True)
class List:
    """One list: its name, what it is for, its rows and their form."""

    title: Any
    purpose: Any
    model: ListModel
    form: type[EntryForm]

    def note(self, row: Any) -> str:
        """Return what stands under an entry's name."""
        if isinstance(row, Theme):
            return str(gettext(fixed.THEME_KINDS[row.kind]))
        if isinstance(row, OrganisationKind):
            return str(gettext(fixed.FAMILIES[row.family]))
        if isinstance(row, Level):
            return row.competences
        return row.reverse_label if isinstance(row, RelationKind) else ""


LISTS = {
    "niveaux": List(
        _l("Niveaux de pouvoir"), _l("À qui une recommandation s’adresse."), Level, LevelForm
    ),
    "themes": List(
        _l("Thèmes et droits"), _l("De quoi s’occupent acteurs, espaces et recommandations."), Theme,
        ThemeForm,
    ),
    "types-d-acteurs": List(
        _l("Types d’acteurs"), _l("Ce qu’est un acteur ; la famille donne sa couleur."), OrganisationKind,
        KindForm,
    ),
    "types-de-relations": List(
        _l("Types de relations"), _l("Ce qui lie deux acteurs, dit dans les deux sens."), RelationKind,
        RelationKindForm,
    ),
    "publics": List(_l("Publics"), _l("Avec qui un acteur travaille."), Audience, EntryForm),
}  # fmt: skip
PLACES = "territoires"


def _list(what: str) -> List:
    found = LISTS.get(what)
    if found is None:
        abort(404)
    return found


def _row(one: List, entry_id: int) -> ListRow:
    found: ListRow | None = db.session.get(one.model, entry_id)  # type: ignore[assignment]
    if found is None:
        abort(404)
    return found


@blueprint.get("/reglages/references")
@permit(edit)
def references() -> str:
    """Show which lists there are."""
    counts = {
        what: db.session.scalar(select(func.count()).select_from(one.model)) for what, one in LISTS.items()
    }
    counts[PLACES] = db.session.scalar(select(func.count()).select_from(Territory))
    return render_template("actors/references.html", lists=LISTS, counts=counts)


@blueprint.get("/reglages/references/<what>")
@permit(edit)
def reference_list(what: str) -> str:
    """Show a list in its order."""
    one = _list(what)
    items = [
        {
            "id": row.id,
            "text": row.label,
            "note": one.note(row),
            "url": url_for("actors.edit_reference_page", what=what, entry_id=row.id),
        }
        for row in db.session.scalars(queries.in_order(one.model))
    ]
    return render_template("actors/reference_list.html", what=what, one=one, items=items)


@blueprint.post("/reglages/references/<what>/ordre")
@permit(edit)
def order_references(what: str) -> Response:
    """Put a list in order: the whole of it, or one entry up or down."""
    one, session = _list(what), db.session()
    moved = request.form.get("moved", type=row_number)
    if moved is None:
        operations.reorder(session, one.model, request.form.getlist("item", type=row_number))
        return Response(status=204)
    operations.move(session, _row(one, moved), -1 if request.form.get("direction") == "up" else 1)
    return redirect(url_for("actors.reference_list", what=what), 303)


@blueprint.get("/reglages/references/<what>/ajouter")
@permit(edit)
def add_reference_page(what: str) -> str:
    """Show the form for a new entry."""
    one = _list(what)
    form = one.form(formdata=None)
    form.offer(db.session())
    return render_template("actors/reference.html", what=what, one=one, form=form, row=None)


@blueprint.post("/reglages/references/<what>/ajouter")
@permit(edit)
def add_reference(what: str) -> Answer:
    """Add an entry."""
    one = _list(what)
    form = one.form()
    form.offer(db.session())
    if form.validate():
        try:
            operations.add(db.session(), one.model, form.values(), actor=current_user(), now=clock.now())
        except DomainError as problem:
            form.label.errors = [words(problem)]
        else:
            flash(gettext("« %(label)s » est dans la liste.", label=form.label.data), "success")
            return redirect(url_for("actors.reference_list", what=what), 303)
    return render_template("actors/reference.html", what=what, one=one, form=form, row=None), 422


@blueprint.get("/reglages/references/<what>/<int:entry_id>")
@permit(edit)
def edit_reference_page(what: str, entry_id: int) -> str:
    """Show an entry's form."""
    one = _list(what)
    row = _row(one, entry_id)
    form = one.form(formdata=None, obj=row)
    form.offer(db.session())
    return render_template("actors/reference.html", what=what, one=one, form=form, row=row)


@blueprint.post("/reglages/references/<what>/<int:entry_id>")
@permit(edit)
def edit_reference(what: str, entry_id: int) -> Answer:
    """Change an entry."""
    one = _list(what)
    row = _row(one, entry_id)
    form = one.form()
    form.offer(db.session())
    if form.validate():
        try:
            operations.change(db.session(), row, form.values(), actor=current_user(), now=clock.now())
        except DomainError as problem:
            form.label.errors = [words(problem)]
        else:
            flash(gettext("La liste est à jour."), "success")
            return redirect(url_for("actors.reference_list", what=what), 303)
    return render_template("actors/reference.html", what=what, one=one, form=form, row=row), 422


@blueprint.post("/reglages/references/<what>/<int:entry_id>/supprimer")
@permit(edit)
def delete_reference(what: str, entry_id: int) -> Response:
    """Delete an entry that nothing uses."""
    row = _row(_list(what), entry_id)
    return _delete(row, row.label, url_for("actors.reference_list", what=what))


def _delete(row: ListRow | Territory, label: str, after: str) -> Response:
    try:
        operations.delete(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(words(problem), "error")
    else:
        flash(gettext("« %(label)s » n’est plus dans la liste.", label=label), "success")
    return redirect(after, 303)


@blueprint.get("/reglages/references/territoires")
@permit(edit)
def territories() -> str:
    """List the places."""
    text = request.args.get("q", "").strip()[:100]
    page = paging.paginate(
        db.session(), queries.territories(db.session(), text), request.args.get("page", 1, type=int)
    )
    return render_template("actors/territories.html", page=page, query=text)


@blueprint.get("/reglages/references/territoires/ajouter")
@permit(edit)
def add_territory_page() -> str:
    """Show the form for a quarter."""
    form = NeighbourhoodForm(formdata=None)
    form.offer(db.session())
    return render_template("actors/territory.html", form=form, place=None)


@blueprint.post("/reglages/references/territoires/ajouter")
@permit(edit)
def add_territory() -> Answer:
    """Add a quarter."""
    form, session = NeighbourhoodForm(), db.session()
    form.offer(session)
    if form.validate():
        try:
            made = operations.add_neighbourhood(
                session,
                " ".join((form.name.data or "").split()),
                session.get_one(Territory, form.commune.data),
                postal_code=(form.postal_code.data or "").strip(),
                actor=current_user(),
                now=clock.now(),
            )
        except DomainError as problem:
            form.name.errors = [words(problem)]
        else:
            flash(gettext("« %(label)s » est dans la liste.", label=made.name), "success")
            return redirect(url_for("actors.territories", q=made.name), 303)
    return render_template("actors/territory.html", form=form, place=None), 422


@blueprint.get("/reglages/references/territoires/<int:id>")
@permit(edit, Territory)
def edit_territory_page(place: Territory) -> str:
    """Show a place's form."""
    form = TerritoryForm(formdata=None, obj=place)
    return render_template("actors/territory.html", form=form, place=place)


@blueprint.post("/reglages/references/territoires/<int:id>")
@permit(edit, Territory)
def edit_territory(place: Territory) -> Answer:
    """Rename a place."""
    form = TerritoryForm()
    if form.validate():
        try:
            operations.change_territory(
                db.session(),
                place,
                name=" ".join((form.name.data or "").split()),
                postal_code=(form.postal_code.data or "").strip(),
                actor=current_user(),
                now=clock.now(),
            )
        except DomainError as problem:
            form.name.errors = [words(problem)]
        else:
            flash(gettext("La liste est à jour."), "success")
            return redirect(url_for("actors.territories", q=place.name), 303)
    return render_template("actors/territory.html", form=form, place=place), 422


@blueprint.post("/reglages/references/territoires/<int:id>/supprimer")
@permit(edit, Territory)
def delete_territory(place: Territory) -> Response:
    """Delete a place that nothing uses."""
    return _delete(place, place.name, url_for("actors.territories"))
