"""Bringing the answers of a survey made elsewhere into a call: a file, shown line by line, then taken."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from hub.actors.values.spreadsheets import Sheet
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.recommendations.forms.surveys import NONE, ColumnsForm, SurveyForm, columns_form
from hub.recommendations.models.calls import Campaign, CampaignQuestion
from hub.recommendations.operations import surveys as operations
from hub.recommendations.queries import questions as question_queries
from hub.recommendations.rules import manage
from hub.recommendations.values import surveys
from hub.recommendations.views.blueprint import blame, blueprint, sentence

Answer = str | Response | tuple[str, int]


@blueprint.get("/appels/<slug>/enquete")
@permit(manage, Campaign, key="slug")
def survey_page(campaign: Campaign) -> str:
    """Ask for the file."""
    return _ask(campaign, SurveyForm(formdata=None))


@blueprint.post("/appels/<slug>/enquete")
@permit(manage, Campaign, key="slug")
def read_survey(campaign: Campaign) -> Answer:
    """Show what the file says, by the columns that seem right."""
    form = SurveyForm()
    if not form.validate():
        return _ask(campaign, form), 422
    try:
        sheet, questions = surveys.read(form.file.data.read()), _questions(campaign)
        places = surveys.guess(sheet.header, questions)
        guessed = {name: NONE if place is None else place for name, place in places.items()}
        columns = columns_form(questions)(formdata=None, table=surveys.packed(sheet), **guessed)
        return _preview(campaign, sheet, columns.fill(sheet.header), questions)
    except DomainError as refusal:
        return _ask(campaign, form, blame(form, refusal)), 422


@blueprint.post("/appels/<slug>/enquete/lignes")
@permit(manage, Campaign, key="slug")
def take_survey(campaign: Campaign) -> Answer:
    """Show the same by other columns, or take the answers: the button says which."""
    try:
        sheet = surveys.unpacked(request.form.get("table", ""))
    except DomainError as refusal:
        return _ask(campaign, SurveyForm(formdata=None), sentence(refusal)), 422
    questions = _questions(campaign)
    form = columns_form(questions)().fill(sheet.header)
    if not form.validate():
        return _preview(campaign, sheet, form, questions), 422
    if request.form.get("gesture") != "take":
        return _preview(campaign, sheet, form, questions)
    found = surveys.lines(sheet, form.columns(), questions)
    made = operations.take(db.session(), campaign, found, actor=current_user(), now=clock.now())
    flash(
        ngettext("%(num)s réponse est prise.", "%(num)s réponses sont prises.", len(made))
        if made
        else gettext("Aucune réponse nouvelle : rien n’a été pris."),
        "success",
    )
    return redirect(url_for("recommendations.inbox", channel="survey", campaign=campaign.slug), 303)


def _ask(campaign: Campaign, form: SurveyForm, problem: str | None = None) -> str:
    return render_template(
        "recommendations/survey.html", campaign=campaign, form=form, problem=problem, most=surveys.MOST_LINES
    )


def _questions(campaign: Campaign) -> list[CampaignQuestion]:
    return list(db.session.scalars(question_queries.asked(campaign)))


def _preview(campaign: Campaign, sheet: Sheet, form: ColumnsForm, questions: list[CampaignQuestion]) -> str:
    lines = surveys.lines(sheet, form.columns(), questions)
    found = operations.check(db.session(), campaign, lines)
    return render_template(
        "recommendations/survey_lines.html", campaign=campaign, form=form, found=found, questions=questions,
        taken=sum(each.is_taken for each in found),
        unmatched=sorted({each.line.organisation for each in found if each.is_taken and each.is_unmatched}),
    )  # fmt: skip
