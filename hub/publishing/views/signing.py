"""Signatories of an edition."""

from flask import flash, redirect
from flask_babel import ngettext

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.publishing.forms.memoranda import SignatoriesForm
from hub.publishing.models.composition import EditionSection, SectionKind, Signatory
from hub.publishing.models.editions import Edition, Memorandum
from hub.publishing.operations import composing, sections
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import EDITION, Answer, address, blueprint, edition_or_404, refuse
from hub.publishing.views.composing import order, own
from hub.publishing.views.parts import section_address, section_page


@blueprint.post(f"{EDITION}/signataires")
@permit(manage, Memorandum, key="slug")
def add_signatories(memorandum: Memorandum, *, number: int) -> Answer:
    """Let organisations sign."""
    edition = edition_or_404(memorandum, number)
    form = SignatoriesForm()
    form.offer(db.session(), edition)
    if not form.validate():
        return section_page(_part(edition), signing=form), 422
    try:
        added = composing.add_signatories(
            db.session(), edition, form.organisations.data or (), actor=current_user(), now=clock.now()
        )
    except DomainError as problem:
        return refuse(problem, address(edition))
    flash(ngettext("%(num)s signataire de plus.", "%(num)s signataires de plus.", added), "success")
    return redirect(section_address(_part(edition), "signataires"), 303)


@blueprint.post(f"{EDITION}/signataires/ordre")
@permit(manage, Memorandum, key="slug")
def order_signatories(memorandum: Memorandum, *, number: int) -> Answer:
    """Put the signatories in order: the whole order, or one by a place."""
    edition = edition_or_404(memorandum, number)
    session = db.session()
    return order(
        edition,
        section_address(_part(edition), "signataires"),
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
    return redirect(section_address(_part(edition), "signataires"), 303)


def _part(edition: Edition) -> EditionSection:
    return sections.among(edition.sections, SectionKind.SIGNATORIES)
