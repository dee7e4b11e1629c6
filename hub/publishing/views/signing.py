"""Signatories, preamble and figure of an edition."""

from flask import flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.forms import PreambleForm, SignatoriesForm
from hub.publishing.models import Edition, Memorandum, Signatory
from hub.publishing.operations import composing
from hub.publishing.operations.composing import FrozenError
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, address, blame, blueprint, edition_or_404, refuse
from hub.publishing.views.composing import order, own, page, preamble_html
from hub.recommendations.forms.fields import tidy


@blueprint.post(f"{EDITION}/signataires")
@permit(manage, Memorandum, key="slug")
def add_signatories(memorandum: Memorandum, *, number: int) -> Answer:
    """Let organisations sign."""
    edition = edition_or_404(memorandum, number)
    form = SignatoriesForm()
    form.offer(db.session(), edition)
    if not form.validate():
        return page(edition, signing=form), 422
    try:
        added = composing.add_signatories(
            db.session(), edition, form.organisations.data or (), actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        return refuse(problem, address(edition))
    flash(ngettext("%(num)s signataire de plus.", "%(num)s signataires de plus.", added), "success")
    return redirect(address(edition, "signataires"), 303)


@blueprint.post(f"{EDITION}/signataires/ordre")
@permit(manage, Memorandum, key="slug")
def order_signatories(memorandum: Memorandum, *, number: int) -> Answer:
    """Put the signatories in order: the whole order, or one by a place."""
    edition = edition_or_404(memorandum, number)
    session = db.session()
    return order(
        edition,
        "signataires",
        put=lambda identifiers, **by: composing.order_signatories(session, edition, identifiers, **by),
        move=lambda moved, **by: composing.move_signatory(session, own(Signatory, edition, moved), **by),
    )


@blueprint.post(f"{EDITION}/signataires/<int:signatory_id>/retirer")
@permit(manage, Memorandum, key="slug")
def remove_signatory(memorandum: Memorandum, *, number: int, signatory_id: int) -> Answer:
    """Take an organisation off the signatories."""
    edition = edition_or_404(memorandum, number)
    signatory = own(Signatory, edition, signatory_id)
    try:
        composing.remove_signatory(db.session(), signatory, actor=current_user(), now=clock.now())
    except DomainError as problem:
        return refuse(problem, address(edition))
    return redirect(address(edition, "signataires"), 303)


@blueprint.get(f"{EDITION}/preambule")
@permit(manage, Memorandum, key="slug")
def edit_preamble(memorandum: Memorandum, *, number: int) -> Answer:
    """Show the preamble's form beside what it will look like."""
    edition = edition_or_404(memorandum, number)
    return _preamble_page(edition, PreambleForm(formdata=None, obj=edition), [])


@blueprint.post(f"{EDITION}/preambule")
@permit(manage, Memorandum, key="slug")
def write_preamble(memorandum: Memorandum, *, number: int) -> Answer:
    """Store the preamble, or only show what it will look like."""
    edition = edition_or_404(memorandum, number)
    form = PreambleForm()
    if not form.validate():
        return _preamble_page(edition, form, []), 422
    if "preview" in request.form:
        return _preamble_page(edition, form, [], mark=form.mark.data)
    try:
        composing.write_preamble(
            db.session(), edition, form.preamble.data or "", mark=form.mark.data or "",
            actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except FrozenError as problem:
        return refuse(problem, address(edition))
    except DomainError as problem:
        return _preamble_page(edition, form, blame(form, problem)), 422
    return redirect(address(edition, "preambule"), 303)


def _preamble_page(edition: Edition, form: PreambleForm, extra: list[str], *, mark: str | None = None) -> str:
    # What is stored now is what the person sees beside what they typed.
    form.mark.data = mark or composing.seen(edition.preamble)
    return render_template(
        "publishing/preamble.html",
        edition=edition,
        form=form,
        extra=extra,
        preview=preamble_html(form.preamble.data or ""),
    )


@blueprint.post("/memorandums/apercu")
@permit(manage)
def preview() -> str:
    """Answer a typed text as a memorandum shows it; nothing is stored."""
    text = tidy(request.form.get("preamble") or request.form.get("introduction"))
    return render_template("publishing/preview.html", preview=preamble_html(text))


@blueprint.post(f"{EDITION}/figure")
@permit(manage, Memorandum, key="slug")
def choose_figure(memorandum: Memorandum, *, number: int) -> Answer:
    """Print the network as a figure, or not."""
    edition = edition_or_404(memorandum, number)
    wanted = request.form.get("with_network") == "yes"
    try:
        composing.choose_figure(
            db.session(), edition, with_network=wanted, actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        return refuse(problem, address(edition))
    said = (
        gettext("La figure du réseau sera imprimée.")
        if wanted
        else gettext("Le mémorandum n’aura pas de figure.")
    )
    flash(said, "success")
    return redirect(address(edition, "figure"), 303)
