"""What a call asks beside finding and recommendation: its own questions, in their order."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events.forms.questions import PlainQuestionForm, plainly
from hub.events.words import QUESTION_KINDS
from hub.recommendations.models.calls import Campaign, CampaignQuestion
from hub.recommendations.operations import questions as operations
from hub.recommendations.queries import questions as queries
from hub.recommendations.rules import manage
from hub.recommendations.views.blueprint import blame, blueprint

Answer = str | Response | tuple[str, int]


@blueprint.get("/appels/<slug>/questions")
@permit(manage, Campaign, key="slug")
def call_questions(campaign: Campaign) -> str:
    """Show the call's questions: those asked, in their order, and those retired."""
    rows = db.session.execute(queries.counted(campaign)).all()
    return render_template(
        "recommendations/call_questions.html",
        campaign=campaign,
        asked=[_line(campaign, row, count) for row, count in rows if row.retired_at is None],
        retired=[_line(campaign, row, count) for row, count in rows if row.retired_at is not None],
    )


@blueprint.post("/appels/<slug>/questions/ordre")
@permit(manage, Campaign, key="slug")
def order_call_questions(campaign: Campaign) -> Response:
    """Put the questions in order: all of them, or one up or down."""
    session = db.session()
    moved = request.form.get("moved", type=row_number)
    if moved is None:
        operations.reorder(session, campaign, request.form.getlist("item", type=row_number))
        return Response(status=204)
    steps = -1 if request.form.get("direction") == "up" else 1
    operations.move(session, campaign, _of(campaign, moved), steps)
    return redirect(url_for("recommendations.call_questions", slug=campaign.slug), 303)


@blueprint.get("/appels/<slug>/questions/ajouter")
@permit(manage, Campaign, key="slug")
def new_call_question(campaign: Campaign) -> str:
    """Show an empty question."""
    return _page(campaign, None, PlainQuestionForm(formdata=None))


@blueprint.post("/appels/<slug>/questions/ajouter")
@permit(manage, Campaign, key="slug")
def add_call_question(campaign: Campaign) -> Answer:
    """Add a question at the end."""
    form = PlainQuestionForm()
    if form.validate():
        try:
            operations.add(db.session(), campaign, form.draft(), actor=current_user(), now=clock.now())
        except DomainError as refusal:
            blame(form, refusal)
        else:
            flash(gettext("La question est dans le formulaire de l’appel."), "success")
            return redirect(url_for("recommendations.call_questions", slug=campaign.slug), 303)
    return _page(campaign, None, form), 422


@blueprint.get("/appels/<slug>/questions/<int:number>")
@permit(manage, Campaign, key="slug")
def call_question(campaign: Campaign, number: int) -> str:
    """Show one question to change."""
    row = _of(campaign, number)
    return _page(campaign, row, PlainQuestionForm(formdata=None, data=plainly(row)))


@blueprint.post("/appels/<slug>/questions/<int:number>")
@permit(manage, Campaign, key="slug")
def change_call_question(campaign: Campaign, number: int) -> Answer:
    """Write a question anew."""
    row, form = _of(campaign, number), PlainQuestionForm()
    if form.validate():
        try:
            operations.change(
                db.session(), campaign, row, form.draft(), actor=current_user(), now=clock.now()
            )
        except DomainError as refusal:
            blame(form, refusal)
        else:
            flash(gettext("La question est modifiée."), "success")
            return redirect(url_for("recommendations.call_questions", slug=campaign.slug), 303)
    return _page(campaign, row, form), 422


@blueprint.post("/appels/<slug>/questions/<int:number>/retirer")
@permit(manage, Campaign, key="slug")
def retire_call_question(campaign: Campaign, number: int) -> Response:
    """Ask a question no more."""
    stays = operations.retire(
        db.session(), campaign, _of(campaign, number), actor=current_user(), now=clock.now()
    )
    flash(
        gettext("La question n’est plus posée ; ses réponses restent.")
        if stays
        else gettext("La question est retirée."),
        "success",
    )
    return redirect(url_for("recommendations.call_questions", slug=campaign.slug), 303)


@blueprint.post("/appels/<slug>/questions/<int:number>/remettre")
@permit(manage, Campaign, key="slug")
def bring_call_question_back(campaign: Campaign, number: int) -> Response:
    """Ask a retired question again."""
    operations.bring_back(
        db.session(), campaign, _of(campaign, number), actor=current_user(), now=clock.now()
    )
    flash(gettext("La question est de nouveau posée."), "success")
    return redirect(url_for("recommendations.call_questions", slug=campaign.slug), 303)


def _line(campaign: Campaign, row: CampaignQuestion, count: int) -> dict[str, object]:
    said = [str(QUESTION_KINDS[row.kind])]
    if row.is_required:
        said.append(gettext("il faut y répondre"))
    if count:
        said.append(ngettext("%(num)s réponse envoyée", "%(num)s réponses envoyées", count))
    url = url_for("recommendations.call_question", slug=campaign.slug, number=row.id)
    return {
        "id": row.id,
        "text": row.label,
        "note": " · ".join(said),
        "url": url if row.retired_at is None else None,
    }


def _of(campaign: Campaign, number: int) -> CampaignQuestion:
    row = db.session.get(CampaignQuestion, number)
    if row is None or row.campaign_id != campaign.id:
        abort(404)
    return row


def _page(campaign: Campaign, row: CampaignQuestion | None, form: PlainQuestionForm) -> str:
    return render_template("recommendations/call_question.html", campaign=campaign, question=row, form=form)
