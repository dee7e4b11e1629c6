"""Recommendations: the list, one of them, writing and rewriting."""

from collections.abc import Iterable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from hub.core import audit, clock, exports, paging
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.recommendations.forms.recommendations import ReasonForm, RecommendationForm
from hub.recommendations.models.contributions import BENEFICIARIES, Contribution
from hub.recommendations.models.recommendations import (
    RECOMMENDATION_STATES,
    Recommendation,
    RecommendationState,
)
from hub.recommendations.models.versions import Weight
from hub.recommendations.operations import recommendations as writing
from hub.recommendations.operations import triage
from hub.recommendations.queries import choices, filters
from hub.recommendations.queries import contributions as contribution_queries
from hub.recommendations.queries import lineage as lineage_queries
from hub.recommendations.queries import recommendations as recommendation_queries
from hub.recommendations.queries import ties as tie_queries
from hub.recommendations.queries.filters import Order, RecommendationFilter
from hub.recommendations.rules import manage
from hub.recommendations.signals import places
from hub.recommendations.views.blueprint import (
    argument,
    blame,
    blueprint,
    chips,
    order_of,
    page_number,
    word_of,
)
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
NEWEST_FIRST = Order("code", descending=True)


@blueprint.get("/recommandations")
@permit(manage)
def index() -> Answer:
    """List the recommendations; the same list as CSV or xlsx."""
    session = db.session()
    wanted = RecommendationFilter(
        text=argument("q"),
        state=word_of(RecommendationState, "state"),
        theme=argument("theme"),
        level=argument("level"),
        organisation=argument("organisation"),
    )
    order = order_of(filters.RECOMMENDATION_SORTS, NEWEST_FIRST)
    rows = recommendation_queries.recommendations(wanted, order)
    kind = argument("format")
    if kind in {"csv", "xlsx"}:
        return _export(kind, session.scalars(rows).unique())
    options = _options(wanted)
    return render_template(
        "recommendations/index.html",
        page=paging.paginate(session, rows, page_number()),
        to_read=paging.paginate(session, contribution_queries.to_triage(), 1, per_page=1).total,
        wanted=wanted,
        options=options,
        active=chips(
            ("q", wanted.text, gettext("Recherche : %(text)s", text=wanted.text)),
            *(
                (
                    each["name"],
                    each["value"],
                    f"{each['label']} : {dict(each['choices']).get(each['value'], each['value'])}",
                )
                for each in options
            ),
        ),
        order=order,
    )


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
            row = triage.take_up(session, made_from, statement, actor=current_user(), now=clock.now())
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
    return render_template(
        "recommendations/show.html",
        recommendation=session.scalars(recommendation_queries.whole(row)).unique().one(),
        form=form,
        gesture=gesture,
        places=places(session, [row.id])[row.id],
        ties=session.scalars(tie_queries.actions_of(row.id)).all(),
        action_states=ACTION_STATES,
        today=clock.today(clock.now()),
        history=list(session.scalars(audit.history(row))),
        ties_around=session.scalars(lineage_queries.ties_of(row.id)).all(),
        inherited=session.scalars(lineage_queries.inherited_sources(row.id)).all(),
        meetings=meeting_items(session.scalars(tie_queries.meetings_of(row))),
        concluded=conclusion_items(session.scalars(tie_queries.concluded_in(row)).all()),
    )


@blueprint.get("/recommandations/<code>/modifier")
@permit(manage, Recommendation, key="code")
def edit(row: Recommendation) -> str:
    """Show its form as it stands."""
    return _form_page(RecommendationForm(formdata=None, data=statement_of(row)), row=row)


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
                actor=current_user(), now=clock.now(),
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
    session = db.session()
    form.fill(session)
    levels = {level.code: level.competences for level in session.scalars(choices.levels())}
    return render_template("recommendations/form.html", form=form, competences=levels, **more)


def _options(wanted: RecommendationFilter) -> list[dict[str, Any]]:
    session = db.session()
    heard = session.scalars(choices.organisations_heard())
    return [
        {
            "name": "theme",
            "label": gettext("Thème"),
            "value": wanted.theme,
            "choices": [(row.code, row.label) for row in session.scalars(choices.themes())],
            "search": True,
        },
        {
            "name": "level",
            "label": gettext("Niveau de pouvoir"),
            "value": wanted.level,
            "choices": [(row.code, row.label) for row in session.scalars(choices.levels())],
        },
        {
            "name": "state",
            "label": gettext("État"),
            "value": wanted.state.value if wanted.state else "",
            "choices": [(word.value, gettext(text)) for word, text in RECOMMENDATION_STATES.items()],
        },
        {
            "name": "organisation",
            "label": gettext("Portée par"),
            "value": wanted.organisation,
            "choices": [(row.slug, row.short_label) for row in heard],
            "search": True,
        },
    ]


def _export(kind: str, rows: Iterable[Recommendation]) -> Response:
    header = [
        gettext("Code"),
        gettext("Titre"),
        gettext("État"),
        gettext("Raison"),
        gettext("Thème"),
        gettext("Niveaux de pouvoir"),
        gettext("Bénéficiaires"),
        gettext("Constat"),
        gettext("Recommandation"),
        gettext("Justification"),
        gettext("Portée par"),
        gettext("Contributions"),
        gettext("Adoptée le"),
        gettext("Modifiée le"),
    ]
    lines = (
        [
            row.code,
            row.title,
            gettext(RECOMMENDATION_STATES[row.state]),
            row.state_reason,
            row.theme.label if row.theme else "",
            " ; ".join(level.label for level in row.levels),
            gettext(BENEFICIARIES[row.beneficiaries]),
            row.finding,
            row.text,
            row.justification,
            " ; ".join(dict.fromkeys(source.contribution.author for source in row.sources)),
            " ; ".join(str(source.contribution_id) for source in row.sources),
            row.adopted_at or "",
            row.updated_at,
        ]
        for row in rows
    )
    return exports.answer(kind, "recommandations", header, lines)
