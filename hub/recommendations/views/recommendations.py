"""A recommendation: its page, writing and rewriting it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from hub.core import audit, clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.recommendations.forms.recommendations import ReasonForm, RecommendationForm
from hub.recommendations.models.contributions import Contribution
from hub.recommendations.models.recommendations import (
    Recommendation,
)
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import recommendations as writing
from hub.recommendations.operations import triage
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import lineage as lineage_queries
from hub.recommendations.queries import recommendations as recommendation_queries
from hub.recommendations.queries import ties as tie_queries
from hub.recommendations.rules import manage
from hub.recommendations.signals import places
from hub.recommendations.views.blueprint import (
    blame,
    blueprint,
)
from hub.recommendations.views.competences import hint_of, hint_of_form
from hub.recommendations.views.conclusions import conclusion_items
from hub.recommendations.views.meetings import meeting_items
from hub.recommendations.views.reading import (
    statement_from,
    statement_of,
    typed_statement,
    version_of,
)
from hub.spaces.words import ACTION_STATES

Answer = str | BaseResponse | tuple[str, int]


@blueprint.get("/recommandations/nouvelle")
@permit(manage)
def new() -> str:
    """Show the form of a new recommendation, with the words of the contributions it is made from."""
    made_from = _made_from(request.args.getlist("contribution", type=row_number))
    form = RecommendationForm(formdata=None, data=statement_from(made_from) if made_from else None)
    return _form_page(form, made_from=made_from)


@blueprint.post("/recommandations/nouvelle")
@permit(manage)
def create() -> Answer:
    """Store it; its sources keep the thread."""
    session = db.session()
    made_from = _made_from(request.form.getlist("contribution", type=row_number))
    form = RecommendationForm()
    form.fill(session)
    problem = None
    if form.validate():
        statement = typed_statement(form, session)
        try:
            row = triage.take_up(
                session, made_from, statement, reason=form.told.data or "", actor=current_user(),
                now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("La recommandation %(code)s est créée.", code=row.code), "success")
            return redirect(url_for("recommendations.show", code=row.code), 303)
    return _form_page(form, made_from=made_from, problem=problem), 422


@blueprint.get("/recommandations/<code>")
@permit(manage, Recommendation, key="code")
def show(row: Recommendation) -> str:
    """Show one recommendation with all that it hangs on."""
    return recommendation_page(row, ReasonForm(formdata=None))


def recommendation_page(row: Recommendation, form: ReasonForm, *, gesture: str = "") -> str:
    """Return the page of a recommendation; `gesture` says whose reason the form holds."""
    session = db.session()
    levels = recommendation_queries.complete(session, row)
    sources = session.scalars(lineage_queries.all_sources(row.id)).all()
    return render_template(
        "recommendations/show.html",
        recommendation=row,
        hint=hint_of(row, levels),
        sources=[each for each in sources if each.recommendation_id == row.id],
        form=form,
        gesture=gesture,
        places=places(session, [row.id])[row.id],
        ties=session.scalars(tie_queries.actions_of(row.id)).all(),
        action_states=ACTION_STATES,
        today=clock.today(clock.now()),
        history=list(session.scalars(audit.history(row))),
        ties_around=session.scalars(lineage_queries.ties_of(row.id)).all(),
        inherited=[each for each in sources if each.recommendation_id != row.id],
        meetings=meeting_items(session.scalars(tie_queries.meetings_of(row))),
        concluded=conclusion_items(session.scalars(tie_queries.concluded_in(row)).all()),
    )


@blueprint.get("/recommandations/<code>/modifier")
@permit(manage, Recommendation, key="code")
def edit(row: Recommendation) -> str:
    """Show its form as it stands."""
    whole = db.session.scalars(recommendation_queries.stated(row)).unique().one()
    return _form_page(RecommendationForm(formdata=None, data=statement_of(whole)), row=whole)


@blueprint.post("/recommandations/<code>/modifier")
@permit(manage, Recommendation, key="code")
def change(row: Recommendation) -> Answer:
    """Store what was changed, unless somebody else changed it meanwhile: then both texts are shown."""
    session = db.session()
    session.refresh(row, with_for_update=True)
    form = RecommendationForm()
    form.fill(session)
    if form.seen.data != version_of(row):
        form.seen.data = version_of(row)
        problem = gettext("Quelqu’un d’autre a modifié cette recommandation entre-temps. Rien n’est perdu.")
        return _form_page(form, row=row, problem=problem, other=row), 409
    problem = None
    if form.validate():
        try:
            writing.edit(
                session, row, typed_statement(form, session), weight=Weight(form.weight.data),
                note=form.note.data or "", actor=current_user(), now=clock.now(),
            )  # fmt: skip
        except DomainError as refusal:
            problem = blame(form, refusal)
        else:
            flash(gettext("Les changements sont enregistrés."), "success")
            return redirect(url_for("recommendations.show", code=row.code), 303)
    return _form_page(form, row=row, problem=problem), 422


def _made_from(identifiers: list[int]) -> list[Contribution]:
    return list(db.session.scalars(contribution_queries.chosen_contributions(identifiers)))


def _form_page(form: RecommendationForm, **more: Any) -> str:
    form.fill(db.session())
    return render_template("recommendations/form.html", form=form, hint=hint_of_form(form), **more)
