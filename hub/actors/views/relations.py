"""Ties, from the card of one of their two ends: tell, end, withdraw, bring back."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words
from hub.actors.forms.relations import EndingForm, RelationForm, WithdrawalForm
from hub.actors.models.organisations import Organisation
from hub.actors.models.relations import Relation
from hub.actors.operations import relations as operations
from hub.actors.rules import edit
from hub.actors.views.blueprint import blueprint
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number

Answer = Response | tuple[str, int] | str


def _relation_of(organisation: Organisation, relation_id: int) -> Relation:
    """Return the tie, or answer 404 if it isn't one of this actor's."""
    found = db.session.get(Relation, relation_id)
    if found is None or organisation.id not in (found.source_id, found.target_id):
        abort(404)
    return found


def _card(organisation: Organisation) -> Response:
    return redirect(url_for("actors.show", slug=organisation.slug, _anchor="relations"), 303)


@blueprint.get("/acteurs/<slug>/relations/ajouter")
@permit(edit, Organisation, key="slug")
def add_relation_page(organisation: Organisation) -> str:
    """Show the form for a tie."""
    form = RelationForm(formdata=None)
    form.offer(db.session(), organisation)
    form.other.data = request.args.get("other", type=row_number)  # from where a tie is proposed
    return render_template("actors/relation.html", form=form, organisation=organisation)


@blueprint.post("/acteurs/<slug>/relations/ajouter")
@permit(edit, Organisation, key="slug")
def add_relation(organisation: Organisation) -> Answer:
    """Add a tie."""
    form, session = RelationForm(), db.session()
    form.offer(session, organisation)
    if form.validate():
        try:
            operations.add(session, form.facts(organisation), actor=current_user(), now=clock.now())
        except DomainError as problem:
            form[problem.field or "other"].errors = [words(problem)]
        else:
            flash(gettext("La relation est dans le registre."), "success")
            return _card(organisation)
    return render_template("actors/relation.html", form=form, organisation=organisation), 422


@blueprint.get("/acteurs/<slug>/relations/<int:relation_id>/terminer")
@permit(edit, Organisation, key="slug")
def end_relation_page(organisation: Organisation, relation_id: int) -> str:
    """Ask when a tie ended."""
    return render_template(
        "actors/end_relation.html",
        form=EndingForm(formdata=None),
        organisation=organisation,
        relation=_relation_of(organisation, relation_id),
    )


@blueprint.post("/acteurs/<slug>/relations/<int:relation_id>/terminer")
@permit(edit, Organisation, key="slug")
def end_relation(organisation: Organisation, relation_id: int) -> Answer:
    """End a tie; it stays among the past ones."""
    form, relation = EndingForm(), _relation_of(organisation, relation_id)
    if form.validate():
        try:
            operations.end(db.session(), relation, form.end.data, actor=current_user(), now=clock.now())
        except DomainError as problem:
            form.end.errors = [words(problem)]
        else:
            flash(gettext("La fin de la relation est notée."), "success")
            return _card(organisation)
    page = render_template(
        "actors/end_relation.html", form=form, organisation=organisation, relation=relation
    )
    return page, 422


@blueprint.get("/acteurs/<slug>/relations/<int:relation_id>/retirer")
@permit(edit, Organisation, key="slug")
def withdraw_relation_page(organisation: Organisation, relation_id: int) -> str:
    """Ask why a tie is wrong."""
    return render_template(
        "actors/withdraw_relation.html",
        form=WithdrawalForm(formdata=None),
        organisation=organisation,
        relation=_relation_of(organisation, relation_id),
    )


@blueprint.post("/acteurs/<slug>/relations/<int:relation_id>/retirer")
@permit(edit, Organisation, key="slug")
def withdraw_relation(organisation: Organisation, relation_id: int) -> Answer:
    """Withdraw a tie that was wrong; it stays, out of sight, with the reason."""
    form, relation = WithdrawalForm(), _relation_of(organisation, relation_id)
    if form.validate():
        try:
            operations.withdraw(
                db.session(), relation, form.reason.data or "", actor=current_user(), now=clock.now()
            )
        except DomainError as problem:
            form.reason.errors = [words(problem)]
        else:
            flash(gettext("La relation est retirée ; vous pouvez la remettre depuis la fiche."), "success")
            return _card(organisation)
    page = render_template(
        "actors/withdraw_relation.html", form=form, organisation=organisation, relation=relation
    )
    return page, 422


@blueprint.post("/acteurs/<slug>/relations/<int:relation_id>/remettre")
@permit(edit, Organisation, key="slug")
def restore_relation(organisation: Organisation, relation_id: int) -> Response:
    """Bring back a tie that was withdrawn by mistake."""
    relation = _relation_of(organisation, relation_id)
    try:
        operations.restore(db.session(), relation, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(words(problem), "error")
    else:
        flash(gettext("La relation est remise."), "success")
    return _card(organisation)
