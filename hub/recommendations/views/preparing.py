"""Preparing on which recommendations a workshop works, and taking what it wrote."""

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from hub.core import clock, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events.models.workshops import Workshop
from hub.recommendations.forms.workshops import TakeForm
from hub.recommendations.models.carrying import WorkshopRecommendation
from hub.recommendations.models.recommendations import (
    RECOMMENDATION_STATES,
    SET_ASIDE,
    Recommendation,
    RecommendationState,
)
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import workshops
from hub.recommendations.operations.workshops import Seen
from hub.recommendations.queries import choices
from hub.recommendations.queries import workshops as queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import (
    argument,
    blueprint,
    flash_refusal,
    page_number,
    put_in_order,
    sentence,
    word_of,
)
from hub.recommendations.views.wordings import worked_on_or_404
from hub.spaces.values.differences import pieces

Answer = str | Response | tuple[str, int]


@blueprint.get("/ateliers/<int:id>/travail/recommandations")
@permit(manage, Workshop)
def choose_worked_on(workshop: Workshop) -> str:
    """Look for recommendations on which the workshop works."""
    session = db.session()
    text, theme, state = argument("q"), argument("theme"), word_of(RecommendationState, "state")
    rows = queries.choosable(workshop, text, theme, state)
    options = [
        {"name": "theme", "label": _("Thème"), "value": theme, "search": True,
         "choices": [(row.code, row.label) for row in session.scalars(choices.themes())]},
        {"name": "state", "label": _("État"), "value": state.value if state else "",
         "choices": [(word.value, _(name)) for word, name in RECOMMENDATION_STATES.items()
                     if word not in SET_ASIDE]},
    ]  # fmt: skip
    return render_template(
        "recommendations/workshops/choose.html", workshop=workshop, text=text, options=options,
        page=paging.paginate(session, rows, page_number()),
    )  # fmt: skip


@blueprint.post("/ateliers/<int:id>/travail/recommandations")
@permit(manage, Workshop)
def add_worked_on(workshop: Workshop) -> Response:
    """Put the ticked recommendations on the workshop's list."""
    session = db.session()
    chosen = request.form.getlist("recommendation", type=row_number)
    rows = queries.choosable(workshop).where(Recommendation.id.in_(chosen)).order_by(None)
    found = session.scalars(rows.order_by(Recommendation.code)).all()
    try:
        count = workshops.add(session, workshop, found, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        if count:
            flash(
                ngettext(
                    "%(num)s recommandation est ajoutée.", "%(num)s recommandations sont ajoutées.", count
                )
            )
        else:
            flash(_("Cochez au moins une recommandation."), "warning")
    return _back(workshop)


@blueprint.post("/ateliers/<int:id>/travail/recommandations/retirer")
@permit(manage, Workshop)
def remove_worked_on(workshop: Workshop) -> Response:
    """Take one off the list."""
    row = worked_on_or_404(workshop, request.form.get("row", 0, type=row_number))
    try:
        workshops.remove(db.session(), row, actor=current_user(), now=clock.now())
    except DomainError as refusal:
        flash_refusal(refusal)
    return _back(workshop)


@blueprint.post("/ateliers/<int:id>/travail/recommandations/ordre")
@permit(manage, Workshop)
def order_worked_on(workshop: Workshop) -> Response:
    """Put the list in order: all of it, or one up or down."""
    session = db.session()
    ids = [row.id for row in session.scalars(queries.worked_on(workshop))]
    return put_in_order(ids, partial(workshops.order, session, workshop), _back(workshop))


@blueprint.get("/ateliers/<int:id>/travail/textes/<int:number>")
@permit(manage, Workshop)
def take_wording_page(workshop: Workshop, *, number: int) -> str:
    """Compare a workshop's wording with the recommendation's text."""
    row = worked_on_or_404(workshop, number)
    return _take_page(workshop, row, TakeForm(formdata=None))


@blueprint.post("/ateliers/<int:id>/travail/textes/<int:number>")
@permit(manage, Workshop)
def take_wording(workshop: Workshop, *, number: int) -> Answer:
    """Make the wording the recommendation's next version."""
    row = worked_on_or_404(workshop, number)
    form = TakeForm().fill()
    if not form.validate():
        return _take_page(workshop, row, form), 422
    try:
        workshops.take(
            db.session(), row, weight=Weight(form.weight.data), seen=Seen(_number(form.version.data), ""),
            stood=_number(form.stood.data), actor=current_user(), now=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return _take_page(workshop, row, form, sentence(refusal)), 409
    flash(
        _("Le texte de l’atelier est la nouvelle version de %(code)s.", code=row.recommendation.code),
        "success",
    )
    return _back(workshop)


def _take_page(workshop: Workshop, row: WorkshopRecommendation, form: TakeForm, problem: str = "") -> str:
    form.fill()
    # What is compared is what is taken: after a refusal, what stands by now.
    form.version.data, form.stood.data = str(row.wording_version), str(row.recommendation.version)
    form.version.raw_data = form.stood.raw_data = None
    return render_template(
        "recommendations/workshops/take.html", workshop=workshop, row=row, form=form, problem=problem,
        pieces=list(pieces(row.recommendation.text, row.wording)),
    )  # fmt: skip


def _number(text: str | None) -> int:
    """Return a number that the page was given; -1, which never stands, for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else -1  # noqa: PLR2004


def _back(workshop: Workshop) -> Response:
    return redirect(url_for("recommendations.workshop_page", id=workshop.id), 303)
