"""Splitting a contribution that holds several demands."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.splitting import SplitForm
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.operations import splitting
from hub.recommendations.queries import documents as document_queries
from hub.recommendations.rules import read_contribution
from hub.recommendations.views.blueprint import blueprint, flash_refusal, sentence

Answer = str | Response | tuple[str, int]


@blueprint.get("/recommandations/contributions/<int:id>/scinder")
@permit(read_contribution, Contribution)
def split_page(row: Contribution) -> str:
    """Show the text beside the demands that it seems to hold; a person decides."""
    return _page(row, SplitForm(formdata=None, data={"parts": splitting.suggested(row.proposal)}))


@blueprint.post("/recommandations/contributions/<int:id>/scinder")
@permit(read_contribution, Contribution)
def split(row: Contribution) -> Answer:
    """Make a contribution of each part."""
    form = SplitForm()
    problem = None
    if form.validate():
        try:
            made = splitting.split(db.session(), row, form.said(), actor=current_user(), now=clock.now())
        except DomainError as refusal:
            problem = sentence(refusal)
        else:
            flash(
                ngettext("%(num)s demande en est faite.", "%(num)s demandes en sont faites.", len(made)),
                "success",
            )
            return redirect(url_for("recommendations.contribution", id=row.id), 303)
    return _page(row, form, problem or gettext("Raccourcissez ce qui est trop long.")), 422


@blueprint.post("/recommandations/contributions/<int:id>/scinder/annuler")
@permit(read_contribution, Contribution)
def undo_split(row: Contribution) -> Response:
    """Read the whole again instead of its parts."""
    try:
        splitting.undo(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(gettext("La scission est défaite : le texte est de nouveau à lire en entier."), "success")
    return redirect(url_for("recommendations.contribution", id=row.id), 303)


def _page(row: Contribution, form: SplitForm, problem: str | None = None) -> str:
    is_split = db.session.scalar(document_queries.parts(row).limit(1)) is not None
    refused = splitting.refusal(row, is_split=is_split)
    form.widen(max(1, 2 - len(form.parts.entries)))
    return render_template(
        "recommendations/split.html",
        contribution=row,
        form=form,
        problem=problem,
        refused=gettext(refused) if refused else None,
        suggested=len(splitting.suggested(row.proposal)),
    )
