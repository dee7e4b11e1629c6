"""What coordinators ask in a day's form: its questions in their order, and the form as the public sees it."""

from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.core.web import row_number
from hub.events import rules
from hub.events.forms.questions import QuestionForm, written
from hub.events.forms.sign_up import SignUpForm, blame
from hub.events.models.days import Event
from hub.events.models.registrations import Question, QuestionPurpose
from hub.events.operations import questions as operations
from hub.events.queries import questions as queries
from hub.events.values import answers
from hub.events.views.blueprint import blueprint
from hub.events.views.signing_up import asked_of, names_for, prepared
from hub.events.words import QUESTION_KINDS

PURPOSES = (QuestionPurpose.ELIGIBILITY, QuestionPurpose.SIGN_UP)


@blueprint.get("/journees/<slug>/questions")
@permit(rules.manage, Event, key="slug")
def questions(event: Event) -> str:
    """Show the day's questions: those asked, in their order, and those retired."""
    rows = db.session.execute(queries.every(event)).all()
    asked = {
        purpose: [
            _line(event, question, count)
            for question, count in rows
            if question.purpose == purpose and question.retired_at is None
        ]
        for purpose in PURPOSES
    }
    retired = [_line(event, question, count) for question, count in rows if question.retired_at is not None]
    return render_template(
        "events/questions.html",
        event=event,
        gate=asked[QuestionPurpose.ELIGIBILITY],
        own=asked[QuestionPurpose.SIGN_UP],
        retired=retired,
    )


def _line(event: Event, question: Question, count: int) -> dict[str, object]:
    said = [str(QUESTION_KINDS[question.kind])]
    if question.is_required:
        said.append(_("il faut y répondre"))
    if question.purpose == QuestionPurpose.ELIGIBILITY:
        said = [
            _("peut venir : qui répond « oui »")
            if question.expected
            else _("peut venir : qui répond « non »")
        ]
        said.append(
            _("sinon, l’inscription s’arrête") if question.unmet == "refuse" else _("sinon, l’équipe décide")
        )
    if count:
        said.append(_("%(count)s réponses", count=count) if count > 1 else _("une réponse"))
    return {
        "id": question.id,
        "text": answers.wording(question),
        "note": " · ".join(said),
        "url": url_for("events.question_page", slug=event.slug, number=question.id)
        if question.retired_at is None
        else None,
        "count": count,
    }


@blueprint.post("/journees/<slug>/questions/ordre/<purpose>")
@permit(rules.manage, Event, key="slug")
def order_questions(event: Event, purpose: str) -> Response:
    """Put the questions of a purpose in order: all of them, or one up or down."""
    if purpose not in {each.value for each in PURPOSES}:
        abort(404)
    session = db.session()
    moved = request.form.get("moved", type=row_number)
    if moved is None:
        numbers = request.form.getlist("item", type=row_number)
        operations.reorder(session, event, QuestionPurpose(purpose), numbers)
        return Response(status=204)
    steps = -1 if request.form.get("direction") == "up" else 1
    operations.move(session, event, _of(event, moved), steps)
    return redirect(url_for("events.questions", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/questions/ajouter")
@permit(rules.manage, Event, key="slug")
def add_question_page(event: Event) -> str:
    """Show an empty question, or one to begin from."""
    model = operations.PRESETS.get(request.args.get("modele", ""), operations.Draft(label=""))
    wanted = request.args.get("pour", "")
    if wanted == QuestionPurpose.ELIGIBILITY.value and not model.label:
        model = replace(model, purpose=QuestionPurpose.ELIGIBILITY)
    return _show(event, None, QuestionForm(formdata=None, data=written(model)))


@blueprint.post("/journees/<slug>/questions/ajouter")
@permit(rules.manage, Event, key="slug")
def add_question(event: Event) -> Response | tuple[str, int]:
    """Add a question."""
    form = QuestionForm()
    if not form.validate_on_submit():
        return _show(event, None, form), 422
    try:
        operations.add(db.session(), event, form.draft(), actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show(event, None, form), 422
    flash(_("La question est dans le formulaire."), "success")
    return redirect(url_for("events.questions", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/questions/<int:number>")
@permit(rules.manage, Event, key="slug")
def question_page(event: Event, number: int) -> str:
    """Show one question to change."""
    question = _of(event, number)
    return _show(event, question, QuestionForm(formdata=None, data=written(question)))


@blueprint.post("/journees/<slug>/questions/<int:number>")
@permit(rules.manage, Event, key="slug")
def change_question(event: Event, number: int) -> Response | tuple[str, int]:
    """Write a question anew."""
    question, form = _of(event, number), QuestionForm()
    if not form.validate_on_submit():
        return _show(event, question, form), 422
    draft = replace(form.draft(), purpose=question.purpose)
    try:
        operations.change(db.session(), event, question, draft, actor=current_user(), now=clock.now())
    except DomainError as problem:
        blame(form, problem)
        return _show(event, question, form), 422
    flash(_("La question est modifiée."), "success")
    return redirect(url_for("events.questions", slug=event.slug), 303)


def _show(event: Event, question: Question | None, form: QuestionForm) -> str:
    if question is not None:
        form.purpose.data = question.purpose.value
    return render_template("events/question.html", event=event, question=question, form=form)


@blueprint.post("/journees/<slug>/questions/<int:number>/retirer")
@permit(rules.manage, Event, key="slug")
def retire_question(event: Event, number: int) -> Response:
    """Ask a question no more."""
    stays = operations.retire(db.session(), event, _of(event, number), actor=current_user(), now=clock.now())
    if stays:
        flash(_("La question n’est plus posée ; ses réponses restent."), "success")
    else:
        flash(_("La question est retirée."), "success")
    return redirect(url_for("events.questions", slug=event.slug), 303)


@blueprint.post("/journees/<slug>/questions/<int:number>/remettre")
@permit(rules.manage, Event, key="slug")
def bring_question_back(event: Event, number: int) -> Response:
    """Ask a retired question again."""
    operations.bring_back(db.session(), event, _of(event, number), actor=current_user(), now=clock.now())
    flash(_("La question est de nouveau posée."), "success")
    return redirect(url_for("events.questions", slug=event.slug), 303)


@blueprint.get("/journees/<slug>/questions/apercu")
@permit(rules.manage, Event, key="slug")
def preview_form(event: Event) -> str:
    """Show the form as the public sees it, before sign-up opens too; nothing can be sent."""
    form = prepared(SignUpForm, event, asked_of(event), formdata=None)
    return render_template("events/form_preview.html", event=event, form=form, names=names_for(event))


def _of(event: Event, number: int) -> Question:
    row = db.session.get(Question, number)
    if row is None or row.event_id != event.id or row.purpose not in PURPOSES:
        abort(404)
    return row
