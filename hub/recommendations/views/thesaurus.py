"""The page of the thesaurus: groups of terms that mean the same. Coordinators only."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.search import fold
from hub.recommendations.forms.thesaurus import TermsForm
from hub.recommendations.models.recognition import ThesaurusGroup
from hub.recommendations.operations import thesaurus as writing
from hub.recommendations.queries import recognition as queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import argument, blame, blueprint
from memoranda.similarity.sector import THESAURUS

Answer = str | Response | tuple[str, int]


@blueprint.get("/recommandations/thesaurus")
@permit(manage)
def thesaurus() -> str:
    """List the groups, those that hold certain words where the address says so."""
    return _list(TermsForm(formdata=None))


@blueprint.post("/recommandations/thesaurus")
@permit(manage)
def add_terms() -> Answer:
    """Add a group."""
    form = TermsForm()
    return _store(None, form) or (_list(form), 422)


@blueprint.post("/recommandations/thesaurus/reprendre")
@permit(manage)
def begin_thesaurus() -> Response:
    """Take the sector's groups over, to be changed."""
    writing.begin(db.session(), actor=current_user(), now=clock.now())
    return redirect(url_for("recommendations.thesaurus"), 303)


@blueprint.get("/recommandations/thesaurus/<int:id>")
@permit(manage, ThesaurusGroup)
def edit_terms(row: ThesaurusGroup) -> str:
    """Show a group to be changed."""
    return _edit(row, TermsForm(formdata=None, data={"terms": row.terms}))


@blueprint.post("/recommandations/thesaurus/<int:id>")
@permit(manage, ThesaurusGroup)
def change_terms(row: ThesaurusGroup) -> Answer:
    """Store a group."""
    form = TermsForm()
    return _store(row, form) or (_edit(row, form), 422)


@blueprint.post("/recommandations/thesaurus/<int:id>/retirer")
@permit(manage, ThesaurusGroup)
def remove_terms(row: ThesaurusGroup) -> Response:
    """Take a group out."""
    writing.remove(db.session(), row, actor=current_user(), now=clock.now())
    flash(gettext("Le groupe est retiré."), "success")
    return redirect(url_for("recommendations.thesaurus"), 303)


def _store(row: ThesaurusGroup | None, form: TermsForm) -> Response | None:
    """Store what was typed; return None where it can't be, with the reason beside the field."""
    if not form.validate():
        return None
    try:
        writing.write(db.session(), row, form.terms.data or "", actor=current_user(), now=clock.now())
    except DomainError as refusal:
        blame(form, refusal)
        return None
    flash(gettext("Le groupe est enregistré. Les textes sont comparés de nouveau."), "success")
    return redirect(url_for("recommendations.thesaurus"), 303)


def _list(form: TermsForm) -> str:
    rows = list(db.session.scalars(queries.thesaurus_groups()))
    words = argument("q")
    own = [(row.id, row.terms.splitlines()) for row in rows]
    every = own or [(0, list(terms)) for terms in THESAURUS.groups]
    shown = [each for each in every if fold(words) in fold(" ".join(each[1]))]
    return render_template(
        "recommendations/thesaurus.html", form=form, groups=shown, own=bool(own), text=words
    )


def _edit(row: ThesaurusGroup, form: TermsForm) -> str:
    return render_template("recommendations/thesaurus_group.html", group=row, form=form)
