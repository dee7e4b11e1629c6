"""Who speaks for an organisation: the list, inviting, ending a mandate."""

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from hub.accounts.models import User
from hub.actors.forms.mandates import LATER, Ending, Representative
from hub.actors.models.mandates import Mandate
from hub.actors.models.organisations import Organisation
from hub.actors.operations import mandates
from hub.actors.queries import mandates as queries
from hub.actors.rules import manage_mandates, see_representatives
from hub.actors.views.blueprint import blueprint
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError


def today() -> date:
    """Return Brussels' date."""
    return clock.today(clock.now())


def show(organisation: Organisation, form: Representative, status: int = 200) -> tuple[str, int]:
    """Return the page of an organisation's representatives."""
    rows = db.session.scalars(queries.of_organisation(organisation)).all()
    day = today()
    current = [row for row in rows if row.is_current(day)]
    coming = [row for row in rows if row.starts_on > day and row.withdrawn_at is None]
    page = render_template(
        "actors/representatives.html", organisation=organisation, form=form, current=current, coming=coming,
        past=[row for row in rows if row not in current and row not in coming],
        manage_mandates=manage_mandates,
    )  # fmt: skip
    return page, status


def blame(form: Any, problem: DomainError) -> None:
    """Put a refusal under the field at fault, or say it at the top of the page."""
    text = gettext(problem.msgid, **problem.params)
    if problem.field in form:
        form[problem.field].errors = [text]
    else:
        flash(text, "error")


@blueprint.get("/acteurs/<slug>/representants")
@permit(see_representatives, Organisation, key="slug")
def representatives(organisation: Organisation) -> tuple[str, int]:
    """List the mandates of an organisation, now and before."""
    return show(organisation, Representative(formdata=None, starts_on=today()))


@blueprint.post("/acteurs/<slug>/representants")
@permit(manage_mandates, Organisation, key="slug")
def invite_representative(organisation: Organisation) -> Response | tuple[str, int]:
    """Give somebody a mandate and tell them by mail."""
    form = Representative()
    if not form.validate():
        return show(organisation, form, 422)
    try:
        mandates.invite_representative(
            db.session(), organisation, name=form.name.data or "", email=form.email.data or "",
            function=form.function.data or "", scope=form.scope.data or "",
            starts_on=form.starts_on.data or today(), ends_on=form.ends_on.data,
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as problem:
        blame(form, problem)
        return show(organisation, form, 422)
    flash(gettext("Le mandat est noté ; un mail part à %(email)s.", email=form.email.data), "success")
    return redirect(url_for("actors.representatives", slug=organisation.slug), 303)


def in_organisation(mandate: Mandate, slug: str) -> Mandate:
    """Return the mandate if the address names its own organisation; else 404."""
    if mandate.organisation.slug != slug:
        abort(404)
    return mandate


@blueprint.get("/acteurs/<slug>/representants/<int:id>/fin")
@permit(manage_mandates, Mandate)
def end_mandate_page(mandate: Mandate, slug: str) -> str:
    """Ask when a mandate ends, and say what that does."""
    form = Ending(formdata=None, last_day=today())
    return render_template("actors/end_mandate.html", mandate=in_organisation(mandate, slug), form=form)


@blueprint.post("/acteurs/<slug>/representants/<int:id>/fin")
@permit(manage_mandates, Mandate)
def end_mandate(mandate: Mandate, slug: str) -> Response | tuple[str, int]:
    """End a mandate."""
    form = Ending()
    if in_organisation(mandate, slug) and form.validate():
        try:
            finish(mandate, form)
        except DomainError as problem:
            blame(form, problem)
        else:
            flash(gettext("La fin du mandat est notée."), "success")
            return redirect(url_for("actors.representatives", slug=slug), 303)
    return render_template("actors/end_mandate.html", mandate=mandate, form=form), 422


def finish(mandate: Mandate, form: Ending) -> None:
    """End a mandate as the form says."""
    if form.when.data != LATER:
        mandates.withdraw(db.session(), mandate, actor=current_user(), now=clock.now())
        return
    last_day = form.last_day.data or today()
    mandates.end(db.session(), mandate, last_day, actor=current_user(), now=clock.now())


@blueprint.post("/acteurs/<slug>/representants/<int:id>/inviter")
@permit(manage_mandates, Mandate)
def invite_representative_again(mandate: Mandate, slug: str) -> Response:
    """Mail a representative once more, with a new link if the account isn't open yet."""
    in_organisation(mandate, slug)
    try:
        mandates.tell(db.session(), mandate, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(gettext(problem.msgid), "error")
    else:
        flash(gettext("Un nouveau mail est parti."), "success")
    return redirect(url_for("actors.representatives", slug=slug), 303)


def my_organisations(user: User) -> Markup:
    """Return the section of « Mon compte » that lists whom one speaks for, if anybody."""
    rows = db.session.scalars(queries.of_user(user, today())).all()
    # Made by our own template, which escapes.
    return Markup(render_template("actors/my_mandates.html", mandates=rows)) if rows else Markup()  # noqa: S704
