"""Adding an actor and changing its card."""

from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.actors.forms.fields import words
from hub.actors.forms.organisations import OrganisationForm
from hub.actors.models.organisations import Confidence, LegalForm, Organisation, OrganisationState
from hub.actors.operations import organisations as operations
from hub.actors.operations.ownership import changes
from hub.actors.rules import edit as may_edit
from hub.actors.views.blueprint import blueprint
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError

Answer = Response | tuple[str, int] | str


@blueprint.get("/acteurs/ajouter")
@permit(may_edit)
def new_page() -> str:
    """Show the form for a new actor."""
    form = OrganisationForm(formdata=None)
    form.offer(db.session())
    form.state.data = OrganisationState.ACTIVE.value
    form.legal_form.data = LegalForm.UNKNOWN.value
    form.confidence.data = Confidence.HIGH.value
    return render_template("actors/edit.html", form=form, organisation=None, resembling=[])


@blueprint.post("/acteurs/ajouter")
@permit(may_edit)
def new() -> Answer:
    """Add an actor, unless one like it is there and nobody has said that this is another."""
    form, session = OrganisationForm(), db.session()
    form.offer(session)
    resembling: list[Organisation] = []
    if form.validate():
        facts = form.facts()
        resembling = [] if form.create_anyway.data else operations.resembling(session, facts)
        if not resembling:
            try:
                made = operations.create(session, facts, actor=current_user(), now=clock.now())
            except DomainError as problem:
                _show_problem(form, problem)
            else:
                flash(gettext("« %(name)s » est dans le registre.", name=made.name), "success")
                return redirect(url_for("actors.show", slug=made.slug), 303)
    return render_template("actors/edit.html", form=form, organisation=None, resembling=resembling), 422


@blueprint.get("/acteurs/<slug>/modifier")
@permit(may_edit, Organisation, key="slug")
def edit_page(organisation: Organisation) -> str:
    """Show the form with what is known."""
    form = OrganisationForm(formdata=None)
    form.offer(db.session())
    form.show(organisation)
    return render_template("actors/edit.html", form=form, organisation=organisation, resembling=[])


@blueprint.post("/acteurs/<slug>/modifier")
@permit(may_edit, Organisation, key="slug")
def edit(organisation: Organisation) -> Answer:
    """Store what was changed."""
    form, session = OrganisationForm(), db.session()
    form.offer(session)
    if form.validate():
        try:
            shown = changes.rewrite(
                session,
                organisation,
                form.facts(),
                actor=current_user(),
                now=clock.now(),
                seen=_moment(form.seen.data),
            )
        except DomainError as problem:
            form.seen.data = organisation.updated_at.isoformat()
            form.seen.raw_data = None
            _show_problem(form, problem)
        else:
            flash(
                gettext("La fiche est à jour. L’organisation voit ce qui a changé et peut répondre.")
                if shown
                else gettext("La fiche est à jour."),
                "success",
            )
            return redirect(url_for("actors.show", slug=organisation.slug), 303)
    return render_template("actors/edit.html", form=form, organisation=organisation, resembling=[]), 422


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None


def _show_problem(form: OrganisationForm, problem: DomainError) -> None:
    field = form[problem.field] if problem.field and problem.field in form else form.name
    field.errors = [words(problem)]
