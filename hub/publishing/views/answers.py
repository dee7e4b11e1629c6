"""What parties answer to a recommendation: its own page among those of the recommendation."""

from datetime import date

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext

from hub.actors.models.organisations import Organisation
from hub.core import clock
from hub.core.access import current_user, permit
from hub.core.db import db
from hub.core.errors import DomainError
from hub.events.queries.presence import parties
from hub.publishing.forms.memoranda import PartyAnswerForm
from hub.publishing.models.answers import PartyAnswer, PartyStance
from hub.publishing.models.editions import Edition
from hub.publishing.operations import answers as writing
from hub.publishing.operations.answers import Told
from hub.publishing.queries import memoranda as queries
from hub.publishing.rules import manage
from hub.publishing.views.blueprint import Answer, blame, blueprint
from hub.publishing.words import STANCES
from hub.recommendations.forms.recommendations import ReasonForm
from hub.recommendations.models.recommendations import AGREED, Recommendation, RecommendationState

PAGE = "/recommandations/<code>/reponses"


@blueprint.get(PAGE)
@permit(manage, Recommendation, key="code")
def answers(row: Recommendation) -> str:
    """Show what parties answered, and which haven't."""
    return _list_page(row, ReasonForm(formdata=None))


@blueprint.get(f"{PAGE}/nouvelle")
@permit(manage, Recommendation, key="code")
def new_answer(row: Recommendation) -> str:
    """Show the form of a new one."""
    return _form_page(row, PartyAnswerForm(formdata=None))


@blueprint.post(f"{PAGE}/nouvelle")
@permit(manage, Recommendation, key="code")
def record_answer(row: Recommendation) -> Answer:
    """Note what a party answered; what goes wrong is said beside the field."""
    session, form = db.session(), PartyAnswerForm()
    form.offer(session, row.id)
    extra: list[str] = []
    if form.validate():
        by = {"actor": current_user(), "now": clock.now()}
        try:
            writing.record(session, row, _told(form), follows=bool(form.follows.data), **by)
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("La réponse est notée. Qui a proposé la recommandation la lit."), "success")
            return redirect(url_for("publishing.answers", code=row.code), 303)
    return _form_page(row, form, extra=extra), 422


@blueprint.get(f"{PAGE}/<int:number>")
@permit(manage, Recommendation, key="code")
def edit_answer(row: Recommendation, *, number: int) -> Answer:
    """Show the form of one as it stands."""
    answer = _own(row, number)
    if answer.withdrawn_at is not None:
        return redirect(url_for("publishing.answers", code=row.code))
    said = {
        "party": answer.organisation_id, "stance": answer.stance.value, "answered_on": answer.answered_on,
        "words": answer.words, "edition": answer.edition_id or 0, "source": answer.source,
        "seen": _version(answer),
    }  # fmt: skip
    return _form_page(row, PartyAnswerForm(formdata=None, data=said), answer)


@blueprint.post(f"{PAGE}/<int:number>")
@permit(manage, Recommendation, key="code")
def correct_answer(row: Recommendation, *, number: int) -> Answer:
    """Say it as it was, unless somebody else changed it meanwhile: then both are shown."""
    session, answer, form = db.session(), _own(row, number), PartyAnswerForm()
    session.refresh(answer, with_for_update=True)
    form.offer(session, row.id, answer)
    if form.seen.data != _version(answer):
        form.seen.data = _version(answer)
        return _form_page(row, form, answer, is_moved=True), 409
    extra: list[str] = []
    if form.validate():
        try:
            writing.correct(session, answer, _told(form), actor=current_user(), now=clock.now())
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("La réponse est corrigée."), "success")
            return redirect(url_for("publishing.answers", code=row.code), 303)
    return _form_page(row, form, answer, extra=extra), 422


@blueprint.post(f"{PAGE}/<int:number>/retirer")
@permit(manage, Recommendation, key="code")
def withdraw_answer(row: Recommendation, *, number: int) -> Answer:
    """Take it back, with the reason."""
    answer, form = _own(row, number), ReasonForm()
    extra: list[str] = []
    if form.validate():
        reason = form.reason.data or ""
        try:
            writing.withdraw(db.session(), answer, reason=reason, actor=current_user(), now=clock.now())
        except DomainError as problem:
            extra = blame(form, problem)
        else:
            flash(gettext("La réponse est retirée. Elle reste ici, avec la raison."), "success")
            return redirect(url_for("publishing.answers", code=row.code), 303)
    return _list_page(row, form, opened=answer.id, extra=extra), 422


def _own(row: Recommendation, number: int) -> PartyAnswer:
    answer = db.session.get(PartyAnswer, number)
    if answer is None or answer.recommendation_id != row.id:
        abort(404)
    return answer


def _version(answer: PartyAnswer) -> str:
    return answer.updated_at.isoformat()


def _told(form: PartyAnswerForm) -> Told:
    session = db.session()
    return Told(
        party=session.get_one(Organisation, form.party.data),
        stance=PartyStance(form.stance.data),
        answered_on=form.answered_on.data or date.max,  # a valid form always has one
        words=form.words.data or "",
        source=form.source.data or "",
        edition=session.get_one(Edition, form.edition.data) if form.edition.data else None,
    )


def _list_page(
    row: Recommendation, form: ReasonForm, *, opened: int | None = None, extra: list[str] | None = None
) -> str:
    session = db.session()
    rows = session.scalars(queries.answers_to(row.id)).all()
    standing = [each for each in rows if each.withdrawn_at is None]
    heard = {each.organisation_id for each in standing}
    return render_template(
        "publishing/answers.html",
        recommendation=row,
        answers=standing,
        withdrawn=[each for each in rows if each.withdrawn_at is not None],
        silent=[party for party in session.scalars(parties()) if party.id not in heard],
        stances=STANCES,
        may_answer=row.state in AGREED,
        form=form,
        opened=opened,
        extra=extra or [],
    )


def _form_page(
    row: Recommendation,
    form: PartyAnswerForm,
    answer: PartyAnswer | None = None,
    *,
    extra: list[str] | None = None,
    is_moved: bool = False,
) -> str:
    form.offer(db.session(), row.id, answer)
    return render_template(
        "publishing/answer.html",
        recommendation=row,
        form=form,
        answer=answer,
        is_moved=is_moved,
        asks_follow=answer is None and row.state is RecommendationState.PUBLISHED,
        may_answer=answer is not None or row.state in AGREED,
        stances=STANCES,
        extra=extra or [],
    )
