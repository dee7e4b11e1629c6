"""The evaluation of a day: its questions, the form that is answered without name, what came of it."""

from datetime import timedelta
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from hub.core import clock, exports
from hub.core.access import current_user, permit, permit_token
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import limiter, row_number
from hub.events import rules
from hub.events.forms.evaluation import (
    EvaluationQuestionForm,
    OpenForm,
    answers_of,
    reply_form,
)
from hub.events.forms.questions import plainly
from hub.events.forms.sign_up import ConfirmForm, blame
from hub.events.models.days import Event
from hub.events.models.registrations import Question, QuestionPurpose, Registration
from hub.events.operations import evaluation, questions
from hub.events.operations.evaluation import Results, Standing
from hub.events.operations.letters import PURPOSE as PERSONAL
from hub.events.queries import questions as question_queries
from hub.events.values import answers
from hub.events.values.protecting import LEAST
from hub.events.values.tallying import NO, SILENT, YES
from hub.events.views.blueprint import blueprint
from hub.events.views.personal import piece
from hub.events.words import QUESTION_KINDS

Answer = str | BaseResponse | tuple[str, int]
FORMATS = {"csv", "xlsx"}
# Standing → tone, icon, word.
STANDINGS = {
    Standing.NONE: ("neutral", "pencil", _l("En préparation")),
    Standing.PLANNED: ("info", "calendar-time", _l("Prévue après la journée")),
    Standing.OPEN: ("success", "circle-check", _l("Ouverte")),
    Standing.CLOSED: ("neutral", "lock", _l("Close")),
}
SAID = {YES: _l("Oui"), NO: _l("Non"), SILENT: _l("Sans réponse")}


# --- The coordination's pages ---------------------------------------------------------------------


@blueprint.get("/journees/<slug>/evaluation")
@permit(rules.manage, Event, key="slug")
def evaluation_page(event: Event) -> str:
    """Show the questions, until when they are asked, and how many replied."""
    return _show(event, _open_form(event))


def _open_form(event: Event) -> OpenForm:
    closes_at = event.evaluation_closes_at
    now = clock.now()
    if closes_at is not None and closes_at > now:
        usual = clock.today(closes_at - timedelta(microseconds=1))
    else:
        usual = max(event.last_day, clock.today(now)) + timedelta(days=evaluation.USUAL_DAYS)
    return OpenForm(data={"last_day": usual})


def _show(event: Event, form: OpenForm) -> str:
    session, now = db.session(), clock.now()
    asked = session.scalars(question_queries.of_purpose(event, QuestionPurpose.EVALUATION)).all()
    found = evaluation.results(session, event, now=now)
    return render_template(
        "events/evaluation/prepare.html",
        event=event,
        form=form,
        questions=asked,
        kinds=QUESTION_KINDS,
        standing=evaluation.standing(event, now),
        standings=STANDINGS,
        results=found,
        writes_at=evaluation.writes_at(event, now),
        last_day=evaluation.last_day(event),
        is_frozen=found.replies > 0,
        least=LEAST,
        can_open=not (evaluation.standing(event, now) == Standing.CLOSED and found.replies >= LEAST),
    )


@blueprint.post("/journees/<slug>/evaluation/questions/habituelles")
@permit(rules.manage, Event, key="slug")
def add_usual_questions(event: Event) -> BaseResponse:
    """Begin with the usual questions."""
    try:
        evaluation.add_usual(db.session(), event, actor=current_user(), now=clock.now())
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return _back(event)


@blueprint.get("/journees/<slug>/evaluation/questions/ajouter")
@permit(rules.manage, Event, key="slug")
def new_evaluation_question(event: Event) -> str:
    """Show the form of a new question."""
    return _show_question(event, None, EvaluationQuestionForm())


@blueprint.post("/journees/<slug>/evaluation/questions/ajouter")
@permit(rules.manage, Event, key="slug")
def add_evaluation_question(event: Event) -> Answer:
    """Add a question."""
    form = EvaluationQuestionForm()
    if not form.validate_on_submit():
        return _show_question(event, None, form), 422
    try:
        evaluation.check_unanswered(db.session(), event)
        questions.add(db.session(), event, form.draft(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_question(event, None, form), 422
    return _back(event)


@blueprint.get("/journees/<slug>/evaluation/questions/<int:number>")
@permit(rules.manage, Event, key="slug")
def edit_evaluation_question(event: Event, number: int) -> str:
    """Show a question to change."""
    row = _question(event, number)
    return _show_question(event, row, EvaluationQuestionForm(data=plainly(row)))


@blueprint.post("/journees/<slug>/evaluation/questions/<int:number>")
@permit(rules.manage, Event, key="slug")
def change_evaluation_question(event: Event, number: int) -> Answer:
    """Write a question anew."""
    row, form = _question(event, number), EvaluationQuestionForm()
    if not form.validate_on_submit():
        return _show_question(event, row, form), 422
    try:
        evaluation.check_unanswered(db.session(), event)
        questions.change(db.session(), event, row, form.draft(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_question(event, row, form), 422
    return _back(event)


@blueprint.post("/journees/<slug>/evaluation/questions/<int:number>/retirer")
@permit(rules.manage, Event, key="slug")
def retire_evaluation_question(event: Event, number: int) -> BaseResponse:
    """Take a question off."""
    row = _question(event, number)
    try:
        evaluation.check_unanswered(db.session(), event)
        questions.retire(db.session(), event, row, actor=current_user(), now=clock.now())
        flash(_("La question est retirée."), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return _back(event)


@blueprint.post("/journees/<slug>/evaluation/questions/ordre")
@permit(rules.manage, Event, key="slug")
def order_evaluation_questions(event: Event) -> Answer:
    """Put the questions in another order: all at once, or one up or down."""
    session = db.session()
    if "moved" in request.form:
        row = _question(event, request.form.get("moved", 0, type=row_number))
        questions.move(session, event, row, -1 if request.form.get("direction") == "up" else 1)
        return _back(event)
    numbers = request.form.getlist("item", type=row_number)
    questions.reorder(session, event, QuestionPurpose.EVALUATION, numbers)
    return "", 204


def _question(event: Event, number: int) -> Question:
    row = db.session.get(Question, number)
    if row is None or row.event_id != event.id or row.purpose != QuestionPurpose.EVALUATION:
        abort(404)
    return row


def _show_question(event: Event, row: Question | None, form: EvaluationQuestionForm) -> str:
    return render_template("events/evaluation/question.html", event=event, row=row, form=form)


def _back(event: Event) -> BaseResponse:
    return redirect(url_for("events.evaluation_page", slug=event.slug), 303)


@blueprint.post("/journees/<slug>/evaluation")
@permit(rules.manage, Event, key="slug")
def open_evaluation(event: Event) -> Answer:
    """Ask for opinions until a day."""
    form = OpenForm()
    if not form.validate_on_submit():
        return _show(event, form), 422
    try:
        evaluation.open_until(db.session(), event, form.day(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show(event, form), 422
    flash(_("C’est noté : le mail part de lui-même, une fois à chaque personne."), "success")
    return _back(event)


@blueprint.post("/journees/<slug>/evaluation/clore")
@permit(rules.manage, Event, key="slug")
def close_evaluation(event: Event) -> BaseResponse:
    """Take no more answers."""
    try:
        evaluation.close(db.session(), event, actor=current_user(), now=clock.now())
        flash(_("L’évaluation est close."), "success")
    except DomainError as problem:
        flash(_(problem.msgid, **problem.params), "error")
    return _back(event)


@blueprint.get("/journees/<slug>/evaluation/apercu")
@permit(rules.manage, Event, key="slug")
def preview_evaluation(event: Event) -> str:
    """Show the form as people will see it."""
    asked = _asked(event)
    return render_template(
        "events/evaluation/reply.html", event=event, form=reply_form(asked, formdata=None),
        fields=_fields(asked), token=None, standing="preview",
    )  # fmt: skip


@blueprint.get("/journees/<slug>/evaluation/resultats")
@permit(rules.manage, Event, key="slug")
def evaluation_results(event: Event) -> str | Response:
    """Show what came of the evaluation, or send it: counts and free words, never one person's reply."""
    found = evaluation.results(db.session(), event, now=clock.now())
    kind = request.args.get("format")
    if kind in FORMATS:
        header = [_("Question"), _("Réponse"), _("Nombre")]
        return exports.answer(kind, f"evaluation-{event.slug}", header, list(_exported(found)))
    return render_template(
        "events/evaluation/results.html", event=event, results=found, said=SAID, least=LEAST,
        standing=evaluation.standing(event, clock.now()),
    )  # fmt: skip


def _exported(found: Results) -> list[list[Any]]:
    lines: list[list[Any]] = [[_("Personnes qui ont répondu"), "", found.replies]]
    few = _("moins de %(least)s, ou regroupé", least=LEAST)
    for tally in found.tallies:
        for row in tally.rows:
            label = str(SAID.get(row.label, row.label))
            lines.append([tally.question, label, few if row.count is None else row.count])
        if tally.together:
            lines.append([tally.question, _("Réponses regroupées"), tally.together])
        if tally.mean is not None:
            lines.append([tally.question, _("Moyenne sur 5"), tally.mean])
        lines += [[tally.question, text, ""] for text in tally.words]
    return lines


# --- Answering ------------------------------------------------------------------------------------


@blueprint.get("/evaluation/<token>")
@permit_token(evaluation.PURPOSE, Registration)
def evaluate(row: Registration, *, token: str) -> str:
    """Show the questions, or that this link has been used."""
    return _show_reply(row, token, None)


@blueprint.post("/evaluation/<token>")
@permit_token(evaluation.PURPOSE, Registration)
@limiter.limit("60 per hour")
def evaluate_now(row: Registration, *, token: str) -> Answer:
    """Keep an answer, and nothing of who gave it."""
    asked = _asked(row.event)
    form = reply_form(asked)
    if not form.validate_on_submit():
        return _show_reply(row, token, form), 422
    try:
        evaluation.reply(db.session(), row, answers_of(form, asked), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show_reply(row, token, form), 422
    return redirect(url_for("events.evaluate", token=token), 303)


def _asked(event: Event) -> list[Question]:
    return list(db.session.scalars(question_queries.of_purpose(event, QuestionPurpose.EVALUATION)))


def _fields(asked: list[Question]) -> list[tuple[Question, str]]:
    return [(question, answers.field_of(question)) for question in asked]


def _show_reply(row: Registration, token: str, form: Any) -> str:
    asked = _asked(row.event)
    standing = "done" if row.has_evaluated else evaluation.standing(row.event, clock.now()).value
    return render_template(
        "events/evaluation/reply.html", event=row.event, form=form or reply_form(asked, formdata=None),
        fields=_fields(asked), token=token, standing=standing,
    )  # fmt: skip


@blueprint.post("/inscription/<token>/evaluation")
@permit_token(PERSONAL, Registration)
def evaluation_door(row: Registration, *, token: str) -> BaseResponse:
    """Lead from one's own page to the questions, by a link of their own."""
    session, now = db.session(), clock.now()
    if not ConfirmForm().validate_on_submit() or not evaluation.may_reply(session, row, now=now):
        return redirect(url_for("events.registration", token=token), 303)
    return redirect(url_for("events.evaluate", token=evaluation.issue_link(session, row, now=now)), 303)


@piece
def evaluation_piece(row: Registration, now: Any) -> dict[str, Any]:
    """Tell one's own page whether an opinion is asked for."""
    if evaluation.standing(row.event, now) != Standing.OPEN:
        return {"evaluation_asked": False}
    asked = evaluation.may_reply(db.session(), row, now=now)
    return {"evaluation_asked": asked, "evaluation_last_day": evaluation.last_day(row.event)}
